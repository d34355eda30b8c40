//! Somebody's receiver hears of a real app: from the first build to its end, and when a worker is killed in between.

use super::interop::everybody_verifies;
use super::receiver::{Behaviour, Receiver, says};
use crate::harness::story::{ORGANIZATION, build, build_live, create_app, finished, notes, push};
use crate::harness::{Client, Installation, Parts, eventually};
use nix::sys::signal::Signal;
use serde_json::{Value, json};
use std::collections::BTreeSet;

async fn webhook(api: &Client, receiver: &Receiver) -> Value {
    api.post(&format!("{ORGANIZATION}/webhooks"), &json!({ "url": receiver.url("/hooks") })).await.expect(201)
}

/// What came, in the order in which it happened.
fn told(receiver: &Receiver) -> Vec<Value> {
    let mut events: Vec<Value> = receiver.received().iter().map(|request| serde_json::from_str(&request.body).unwrap()).collect();
    events.sort_by_key(|event| event["timestamp"].as_str().unwrap().to_owned());
    events
}

fn kinds(receiver: &Receiver) -> Vec<String> {
    told(receiver).iter().map(|event| event["type"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_receiver_hears_of_an_app_from_its_first_build_to_its_end() {
    let installation = Installation::start_with(&[("SLIPFORM_WEBHOOK_NETWORKS", "127.0.0.1")]).await;
    let api = installation.client();
    let receiver = Receiver::saying("204 No Content", "").await;
    let hook = webhook(&api, &receiver).await;
    let arrived = async |kind: &str| eventually(kind, 30, || async { kinds(&receiver).contains(&kind.to_owned()).then_some(()) }).await;

    create_app(&api, "notes", &notes()).await;
    let app = build_live(&api, "notes").await;
    arrived("build.succeeded").await;
    let begin = ["app.created", "environment.created", "design.pushed", "build.queued", "build.running", "release.live", "build.succeeded"];
    eventually("all of it", 10, || async { (kinds(&receiver).len() >= begin.len()).then_some(()) }).await;
    assert_eq!(kinds(&receiver), begin);

    let mut second = notes();
    second["app"]["name"] = "Second notes".into();
    push(&api, "notes", &second).await;
    assert_eq!(build(&api, "notes", "production").await["state"], "succeeded");
    let back = api.post(&format!("{ORGANIZATION}/apps/notes/environments/production/rollback"), &json!({})).await.expect(202);
    assert_eq!(finished(&api, "notes", &back).await["state"], "succeeded");
    arrived("release.rolled_back").await;
    let rollback = told(&receiver).into_iter().find(|event| event["type"] == "release.rolled_back").unwrap();
    assert_eq!((&rollback["data"]["release"]["number"], &rollback["data"]["previous"]["number"]), (&json!(1), &json!(2)));

    // Its server is killed, and comes back.
    let processes = || {
        let home = installation.home().display().to_string();
        let pids = std::fs::read_dir("/proc").unwrap().flatten().filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok());
        let serves = move |pid: &i32| {
            let line = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
            let line = String::from_utf8_lossy(&line).into_owned();
            line.contains(&home) && line.contains("server.mjs")
        };
        pids.filter(serves).collect::<Vec<_>>()
    };
    for pid in processes() {
        nix::sys::signal::kill(nix::unistd::Pid::from_raw(pid), Signal::SIGKILL).unwrap();
    }
    arrived("environment.unhealthy").await;
    arrived("environment.recovered").await;
    assert_eq!(app.get("/api/health").await.status, 200);

    api.send(api.request(reqwest::Method::DELETE, &format!("{ORGANIZATION}/apps/notes")).header("if-match", "*")).await.expect(202);
    arrived("app.deleted").await;
    arrived("environment.deleted").await;
    let ids: BTreeSet<String> = receiver.received().iter().map(|request| request.header("webhook-id").to_owned()).collect();
    assert_eq!(ids.len(), receiver.received().len(), "each once");
    for request in receiver.received() {
        everybody_verifies(hook["secret"].as_str().unwrap(), &request, true).await;
    }
    let deliveries = api.get(&format!("{ORGANIZATION}/webhooks/{}/deliveries?limit=100", hook["id"].as_str().unwrap())).await.expect(200);
    assert!(deliveries["items"].as_array().unwrap().iter().all(|delivery| delivery["state"] == "succeeded"), "{deliveries:#}");
    installation.stop().await;
}

#[tokio::test]
async fn a_worker_that_is_killed_while_it_sends_loses_no_event() {
    let mut parts = Parts::start_with(&[("SLIPFORM_WEBHOOK_NETWORKS".to_owned(), "127.0.0.1".to_owned())]).await;
    let api = parts.client();
    let receiver = Receiver::start(Behaviour::Hangs("")).await;
    let hook = webhook(&api, &receiver).await;
    let path = format!("{ORGANIZATION}/webhooks/{}", hook["id"].as_str().unwrap());
    let delivery = api.post(&format!("{path}/test"), &json!({})).await.expect(202);
    // It has the event, and the worker does not know.
    eventually("it is sent", 20, || async { (receiver.received().len() == 1).then_some(()) }).await;
    parts.worker.kill().await.unwrap();
    receiver.becomes(says("204 No Content", ""));
    let mut owner = parts.database.owner().await;
    sqlx::query("update webhook_deliveries set lease_until = now()").execute(&mut owner).await.unwrap();
    parts.worker = parts.spawn("worker");
    let address = format!("{path}/deliveries/{}", delivery["id"].as_str().unwrap());
    eventually("it is sent once more", 30, || async { (api.get(&address).await.expect(200)["state"] == "succeeded").then_some(()) }).await;
    let both = receiver.received();
    assert_eq!((both.len(), both[0].header("webhook-id")), (2, both[1].header("webhook-id")));
    for request in &both {
        everybody_verifies(hook["secret"].as_str().unwrap(), request, true).await;
    }
    parts.kill().await;
}
