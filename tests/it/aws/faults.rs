//! A fault at a call of a build on AWS, with a worker as a process of its own: it is killed, an answer is lost, AWS asks for patience.
//! At every call with `SLIPFORM_FAULT_EVERY=1` (`make test-aws`), at a few otherwise.

use super::ecs::Ecs;
use super::emulator::Emulator;
use super::story::{delete_app, left, there, visitor};
use super::way::{Fault, Way};
use crate::harness::parts::pid;
use crate::harness::story::{ORGANIZATION, create_app, finished, log_of, notes, sign_up};
use crate::harness::{Client, Parts};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use tokio::process::Child;

/// The distance from one case to the next.
fn step() -> usize {
    let every = std::env::var("SLIPFORM_FAULT_EVERY").map_or(7, |every| every.parse().expect("SLIPFORM_FAULT_EVERY is a number"));
    // A case takes seconds.
    if every == 1 { 1 } else { every * 5 }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    Killed,
    Lost,
    Throttled,
}

struct World {
    emulator: Emulator,
    parts: Parts,
    way: Way,
    api: Client,
}

impl World {
    fn worker(&self) -> Child {
        let settings = self.way.settings.each_ref().map(|(name, value)| (*name, value.as_str()));
        self.parts.spawn_with("worker", &settings)
    }

    /// Builds an app for the first time, with a fault at the n-th call. Returns how many calls there were, and at which it happened.
    async fn build(&self, at: usize, what: What) -> (Value, usize, Option<String>) {
        create_app(&self.api, "notes", &notes()).await;
        let mut first = self.worker();
        let fault = match what {
            What::Killed => Fault::Killed(pid(&first)),
            What::Lost => Fault::Lost,
            What::Throttled => Fault::Throttled,
        };
        self.way.plan(at, fault);
        let build = self.api.post(&format!("{ORGANIZATION}/apps/notes/builds"), &json!({ "environment": "production" })).await.expect(202);
        let ended = tokio::select! {
            _ = first.wait() => None,
            ended = finished(&self.api, "notes", &build) => Some(ended),
        };
        let ended = match ended {
            Some(ended) => ended,
            None => self.inherited(&build).await,
        };
        let (seen, happened) = self.way.seen();
        (ended, seen, happened)
    }

    /// Another worker goes on.
    async fn inherited(&self, build: &Value) -> Value {
        // As if the lease of the dead one were over, so that the test need not wait for it.
        let mut owner = self.parts.database.owner().await;
        for table in ["builds", "jobs"] {
            let sql = format!("update {table} set lease_until = now() - interval '1 second' where state = 'running'");
            sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&mut owner).await.unwrap();
        }
        let _heir = self.worker();
        finished(&self.api, "notes", build).await
    }

    /// How many things there are, by kind. What was compiled goes after a build, at a time of its own.
    async fn census(&self) -> BTreeMap<&'static str, usize> {
        let all = there(&self.emulator, &self.emulator.account).await;
        all.into_iter().map(|(kind, names)| (kind, names.iter().filter(|name| !name.contains("/artifacts/")).count())).collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_dies_at_a_call_leaves_a_build_that_another_one_ends_right() {
    Box::pin(at_calls(What::Killed)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_build_ends_right_though_an_answer_is_lost() {
    Box::pin(at_calls(What::Lost)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_build_ends_right_though_a_call_is_throttled() {
    Box::pin(at_calls(What::Throttled)).await;
}

async fn at_calls(what: What) {
    let emulator = Emulator::bootstrapped().await;
    let _ecs = Ecs::play(&emulator);
    let mut settings = emulator.settings();
    settings.push(("SLIPFORM_TARGET".into(), "aws".into()));
    let mut parts = Parts::start_with(&settings).await;
    parts.worker.kill().await.unwrap();
    let (way, api) = (Way::to(&emulator).await, parts.client());
    let world = World { emulator, parts, way, api };

    // Nothing happens; this is what there must be.
    let (build, calls, _) = world.build(usize::MAX, what).await;
    assert_eq!(build["state"], "succeeded", "{build:#}");
    assert!(calls > 50, "only {calls} calls");
    let right = world.census().await;
    remove(&world).await;

    let mut at = 0;
    loop {
        let (build, seen, happened) = world.build(at, what).await;
        let Some(call) = happened else {
            assert!(at >= seen, "call {at} of {seen} was never made");
            break;
        };
        let context = format!("{what:?} at call {at}, {call}");
        println!("{context}");
        assert_eq!(build["state"], "succeeded", "{context}: {build:#}\n{}", log_of(&world.api, "notes", &build).await);
        assert_eq!(world.census().await, right, "{context}");
        let releases = world.api.get(&format!("{ORGANIZATION}/apps/notes/environments/production/releases")).await.expect(200);
        assert_eq!(releases["items"].as_array().map(Vec::len), Some(1), "{context}: {releases:#}");
        let site = visitor(&world.emulator, &world.emulator.account).await;
        assert!(site.get("/").await.expect_text(200).contains("<title>Notes"), "{context}");
        let made = sign_up(&site, "Ada").await.post("/api/notes", &json!({ "title": "Milk" })).await;
        assert_eq!(made.status, 201, "{context}");
        remove(&world).await;
        at += step();
    }
}

/// The app goes, and nothing is left of it.
async fn remove(world: &World) {
    let mut worker = world.parts.spawn("worker");
    delete_app(&world.api, "notes").await;
    assert_eq!(left(&world.emulator, &world.emulator.account).await, Vec::<String>::new());
    worker.kill().await.unwrap();
}
