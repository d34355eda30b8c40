//! A change of what others change too says which version it is meant for (RFC 9110, 13.1.1; RFC 6585, 3).

use super::operations::{self, Operation, listed};
use super::{Api, HERE};
use crate::harness::Client;
use reqwest::Method;
use serde_json::{Value, json};

/// An installation with one of each that can be changed, and what they are called.
async fn full() -> (Api, [(&'static str, String); 7]) {
    let api = Api::start().await;
    let client = api.with_notes().await;
    let account = json!({ "name": "elsewhere", "region": "eu-central-1", "domain": "apps.example.com", "roleArn": "arn:aws:iam::111122223333:role/slipform" });
    client.post(&format!("{HERE}/accounts"), &account).await.expect(201);
    client.post(&format!("{HERE}/apps/notes/environments"), &json!({ "slug": "blue" })).await.expect(201);
    client.post(&format!("{HERE}/apps/notes/environments/blue/domains"), &json!({ "name": "www.example.com" })).await.expect(201);
    let invited = client.post(&format!("{HERE}/invitations"), &json!({ "email": "ada@example.com", "role": "viewer" })).await.expect(201);
    let wish = json!({ "invitation": invited["secret"], "name": "Ada", "password": "correct horse battery" });
    let user = api.anonymous().post("/v1/auth/sign-up", &wish).await.expect(201)["user"]["id"].as_str().unwrap().to_owned();
    let made = client.post(&format!("{HERE}/webhooks"), &json!({ "url": "https://example.com/hooks" })).await.expect(201);
    let webhook = made["id"].as_str().unwrap().to_owned();
    let [org, app, env, account, domain] = ["default", "notes", "blue", "elsewhere", "www.example.com"].map(str::to_owned);
    (api, [("org", org), ("app", app), ("env", env), ("account", account), ("domain", domain), ("user", user), ("webhook", webhook)])
}

async fn with_tag(client: &Client, method: &Method, path: &str, tag: &str, body: Option<&Value>) -> u16 {
    let request = client.request(method.clone(), path).header("if-match", tag);
    client.send(body.iter().fold(request, reqwest::RequestBuilder::json)).await.status.as_u16()
}

#[tokio::test]
async fn every_change_says_which_version_it_is_meant_for_or_says_why_not() {
    let (api, names) = full().await;
    let client = api.client();
    let changes: Vec<_> = operations::all().into_iter().filter(|operation| [Method::PATCH, Method::PUT, Method::DELETE].contains(&operation.method)).collect();
    let without = listed("without_version.txt", &changes);
    let mut demanding = 0;
    for operation in changes {
        let demanded = operation.parameter("header", "If-Match").is_some_and(|parameter| parameter["required"] == true);
        if without.contains(&operation.id) {
            assert!(!demanded, "{} stands in the list", operation.id);
            continue;
        }
        assert!(demanded, "{} demands no If-Match: let it, or write into without_version.txt why not", operation.id);
        demanding += 1;
        let (path, Operation { method, example: body, .. }) = (operation.at(names.clone()), operation);
        let shown = path.trim_end_matches("/certificate").trim_end_matches("/rotate").to_owned();
        let before = client.get(&shown).await;
        let request = client.request(method.clone(), &path);
        let bare = client.send(body.iter().fold(request, reqwest::RequestBuilder::json)).await.expect(428);
        assert_eq!(bare["type"], "urn:slipform:problem:precondition-required", "{method} {path}");
        let tag = before.headers["etag"].to_str().unwrap();
        for wrong in ["\"0\"", "W/\"0\"", &format!("W/{tag}")] {
            assert_eq!(with_tag(&client, &method, &path, wrong, body.as_ref()).await, 412, "{method} {path} {wrong}");
        }
        assert_eq!(client.get(&shown).await.text, before.text, "{method} {path}: nothing happened");
    }
    assert!(demanding >= 8, "{demanding}");
}

#[tokio::test]
async fn of_changes_for_one_version_one_happens() {
    let (api, names) = full().await;
    let client = api.client();
    for (change, body) in [
        ("updateApp", json!({ "name": "Ours" })),
        ("updateAccount", json!({ "default": true })),
        ("updateMember", json!({ "role": "editor" })),
        ("updateWebhook", json!({ "description": "Ours" })),
    ] {
        let path = operations::one(change).at(names.clone());
        let tag = client.get(&path).await.headers["etag"].to_str().unwrap().to_owned();
        let all = futures::future::join_all((0..8).map(|_| with_tag(&client, &Method::PATCH, &path, &tag, Some(&body)))).await;
        assert_eq!((all.iter().filter(|s| **s == 200).count(), all.iter().filter(|s| **s == 412).count()), (1, 7), "{path}: {all:?}");
        assert_eq!(with_tag(&client, &Method::PATCH, &path, "*", Some(&body)).await, 200, "{path}: whatever it is");
    }
}

#[tokio::test]
async fn what_runs_does_not_get_in_the_way_of_who_edits_and_ending_twice_is_no_error() {
    let (api, names) = full().await;
    let client = api.client();
    let [app, blue] = ["showApp", "showEnvironment"].map(|shown| operations::one(shown).at(names.clone()));
    let tag = async |path: &str| client.get(path).await.headers["etag"].to_str().unwrap().to_owned();
    let (of_app, of_blue) = (tag(&app).await, tag(&blue).await);
    let mut owner = api.database.owner().await;
    let running = "insert into runtimes (organization_id, app_id, environment_id, host_label, desired, observed, restarts)
         select organization_id, app_id, id, slug, 'running', 'running', 3 from environments";
    sqlx::query(running).execute(&mut owner).await.unwrap();
    assert_eq!(client.get(&blue).await.expect(200)["runtime"]["restarts"], 3);
    assert_eq!(tag(&app).await, of_app, "an app does not change because it runs");
    assert_ne!(tag(&blue).await, of_blue);

    assert_eq!(with_tag(&client, &Method::DELETE, &blue, &of_blue, None).await, 412);
    for path in [&blue, &app] {
        let seen = tag(path).await;
        for _ in 0..2 {
            assert_eq!(with_tag(&client, &Method::DELETE, path, &seen, None).await, 202, "{path}: the same request once more");
        }
        client.send(client.request(Method::DELETE, path)).await.expect(428);
    }
}
