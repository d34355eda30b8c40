//! A worker process that is killed at a call of a build on AWS, after the call had its effect: at every call with
//! `SLIPFORM_FAULT_EVERY=1` (`make test-aws`), at a few otherwise.

use super::ecs::Ecs;
use super::emulator::Emulator;
use super::story::{delete_app, left, there, visitor};
use super::way::Way;
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

    /// Builds an app for the first time. At the n-th call its worker dies, and another one goes on. Returns how many calls there were.
    async fn build(&self, at: usize) -> (Value, usize, Option<String>) {
        create_app(&self.api, "notes", &notes()).await;
        let mut first = self.worker();
        self.way.kill_at(at, pid(&first));
        let build = self.api.post(&format!("{ORGANIZATION}/apps/notes/builds"), &json!({ "environment": "production" })).await.expect(202);
        let second = tokio::select! {
            _ = first.wait() => Some(self.worker()),
            ended = finished(&self.api, "notes", &build) => {
                let (seen, died) = self.way.seen();
                if died.is_none() {
                    return (ended, seen, None);
                }
                None
            }
        };
        // As if the lease of the dead one were over, so that the test need not wait for it.
        let mut owner = self.parts.database.owner().await;
        for table in ["builds", "jobs"] {
            let sql = format!("update {table} set lease_until = now() - interval '1 second' where state = 'running'");
            sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&mut owner).await.unwrap();
        }
        let ended = finished(&self.api, "notes", &build).await;
        let (seen, died) = self.way.seen();
        drop(second);
        (ended, seen, died)
    }

    /// How many things there are, by kind.
    async fn census(&self) -> BTreeMap<&'static str, usize> {
        there(&self.emulator, &self.emulator.account).await.into_iter().map(|(kind, names)| (kind, names.len())).collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_dies_at_a_call_leaves_a_build_that_another_one_ends_right() {
    let emulator = Emulator::bootstrapped().await;
    let _ecs = Ecs::play(&emulator);
    let mut settings = emulator.settings();
    settings.push(("SLIPFORM_TARGET".into(), "aws".into()));
    let mut parts = Parts::start_with(&settings).await;
    parts.worker.kill().await.unwrap();
    let (way, api) = (Way::to(&emulator).await, parts.client());
    let world = World { emulator, parts, way, api };

    // Nobody dies; this is what there must be.
    let (build, calls, _) = world.build(usize::MAX).await;
    assert_eq!(build["state"], "succeeded", "{build:#}");
    assert!(calls > 50, "only {calls} calls");
    let right = world.census().await;
    remove(&world).await;

    let mut at = 0;
    loop {
        let (build, seen, died) = world.build(at).await;
        let Some(call) = died else {
            assert!(at >= seen, "call {at} of {seen} was never made");
            break;
        };
        let context = format!("killed at call {at}, {call}");
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
