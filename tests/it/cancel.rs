//! A build that is cancelled inside a long step: it ends at once, what it has started ends with it, and the next build is not
//! kept waiting.

use crate::harness::story::{ORGANIZATION, create_app, finished, notes, push, with_notes};
use crate::harness::toolkit::WaitingToolkit;
use crate::harness::{Client, Installation, eventually};
use serde_json::{Value, json};
use sqlx::{Connection as _, PgConnection, PgPool};
use std::time::{Duration, Instant};

/// How soon a cancelled build must have ended, and with it what it has started.
const SOON: Duration = Duration::from_secs(5);

async fn start(api: &Client) -> Value {
    api.post(&format!("{ORGANIZATION}/apps/notes/builds"), &json!({})).await.expect(202)
}

/// Cancels and waits for the end; fails when that takes too long.
async fn cancel(api: &Client, build: &Value) -> Value {
    let asked = Instant::now();
    api.post(&format!("{ORGANIZATION}/apps/notes/builds/{}/cancel", build["number"]), &json!({})).await.expect(202);
    let ended = finished(api, "notes", build).await;
    assert_eq!(ended["state"], "cancelled", "{ended:#}");
    assert!(asked.elapsed() < SOON, "{:?}", asked.elapsed());
    ended
}

/// Waits until the build runs; fails when it did not begin within a second after the build `before` it had ended.
async fn begins_at_once(api: &Client, build: &Value, before: &Value) {
    let path = format!("{ORGANIZATION}/apps/notes/builds/{}", build["number"]);
    let begun = eventually("the next build begins", 10, async || {
        let build = api.get(&path).await.expect(200);
        build["startedAt"].as_str().map(time)
    });
    let pause = begun.await - time(before["finishedAt"].as_str().unwrap());
    assert!(pause < chrono::TimeDelta::seconds(1), "{pause}");
}

fn time(text: &str) -> chrono::DateTime<chrono::Utc> {
    text.parse().unwrap()
}

#[tokio::test]
async fn a_cancel_while_a_migration_waits_for_a_table_ends_its_backend_too() {
    let (installation, app) = with_notes().await;
    let api = installation.client();
    let environment = api.get(&format!("{ORGANIZATION}/apps/notes/environments/production")).await.expect(200);
    let database = format!("app_{}", environment["id"].as_str().unwrap().replace('-', ""));
    let (server, _) = installation.database.url.rsplit_once('/').unwrap();

    // Somebody reads the table and does not come to an end.
    let mut reader = PgConnection::connect(&format!("{server}/{database}")).await.unwrap();
    let mut reading = reader.begin().await.unwrap();
    let _: i64 = sqlx::query_scalar("select count(*) from notes").fetch_one(&mut *reading).await.unwrap();

    let mut design = notes();
    design["entities"][0]["fields"].as_array_mut().unwrap().push(json!({ "id": "f-done", "name": "done", "type": "boolean" }));
    push(&api, "notes", &design).await;
    let build = start(&api).await;
    let owner = PgPool::connect(&installation.database.url).await.unwrap();
    let waiting = async || -> Option<i32> {
        let sql = "select pid from pg_stat_activity where datname = $1 and wait_event_type = 'Lock'";
        sqlx::query_scalar(sql).bind(&database).fetch_optional(&owner).await.unwrap()
    };
    let backend = loop {
        if let Some(backend) = waiting().await {
            break backend;
        }
        let state = api.get(&format!("{ORGANIZATION}/apps/notes/builds/{}", build["number"])).await.expect(200);
        assert!(matches!(state["state"].as_str(), Some("queued" | "running")), "it ended without waiting for the table: {state:#}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    };

    let next = start(&api).await;
    let cancelled = cancel(&api, &build).await;
    begins_at_once(&api, &next, &cancelled).await;
    // Long before it would give up waiting by itself.
    eventually("the backend is gone", 2, || async {
        let left: Option<i32> = sqlx::query_scalar("select pid from pg_stat_activity where pid = $1").bind(backend).fetch_optional(&owner).await.unwrap();
        left.is_none().then_some(())
    })
    .await;
    app.get("/api/notes").await.expect(200);

    // The table is free again, and the next build changes it.
    reading.rollback().await.unwrap();
    assert_eq!(finished(&api, "notes", &next).await["state"], "succeeded");
    let columns: i64 = sqlx::query_scalar("select count(*) from information_schema.columns where table_name = 'notes' and column_name = 'done'")
        .fetch_one(&mut reader)
        .await
        .unwrap();
    assert_eq!(columns, 1);
    reader.close().await.unwrap();
    owner.close().await;
    installation.stop().await;
}

#[tokio::test]
async fn a_cancel_while_compilers_run_ends_them_and_they_never_had_the_priority_of_live_apps() {
    let toolkit = WaitingToolkit::make();
    let installation = Installation::start_with(&[("SLIPFORM_TOOLKIT", toolkit.path())]).await;
    let api = installation.client();
    create_app(&api, "notes", &notes()).await;
    let build = start(&api).await;
    let programs = async || {
        let running = toolkit.running();
        // One for the server, one for the interface.
        (running.len() == 2).then_some(running)
    };
    let first = eventually("two compilers run", 30, programs).await;
    let mine = rustix::process::getpriority_process(None).unwrap();
    assert!(first.iter().all(|program| program.niceness == (mine + 10).min(19)), "{first:?}");

    let next = start(&api).await;
    let cancelled = cancel(&api, &build).await;
    let gone = async || (!toolkit.running().iter().any(|program| first.contains(program))).then_some(());
    eventually("the compilers are gone", 5, gone).await;
    begins_at_once(&api, &next, &cancelled).await;

    // A cancel before the next one's compilers run, or after: either way nothing is left.
    cancel(&api, &next).await;
    eventually("no compiler is left", 5, async || toolkit.running().is_empty().then_some(())).await;
    installation.stop().await;
}
