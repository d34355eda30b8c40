use super::{Api, HERE};
use serde_json::json;
use std::io::Write as _;
use std::time::{Duration, Instant};

#[tokio::test]
async fn a_build_is_queued_superseded_cancelled_and_started_again() {
    let api = Api::start().await;
    let client = api.client();
    let path = format!("{HERE}/apps/notes/builds");
    client.post(&format!("{HERE}/apps"), &json!({ "slug": "notes", "name": "Notes" })).await.expect(201);
    assert_eq!(client.post(&path, &json!({})).await.expect(409)["type"], "urn:slipform:problem:no-design");
    client.post(&format!("{HERE}/apps/notes/designs"), &crate::harness::story::notes()).await.expect(201);

    let first = client.post(&path, &json!({ "environment": "production" })).await;
    assert!(first.headers["location"].to_str().unwrap().ends_with("/apps/notes/builds/1"));
    let first = first.expect(202);
    assert_eq!((&first["state"], &first["designVersion"], &first["kind"]), (&json!("queued"), &json!(1), &json!("build")));
    let steps: Vec<_> = first["steps"].as_array().unwrap().iter().map(|s| (s["name"].as_str().unwrap(), s["state"].as_str().unwrap())).collect();
    assert_eq!(steps.len(), 7);
    assert!(steps.iter().all(|(_, state)| *state == "pending"));

    client.post(&path, &json!({ "designVersion": 1 })).await.expect(202);
    let superseded = client.get(&format!("{path}/1")).await.expect(200);
    assert_eq!((&superseded["state"], &superseded["supersededBy"]), (&json!("superseded"), &json!(2)));
    assert_eq!(client.post(&format!("{path}/2/cancel"), &json!({})).await.expect(202)["state"], "cancelled");
    assert_eq!(client.post(&format!("{path}/2/cancel"), &json!({})).await.expect(409)["type"], "urn:slipform:problem:build-ended");
    let again = client.post(&format!("{path}/2/retry"), &json!({})).await.expect(202);
    assert_eq!((&again["number"], &again["state"]), (&json!(3), &json!("queued")));
    client.post(&format!("{path}/3/retry"), &json!({})).await.expect(409);
    let queued = client.get(&format!("{path}?state=queued&environment=production")).await.expect(200);
    assert_eq!(queued["items"].as_array().unwrap().len(), 1);
    let all = client.get(&path).await.expect(200);
    let numbers: Vec<_> = all["items"].as_array().unwrap().iter().map(|b| b["number"].as_i64().unwrap()).collect();
    assert_eq!(numbers, [3, 2, 1]);

    let wrong = client.post(&path, &json!({ "designVersion": 9 })).await.expect(422);
    assert_eq!(wrong["errors"][0]["pointer"], "/designVersion");
    client.post(&path, &json!({ "environment": "nowhere" })).await.expect(422);
    client.get(&format!("{path}/99")).await.expect(404);
    let rollback = format!("{HERE}/apps/notes/environments/production/rollback");
    assert_eq!(client.post(&rollback, &json!({})).await.expect(409)["type"], "urn:slipform:problem:no-earlier-release");
    assert_eq!(client.post(&rollback, &json!({ "release": 1 })).await.expect(422)["errors"][0]["pointer"], "/release");
}

#[tokio::test]
async fn waiting_for_a_build_ends_when_its_state_changes() {
    let api = Api::start().await;
    let client = api.with_notes().await;
    let number = api.build().await;
    let path = format!("{HERE}/apps/notes/builds/{number}");
    let wait = async |seconds: u32| client.send(client.request(reqwest::Method::GET, &path).header("prefer", format!("wait={seconds}"))).await;

    let start = Instant::now();
    let unchanged = wait(1).await;
    assert_eq!(unchanged.headers["preference-applied"], "wait=1");
    assert_eq!(unchanged.expect(200)["state"], "queued");
    assert!(start.elapsed() >= Duration::from_secs(1));

    let start = Instant::now();
    let cancel = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        client.post(&format!("{path}/cancel"), &json!({})).await.expect(202);
    };
    let (changed, ()) = tokio::join!(wait(20), cancel);
    assert_eq!(changed.expect(200)["state"], "cancelled");
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
    assert_eq!(wait(20).await.expect(200)["state"], "cancelled", "what has ended is not waited for");
}

#[tokio::test]
async fn what_the_client_has_is_not_sent_again_in_either_encoding() {
    let api = Api::start().await;
    let client = api.with_notes().await;
    let path = format!("{HERE}/apps/notes/builds/{}", api.build().await);
    let get = |encoding: &'static str| client.request(reqwest::Method::GET, &path).header("accept-encoding", encoding);
    let (plain, packed) = (client.send(get("identity")).await, get("gzip").send().await.unwrap());
    assert_eq!(packed.headers()["content-encoding"], "gzip");
    assert_ne!(plain.headers["etag"], packed.headers()["etag"], "tags of different bytes differ");
    for tag in [&plain.headers["etag"], &packed.headers()["etag"]] {
        for encoding in ["identity", "gzip"] {
            let same = client.send(get(encoding).header("if-none-match", tag)).await;
            assert_eq!((same.status.as_u16(), same.text.as_str()), (304, ""));
            assert_eq!(same.headers["etag"], tag, "the tag of the form that the client has");
        }
    }
    client.post(&format!("{path}/cancel"), &json!({})).await.expect(202);
    client.send(get("identity").header("if-none-match", &plain.headers["etag"])).await.expect(200);
}

#[tokio::test]
async fn the_log_of_a_live_app_is_read_where_its_host_is() {
    let api = Api::start().await;
    let client = api.with_notes().await;
    let environment = client.get(&format!("{HERE}/apps/notes/environments/production")).await.expect(200);
    let path = format!("{HERE}/apps/notes/environments/production/logs");
    assert_eq!(client.get(&path).await.text, "", "nothing has run yet");
    let folder = api.home.path().join("host").join(environment["id"].as_str().unwrap()).join("logs");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("app.log"), "{\"message\":\"listening\"}\nsecond\n").unwrap();
    let answer = client.get(&format!("{path}?lines=1")).await;
    assert_eq!((answer.headers["content-type"].to_str().unwrap(), answer.text.as_str()), ("application/x-ndjson", "{\"line\":\"second\"}\n"));
    let plain = client.send(client.request(reqwest::Method::GET, &path).header("accept", "text/plain")).await;
    assert_eq!(plain.text, "{\"message\":\"listening\"}\nsecond\n");

    let mut following = client.request(reqwest::Method::GET, &format!("{path}?follow=true&lines=1")).send().await.unwrap();
    assert_eq!(following.chunk().await.unwrap().unwrap(), "{\"line\":\"second\"}\n");
    std::fs::OpenOptions::new().append(true).open(folder.join("app.log")).unwrap().write_all(b"third\n").unwrap();
    assert_eq!(following.chunk().await.unwrap().unwrap(), "{\"line\":\"third\"}\n");
    client.get(&format!("{path}?lines=0")).await.expect(422);
    api.with_role("viewer").await.get(&path).await.expect(403);
}
