//! The whole path, as its users walk it.

use crate::harness::installation::processes_of;
use crate::harness::story::{ORGANIZATION, build, build_live, create_app, finished, log_of, notes, push, sign_up, with_notes};
use crate::harness::{Client, Installation, eventually};
use nix::sys::signal::Signal;
use serde_json::json;

#[tokio::test]
async fn a_design_becomes_a_live_app_that_changes_goes_back_and_leaves_nothing() {
    let installation = Installation::start().await;
    let api = installation.client();

    // The maker signs in with the password that the first start printed.
    let credentials = &installation.ready["credentials"];
    let answer = Client::anonymous(installation.ready["api"].as_str().unwrap())
        .post("/v1/auth/sign-in", &json!({ "email": credentials["email"], "password": credentials["password"] }))
        .await
        .expect(200);
    let api_as_person = api.with_token(answer["accessToken"].as_str().unwrap());

    create_app(&api_as_person, "notes", &notes()).await;
    let first = build(&api, "notes", "production").await;
    assert_eq!(first["state"], "succeeded", "{first:#}\n{}", log_of(&api, "notes", &first).await);
    let steps: Vec<&str> = first["steps"].as_array().unwrap().iter().map(|s| s["name"].as_str().unwrap()).collect();
    assert_eq!(steps, ["provision", "frontend", "backend", "bundle", "database", "publish", "rollout"]);

    // Whoever followed the build saw each step end, and then the build.
    let events = api.get(&format!("{ORGANIZATION}/apps/notes/builds/{}/events", first["number"])).await;
    let ended: Vec<serde_json::Value> = events
        .expect_text(200)
        .lines()
        .filter_map(|line| serde_json::from_str(line.strip_prefix("data: ")?).ok())
        .filter(|data: &serde_json::Value| data["state"] == "succeeded")
        .collect();
    assert_eq!(ended.len(), 8, "{ended:#?}");
    assert!(ended[..7].iter().all(|data| data["name"].is_string()) && ended[6]["name"] == "rollout" && ended[7].get("name").is_none(), "{ended:#?}");

    // The app is used.
    let app = Client::of_app(first["url"].as_str().unwrap());
    assert!(app.get("/").await.text.contains("<title>Notes"));
    app.post("/api/notes", &json!({ "title": "Milk" })).await.expect(401);
    let ada = sign_up(&app, "Ada").await;
    for (title, rank) in [("Milk", 2), ("Bread", 3), ("Salt", 1)] {
        ada.post("/api/notes", &json!({ "title": title, "rank": rank })).await.expect(201);
    }
    let list = app.get("/api/notes?rank.gte=2&sort=-rank").await.expect(200);
    let titles: Vec<&str> = list["items"].as_array().unwrap().iter().map(|n| n["title"].as_str().unwrap()).collect();
    assert_eq!(titles, ["Bread", "Milk"]);
    let milk = list["items"][1].clone();
    let path = format!("/api/notes/{}", milk["id"].as_str().unwrap());
    assert_eq!(ada.patch(&path, &json!({ "rank": 5 })).await.expect(200)["rank"], 5);
    let bob = sign_up(&app, "Bob").await;
    bob.patch(&path, &json!({ "rank": 6 })).await.expect(403);
    ada.delete(&format!("/api/notes/{}", list["items"][0]["id"].as_str().unwrap())).await.expect(204);

    // The design changes: a field gets another name, one is added.
    let mut second_design = notes();
    second_design["entities"][0]["fields"][1]["name"] = json!("priority");
    second_design["entities"][0]["fields"]
        .as_array_mut()
        .unwrap()
        .push(json!({ "id": "f-done", "name": "done", "type": "boolean", "required": true, "default": false }));
    push(&api, "notes", &second_design).await;
    build_live(&api, "notes").await;
    let milk = ada.get(&path).await.expect(200);
    assert_eq!((&milk["priority"], &milk["done"]), (&json!(5), &json!(false)), "{milk}");

    // And goes back.
    let back = api.post(&format!("{ORGANIZATION}/apps/notes/environments/production/rollback"), &json!({ "release": 1 })).await.expect(202);
    assert_eq!(finished(&api, "notes", &back).await["state"], "succeeded");
    assert_eq!(ada.get(&path).await.expect(200)["rank"], 5);

    // The app is deleted, and nothing is left of it.
    let found = api.get(&format!("{ORGANIZATION}/apps/notes")).await;
    let environment = api.get(&format!("{ORGANIZATION}/apps/notes/environments/production")).await.expect(200)["id"].as_str().unwrap().to_owned();
    let tag = found.headers["etag"].to_str().unwrap().to_owned();
    let delete = api.request(reqwest::Method::DELETE, &format!("{ORGANIZATION}/apps/notes")).header("if-match", tag);
    api.send(delete).await.expect(202);
    eventually("the app is gone", 30, async || (api.get(&format!("{ORGANIZATION}/apps/notes")).await.status == 404).then_some(())).await;
    let mut owner = installation.database.owner().await;
    let id = found.json()["id"].as_str().unwrap().to_owned();
    let left: i64 = sqlx::query_scalar("select (select count(*) from resources) + (select count(*) from runtimes) + (select count(*) from builds)")
        .fetch_one(&mut owner)
        .await
        .unwrap();
    assert_eq!(left, 0);
    let databases: i64 =
        sqlx::query_scalar("select (select count(*) from pg_database where datname like $1) + (select count(*) from pg_roles where rolname like $1)")
            .bind(format!("app_{}%", environment.replace('-', "")))
            .fetch_one(&mut owner)
            .await
            .unwrap();
    assert_eq!(databases, 0);
    assert!(!installation.home().join("apps").join(&id).exists());
    let running = processes_of(&installation.home());
    assert!(!running.iter().any(|line| line.contains(&environment)), "{running:?}");
    installation.stop().await;
}

#[tokio::test]
async fn everything_comes_back_after_a_restart_and_after_a_crash() {
    let (mut installation, app) = with_notes().await;
    let ada = sign_up(&app, "Ada").await;
    ada.post("/api/notes", &json!({ "title": "Milk" })).await.expect(201);
    for signal in [Signal::SIGTERM, Signal::SIGKILL] {
        installation.restart(signal).await;
        let url = installation.ready["apps"][0]["url"].as_str().expect("the app is there again").to_owned();
        let app = Client::of_app(&url);
        let list = eventually("the app answers again", 20, async || {
            let answer = app.get("/api/notes").await;
            (answer.status == 200).then(|| answer.json())
        })
        .await;
        assert_eq!(list["items"][0]["title"], "Milk");
    }
    installation.stop().await;
}

#[tokio::test]
async fn a_loss_is_refused_until_the_design_confirms_it() {
    let (installation, app) = with_notes().await;
    let api = installation.client();
    let ada = sign_up(&app, "Ada").await;
    let note = ada.post("/api/notes", &json!({ "title": "Milk", "rank": 7 })).await.expect(201);

    let mut without_rank = notes();
    without_rank["entities"][0]["fields"].as_array_mut().unwrap().pop();
    for page in without_rank["pages"].as_array_mut().unwrap() {
        page["fields"].as_array_mut().unwrap().retain(|f| f != "f-rank");
    }
    push(&api, "notes", &without_rank).await;
    let refused = build(&api, "notes", "production").await;
    assert_eq!((refused["state"].as_str(), refused["error"]["code"].as_str()), (Some("failed"), Some("data-would-be-lost")), "{refused:#}");
    assert_eq!(refused["error"]["elements"], json!(["f-rank"]));
    // What was live still is.
    assert_eq!(app.get(&format!("/api/notes/{}", note["id"].as_str().unwrap())).await.expect(200)["rank"], 7);

    without_rank["migration"] = json!({ "confirmLoss": ["f-rank"] });
    push(&api, "notes", &without_rank).await;
    build_live(&api, "notes").await;
    let record = app.get(&format!("/api/notes/{}", note["id"].as_str().unwrap())).await.expect(200);
    assert!(record.get("rank").is_none() && record["title"] == "Milk", "{record}");
    // The release before can still be gone back to, and its data are there.
    let back = api.post(&format!("{ORGANIZATION}/apps/notes/environments/production/rollback"), &json!({})).await.expect(202);
    assert_eq!(finished(&api, "notes", &back).await["state"], "succeeded");
    assert_eq!(app.get(&format!("/api/notes/{}", note["id"].as_str().unwrap())).await.expect(200)["rank"], 7);
    installation.stop().await;
}

#[tokio::test]
async fn the_old_release_works_on_the_new_schema_until_the_new_one_is_healthy_and_again_after_going_back() {
    let (installation, app) = with_notes().await;
    let api = installation.client();
    let ada = sign_up(&app, "Ada").await;
    let note = ada.post("/api/notes", &json!({ "title": "Milk", "rank": 7 })).await.expect(201);
    let path = format!("/api/notes/{}", note["id"].as_str().unwrap());

    // The next design renames a field, adds a required one and changes a type; and the owner's own code is broken, so that the
    // new release never becomes healthy although the schema is changed already.
    let mut design = notes();
    let fields = design["entities"][0]["fields"].as_array_mut().unwrap();
    fields[0]["name"] = json!("headline");
    fields[1] = json!({ "id": "f-rank", "name": "rank", "type": "string" });
    fields.push(json!({ "id": "f-done", "name": "done", "type": "boolean", "required": true, "default": false }));
    push(&api, "notes", &design).await;
    let id = api.get(&format!("{ORGANIZATION}/apps/notes")).await.expect(200)["id"].as_str().unwrap().to_owned();
    let hooks = installation.home().join("apps").join(id).join("production/custom/server/custom/hooks.ts");
    let generated = std::fs::read_to_string(&hooks).unwrap();
    std::fs::write(&hooks, format!("{generated}\nthrow new Error(\"broken on purpose\");\n")).unwrap();
    let failed = build(&api, "notes", "production").await;
    assert_eq!((failed["state"].as_str(), failed["error"]["step"].as_str()), (Some("failed"), Some("rollout")), "{failed:#}");
    assert!(failed["error"].to_string().contains("broken on purpose"), "{:#}", failed["error"]);

    // The old release reads what is there, and writes in its own words.
    assert_eq!(ada.get(&path).await.expect(200)["rank"], 7);
    let bread = ada.post("/api/notes", &json!({ "title": "Bread", "rank": 8 })).await.expect(201);
    assert_eq!(ada.patch(&path, &json!({ "rank": 9 })).await.expect(200)["rank"], 9);
    assert_eq!(ada.get("/api/notes?rank.gte=9").await.expect(200)["items"].as_array().unwrap().len(), 1);

    // The owner mends the code; the new release has everything that the old one wrote.
    std::fs::write(&hooks, generated).unwrap();
    build_live(&api, "notes").await;
    let milk = ada.get(&path).await.expect(200);
    assert_eq!((&milk["headline"], &milk["rank"], &milk["done"]), (&json!("Milk"), &json!("9"), &json!(false)), "{milk}");
    let second = ada.get(&format!("/api/notes/{}", bread["id"].as_str().unwrap())).await.expect(200);
    assert_eq!((&second["headline"], &second["rank"]), (&json!("Bread"), &json!("8")));
    ada.patch(&path, &json!({ "rank": "10", "headline": "Oat milk" })).await.expect(200);

    // Going back works at once, with what the new one wrote.
    let back = api.post(&format!("{ORGANIZATION}/apps/notes/environments/production/rollback"), &json!({})).await.expect(202);
    assert_eq!(finished(&api, "notes", &back).await["state"], "succeeded");
    let milk = ada.get(&path).await.expect(200);
    assert_eq!((&milk["title"], &milk["rank"]), (&json!("Oat milk"), &json!(10)), "{milk}");
    ada.post("/api/notes", &json!({ "title": "Salt", "rank": 1 })).await.expect(201);
    installation.stop().await;
}

#[tokio::test]
async fn a_preview_has_its_own_address_and_data_and_goes_without_a_trace() {
    let (installation, app) = with_notes().await;
    let api = installation.client();
    sign_up(&app, "Ada").await.post("/api/notes", &json!({ "title": "Milk" })).await.expect(201);
    let environments = format!("{ORGANIZATION}/apps/notes/environments");
    // A name that other things have too.
    api.post(&environments, &json!({ "slug": "releases" })).await.expect(201);
    let built = build(&api, "notes", "releases").await;
    assert_eq!(built["state"], "succeeded", "{built:#}");
    assert!(built["url"].as_str().unwrap().starts_with("http://releases--notes.localhost:"), "{}", built["url"]);
    let preview = Client::of_app(built["url"].as_str().unwrap());
    assert_eq!(preview.get("/api/notes").await.expect(200)["items"], json!([]));
    assert_eq!(app.get("/api/notes").await.expect(200)["items"].as_array().unwrap().len(), 1);

    api.delete(&format!("{environments}/releases")).await.expect(202);
    eventually("the preview is gone", 30, async || (api.get(&format!("{environments}/releases")).await.status == 404).then_some(())).await;
    assert_eq!(preview.get("/api/notes").await.status, 404);
    assert_eq!(app.get("/api/notes").await.expect(200)["items"].as_array().unwrap().len(), 1);

    // Production has lost nothing, and the number of the build that is gone is not given to another.
    api.get(&format!("{environments}/production/releases/1/code")).await.expect_text(200);
    assert_eq!(build(&api, "notes", "production").await["number"], json!(built["number"].as_i64().unwrap() + 1));
    installation.stop().await;
}

#[tokio::test]
async fn a_role_that_administrates_and_comes_later_belongs_to_the_first_administrator() {
    let installation = Installation::start().await;
    let api = installation.client();
    let mut first = notes();
    first["roles"].as_array_mut().unwrap().retain(|role| role["id"] != "r-admin");
    first["entities"][0]["permissions"]["update"].as_array_mut().unwrap().retain(|grant| grant["role"] != "r-admin");
    create_app(&api, "notes", &first).await;
    let app = build_live(&api, "notes").await;
    let administrator = api.get(&format!("{ORGANIZATION}/apps/notes/environments/production/administrator")).await.expect(200);
    let roles = async || app.post("/api/auth/sign-in", &administrator).await.expect(200)["user"]["roles"].clone();
    assert_eq!(roles().await, json!([]));

    push(&api, "notes", &notes()).await;
    build_live(&api, "notes").await;
    assert_eq!(roles().await, json!(["admin"]));
    installation.stop().await;
}

#[tokio::test]
async fn a_repair_brings_the_live_release_back_with_its_database_rights() {
    let (installation, app) = with_notes().await;
    let api = installation.client();
    let mut owner = installation.database.owner().await;
    let role: String = sqlx::query_scalar("select name from resources where kind = 'role'").fetch_one(&mut owner).await.unwrap();
    sqlx::query(sqlx::AssertSqlSafe(format!("alter role {role} nologin"))).execute(&mut owner).await.unwrap();
    let repair = api.post(&format!("{ORGANIZATION}/apps/notes/environments/production/repair"), &json!({})).await.expect(202);
    let repair = finished(&api, "notes", &repair).await;
    assert_eq!((&repair["state"], &repair["kind"]), (&json!("succeeded"), &json!("repair")), "{}", log_of(&api, "notes", &repair).await);
    assert!(sqlx::query_scalar::<_, bool>("select rolcanlogin from pg_roles where rolname = $1").bind(&role).fetch_one(&mut owner).await.unwrap());
    app.get("/api/notes").await.expect(200);

    api.post(&format!("{ORGANIZATION}/apps"), &json!({ "slug": "empty", "name": "Empty" })).await.expect(201);
    let refused = api.post(&format!("{ORGANIZATION}/apps/empty/environments/production/repair"), &json!({})).await.expect(409);
    assert_eq!(refused["type"], "urn:slipform:problem:nothing-live");
    installation.stop().await;
}
