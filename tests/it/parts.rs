//! The parts of an installation as processes of their own: what one of them suffers, live apps do not notice.

use crate::harness::Parts;
use crate::harness::story::{ORGANIZATION, build, build_live, create_app, finished, notes, push, sign_up};
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

#[tokio::test]
async fn killing_serve_or_a_worker_interrupts_no_request_to_a_live_app() {
    let mut parts = Parts::start().await;
    let api = parts.client();
    create_app(&api, "notes", &notes()).await;
    let app = build_live(&api, "notes").await;
    let ada = sign_up(&app, "Ada").await;
    let done = Arc::new(AtomicBool::new(false));
    let visitor = tokio::spawn({
        let (ada, done) = (ada.clone(), done.clone());
        async move {
            let mut requests = 0;
            while !done.load(Ordering::Relaxed) {
                ada.post("/api/notes", &json!({ "title": format!("Note {requests}") })).await.expect(201);
                ada.get("/api/notes?limit=1").await.expect(200);
                ada.get("/").await.expect_text(200);
                requests += 3;
            }
            requests
        }
    });

    parts.serve.kill().await.unwrap();
    tokio::time::sleep(Duration::from_millis(300)).await;
    parts.serve = parts.spawn("serve");
    parts.wait_until_ready().await;

    // A worker dies in the middle of a build; another finishes it, and visitors go over to the new release.
    let mut design = notes();
    design["entities"][0]["fields"][0]["label"] = json!("Headline");
    push(&api, "notes", &design).await;
    let started = api.post(&format!("{ORGANIZATION}/apps/notes/builds"), &json!({})).await.expect(202);
    tokio::time::sleep(Duration::from_millis(150)).await;
    parts.worker.kill().await.unwrap();
    parts.worker = parts.spawn("worker");
    assert_eq!(finished(&api, "notes", &started).await["state"], "succeeded");
    design["entities"][0]["fields"][0]["label"] = json!("Subject");
    push(&api, "notes", &design).await;
    assert_eq!(build(&api, "notes", "production").await["state"], "succeeded");

    done.store(true, Ordering::Relaxed);
    let requests: usize = visitor.await.expect("no request failed");
    assert!(requests > 30, "{requests}");
    parts.kill().await;
}
