//! `make bench-build`: from the POST of a build to the first 200 of the new version, cold and warm, per step.
//!
//! *Cold* is the first build of an app: database, role, folders and a first process are made. *Warm* is a build of a
//! changed design of the same app. The new version has answered when the edge serves another `index.html` than before.
#![allow(missing_docs, clippy::unwrap_used, clippy::pedantic, dead_code)]

#[path = "../tests/it/harness/mod.rs"]
mod harness;
mod synthetic;

use harness::story::{ORGANIZATION, finished, push};
use harness::{Client, Installation};
use serde_json::json;
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
    println!("\nmemory, PSS of the idle installation after these builds (`slipform up`: serve, worker and host in one process): {} MB", pss(&installation));
    installation.stop().await;
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

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Proportional set size, so that shared pages count once.
fn pss(installation: &Installation) -> u64 {
    let text = std::fs::read_to_string(format!("/proc/{}/smaps_rollup", installation.pid())).unwrap_or_default();
    let kb = text.lines().find_map(|l| l.strip_prefix("Pss:")?.trim().split(' ').next()?.parse::<u64>().ok());
    kb.unwrap_or(0) / 1024
}
