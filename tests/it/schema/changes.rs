//! Changes of type and of checks.

use super::support::{App, cars, design, hinted};
use serde_json::{Value, json};

fn enums() -> Value {
    json!([{ "id": "e1", "name": "Color", "values": [{ "id": "v-red", "name": "red" }, { "id": "v-blue", "name": "blue" }] },
           { "id": "e2", "name": "Paint", "values": [{ "id": "p-blue", "name": "blue" }, { "id": "p-red", "name": "red" }] }])
}

fn of(field: &Value) -> Value {
    let mut whole = json!({ "id": "x", "name": "x" });
    whole.as_object_mut().unwrap().extend(field.as_object().unwrap().clone());
    design(&enums(), &json!([{ "id": "car", "name": "Car", "fields": [whole] }]))
}

/// Values of one type become values of another; `lost` of them do not.
async fn convert(from: Value, values: &[&str], to: Value, lost: usize, become_: Value) {
    let mut app = App::new().await;
    app.deploy(&of(&from)).await;
    for value in values {
        app.run(&format!("INSERT INTO cars (x, created_at) SELECT {value}, timestamptz '2026-01-01' + count(*) * interval '1 day' FROM cars")).await;
    }
    if lost > 0 {
        let refusals = app.try_deploy(&of(&to)).await.err().unwrap_or_else(|| panic!("{from} to {to} loses nothing"));
        assert!(refusals[0].contains("changes its type") && refusals[0].contains(&format!("({lost} record")), "{from} to {to}: {refusals:?}");
    }
    app.deploy(&hinted(of(&to), if lost > 0 { &["x"] } else { &[] }, &json!({}))).await;
    let column = app.state.tables["car"].columns["x"].name.clone();
    let now = app.rows(&format!("SELECT to_jsonb({column}) #>> '{{}}' AS v FROM cars ORDER BY created_at")).await;
    let now: Vec<_> = now.as_array().unwrap().iter().map(|row| row["v"].clone()).collect();
    assert_eq!(json!(now), become_, "{from} to {to}");
    // What the old release writes arrives in the same way.
    if column == "x_2" {
        app.run("DELETE FROM cars").await;
        for value in values {
            app.run(&format!("INSERT INTO cars (x, created_at) SELECT {value}, timestamptz '2026-01-01' + count(*) * interval '1 day' FROM cars")).await;
        }
        let now = app.rows(&format!("SELECT to_jsonb({column}) #>> '{{}}' AS v FROM cars ORDER BY created_at")).await;
        let now: Vec<_> = now.as_array().unwrap().iter().map(|row| row["v"].clone()).collect();
        assert_eq!(json!(now), become_, "{from} to {to}, through the old release");
        app.run("UPDATE cars SET x_2 = NULL; UPDATE cars SET x_2 = NULL, x = NULL").await;
    }
}

#[tokio::test]
async fn every_scalar_type_becomes_every_other_without_an_error() {
    let types = [
        (json!({ "type": "string" }), "'12'"),
        (json!({ "type": "text" }), "'2026-02-30'"),
        (json!({ "type": "integer" }), "2147483647"),
        (json!({ "type": "bigint" }), "9223372036854775807"),
        (json!({ "type": "decimal", "precision": 5, "scale": 2 }), "999.99"),
        (json!({ "type": "money", "currency": "JPY" }), "12345678901"),
        (json!({ "type": "boolean" }), "true"),
        (json!({ "type": "date" }), "'2026-01-31'"),
        (json!({ "type": "datetime" }), "'2026-01-31T23:30:00Z'"),
        (json!({ "type": "duration" }), "60"),
        (json!({ "type": "enum", "enum": "e1" }), "'v-red'"),
        (json!({ "type": "uuid" }), "'a3bb189e-8bf9-3888-9912-ace4e6543002'"),
        (json!({ "type": "email" }), "'a@x.de'"),
        (json!({ "type": "json" }), "'{\"a\": [1]}'"),
        (json!({ "type": "integer", "list": true }), "'{1,2}'"),
        (json!({ "type": "enum", "enum": "e2", "list": true }), "'{p-red}'"),
        (json!({ "type": "datetime", "list": true }), "'{2026-01-31T23:30:00Z}'"),
    ];
    let mut app = App::new().await;
    for (index, (from, value)) in types.iter().enumerate() {
        for (to, _) in &types[index + 1..] {
            // There and back, with both releases writing in between.
            app.oldest = Some(app.state.position);
            app.deploy(&hinted(of(from), &["x", "v-red", "v-blue"], &json!({}))).await;
            app.oldest = Some(app.state.position);
            app.deploy(&hinted(of(from), &["x"], &json!({}))).await;
            app.run("DELETE FROM cars").await;
            let old = app.state.tables["car"].columns["x"].name.clone();
            app.run(&format!("INSERT INTO cars ({old}) VALUES ({value}), (NULL)")).await;
            app.oldest = Some(app.state.position);
            let refusals = app.try_deploy(&hinted(of(to), &["x"], &json!({}))).await.err();
            assert!(refusals.as_ref().is_none_or(|refusals| refusals.iter().all(|refusal| refusal.contains("must be"))), "{from} to {to}: {refusals:?}");
            if refusals.is_none() {
                app.run(&format!("INSERT INTO cars ({old}) VALUES ({value}), (NULL); UPDATE cars SET {old} = NULL; UPDATE cars SET {old} = {value}")).await;
            }
        }
    }
}

#[tokio::test]
async fn values_keep_their_meaning() {
    let string = || json!({ "type": "string" });
    convert(json!({ "type": "integer" }), &["7", "NULL"], string(), 0, json!(["7", null])).await;
    convert(string(), &["'7'", "'x'", "'2147483648'", "' 8 '"], json!({ "type": "integer" }), 2, json!(["7", null, null, "8"])).await;
    convert(string(), &["'2026-01-31'", "'2026-02-30'", "'now'"], json!({ "type": "date" }), 2, json!(["2026-01-31", null, null])).await;
    convert(string(), &["'1.50'", "'1234.5'", "'NaN'"], json!({ "type": "decimal", "precision": 5, "scale": 2 }), 2, json!(["1.50", null, null])).await;
    convert(string(), &["'red'", "'green'"], json!({ "type": "enum", "enum": "e1" }), 1, json!(["v-red", null])).await;
    convert(json!({ "type": "enum", "enum": "e1" }), &["'v-red'", "'v-blue'"], string(), 0, json!(["red", "blue"])).await;
    convert(json!({ "type": "enum", "enum": "e1" }), &["'v-red'"], json!({ "type": "enum", "enum": "e2" }), 0, json!(["p-red"])).await;
    convert(json!({ "type": "decimal", "precision": 5, "scale": 2 }), &["1.00", "1.50"], json!({ "type": "integer" }), 1, json!(["1", "2"])).await;
    convert(json!({ "type": "decimal", "precision": 5, "scale": 2 }), &["1.50"], json!({ "type": "decimal", "precision": 7, "scale": 3 }), 0, json!(["1.500"]))
        .await;
    convert(json!({ "type": "money", "currency": "EUR" }), &["1.00", "1.50"], json!({ "type": "money", "currency": "JPY" }), 1, json!(["1", "2"])).await;
    convert(
        json!({ "type": "datetime" }),
        &["'2026-01-31T00:00:00Z'", "'2026-01-31T23:30:00Z'"],
        json!({ "type": "date" }),
        1,
        json!(["2026-01-31", "2026-01-31"]),
    )
    .await;
    convert(json!({ "type": "integer" }), &["7", "NULL"], json!({ "type": "integer", "list": true }), 0, json!(["[7]", null])).await;
    convert(json!({ "type": "integer", "list": true }), &["'{7}'", "'{7,8}'", "'{}'"], json!({ "type": "integer" }), 1, json!(["7", "7", null])).await;
    convert(json!({ "type": "string", "list": true }), &["'{7,x}'", "'{8}'"], json!({ "type": "integer", "list": true }), 1, json!(["[7]", "[8]"])).await;
    convert(json!({ "type": "json" }), &["'\"7\"'", "'7'"], string(), 0, json!(["7", "7"])).await;
    convert(json!({ "type": "boolean" }), &["true"], json!({ "type": "integer" }), 0, json!(["1"])).await;
}

#[tokio::test]
async fn a_tighter_check_waits_for_older_releases() {
    let mut app = App::new().await;
    let x = |max: u32| cars(&json!([{ "id": "x", "name": "x", "type": "integer", "max": max }]));
    app.deploy(&x(9)).await;
    app.run("INSERT INTO cars (x) VALUES (4)").await;
    app.deploy(&x(5)).await;
    app.run("INSERT INTO cars (x) VALUES (6)").await;
    app.oldest = Some(2);
    let refusals = app.try_deploy(&x(5)).await.err().unwrap();
    assert!(refusals[0].contains("at most 5"), "{refusals:?}");
    app.run("UPDATE cars SET x = 5").await;
    app.deploy(&x(5)).await;
    assert_eq!(app.fails("UPDATE cars SET x = 6").await, "cars_x_max");
    app.deploy(&x(9)).await;
    app.run("UPDATE cars SET x = 9").await;
}

#[tokio::test]
async fn a_string_becomes_an_address_in_lower_case() {
    let mut app = App::new().await;
    let x = |ty: &str| cars(&json!([{ "id": "x", "name": "x", "type": ty, "unique": true }]));
    app.deploy(&x("string")).await;
    app.run("INSERT INTO cars (x) VALUES ('A@x.de')").await;
    app.deploy(&x("email")).await;
    assert_eq!(app.one("SELECT x FROM cars").await, "a@x.de");
    app.run("INSERT INTO cars (x) VALUES ('B@x.de')").await;
    let mut other = App::new().await;
    other.deploy(&x("string")).await;
    other.run("INSERT INTO cars (x) VALUES ('A@x.de'), ('a@x.de')").await;
    assert!(other.try_deploy(&x("email")).await.err().unwrap()[0].contains("must be unique"));
    app.oldest = Some(2);
    app.deploy(&x("email")).await;
    assert_eq!(app.fails("INSERT INTO cars (x) VALUES ('C@x.de')").await, "cars_x_form");
}

#[tokio::test]
async fn relations_change_their_target_and_their_kind() {
    let mut app = App::new().await;
    let with = |relation: Value| {
        design(
            &json!([]),
            &json!([
                { "id": "a", "name": "Apple", "fields": [{ "id": "a1", "name": "n", "type": "string" }], "relations": [relation] },
                { "id": "b", "name": "Box", "fields": [{ "id": "b1", "name": "n", "type": "string" }] },
                { "id": "c", "name": "Cart", "fields": [{ "id": "c1", "name": "n", "type": "string" }] }
            ]),
        )
    };
    let relation = |target: &str, kind: &str| json!({ "id": "r", "name": "place", "kind": kind, "target": target });
    app.deploy(&with(relation("b", "manyToOne"))).await;
    app.run("INSERT INTO boxes (n) VALUES ('b'); INSERT INTO carts (n) VALUES ('c'); INSERT INTO apples (place_id) SELECT id FROM boxes").await;
    app.deploy(&with(relation("b", "oneToOne"))).await;
    assert_eq!(app.fails("INSERT INTO apples (place_id) SELECT id FROM boxes").await, "apples_place_id_key");
    app.deploy(&hinted(with(relation("c", "manyToOne")), &["r"], &json!({}))).await;
    app.run("UPDATE apples SET place_2_id = (SELECT id FROM carts)").await;
    // A hidden key holds nothing back.
    app.run("DELETE FROM boxes").await;
    app.deploy(&hinted(with(relation("c", "manyToMany")), &["r"], &json!({}))).await;
    app.run("INSERT INTO apples_place SELECT apples.id, carts.id FROM apples, carts").await;
    app.deploy(&hinted(with(relation("b", "manyToMany")), &["r"], &json!({}))).await;
    assert_eq!(app.state.joins["r"].name, "apples_place_2");
    // Back to a target that it had: its column is there again.
    app.deploy(&hinted(with(relation("c", "manyToOne")), &["r"], &json!({}))).await;
    assert_eq!(app.one("SELECT count(*) FROM apples JOIN carts ON carts.id = place_2_id").await, "1");
    app.oldest = Some(app.state.position);
    app.deploy(&with(relation("c", "manyToOne"))).await;
    assert_eq!(app.one("SELECT string_agg(table_name, ',' ORDER BY table_name) FROM information_schema.tables WHERE table_schema = 'public' AND table_name NOT LIKE E'\\\\_%'").await, "apples,boxes,carts");
}
