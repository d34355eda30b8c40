//! What would be lost or broken is refused, with the number of records and the way out; what concerns no record is not.

use super::support::{App, cars, design, hinted};
use serde_json::{Value, json};

#[allow(clippy::needless_pass_by_value)] // The callers write it on the spot.
fn field(more: Value) -> Value {
    let mut field = json!({ "id": "x", "name": "x", "type": "integer" });
    field.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    field
}

/// One design, rows that it allows, another design, and what the refusal says.
async fn refused(before: &Value, rows: &[&str], after: &Value, says: &[&str]) {
    let mut app = App::new().await;
    app.deploy(before).await;
    for row in rows {
        app.run(row).await;
    }
    let refusals = app.try_deploy(after).await.err().unwrap_or_else(|| panic!("not refused: {after}"));
    assert_eq!(refusals.len(), says.len(), "{refusals:#?}");
    for (refusal, says) in refusals.iter().zip(says) {
        assert!(refusal.contains(says), "{refusal:?} does not say {says:?}");
    }
    // Nothing has changed, and without the records nothing is in the way.
    for (_, table) in app.state.tables.clone() {
        app.run(&format!("TRUNCATE \"{}\" CASCADE", table.name)).await;
    }
    app.deploy(after).await;
}

#[tokio::test]
async fn rules_that_records_break() {
    let plain = cars(&json!([field(json!({}))]));
    let rows = ["INSERT INTO cars (x) VALUES (1), (1), (2), (NULL), (NULL)"];
    refused(
        &plain,
        &rows,
        &cars(&json!([field(json!({ "unique": true }))])),
        &["must be unique, and there are records that share it. Change them first. (2 records)"],
    )
    .await;
    refused(
        &plain,
        &rows,
        &cars(&json!([field(json!({ "min": 2 }))])),
        &["must be at least 2, and there are records where it is not. Change them first. (2 records)"],
    )
    .await;
    refused(&plain, &rows, &cars(&json!([field(json!({ "max": 1 }))])), &["must be at most 1"]).await;
    refused(&plain, &rows, &cars(&json!([field(json!({ "required": true }))])), &["X of Car is required, and there are records without it"]).await;
    let string = |more: Value| {
        let mut of = field(json!({ "type": "string" }));
        of.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        cars(&json!([of]))
    };
    let rows = ["INSERT INTO cars (x) VALUES ('abc'), ('Ab')"];
    refused(&string(json!({})), &rows, &string(json!({ "maxLength": 2 })), &["must be at most 2 characters"]).await;
    refused(&string(json!({})), &rows, &string(json!({ "minLength": 3 })), &["must be 3 to 255 characters"]).await;
    refused(&string(json!({})), &rows, &string(json!({ "pattern": "[a-z]+" })), &["of the form [a-z]+"]).await;
    refused(&string(json!({})), &rows, &string(json!({ "type": "url" })), &["a http or https address"]).await;
    refused(&string(json!({})), &rows, &string(json!({ "type": "phone" })), &["a telephone number"]).await;
}

#[tokio::test]
async fn additions_that_records_cannot_follow() {
    let other = json!({ "id": "y", "name": "y", "type": "string", "default": "it's" });
    let before = cars(&json!([other]));
    let rows = ["INSERT INTO cars DEFAULT VALUES", "INSERT INTO cars DEFAULT VALUES"];
    refused(&before, &rows, &cars(&json!([other, field(json!({ "required": true }))])), &["is required, and existing records have no value for it. Give the field a default, or give existing records a value in migration.backfill under \"x\". (2 records)"]).await;
    let shared = hinted(cars(&json!([other, field(json!({ "unique": true }))])), &[], &json!({ "x": 1 }));
    refused(&before, &rows, &shared, &["X of Car must be unique"]).await;
    refused(
        &before,
        &rows,
        &design(&json!([]), &json!([{ "id": "car", "name": "Car", "fields": [other], "constraints": [{ "id": "u", "kind": "unique", "fields": ["y"] }] }])),
        &["Y of Car must be unique"],
    )
    .await;
    let relation = json!({ "id": "r", "name": "next", "kind": "manyToOne", "target": "hub" });
    let mut required = relation.clone();
    required["required"] = json!(true);
    let with = |relation: &Value| {
        design(
            &json!([]),
            &json!([{ "id": "car", "name": "Car", "fields": [other], "relations": [relation] }, { "id": "hub", "name": "Hub", "fields": [{ "id": "h", "name": "h", "type": "string" }] }]),
        )
    };
    refused(&with(&relation), &rows, &with(&required), &["Next of Car is required"]).await;
    let mut single = relation.clone();
    single["kind"] = json!("oneToOne");
    let linked = [
        "INSERT INTO hubs (id) VALUES ('00000000-0000-0000-0000-000000000001')",
        "INSERT INTO cars (next_id) SELECT id FROM hubs",
        "INSERT INTO cars (next_id) SELECT id FROM hubs",
    ];
    refused(&with(&relation), &linked, &with(&single), &["Next of Car must be unique"]).await;
    let mut many = relation.clone();
    many["kind"] = json!("manyToMany");
    refused(&with(&relation), &linked, &with(&many), &["have a value in the relation Next"]).await;
    refused(
        &with(&many),
        &["INSERT INTO cars DEFAULT VALUES", "INSERT INTO hubs DEFAULT VALUES", "INSERT INTO cars_next SELECT cars.id, hubs.id FROM cars, hubs"],
        &with(&relation),
        &["There are links of Cars next"],
    )
    .await;
    let mut people = relation.clone();
    people["target"] = json!("user");
    refused(&with(&relation), &linked, &with(&people), &["have a value in the relation Next"]).await;
}

#[tokio::test]
async fn overlaps_and_ranges_the_wrong_way() {
    let fields = json!([{ "id": "a", "name": "a", "type": "date", "required": true }, { "id": "b", "name": "b", "type": "date", "required": true }, { "id": "room", "name": "room", "type": "integer" }]);
    let stay =
        |constraints: Value| design(&json!([]), &json!([{ "id": "stay", "name": "Stay", "fields": fields, "softDelete": true, "constraints": constraints }]));
    let rule = json!([{ "id": "o", "kind": "noOverlap", "start": "a", "end": "b", "by": ["room"] }]);
    let rows = [
        "INSERT INTO stays (a, b, room) VALUES ('2026-01-01', '2026-01-02', 1), ('2026-01-02', '2026-01-03', 1), ('2026-01-02', '2026-01-03', 2), ('2026-01-02', '2026-01-03', NULL), ('2026-01-02', '2026-01-03', NULL)",
        "INSERT INTO stays (a, b, room, deleted_at) VALUES ('2026-01-01', '2026-01-09', 2, now())",
    ];
    refused(
        &stay(json!([])),
        &rows,
        &stay(rule.clone()),
        &["Records of Stay must not overlap from A to B, and there are some that do. Change them first. (2 records)"],
    )
    .await;
    refused(&stay(json!([])), &["INSERT INTO stays (a, b, room) VALUES ('2026-01-03', '2026-01-02', 1)"], &stay(rule), &["A of Stay must be before B"]).await;
}

#[tokio::test]
async fn removals_that_records_would_lose() {
    let y = json!({ "id": "y", "name": "y", "type": "string" });
    let both = cars(&json!([field(json!({})), y]));
    refused(&both, &["INSERT INTO cars (x) VALUES (1), (NULL)"], &cars(&json!([y])), &["Records of Car have a value in the field X, which the design no longer has in this form. Bring it back, or confirm the loss by naming \"x\" in migration.confirmLoss. (1 record)"]).await;
    let empty = json!({ "id": "other", "name": "Other", "fields": [{ "id": "z", "name": "z", "type": "string" }] });
    let two = design(&json!([]), &json!([{ "id": "car", "name": "Car", "fields": [y] }, empty]));
    let mut one = two.clone();
    one["entities"].as_array_mut().unwrap().remove(0);
    refused(&two, &["INSERT INTO cars DEFAULT VALUES"], &one, &["There are records of Cars, which is no longer in the design"]).await;
    let kept = |created_by: bool, soft_delete: bool| {
        design(&json!([]), &json!([{ "id": "car", "name": "Car", "fields": [y], "createdBy": created_by, "softDelete": soft_delete, "version": created_by }]))
    };
    let rows = [
        "INSERT INTO _user (id, email, name) VALUES ('00000000-0000-0000-0000-000000000009', 'a@x', 'A')",
        "INSERT INTO cars (created_by, deleted_at) VALUES ('00000000-0000-0000-0000-000000000009', now())",
    ];
    refused(&kept(true, true), &rows, &kept(false, false), &["no longer keeps who created a record", "its deleted records would appear again"]).await;
}

#[tokio::test]
async fn a_switch_turned_off_and_on_again_finds_its_data() {
    let y = json!({ "id": "y", "name": "y", "type": "string", "unique": true });
    let switches = |on: bool| design(&json!([]), &json!([{ "id": "car", "name": "Car", "fields": [y], "createdBy": on, "softDelete": on, "version": on }]));
    let mut app = App::new().await;
    app.deploy(&switches(false)).await;
    app.run("INSERT INTO cars (y) VALUES ('a')").await;
    app.deploy(&switches(true)).await;
    app.run("INSERT INTO _user (email, name) VALUES ('a@x', 'A'); UPDATE cars SET created_by = (SELECT id FROM _user), deleted_at = now(), version = 3").await;
    app.deploy(&hinted(switches(false), &["car"], &json!({}))).await;
    app.run("INSERT INTO cars (y) VALUES ('b')").await;
    app.deploy(&switches(true)).await;
    assert_eq!(
        app.rows("SELECT y, version, created_by IS NOT NULL AS by, deleted_at IS NOT NULL AS gone FROM cars ORDER BY y").await,
        json!([{ "y": "a", "version": 3, "by": true, "gone": true }, { "y": "b", "version": 1, "by": false, "gone": false }])
    );
    app.run("DELETE FROM _user; INSERT INTO cars (y) VALUES ('a')").await;
    assert_eq!(app.fails("INSERT INTO cars (y) VALUES ('a')").await, "cars_y_key");
    let refusals = app.try_deploy(&hinted(switches(false), &["car"], &json!({}))).await.err().unwrap();
    assert!(refusals[0].contains("Y of Car must be unique") && refusals[0].contains("(2 records)"), "{refusals:?}");
}
