//! Text of a design never leaves its place in the SQL.

use super::support::{App, design, hinted};
use serde_json::{Value, json};

const HOSTILE: [&str; 9] = [
    "'; DROP TABLE _user; --",
    "it's",
    "\\'; DROP TABLE _user; --",
    "\"; DROP TABLE _user; --",
    "$$; DROP TABLE _user; $$",
    "$body$; DROP TABLE _user; $body$",
    "a\nb\r\n-- c */ /*",
    "%s %L {0} {{x}} $1 :x",
    "\u{202e}\u{2028}🚗\\",
];

#[tokio::test]
async fn hostile_text_stays_text() {
    for text in HOSTILE {
        let mut app = App::new().await;
        let design = |ty: &str, more: Value| {
            let mut field = json!({ "id": "x", "name": "x", "label": text, "help": text, "type": ty, "required": true });
            field.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            let mut whole = design(
                &json!([{ "id": "e-e", "name": "E", "values": [{ "id": "v_-1", "name": "one", "label": text }] }]),
                &json!([{ "id": "car", "name": "Car", "label": text, "labelPlural": text, "description": text,
                    "fields": [field, { "id": "y", "name": "y", "type": "text", "default": text }, { "id": "j", "name": "j", "type": "json", "default": { text: [text] } },
                               { "id": "l", "name": "l", "type": "string", "list": true, "default": [text] }, { "id": "s", "name": "s", "type": "slug", "from": "y" }] }]),
            );
            whole["seeds"] = json!({ "users": [{ "id": "u", "email": "a@x.de", "name": text }], "records": [{ "id": "r", "entity": "car", "values": { "x": text, "y": text } }] });
            if ty == "integer" {
                whole["seeds"]["records"][0]["values"]["x"] = json!(1);
            }
            whole
        };
        // Some of these are no fit text for a label; then that is refused and nothing is tested.
        let checked = |design: &Value| slipform_codegen::design::parse(design.to_string().as_bytes()).and_then(slipform_codegen::model::Model::check);
        let mut first = design("text", json!({}));
        if checked(&first).is_err() {
            for pointer in [
                "/entities/0/label",
                "/entities/0/labelPlural",
                "/entities/0/description",
                "/entities/0/fields/0/label",
                "/entities/0/fields/0/help",
                "/enums/0/values/0/label",
                "/seeds/users/0/name",
            ] {
                *first.pointer_mut(pointer).unwrap() = json!("Label");
            }
        }
        if let Err(problems) = checked(&first) {
            assert!(problems.iter().all(|problem| !problem.detail.is_empty()));
            continue;
        }
        app.deploy(&first).await;
        let seeded = app.rows("SELECT x, y, j, l FROM cars").await;
        assert_eq!(seeded, json!([{ "x": text, "y": text, "j": { text: [text] }, "l": [text] }]));

        // A change of type, a backfill, a removed value: all the paths that write text into statements and triggers.
        let mut second = first.clone();
        second["entities"][0]["fields"][0]["type"] = json!("json");
        second["entities"][0]["fields"]
            .as_array_mut()
            .unwrap()
            .push(json!({ "id": "z", "name": "z", "type": "text", "required": true, "pattern": "[^\\\\'\"$]*.*" }));
        let second = hinted(second, &[], &json!({ "z": text, "x": text }));
        if checked(&second).is_err() {
            continue;
        }
        if app.try_deploy(&second).await.is_ok() {
            app.run("INSERT INTO cars (x, y) VALUES ('old', 'old')").await;
            assert_eq!(app.rows("SELECT DISTINCT z FROM cars").await, json!([{ "z": text }]));
        }
        assert_eq!(app.one("SELECT count(*) FROM _user").await, "1");
    }
}

#[tokio::test]
async fn names_that_mean_something_elsewhere_are_only_names() {
    let mut app = App::new().await;
    let names = [
        "where",
        "table",
        "order",
        "user",
        "group",
        "all",
        "end",
        "offset",
        "xmin",
        "tableoid",
        "old",
        "new",
        "item",
        "made",
        "slug",
        "excluded",
        "target",
        "source",
        "aReallyVeryLongNameOfAFieldInCamelCase12",
        "aReallyVeryLongNameOfAFieldInCamelCase13",
    ];
    let fields: Vec<_> = names.iter().enumerate().map(|(index, name)| json!({ "id": format!("f{index}"), "name": name, "label": format!("Label {index}"), "type": "string", "unique": true, "minLength": 1, "required": true, "maxLength": 20, "pattern": "[a-z]+" })).collect();
    let entities: Vec<_> = ["ThisIsTheLongestNameThatAnEntityCanHave1", "ThisIsTheLongestNameThatAnEntityCanHave2"]
        .iter()
        .enumerate()
        .map(|(index, name)| {
            let mut fields = fields.clone();
            for field in &mut fields {
                field["id"] = json!(format!("e{index}{}", field["id"].as_str().unwrap()));
            }
            json!({ "id": format!("e{index}"), "name": name, "fields": fields,
                    "relations": [{ "id": format!("r{index}"), "name": "thisIsTheLongestNameThatARelationCanHave", "kind": "manyToMany", "target": "e0" }] })
        })
        .collect();
    let first = design(&json!([]), &json!(entities));
    let checked = slipform_codegen::design::parse(first.to_string().as_bytes()).and_then(slipform_codegen::model::Model::check);
    assert!(checked.is_ok(), "{checked:#?}");
    app.deploy(&first).await;
    let mut second = first.clone();
    for entity in second["entities"].as_array_mut().unwrap() {
        for field in entity["fields"].as_array_mut().unwrap() {
            field.as_object_mut().unwrap().retain(|key, _| !matches!(key.as_str(), "minLength" | "maxLength" | "pattern"));
            field["type"] = json!("integer");
        }
    }
    app.deploy(&second).await;
    for (name, column) in app.state.tables["e0"].columns.values().map(|column| (column.name.clone(), column)) {
        assert!(name.len() <= 63 && column.sql_type == "integer");
    }
}
