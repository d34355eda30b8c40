//! The old release reads and writes between the migration and the rollout, and after a rollback.

use super::support::{App, cars, design, hinted};
use serde_json::json;

#[tokio::test]
async fn through_a_rename_nothing_moves() {
    let mut app = App::new().await;
    app.deploy(&cars(&json!([{ "id": "make", "name": "make", "type": "string", "required": true }]))).await;
    let mut renamed = cars(&json!([{ "id": "make", "name": "brand", "label": "It's \"the\" brand", "type": "string", "required": true }]));
    renamed["entities"][0]["name"] = json!("Vehicle");
    let deployed = app.deploy(&renamed).await;
    assert_eq!(deployed.sql, None);
    assert_eq!(app.state.tables["car"].columns["make"].name, "make");
}

#[tokio::test]
async fn through_added_required_fields() {
    let mut app = App::new().await;
    let make = json!({ "id": "make", "name": "make", "type": "string", "required": true });
    app.deploy(&cars(&json!([make]))).await;
    app.run("INSERT INTO cars (make) VALUES ('Audi')").await;
    let color = json!({ "id": "color", "name": "color", "type": "string", "required": true, "default": "white" });
    let seats = json!({ "id": "seats", "name": "seats", "type": "integer", "required": true });
    let title = json!({ "id": "slug", "name": "slug", "type": "slug", "from": "make", "required": true });
    let second = hinted(cars(&json!([make, color, seats, title])), &[], &json!({ "seats": 5 }));
    let deployed = app.deploy(&second).await;
    assert!(deployed.summary.contains(&"Added field Color to Car.".to_owned()), "{:?}", deployed.summary);

    // The old release knows nothing of them.
    app.run("INSERT INTO cars (make) VALUES ('BMW'), ('BMW')").await;
    assert_eq!(
        app.rows("SELECT make, color, seats, slug = 'audi' AS plain FROM cars ORDER BY make").await,
        json!([
            { "make": "Audi", "color": "white", "seats": 5, "plain": true },
            { "make": "BMW", "color": "white", "seats": 5, "plain": false },
            { "make": "BMW", "color": "white", "seats": 5, "plain": false }
        ])
    );
    // Once it cannot come back, only the design's own default stays.
    app.oldest = Some(2);
    let deployed = app.deploy(&second).await;
    assert!(deployed.sql.is_some());
    app.run("INSERT INTO cars (make, seats, slug) VALUES ('VW', 4, 'vw')").await;
    assert_eq!(app.fails("INSERT INTO cars (make, slug) VALUES ('VW', 'vw-2')").await, "23502");
    assert_eq!(app.fails("INSERT INTO cars (make, seats) VALUES ('VW', 4)").await, "23502");
    assert_eq!(app.one("SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal").await, "0");
    assert_eq!(
        app.one("SELECT count(*) FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace WHERE nspname = '_slipform' AND proname LIKE '%bridge'").await,
        "0"
    );
}

#[tokio::test]
async fn an_optional_field_that_becomes_required_is_filled_for_older_releases() {
    let mut app = App::new().await;
    let seats = |required: bool| json!({ "id": "seats", "name": "seats", "type": "integer", "required": required });
    app.deploy(&cars(&json!([seats(false)]))).await;
    app.run("INSERT INTO cars (seats) VALUES (NULL)").await;
    let refusals = app.try_deploy(&cars(&json!([seats(true)]))).await.err().unwrap();
    assert!(refusals[0].starts_with("seats: Seats of Car is required") && refusals[0].ends_with("(1 record)"), "{refusals:?}");
    let second = hinted(cars(&json!([seats(true)])), &[], &json!({ "seats": 4 }));
    app.deploy(&second).await;
    app.run("INSERT INTO cars (seats) VALUES (NULL); UPDATE cars SET seats = NULL").await;
    assert_eq!(app.one("SELECT count(*) FROM cars WHERE seats = 4").await, "2");
    app.oldest = Some(2);
    app.deploy(&second).await;
    assert_eq!(app.fails("INSERT INTO cars (seats) VALUES (NULL)").await, "23502");
    app.deploy(&cars(&json!([seats(false)]))).await;
    app.run("INSERT INTO cars (seats) VALUES (NULL)").await;
}

#[tokio::test]
async fn what_nobody_can_fill_becomes_required_when_older_releases_are_gone() {
    let mut app = App::new().await;
    let make = json!({ "id": "make", "name": "make", "type": "string" });
    app.deploy(&cars(&json!([make]))).await;
    let second = cars(&json!([make, { "id": "seats", "name": "seats", "type": "integer", "required": true }]));
    app.deploy(&second).await;
    app.run("INSERT INTO cars DEFAULT VALUES").await;
    app.oldest = Some(2);
    let refusals = app.try_deploy(&second).await.err().unwrap();
    assert!(refusals[0].contains("migration.backfill"), "{refusals:?}");
    app.deploy(&hinted(second, &[], &json!({ "seats": 2 }))).await;
    assert_eq!(app.fails("INSERT INTO cars DEFAULT VALUES").await, "23502");
}

#[tokio::test]
async fn through_a_changed_type_both_releases_read_and_write() {
    let mut app = App::new().await;
    let seats = |ty: &str| cars(&json!([{ "id": "seats", "name": "seats", "type": ty, "required": true }]));
    app.deploy(&seats("integer")).await;
    app.run("INSERT INTO cars (seats) VALUES (4)").await;
    app.deploy(&seats("string")).await;
    assert_eq!(app.state.tables["car"].columns["seats"].name, "seats_2");
    let both = "SELECT seats, seats_2 FROM cars ORDER BY created_at, seats_2";
    assert_eq!(app.rows(both).await, json!([{ "seats": 4, "seats_2": "4" }]));
    app.run("INSERT INTO cars (seats) VALUES (5)").await;
    app.run("INSERT INTO cars (seats_2) VALUES ('6')").await;
    app.run("INSERT INTO cars (seats_2) VALUES ('many')").await;
    app.run("UPDATE cars SET seats = 7 WHERE seats = 5").await;
    app.run("UPDATE cars SET seats_2 = '8' WHERE seats = 6").await;
    assert_eq!(
        app.rows(both).await,
        json!([{ "seats": 4, "seats_2": "4" }, { "seats": 7, "seats_2": "7" }, { "seats": 8, "seats_2": "8" }, { "seats": null, "seats_2": "many" }])
    );

    // A third release of a third type: whoever writes, all see it.
    app.deploy(&seats("text")).await;
    let third = hinted(seats("bigint"), &["seats"], &json!({ "seats": "0" }));
    let refusals = app.try_deploy(&seats("bigint")).await.err().unwrap();
    assert!(refusals[0].contains("changes its type") && refusals[0].contains("(1 record)"), "{refusals:?}");
    app.deploy(&third).await;
    let all = "SELECT seats, seats_2, seats_3 FROM cars ORDER BY created_at";
    assert_eq!(app.rows(all).await[3], json!({ "seats": null, "seats_2": "many", "seats_3": 0 }));
    app.run("DELETE FROM cars; INSERT INTO cars (seats) VALUES (1)").await;
    assert_eq!(app.rows(all).await, json!([{ "seats": 1, "seats_2": "1", "seats_3": 1 }]));
    app.run("UPDATE cars SET seats_3 = 2").await;
    assert_eq!(app.rows(all).await, json!([{ "seats": 2, "seats_2": "2", "seats_3": 2 }]));
    app.run("UPDATE cars SET seats_2 = '3'").await;
    assert_eq!(app.rows(all).await, json!([{ "seats": 3, "seats_2": "3", "seats_3": 3 }]));
    app.run("UPDATE cars SET seats_2 = 'x'").await;
    assert_eq!(app.rows(all).await, json!([{ "seats": null, "seats_2": "x", "seats_3": 0 }]));

    // Back to the second type, and its column is live again with what it held.
    app.deploy(&seats("string")).await;
    assert_eq!(app.state.tables["car"].columns["seats"].name, "seats_2");
    assert_eq!(app.rows(all).await, json!([{ "seats": null, "seats_2": "x", "seats_3": 0 }]));
    app.run("INSERT INTO cars (seats_3) VALUES (9); INSERT INTO cars (seats) VALUES (8); INSERT INTO cars (seats_2) VALUES ('7')").await;
    assert_eq!(
        app.rows("SELECT seats, seats_2, seats_3 FROM cars WHERE seats_3 > 0 ORDER BY seats_3").await,
        json!([{ "seats": 7, "seats_2": "7", "seats_3": 7 }, { "seats": 8, "seats_2": "8", "seats_3": 8 }, { "seats": 9, "seats_2": "9", "seats_3": 9 }])
    );

    // At the end only one column is left.
    app.oldest = Some(app.state.position);
    app.deploy(&seats("string")).await;
    assert_eq!(
        app.one("SELECT string_agg(column_name, ',' ORDER BY column_name) FROM information_schema.columns WHERE table_name = 'cars'").await,
        "created_at,id,seats_2,updated_at"
    );
    app.run("INSERT INTO cars (seats_2) VALUES ('last')").await;
}

#[tokio::test]
async fn removed_elements_stay_until_no_release_needs_them_and_come_back_with_their_data() {
    let mut app = App::new().await;
    let make = json!({ "id": "make", "name": "make", "type": "string", "required": true, "unique": true });
    let plate = json!({ "id": "plate", "name": "plate", "type": "string" });
    let car = |fields: serde_json::Value| json!({ "id": "car", "name": "Car", "fields": fields });
    let trip = json!({ "id": "trip", "name": "Trip", "fields": [{ "id": "km", "name": "km", "type": "integer", "required": true }],
        "relations": [{ "id": "trip-car", "name": "car", "kind": "manyToOne", "target": "car", "required": true }] });
    let first = design(&json!([]), &json!([car(json!([make, plate])), trip]));
    app.deploy(&first).await;
    app.run("INSERT INTO cars (id, make) VALUES ('00000000-0000-0000-0000-000000000001', 'Audi'); INSERT INTO trips (km, car_id) VALUES (7, '00000000-0000-0000-0000-000000000001')").await;

    let second = design(&json!([]), &json!([car(json!([plate]))]));
    let refusals = app.try_deploy(&second).await.err().unwrap();
    assert_eq!(refusals.len(), 2, "{refusals:?}");
    let second = hinted(second, &["make", "trip"], &json!({}));
    app.deploy(&second).await;
    // The new release inserts and deletes; the old one reads and writes.
    app.run("INSERT INTO cars (plate) VALUES ('B')").await;
    app.run("INSERT INTO trips (km, car_id) SELECT 8, id FROM cars WHERE plate = 'B'").await;
    app.run("DELETE FROM cars WHERE plate = 'B'").await;
    assert_eq!(app.one("SELECT count(*) FROM trips WHERE car_id IS NULL").await, "1");

    // Back again: nothing was lost, and what must be given is asked for.
    let refusals = app.try_deploy(&first).await.err().unwrap();
    assert!(refusals.iter().any(|refusal| refusal.starts_with("trip-car:")), "{refusals:?}");
    app.run("DELETE FROM trips WHERE car_id IS NULL").await;
    app.deploy(&first).await;
    assert_eq!(app.rows("SELECT make, km FROM cars JOIN trips ON car_id = cars.id").await, json!([{ "make": "Audi", "km": 7 }]));
    assert_eq!(app.fails("DELETE FROM cars").await, "trips_car_id_fkey");

    app.deploy(&second).await;
    app.oldest = Some(app.state.position);
    let deployed = app.deploy(&second).await;
    assert!(deployed.summary.iter().any(|line| line.contains("Dropped the table \"trips\"")), "{:?}", deployed.summary);
    assert_eq!(app.one("SELECT count(*) FROM information_schema.columns WHERE table_name = 'trips' OR column_name = 'make'").await, "0");
}

#[tokio::test]
async fn a_removed_enum_value_is_replaced_also_when_older_releases_write_it() {
    let mut app = App::new().await;
    let of = |values: &[&str], extra: serde_json::Value| {
        let values: Vec<_> = values.iter().map(|value| json!({ "id": format!("v-{value}"), "name": value })).collect();
        let mut field = json!({ "id": "state", "name": "state", "type": "enum", "enum": "states", "required": true });
        field.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        let fields = json!([field, { "id": "all", "name": "all", "type": "enum", "enum": "states", "list": true }]);
        design(&json!([{ "id": "states", "name": "State", "values": values }]), &json!([{ "id": "car", "name": "Car", "fields": fields }]))
    };
    app.deploy(&of(&["old", "new"], json!({}))).await;
    app.run(r#"INSERT INTO cars (state, "all") VALUES ('v-old', '{v-old,v-new}')"#).await;
    let second = of(&["new", "other"], json!({}));
    let refusals = app.try_deploy(&second).await.err().unwrap();
    assert!(refusals.iter().all(|refusal| refusal.starts_with("v-old:")) && refusals.len() == 2, "{refusals:?}");
    let refusals = app.try_deploy(&hinted(second.clone(), &["v-old"], &json!({}))).await.err().unwrap();
    assert!(refusals[0].contains("migration.backfill"), "{refusals:?}");
    let second = hinted(second, &["v-old"], &json!({ "state": "other" }));
    app.deploy(&second).await;
    app.run(r#"INSERT INTO cars (state, "all") VALUES ('v-old', '{v-old}')"#).await;
    assert_eq!(
        app.rows(r#"SELECT state, "all" FROM cars ORDER BY created_at"#).await,
        json!([{ "state": "v-other", "all": ["v-new"] }, { "state": "v-other", "all": [] }])
    );
    app.oldest = Some(2);
    app.deploy(&second).await;
    assert_eq!(app.fails("UPDATE cars SET state = 'v-old'").await, "cars_state_values");
    // The value that comes back is a value again.
    app.deploy(&of(&["new", "other", "old"], json!({}))).await;
    app.run("UPDATE cars SET state = 'v-old'").await;
}
