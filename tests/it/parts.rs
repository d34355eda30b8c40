//! The parts of an installation as processes of their own: what one of them suffers, live apps do not notice.

use crate::harness::story::{ORGANIZATION, build, build_live, create_app, finished, notes, push, sign_up};
use crate::harness::{Parts, eventually};
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

/// Of each two, one is older than what it is kept for and one is younger.
#[tokio::test]
async fn a_worker_that_starts_clears_away_what_is_kept_no_longer() {
    let mut parts = Parts::start().await;
    let mut owner = parts.database.owner().await;
    sqlx::raw_sql(
        "insert into idempotency_keys (id, organization_id, principal, route, key, fingerprint, status, body, created_at)
             select gen_random_uuid(), o.id, 'user:nobody', 'POST /', key, '', 200, '', now() - age from organizations o,
                 (values ('old', interval '24 hours 1 minute'), ('young', interval '23 hours 59 minutes')) of (key, age);
         insert into jobs (id, kind, payload, state, finished_at)
             select gen_random_uuid(), kind, '{}', 'succeeded', now() - age
             from (values ('old', interval '7 days 1 minute'), ('young', interval '6 days 23 hours')) of (kind, age);
         insert into webhook_events (organization_id, type, data, at)
             select o.id, type, '{}', now() - age from organizations o,
                 (values ('old', interval '30 days 1 minute'), ('young', interval '29 days 23 hours')) of (type, age);
         insert into usage_days (organization_id, day, requests)
             select o.id, (now() at time zone 'utc')::date - age, age from organizations o, (values (401), (399)) of (age)",
    )
    .execute(&mut owner)
    .await
    .unwrap();
    parts.worker.kill().await.unwrap();
    parts.worker = parts.spawn("worker");
    let left = "select (select count(*) from idempotency_keys where key = 'old') + (select count(*) from jobs where kind = 'old')
             + (select count(*) from webhook_events where type = 'old') + (select count(*) from usage_days where requests = 401),
         (select count(*) from idempotency_keys where key = 'young') + (select count(*) from jobs where kind = 'young')
             + (select count(*) from webhook_events where type = 'young') + (select count(*) from usage_days where requests = 399)";
    let young = eventually("what is old is gone", 20, async || {
        let (old, young): (i64, i64) = sqlx::query_as(left).fetch_one(&mut parts.database.owner().await).await.unwrap();
        (old == 0).then_some(young)
    });
    assert_eq!(young.await, 4, "of each the younger one is there");
    parts.kill().await;
}
