//! The build that the OpenAPI document shows, at different times. As it succeeded, it stands beside its schema.

use crate::domain::{BuildKind, StepName, StepState};
use serde_json::{Value, json};

/// When each step began, in milliseconds after nine o'clock, and how long it took.
const TIMES: [(StepName, u32, u32); 7] = [
    (StepName::Provision, 40, 61),
    (StepName::Frontend, 104, 41),
    (StepName::Backend, 104, 58),
    (StepName::Bundle, 165, 1_312),
    (StepName::Database, 1_480, 87),
    (StepName::Publish, 1_570, 96),
    (StepName::Rollout, 1_670, 641),
];

/// What a step gives to those behind it.
fn output(step: StepName) -> Value {
    match step {
        StepName::Frontend => json!({ "files": 41, "bytes": 96_418, "customChanged": false }),
        StepName::Bundle => json!({ "serverBytes": 412_038, "webBytes": 301_774, "webFiles": 5, "typeChecked": true }),
        StepName::Publish => json!({ "files": 97, "sizeBytes": 1_204_311, "release": 7 }),
        StepName::Rollout => json!({ "address": "http://car-rental.localhost:8480" }),
        _ => json!({}),
    }
}

fn steps(state: impl Fn(StepName) -> StepState) -> Value {
    let step = |(name, began, took): (StepName, u32, u32)| {
        let state = state(name);
        let (begun, done) = (!matches!(state, StepState::Pending | StepState::Skipped), state == StepState::Succeeded);
        let at = |millis: u32| format!("2026-11-26T09:00:{:02}.{:03}Z", millis / 1_000, millis % 1_000);
        json!({
            "name": name, "state": state, "attempt": i32::from(begun), "startedAt": begun.then(|| at(began)), "finishedAt": done.then(|| at(began + took)),
            "durationMs": done.then_some(took), "output": done.then(|| output(name)), "error": null
        })
    };
    TIMES.into_iter().map(step).collect()
}

/// Its steps when it has succeeded.
pub fn succeeded() -> Value {
    steps(|_| StepState::Succeeded)
}

/// One that waits.
pub fn queued() -> Value {
    json!({
        "state": "queued", "release": null, "attempt": 0, "startedAt": null, "finishedAt": null, "durationMs": null, "steps": steps(|_| StepState::Pending)
    })
}

/// One that waits for the same again, to go back or to mend: the next one.
pub fn another(kind: BuildKind) -> Value {
    let skipped = |step| match kind {
        BuildKind::Build => false,
        BuildKind::Rollback => step != StepName::Rollout,
        BuildKind::Repair => !matches!(step, StepName::Provision | StepName::Rollout),
    };
    let (version, release) = match kind {
        BuildKind::Build => (12, None),
        BuildKind::Rollback => (11, Some(6)),
        BuildKind::Repair => (12, Some(7)),
    };
    let mut build = queued();
    build["id"] = json!("01a21715-4680-7cc1-8d5e-3f1f6f0f8f24");
    build["number"] = json!(32);
    build["kind"] = json!(kind);
    build["designVersion"] = json!(version);
    build["release"] = json!(release);
    build["createdAt"] = json!("2026-11-26T09:10:00.000Z");
    build["steps"] = steps(|step| if skipped(step) { StepState::Skipped } else { StepState::Pending });
    build
}

/// One that runs, and that somebody has asked to cancel.
pub fn cancelling() -> Value {
    let state = |step| match step {
        StepName::Provision | StepName::Frontend | StepName::Backend => StepState::Succeeded,
        StepName::Bundle => StepState::Running,
        StepName::Database | StepName::Publish | StepName::Rollout => StepState::Pending,
    };
    json!({ "state": "running", "release": null, "cancelRequested": true, "finishedAt": null, "durationMs": null, "steps": steps(state) })
}
