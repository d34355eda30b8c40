//! Designs of any size, for benchmarks: entities with eight fields of common types, a chain of relations, states, list, detail and form pages.

use serde_json::{Value, json};

/// A design with `entities` entities. `revision` changes a label on every page, so that a new revision is a new release.
pub fn design(entities: usize, revision: usize) -> Value {
    let everyone = json!([{ "role": "signedIn" }]);
    let entity = |i: usize| {
        let mut relations = Vec::new();
        if i > 0 {
            relations.push(json!({
                "id": format!("r-{i}"), "name": "parent", "kind": "manyToOne", "target": format!("e-{}", i - 1),
                "inverse": { "name": "children" }, "onDelete": "setNull"
            }));
        }
        json!({
            "id": format!("e-{i}"), "name": format!("Thing{i}"), "createdBy": true,
            "fields": [
                { "id": format!("f-{i}-title"), "name": "title", "label": format!("Title {revision}"), "type": "string", "required": true, "searchable": true },
                { "id": format!("f-{i}-body"), "name": "body", "type": "text" },
                { "id": format!("f-{i}-count"), "name": "amount", "type": "integer", "min": 0, "default": 0 },
                { "id": format!("f-{i}-price"), "name": "price", "type": "money", "currency": "EUR" },
                { "id": format!("f-{i}-due"), "name": "due", "type": "date", "indexed": true },
                { "id": format!("f-{i}-seen"), "name": "seenAt", "type": "datetime" },
                { "id": format!("f-{i}-done"), "name": "done", "type": "boolean", "required": true, "default": false },
                { "id": format!("f-{i}-state"), "name": "state", "type": "enum", "enum": "state", "required": true }
            ],
            "relations": relations,
            "states": [{
                "field": format!("f-{i}-state"), "initial": "state-open",
                "transitions": [{ "id": format!("t-{i}"), "name": "close", "from": ["state-open"], "to": "state-closed", "allow": everyone }]
            }],
            "permissions": {
                "read": [{ "role": "everyone" }], "create": everyone,
                "update": [{ "role": "signedIn", "owner": "createdBy" }], "delete": [{ "role": "signedIn", "owner": "createdBy" }]
            }
        })
    };
    let pages = |i: usize| {
        let field = |name: &str| format!("f-{i}-{name}");
        let shown = json!([field("title"), field("state"), field("count"), field("price"), field("due"), field("done")]);
        let inputs = json!([field("title"), field("body"), field("count"), field("price"), field("due"), field("seen"), field("done")]);
        [
            json!({ "id": format!("l-{i}"), "name": format!("Things{i}"), "kind": "list", "entity": format!("e-{i}"), "path": format!("/things-{i}"), "fields": shown, "filters": [field("state"), field("done")] }),
            json!({ "id": format!("d-{i}"), "name": format!("Thing{i}Detail"), "kind": "detail", "entity": format!("e-{i}"), "path": format!("/things-{i}/:id"), "fields": shown }),
            json!({ "id": format!("n-{i}"), "name": format!("Thing{i}New"), "kind": "form", "entity": format!("e-{i}"), "path": format!("/things-{i}/new"), "fields": inputs }),
        ]
    };
    json!({
        "formatVersion": 1,
        "app": { "name": format!("Synthetic {entities}"), "home": "l-0" },
        "enums": [{ "id": "state", "name": "State", "values": [{ "id": "state-open", "name": "open" }, { "id": "state-closed", "name": "closed", "tone": "success" }] }],
        "entities": (0..entities).map(entity).collect::<Vec<_>>(),
        "pages": (0..entities).flat_map(pages).collect::<Vec<_>>(),
        "navigation": (0..entities.min(6)).map(|i| json!({ "id": format!("nav-{i}"), "page": format!("l-{i}") })).collect::<Vec<_>>()
    })
}
