//! From nothing to a database.

use super::support::{App, design, model};
use crate::harness::example;
use serde_json::json;
use slipform_codegen::schema::{PlanOptions, SchemaState, plan};
use std::time::Instant;

#[tokio::test]
async fn every_example_becomes_a_database() {
    for name in ["todo", "blog", "crm", "car-rental"] {
        let mut app = App::new().await;
        app.deploy(&example(name)).await;
        let fixed = app.one("SELECT count(*) FROM information_schema.tables WHERE table_name IN ('_user', '_session')").await;
        assert_eq!(fixed, "2", "{name}");
        let wanted = app.state.seeds.len();
        let mut found = 0;
        let tables: Vec<String> = app.state.tables.values().map(|table| table.name.clone()).chain(["_user".to_owned()]).collect();
        for table in tables {
            found += app.one(&format!("SELECT count(*) FROM \"{table}\"")).await.parse::<usize>().unwrap();
        }
        assert_eq!(found, wanted, "{name}: every seed is there");
    }
}

#[tokio::test]
async fn every_field_type_has_its_column_default_and_checks() {
    let mut app = App::new().await;
    let field = |id: &str, ty: &str| json!({ "id": id, "name": id, "type": ty });
    let with = |id: &str, ty: &str, more: serde_json::Value| {
        let mut field = field(id, ty);
        field.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        field
    };
    let fields = json!([
        with("title", "string", json!({ "required": true, "minLength": 2, "maxLength": 10, "pattern": "[A-Z].*" })),
        with("note", "text", json!({ "default": "it's \\ fine" })),
        with("seats", "integer", json!({ "default": 4, "min": 1, "max": 9 })),
        with("views", "bigint", json!({ "default": "9007199254740993" })),
        with("rate", "decimal", json!({ "precision": 6, "scale": 3, "default": "1.125", "min": "0.5" })),
        with("price", "money", json!({ "currency": "EUR", "default": "49.90", "min": "0" })),
        with("open", "boolean", json!({ "default": true })),
        with("day", "date", json!({ "default": "2026-02-01", "min": "2020-01-01" })),
        with("at", "datetime", json!({ "default": "2026-02-01T10:00:00Z" })),
        with("lasts", "duration", json!({ "default": 3600, "max": 86400 })),
        with("color", "enum", json!({ "enum": "colors-of-cars", "default": "red" })),
        with("token", "uuid", json!({ "default": "a3bb189e-8bf9-3888-9912-ace4e6543002" })),
        with("mail", "email", json!({ "unique": true })),
        with("mails", "email", json!({ "list": true })),
        with("site", "url", json!({})),
        with("phone", "phone", json!({})),
        with("slug", "slug", json!({ "from": "title" })),
        with("data", "json", json!({ "default": { "a": [1, "x'y"] } })),
        with("tags", "string", json!({ "list": true, "maxLength": 2, "default": ["a", "b"] })),
        with("colors", "enum", json!({ "enum": "colors-of-cars", "list": true, "default": [] })),
        with("scores", "integer", json!({ "list": true, "minLength": 1 })),
        with("ctid", "integer", json!({}))
    ]);
    let enums = json!([{ "id": "colors-of-cars", "name": "Color", "values": [{ "id": "c-red", "name": "red" }, { "id": "c-blue", "name": "blue" }] }]);
    app.deploy(&design(&enums, &json!([{ "id": "car", "name": "Car", "fields": fields }]))).await;
    let columns = &app.state.tables["car"].columns;
    assert_eq!(columns["ctid"].name, "ctid_2");
    app.run("INSERT INTO cars (title, slug) VALUES ('Audi', 'audi')").await;
    assert_eq!(
        app.rows("SELECT note, seats, views::text, rate::text, price::text, open, day, lasts, color, token, data, tags, colors, at AT TIME ZONE 'UTC' AS at FROM cars").await,
        json!([{
            "note": "it's \\ fine", "seats": 4, "views": "9007199254740993", "rate": "1.125", "price": "49.90", "open": true, "day": "2026-02-01", "lasts": 3600,
            "color": "c-red", "token": "a3bb189e-8bf9-3888-9912-ace4e6543002", "data": { "a": [1, "x'y"] }, "tags": ["a", "b"], "colors": [], "at": "2026-02-01T10:00:00"
        }])
    );
    for (column, value, constraint) in [
        ("title", "'A'", "cars_title_length"),
        ("title", "'audi'", "cars_title_pattern"),
        ("title", "E'Audi\\nAudi\\nAudi'", "cars_title_length"),
        ("title", "NULL", "23502"),
        ("seats", "0", "cars_seats_min"),
        ("seats", "10", "cars_seats_max"),
        ("rate", "0.499", "cars_rate_min"),
        ("price", "-0.01", "cars_price_min"),
        ("day", "'2019-12-31'", "cars_day_min"),
        ("lasts", "86401", "cars_lasts_max"),
        ("color", "'red'", "cars_color_values"),
        ("mail", "'A@x.de'", "cars_mail_form"),
        ("site", "'javascript:x'", "cars_site_form"),
        ("phone", "'030'", "cars_phone_form"),
        ("slug", "'A b'", "cars_slug_form"),
        ("tags", "'{a,b,c}'", "cars_tags_length"),
        ("mails", "'{a@x.de,B@x.de}'", "cars_mails_form"),
        ("colors", "'{green}'", "cars_colors_values"),
        ("scores", "'{}'", "cars_scores_length"),
    ] {
        assert_eq!(app.fails(&format!("UPDATE cars SET {column} = {value}")).await, constraint, "{column} = {value}");
    }
    app.run("UPDATE cars SET mail = 'a@x.de'").await;
    assert_eq!(app.fails("INSERT INTO cars (title, slug, mail) VALUES ('Bmw', 'bmw', 'a@x.de')").await, "cars_mail_key");
    assert_eq!(app.fails("INSERT INTO cars (title, slug) VALUES ('Bmw', 'audi')").await, "cars_slug_key");
}

#[tokio::test]
async fn relations_delete_as_designed_and_bookings_do_not_overlap() {
    let mut app = App::new().await;
    let enums = json!([{ "id": "state", "name": "State", "values": [{ "id": "s-open", "name": "open" }, { "id": "s-off", "name": "cancelled" }] }]);
    let entities = json!([
        { "id": "car", "name": "Car", "fields": [{ "id": "plate", "name": "plate", "type": "string", "unique": true }], "softDelete": true,
          "relations": [{ "id": "next", "name": "next", "kind": "oneToOne", "target": "car", "onDelete": "setNull" }] },
        { "id": "tag", "name": "Tag", "fields": [{ "id": "word", "name": "word", "type": "string" }],
          "relations": [{ "id": "tagged", "name": "cars", "kind": "manyToMany", "target": "car" }] },
        { "id": "booking", "name": "Booking", "createdBy": true, "version": true,
          "fields": [
              { "id": "from", "name": "from", "type": "datetime", "required": true },
              { "id": "to", "name": "to", "type": "datetime", "required": true },
              { "id": "b-first", "name": "first", "type": "date", "required": true },
              { "id": "b-last", "name": "last", "type": "date", "required": true },
              { "id": "b-state", "name": "state", "type": "enum", "enum": "state" }
          ],
          "states": [{ "field": "b-state", "initial": "s-open", "transitions": [{ "id": "cancel", "name": "cancel", "from": ["s-open"], "to": "s-off", "allow": [] }] }],
          "relations": [
              { "id": "b-car", "name": "car", "kind": "manyToOne", "target": "car", "required": true, "onDelete": "cascade" },
              { "id": "b-guest", "name": "guest", "kind": "manyToOne", "target": "user", "onDelete": "restrict" }
          ],
          "constraints": [
              { "id": "times", "kind": "noOverlap", "start": "from", "end": "to", "by": ["b-car"], "except": ["s-off"] },
              { "id": "days", "kind": "noOverlap", "start": "b-first", "end": "b-last", "by": ["b-car"], "except": ["s-off"] },
              { "id": "pair", "kind": "unique", "fields": ["b-car", "from"] },
              { "id": "look", "kind": "index", "fields": ["b-state", "from"] }
          ] }
    ]);
    app.deploy(&design(&enums, &entities)).await;
    app.run("INSERT INTO cars (id, plate) VALUES ('00000000-0000-0000-0000-000000000001', 'A'), ('00000000-0000-0000-0000-000000000002', 'B')").await;
    let book = |car: u8, from: &str, to: &str, first: &str, last: &str, state: &str| {
        format!(
            r#"INSERT INTO bookings ("from", "to", "first", "last", state, car_id) VALUES ('{from}', '{to}', '{first}', '{last}', {state}, '00000000-0000-0000-0000-00000000000{car}')"#
        )
    };
    app.run(&book(1, "2026-01-01T10:00Z", "2026-01-01T12:00Z", "2026-01-01", "2026-01-02", "DEFAULT")).await;
    assert_eq!(app.fails(&book(1, "2026-01-01T11:00Z", "2026-01-01T13:00Z", "2026-03-01", "2026-03-02", "DEFAULT")).await, "bookings_times_excl");
    assert_eq!(app.fails(&book(1, "2026-01-01T12:00Z", "2026-01-01T13:00Z", "2026-01-02", "2026-01-03", "DEFAULT")).await, "bookings_days_excl");
    assert_eq!(app.fails(&book(1, "2026-01-01T10:00Z", "2026-01-01T11:00Z", "2026-04-02", "2026-04-03", "'s-off'")).await, "bookings_car_id_from_key");
    assert_eq!(app.fails(&book(1, "2026-05-01T10:00Z", "2026-05-01T10:00Z", "2026-05-02", "2026-05-03", "DEFAULT")).await, "bookings_times_order");
    app.run(&book(1, "2026-01-01T12:00Z", "2026-01-01T13:00Z", "2026-01-03", "2026-01-03", "DEFAULT")).await;
    app.run(&book(1, "2026-01-01T10:30Z", "2026-01-01T13:00Z", "2026-01-01", "2026-01-03", "'s-off'")).await;
    app.run(&book(2, "2026-01-01T10:30Z", "2026-01-01T13:00Z", "2026-01-01", "2026-01-03", "DEFAULT")).await;

    app.run("UPDATE cars SET next_id = '00000000-0000-0000-0000-000000000002' WHERE plate = 'A'").await;
    assert_eq!(app.fails("UPDATE cars SET next_id = '00000000-0000-0000-0000-000000000002' WHERE plate = 'B'").await, "cars_next_id_key");
    app.run("INSERT INTO tags (word) VALUES ('x'); INSERT INTO tags_cars SELECT t.id, c.id FROM tags t, cars c WHERE plate = 'B'").await;
    app.run("DELETE FROM cars WHERE plate = 'B'").await;
    assert_eq!(app.one("SELECT count(*) FROM bookings").await, "3");
    assert_eq!(app.one("SELECT count(*) FROM tags_cars").await, "0");
    assert_eq!(app.one("SELECT count(*) FROM cars WHERE next_id IS NULL").await, "1");
    app.run("INSERT INTO _user (id, email, name) VALUES ('00000000-0000-0000-0000-000000000009', 'g@x', 'G'); UPDATE bookings SET guest_id = '00000000-0000-0000-0000-000000000009', created_by = '00000000-0000-0000-0000-000000000009'").await;
    assert_eq!(app.fails("DELETE FROM _user").await, "bookings_guest_id_fkey");
    app.run("UPDATE bookings SET guest_id = NULL; DELETE FROM _user").await;
    assert_eq!(app.one("SELECT count(*) FROM bookings WHERE created_by IS NULL").await, "3");

    // What soft deletion hides does not count.
    app.run("UPDATE cars SET deleted_at = now(); INSERT INTO cars (plate) VALUES ('A')").await;
    assert_eq!(app.fails("INSERT INTO cars (plate) VALUES ('A')").await, "cars_plate_key");
}

#[test]
fn a_hundred_entities_are_planned_in_no_time() {
    let entities: Vec<_> = (0..100)
        .map(|index| {
            let fields: Vec<_> = (0..10).map(|field| json!({ "id": format!("f{index}-{field}"), "name": format!("field{field}"), "type": "string", "required": true, "default": "x", "maxLength": 40 })).collect();
            json!({ "id": format!("e{index}"), "name": format!("Entity{index}"), "fields": fields,
                    "relations": [{ "id": format!("r{index}"), "name": "next", "kind": "manyToOne", "target": format!("e{}", (index + 1) % 100) }] })
        })
        .collect();
    let model = model(&design(&json!([]), &json!(entities)));
    let mut fastest = u128::MAX;
    for _ in 0..5 {
        let start = Instant::now();
        let (first, _) = plan(&SchemaState::default(), &model, PlanOptions::default());
        let again = plan(&first.after, &model, PlanOptions { oldest_release: Some(1), production: false }).0;
        assert!(again.migration.is_none());
        fastest = fastest.min(start.elapsed().as_millis());
    }
    // Unoptimized, and twice the work: an optimized build takes a tenth of it.
    assert!(fastest < 200, "{fastest} ms");
    println!("two plans of 100 entities: {fastest} ms");
}
