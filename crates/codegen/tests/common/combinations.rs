//! Settings in combination: what the format accepts of each type of field and each kind of relation, found by asking it.

use serde_json::{Value, json};
use std::collections::BTreeSet;

/// A valid value of each type, and what a field of the type must say beside.
fn types() -> [(&'static str, Value, Value); 17] {
    [
        ("string", json!("abc"), json!({})),
        ("text", json!("abc"), json!({})),
        ("integer", json!(4), json!({})),
        ("bigint", json!("4"), json!({})),
        ("decimal", json!("4.50"), json!({ "precision": 6, "scale": 2 })),
        ("money", json!("4.50"), json!({ "currency": "EUR" })),
        ("boolean", json!(true), json!({})),
        ("date", json!("2026-05-01"), json!({})),
        ("datetime", json!("2026-05-01T06:30:00Z"), json!({})),
        ("duration", json!(60), json!({})),
        ("enum", json!("red"), json!({ "enum": "color" })),
        ("uuid", json!("6f1c9a52-2f0e-4c1b-9c58-2d1a4f7c0b13"), json!({})),
        ("email", json!("ada@example.com"), json!({})),
        ("url", json!("https://example.com"), json!({})),
        ("phone", json!("+4930123456"), json!({})),
        ("slug", json!("abc"), json!({ "from": "source" })),
        ("json", json!({ "a": 1 }), json!({})),
    ]
}

/// The names of all types that are tried.
pub fn type_names() -> BTreeSet<String> {
    types().into_iter().map(|(name, ..)| name.to_owned()).collect()
}

/// Every combination that the format accepts.
pub fn accepted() -> BTreeSet<String> {
    let mut accepted = BTreeSet::new();
    let mut ask = |list: &str, of: String, mut element: Value, setting: Value| {
        let name = format!("{of}: {}", setting_name(&setting));
        merge(&mut element, setting);
        if super::check(&design(list, element)).is_ok() {
            accepted.insert(name);
        }
    };
    for (name, value, mut field) in types() {
        merge(&mut field, json!({ "id": "it", "name": "it", "type": name }));
        for list in [false, true] {
            let mut field = field.clone();
            let default = if list { json!([value]) } else { value.clone() };
            if list {
                merge(&mut field, json!({ "list": true }));
            }
            let settings = [
                json!({}),
                json!({ "default": default }),
                json!({ "min": value }),
                json!({ "max": value }),
                json!({ "minLength": 1 }),
                json!({ "maxLength": 100 }),
                json!({ "pattern": "[a-z]+" }),
                json!({ "required": true }),
                json!({ "unique": true }),
                json!({ "indexed": true }),
                json!({ "searchable": true }),
                json!({ "readOnly": true }),
                json!({ "writeOnly": true }),
                json!({ "sensitive": true }),
                json!({ "permissions": { "read": [] } }),
                json!({ "permissions": { "write": [] } }),
            ];
            for setting in settings {
                ask("fields", of_field(&field), field.clone(), setting);
            }
        }
    }
    for kind in ["manyToOne", "oneToOne", "manyToMany"] {
        for target in ["thing", "other", "user"] {
            let settings = [
                json!({ "onDelete": "restrict" }),
                json!({ "onDelete": "cascade" }),
                json!({ "onDelete": "setNull" }),
                json!({ "required": true }),
                json!({ "readOnly": true }),
                json!({ "inverse": { "name": "back" } }),
                json!({ "permissions": { "read": [] } }),
                json!({ "permissions": { "write": [] } }),
            ];
            for setting in settings {
                let relation = json!({ "id": "it", "name": "it", "kind": kind, "target": target });
                ask("relations", of_relation("thing", &relation), relation, setting);
            }
        }
    }
    accepted
}

/// The combinations that a design uses.
pub fn used(design: &Value) -> BTreeSet<String> {
    let mut used = BTreeSet::new();
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    for entity in list(&design["entities"]) {
        let fields = list(&entity["fields"]).into_iter().map(|field| (of_field(&field), field));
        let relations = list(&entity["relations"]).into_iter().map(|relation| (of_relation(entity["id"].as_str().unwrap(), &relation), relation));
        for (of, element) in fields.chain(relations) {
            used.insert(format!("{of}: {}", setting_name(&json!({}))));
            if element["kind"].is_string() && element["onDelete"].is_null() {
                used.insert(format!("{of}: onDelete restrict"));
            }
            for (key, value) in element.as_object().unwrap() {
                if key == "permissions" {
                    used.extend(value.as_object().unwrap().iter().map(|(what, grants)| format!("{of}: {}", setting_name(&json!({ key: { what: grants } })))));
                } else {
                    used.insert(format!("{of}: {}", setting_name(&json!({ key: value }))));
                }
            }
        }
    }
    used
}

fn of_field(field: &Value) -> String {
    format!("{}{}", if field["list"] == true { "list of " } else { "" }, field["type"].as_str().unwrap())
}

fn of_relation(entity: &str, relation: &Value) -> String {
    let target = match relation["target"].as_str().unwrap() {
        "user" => "user",
        target if target == entity => "itself",
        _ => "another",
    };
    format!("{} to {target}", relation["kind"].as_str().unwrap())
}

fn setting_name(setting: &Value) -> String {
    match setting.as_object().unwrap().iter().next() {
        None => "plain".into(),
        Some((key, value)) if key == "onDelete" => format!("onDelete {}", value.as_str().unwrap()),
        Some((_, Value::Object(inner))) if inner.values().all(|grants| *grants == json!([])) && !inner.is_empty() => {
            format!("nobody may {}", inner.keys().next().unwrap())
        }
        Some((key, _)) => key.clone(),
    }
}

/// A design that has one field or relation beside what it needs.
fn design(list: &str, element: Value) -> Value {
    let source = json!({ "id": "source", "name": "source", "type": "string" });
    let mut thing = json!({ "id": "thing", "name": "Thing", "fields": [source], "relations": [] });
    thing[list].as_array_mut().unwrap().push(element);
    let field = json!({ "id": "word", "name": "word", "type": "string" });
    json!({
        "formatVersion": 1,
        "app": { "name": "Everything" },
        "enums": [{ "id": "color", "name": "Color", "values": [{ "id": "red", "name": "red" }] }],
        "entities": [thing, { "id": "other", "name": "Other", "fields": [field] }],
    })
}

fn merge(into: &mut Value, more: Value) {
    let Value::Object(more) = more else { unreachable!() };
    into.as_object_mut().unwrap().extend(more);
}
