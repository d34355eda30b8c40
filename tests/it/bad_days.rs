//! Bad input and bad days: each gets a clear error that names the place and the way out, and nothing is lost.

use crate::harness::story::{ORGANIZATION, build_live, create_app, notes, push, sign_up, with_notes};
use crate::harness::{Client, Installation, eventually};
use serde_json::{Value, json};

/// The problems of a design, as `[pointer, detail]`.
async fn problems(api: &Client, design: &Value) -> Vec<(String, String)> {
    let answer = api.post(&format!("{ORGANIZATION}/designs/validate"), design).await.expect(200);
    assert_eq!(answer["valid"], json!(false), "{answer}");
    let text = |p: &Value, key: &str| p[key].as_str().unwrap().to_owned();
    answer["problems"].as_array().unwrap().iter().map(|p| (text(p, "pointer"), text(p, "detail"))).collect()
}

fn with(change: impl FnOnce(&mut Value)) -> Value {
    let mut design = notes();
    change(&mut design);
    design
}

#[tokio::test]
async fn a_wrong_design_is_refused_with_the_place_and_the_way_out() {
    let installation = Installation::start().await;
    let api = installation.client();
    let field = "/entities/0/fields/1";
    let table: Vec<(Value, String, &str)> = vec![
        (with(|d| d["entities"][0]["fields"][1]["name"] = json!("constructor")), format!("{field}/name"), "constructor"),
        (with(|d| d["entities"][0]["fields"][1]["name"] = json!("select")), format!("{field}/name"), "reserved"),
        (with(|d| d["entities"][0]["fields"][1]["name"] = json!("\"")), format!("{field}/name"), "letter"),
        (with(|d| d["entities"][0]["fields"][1]["id"] = json!("f-title")), format!("{field}/id"), "f-title"),
        (with(|d| d["entities"][0]["fields"][1]["default"] = json!("many")), format!("{field}/default"), "number"),
        (with(|d| d["entities"][0]["fields"][1]["default"] = json!(101)), format!("{field}/default"), "100"),
        (with(|d| d["enums"] = json!([{ "id": "x", "name": "Empty", "values": [] }])), "/enums/0/values".into(), "at least one"),
        (with(|d| d["entities"][0]["fields"][1]["computed"] = json!("1 + 1")), format!("{field}/computed"), "not supported yet"),
        (with(|d| d["entities"][0]["fields"][1]["type"] = json!("image")), format!("{field}/type"), "not supported yet"),
        (with(|d| d["workflows"] = json!([])), "/workflows".into(), "not supported yet"),
    ];
    for (design, pointer, word) in table {
        let found = problems(&api, &design).await;
        assert!(found.iter().any(|(p, d)| *p == pointer && d.contains(word)), "expected {pointer} … {word}, found {found:#?}");
    }

    let entity = |i: usize, target: usize| {
        json!({ "id": format!("e{i}"), "name": format!("Thing{i}"),
            "relations": [{ "id": format!("r{i}"), "name": "next", "kind": "manyToOne", "target": format!("e{target}"), "required": true }] })
    };
    let cycle = json!({ "formatVersion": 1, "app": { "name": "Cycle" }, "entities": [entity(0, 1), entity(1, 0)] });
    let found = problems(&api, &cycle).await;
    assert!(found.iter().any(|(p, d)| p.contains("/relations/0") && d.contains("Thing0") && d.contains("Thing1")), "{found:#?}");

    let many = json!({ "formatVersion": 1, "app": { "name": "Many" },
        "entities": (0..1000).map(|i| json!({ "id": format!("e{i}"), "name": format!("Thing{i}") })).collect::<Vec<_>>() });
    let found = problems(&api, &many).await;
    assert!(found.iter().any(|(p, _)| p == "/entities"), "{found:#?}");

    let app = json!({ "slug": "big", "name": "Big" });
    api.post(&format!("{ORGANIZATION}/apps"), &app).await.expect(201);
    let big = with(|d| d["app"]["description"] = json!("x".repeat(10 << 20)));
    let answer = api.post(&format!("{ORGANIZATION}/apps/big/designs"), &big).await;
    assert_eq!((answer.status.as_u16(), answer.headers["content-type"].to_str().unwrap()), (413, "application/problem+json"));
    installation.stop().await;
}

#[tokio::test]
async fn hostile_words_and_reserved_names_become_a_correct_app() {
    let installation = Installation::start().await;
    let api = installation.client();
    let hostile = "</script><script>alert(1)</script> ${process.exit()} `'\"; drop table \"notes\"; -- {{7*7}}";
    let design = with(|d| {
        d["app"]["name"] = json!("A </script> ${1}");
        d["app"]["description"] = json!(hostile);
        d["entities"][0]["label"] = json!("</title>${x}");
        d["entities"][0]["description"] = json!("*/ process.exit() /*");
        d["entities"][0]["fields"][0]["default"] = json!(hostile);
        d["entities"][0]["fields"][0]["help"] = json!(hostile);
        d["entities"][0]["fields"][1]["name"] = json!("class");
        d["seeds"] = json!({ "records": [{ "id": "s1", "entity": "e-note", "values": { "f-title": hostile } }] });
    });
    create_app(&api, "hostile", &design).await;
    let app = build_live(&api, "hostile").await;
    let list = app.get("/api/notes?sort=-class").await.expect(200);
    assert_eq!((&list["items"][0]["title"], &list["items"][0]["class"]), (&json!(hostile), &json!(1)));
    let page = app.get("/").await.text;
    assert!(!page.contains("<script>alert"), "{page}");
    let ada = sign_up(&app, "Ada").await;
    assert_eq!(ada.post("/api/notes", &json!({ "class": 3 })).await.expect(201)["title"], hostile);
    installation.stop().await;
}

#[tokio::test]
async fn an_app_that_is_being_deleted_takes_no_builds() {
    let (installation, _) = with_notes().await;
    let api = installation.client();
    let app = format!("{ORGANIZATION}/apps/notes");
    let tag = api.get(&app).await.headers["etag"].to_str().unwrap().to_owned();
    api.send(api.request(reqwest::Method::DELETE, &app).header("if-match", tag)).await.expect(202);
    let refused = api.post(&format!("{app}/builds"), &json!({})).await;
    assert!(matches!(refused.status.as_u16(), 404 | 409), "{}", refused.text);
    eventually("the app is gone", 30, async || (api.get(&app).await.status == 404).then_some(())).await;
    // The name is free again.
    create_app(&api, "notes", &notes()).await;
    build_live(&api, "notes").await;
    installation.stop().await;
}

#[tokio::test]
async fn a_postgres_that_goes_away_costs_nothing() {
    let (installation, app) = with_notes().await;
    let api = installation.client();
    let ada = sign_up(&app, "Ada").await;
    let mut owner = installation.database.owner().await;
    for round in 0..3 {
        // What a restart of Postgres does to everybody: all connections are cut.
        push(&api, "notes", &with(|d| d["entities"][0]["fields"][0]["label"] = json!(format!("Title {round}")))).await;
        let started = api.post(&format!("{ORGANIZATION}/apps/notes/builds"), &json!({})).await.expect(202);
        for _ in 0..4 {
            tokio::time::sleep(std::time::Duration::from_millis(150)).await;
            let cut = "select count(pg_terminate_backend(pid)) from pg_stat_activity where pid <> pg_backend_pid() and (datname = current_database() or datname like 'app_%')";
            sqlx::query(cut).execute(&mut owner).await.unwrap();
        }
        let ended = eventually("the build ends", 90, async || {
            let answer = api.get(&format!("{ORGANIZATION}/apps/notes/builds/{}", started["number"])).await;
            (answer.status == 200).then(|| answer.json()).filter(|b| !matches!(b["state"].as_str(), Some("queued" | "running")))
        })
        .await;
        assert_eq!(ended["state"], "succeeded", "{ended:#}");
        let written = eventually("the app writes again", 20, async || {
            let answer = ada.post("/api/notes", &json!({ "title": format!("Note {round}") })).await;
            (answer.status == 201).then_some(())
        });
        written.await;
    }
    let drift: i64 = sqlx::query_scalar("select count(*) from queue_drift").fetch_one(&mut owner).await.unwrap();
    assert_eq!(drift, 0);
    installation.stop().await;
}
