//! `make bench-build`: from the POST of a build to the first 200 of the new version, cold and warm, per step.
//!
//! *Cold* is the first build of an app: database, role, folders and a first process are made. *Warm* is a build of a
//! changed design of the same app. The new version has answered when the edge serves another `index.html` than before.
//!
//! Then the three parts run as processes of their own: what they hold when idle, and how long the API and a live app take to
//! answer while nothing is built, and while as many builds run as may.
#![allow(missing_docs, clippy::unwrap_used, clippy::pedantic, dead_code)]

#[path = "../tests/it/harness/mod.rs"]
mod harness;
mod measure;
mod synthetic;

use harness::parts::pid;
use harness::story::{ORGANIZATION, finished, push};
use harness::{Client, Installation, Parts};
use measure::{median, pss};
use serde_json::json;
use slipform_codegen::model::Names;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

const WARM_RUNS: usize = 7;

#[tokio::main]
async fn main() {
    // `cargo test --benches` runs this too, with `--test`: there is nothing to check then.
    if std::env::args().any(|a| a == "--test") {
        return;
    }
    let installation = Installation::start().await;
    let api = installation.client();
    println!("| entities | | until live, ms | provision | frontend | backend | bundle | database | publish | rollout |");
    println!("|---|---|---|---|---|---|---|---|---|---|");
    for entities in [5, 25, 100] {
        let slug = format!("synthetic-{entities}");
        let app = api.post(&format!("{ORGANIZATION}/apps"), &json!({ "slug": slug, "name": slug })).await.expect(201);
        let live = Client::of_app(app["url"].as_str().expect("an address"));
        let mut warm = Vec::new();
        for revision in 0..=WARM_RUNS {
            push(&api, &slug, &synthetic::design(entities, revision)).await;
            let run = until_live(&api, &live, &slug).await;
            if revision == 0 { print_row(entities, "cold", &[run]) } else { warm.push(run) }
        }
        print_row(entities, "warm, median of 7", &warm);
    }
    installation.stop().await;
    parts().await;
}

/// Memory of the idle parts, and what builds cost others.
async fn parts() {
    let parts = Parts::start().await;
    let api = parts.client();
    let mut live = Vec::new();
    for app in 0..BUILT_AT_ONCE {
        let slug = format!("neighbor-{app}");
        live.push(api.post(&format!("{ORGANIZATION}/apps"), &json!({ "slug": slug, "name": slug })).await.expect(201));
        rebuild(&api, &slug, 0).await;
    }
    let app = Client::of_app(live[0]["url"].as_str().expect("an address"));
    let list = &format!("/api/{}?limit=1", Names::plural_of("Thing0", None, None).kebab);

    // Connections are given back, and the allocator its pages.
    tokio::time::sleep(Duration::from_secs(70)).await;
    let memory = [("serve", &parts.serve), ("worker", &parts.worker), ("host", &parts.host)].map(|(name, part)| (name, pss(pid(part))));
    let sum: u64 = memory.iter().map(|(_, mb)| mb).sum();
    println!("\nmemory of the idle parts, PSS: {} = {sum} MB", memory.map(|(name, mb)| format!("{name} {mb} MB")).join(" + "));

    println!("\n| | API, p50 / p99 ms | live app, p50 / p99 ms | builds |");
    println!("|---|---|---|---|");
    let quiet = tokio::join!(latency(&api, API), latency(&app, list));
    println!("| nothing is built | {} | {} | – |", quiet.0, quiet.1);
    let builders = (0..BUILT_AT_ONCE).map(|app| {
        let api = api.clone();
        tokio::spawn(async move {
            let begin = Instant::now();
            let mut builds = 0;
            while begin.elapsed() < LATENCY_FOR {
                builds += 1;
                rebuild(&api, &format!("neighbor-{app}"), builds).await;
            }
            builds
        })
    });
    let builders: Vec<_> = builders.collect();
    let busy = tokio::join!(latency(&api, API), latency(&app, list));
    let mut builds = 0;
    for builder in builders {
        builds += builder.await.expect("the builds succeed");
    }
    println!("| {BUILT_AT_ONCE} builds at once, one after another | {} | {} | {builds} in {} s |", busy.0, busy.1, LATENCY_FOR.as_secs());
    parts.kill().await;
}

/// As many as a worker runs at once by default.
const BUILT_AT_ONCE: usize = 2;
const LATENCY_FOR: Duration = Duration::from_secs(20);
const API: &str = "/v1/organizations/default/apps/neighbor-0/builds/1";

async fn rebuild(api: &Client, slug: &str, revision: usize) {
    push(api, slug, &synthetic::design(25, revision)).await;
    let build = api.post(&format!("{ORGANIZATION}/apps/{slug}/builds"), &json!({})).await.expect(202);
    assert_eq!(finished(api, slug, &build).await["state"], "succeeded");
}

/// One request after another, fifty a second.
async fn latency(client: &Client, path: &str) -> String {
    let (begin, mut taken) = (Instant::now(), Vec::new());
    let mut tick = tokio::time::interval(Duration::from_millis(20));
    while begin.elapsed() < LATENCY_FOR {
        tick.tick().await;
        let start = Instant::now();
        client.get(path).await.expect(200);
        taken.push(start.elapsed().as_secs_f64() * 1000.0);
    }
    taken.sort_by(f64::total_cmp);
    format!("{:.1} / {:.1}", taken[taken.len() / 2], taken[taken.len() * 99 / 100])
}

struct Run {
    total: Duration,
    steps: BTreeMap<String, f64>,
}

async fn until_live(api: &Client, live: &Client, slug: &str) -> Run {
    let before = live.get("/").await;
    let start = Instant::now();
    let build = api.post(&format!("{ORGANIZATION}/apps/{slug}/builds"), &json!({})).await.expect(202);
    let total = loop {
        let now = live.get("/").await;
        if now.status == 200 && now.text != before.text {
            break start.elapsed();
        }
        assert!(start.elapsed() < Duration::from_secs(120), "not live: {:#}", finished(api, slug, &build).await);
        tokio::time::sleep(Duration::from_millis(5)).await;
    };
    let build = finished(api, slug, &build).await;
    assert_eq!(build["state"], "succeeded", "{build:#}");
    let steps = build["steps"].as_array().unwrap().iter().map(|s| (s["name"].as_str().unwrap().to_owned(), s["durationMs"].as_f64().unwrap_or(0.0)));
    Run { total, steps: steps.collect() }
}

fn print_row(entities: usize, kind: &str, runs: &[Run]) {
    let total = median(runs.iter().map(|r| r.total.as_secs_f64() * 1000.0));
    let steps = ["provision", "frontend", "backend", "bundle", "database", "publish", "rollout"]
        .map(|step| format!("{:.0}", median(runs.iter().map(|r| r.steps.get(step).copied().unwrap_or(0.0)))));
    println!("| {entities} | {kind} | **{total:.0}** | {} |", steps.join(" | "));
}
