//! How much runs at once: no more builds than the operator allows, and inside a build what does not depend on each other.

use crate::harness::story::notes;
use crate::harness::toolkit::WaitingToolkit;
use crate::harness::{Client, Installation, eventually, example};
use crate::site::Site;
use serde_json::{Value, json};
use slipform::domain::{BuildId, StepName};

const ORGANIZATIONS: [&str; 3] = ["red", "green", "blue"];
const WORKERS: usize = 3;

async fn builds(api: &Client) -> Vec<Value> {
    let mut all = Vec::new();
    for organization in ORGANIZATIONS {
        for app in ["one", "two"] {
            all.push(api.get(&format!("/v1/organizations/{organization}/apps/{app}/builds/1")).await.expect(200));
        }
    }
    all
}

#[tokio::test]
async fn organizations_share_the_builds_that_the_operator_allows_at_once_and_never_get_more() {
    let toolkit = WaitingToolkit::make();
    let installation = Installation::start_with(&[("SLIPFORM_TOOLKIT", toolkit.path()), ("SLIPFORM_WORKERS", &WORKERS.to_string())]).await;
    let credentials = &installation.ready["credentials"];
    let credentials = json!({ "email": credentials["email"], "password": credentials["password"] });
    let api = installation.client();
    let session = api.post("/v1/auth/sign-in", &credentials).await.expect(200);
    let api = api.with_token(session["accessToken"].as_str().unwrap());
    for organization in ORGANIZATIONS {
        api.post("/v1/organizations", &json!({ "slug": organization, "name": organization })).await.expect(201);
        for app in ["one", "two"] {
            let apps = format!("/v1/organizations/{organization}/apps");
            api.post(&apps, &json!({ "slug": app, "name": app })).await.expect(201);
            api.post(&format!("{apps}/{app}/designs"), &notes()).await.expect(201);
        }
    }
    for app in ["one", "two"] {
        for organization in ORGANIZATIONS {
            api.post(&format!("/v1/organizations/{organization}/apps/{app}/builds"), &json!({})).await.expect(202);
        }
    }

    // Every place is taken, by one organization each, and stays taken while the compilers wait.
    eventually("all places are taken", 60, async || (toolkit.running().len() >= 2 * WORKERS).then_some(())).await;
    let state = |build: &Value| build["state"].as_str().unwrap().to_owned();
    let states: Vec<String> = builds(&api).await.iter().map(state).collect();
    assert_eq!(states, ["running", "queued", "running", "queued", "running", "queued"]);

    toolkit.end_waiting();
    eventually("all builds end", 60, async || builds(&api).await.iter().all(|build| state(build) == "failed").then_some(())).await;
    let most: i64 = sqlx::query_scalar(
        "select max((select count(*) from builds other where other.started_at <= b.started_at and other.finished_at > b.started_at)) from builds b",
    )
    .fetch_one(&mut installation.database.owner().await)
    .await
    .unwrap();
    assert_eq!(usize::try_from(most).unwrap(), WORKERS);
    installation.stop().await;
}

/// A design that takes a moment to become code.
fn large() -> Value {
    let mut design = example("todo");
    let entities = design["entities"].as_array_mut().unwrap();
    entities.extend((0..60).map(|n| {
        let fields: Vec<Value> = (0..12).map(|f| json!({ "id": format!("f{n}-{f}"), "name": format!("field{f}"), "type": "string" })).collect();
        json!({ "id": format!("e{n}"), "name": format!("Thing{n}"), "fields": fields })
    }));
    design
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_interface_and_the_server_are_written_at_the_same_time() {
    let mut site = Site::new().await;
    site.stop_worker().await;
    let design = site.push(&large()).await;
    let build = site.enqueue(design, None).await;

    let gate = gate(&site, build).await;
    site.start_worker();
    both_wait(&site).await;
    gate.rollback().await.unwrap();

    assert_eq!(site.ended(build).await["state"], "succeeded", "{}", site.log(build).await);
    let (web, server) = (site.step(build, StepName::Frontend).await, site.step(build, StepName::Backend).await);
    let time = |step: &Value, what: &str| step[what].as_str().unwrap().parse::<chrono::DateTime<chrono::Utc>>().unwrap();
    for (one, other) in [(&web, &server), (&server, &web)] {
        assert!(time(one, "started_at") < time(other, "finished_at"), "one after the other: {web:#} {server:#}");
    }
    site.end().await;
}

/// While it is held, neither the frontend nor the backend step of the build begins; only who begins both at once waits twice.
async fn gate(site: &Site, build: BuildId) -> sqlx::Transaction<'static, sqlx::Postgres> {
    let mut gate = site.owner.begin().await.unwrap();
    sqlx::query("select 1 from steps where build_id = $1 and name in ('frontend', 'backend') for update").bind(build).execute(&mut *gate).await.unwrap();
    gate
}

async fn both_wait(site: &Site) {
    eventually("both wait to begin", 30, async || {
        let waiting: i64 = sqlx::query_scalar(
            "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like '%update steps%'",
        )
        .fetch_one(&site.owner)
        .await
        .unwrap();
        (waiting == 2).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_that_ends_finishes_the_steps_that_run_and_begins_no_other() {
    let mut site = Site::new().await;
    site.stop_worker().await;
    let design = site.push(&notes()).await;
    let build = site.enqueue(design, None).await;
    let gate = gate(&site, build).await;
    site.start_worker();
    both_wait(&site).await;
    let ending = site.drain();
    gate.rollback().await.unwrap();
    ending.await.unwrap();
    for (step, attempts) in [(StepName::Frontend, 1), (StepName::Backend, 1), (StepName::Bundle, 0)] {
        assert_eq!(site.step(build, step).await["attempt"], attempts, "{step}");
    }

    site.start_worker();
    assert_eq!(site.ended(build).await["state"], "succeeded", "{}", site.log(build).await);
    site.end().await;
}
