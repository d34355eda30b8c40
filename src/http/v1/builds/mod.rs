//! Builds.

pub mod cancel;
pub mod create;
pub mod events;
pub mod list;
pub mod logs;
pub mod retry;
pub mod show;
pub mod shown;

use crate::app::builds::{Detail, Record, Render, Step};
use crate::domain::{BuildKind, BuildState, StepName, StepState};
use crate::http::reply;
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// A build of an app.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
#[allow(dead_code)]
pub struct BuildPath {
    /// Id or slug of the organization.
    #[param(max_length = 40, example = "default")]
    pub org: String,
    /// Id or slug of the app.
    #[param(max_length = 40, example = "car-rental")]
    pub app: String,
    /// Number of the build.
    #[param(minimum = 1, example = 1)]
    pub build: i32,
}

/// A build, as lists show it.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({
    "id": "01a21715-4680-7cc1-8d5e-3f1f6f0f8f16", "number": 31, "kind": "build", "state": "succeeded", "reason": null, "error": null, "environment": "production",
    "designVersion": 12, "release": 7, "url": "http://car-rental.localhost:8480", "attempt": 1, "cancelRequested": false, "supersededBy": null,
    "createdBy": "01a21715-4680-7cc1-8d5e-3f1f6f0f8f1a", "createdAt": "2026-11-26T09:00:00.000Z", "startedAt": "2026-11-26T09:00:00.021Z",
    "finishedAt": "2026-11-26T09:00:02.334Z", "durationMs": 2313
}))]
pub struct BuildSummaryBody {
    /// Id.
    id: Uuid,
    /// Counts per app, from 1.
    #[schema(example = 1)]
    number: i32,
    /// What it is for.
    kind: BuildKind,
    /// What became of it.
    state: BuildState,
    /// Why it ended so, for people.
    reason: Option<String>,
    /// Why it failed: `step`, `code`, `title`, `detail`, `hint` and the `elements` of the design that are concerned.
    #[schema(value_type = Option<FailureBody>)]
    error: Option<Value>,
    /// Slug of the environment.
    #[schema(example = "production")]
    environment: String,
    /// Number of the design version.
    design_version: i32,
    /// Number of the release that it made, or goes back to; null: none yet.
    release: Option<i32>,
    /// Address that it brings live.
    #[schema(example = "http://car-rental.localhost:8480")]
    url: String,
    /// How many workers have begun it.
    attempt: i32,
    /// Whether somebody asked to cancel it.
    cancel_requested: bool,
    /// Number of the build that took its place.
    superseded_by: Option<i32>,
    /// Who started it; null: they are gone.
    created_by: Option<Uuid>,
    /// When it was started.
    created_at: DateTime<Utc>,
    /// When it began to run.
    started_at: Option<DateTime<Utc>>,
    /// When it ended.
    finished_at: Option<DateTime<Utc>>,
    /// How long it ran, in milliseconds, once it has ended.
    duration_ms: Option<i64>,
}

/// Why something failed.
#[derive(ToSchema)]
#[schema(example = json!({
    "step": "database", "code": "data-would-be-lost", "title": "The change would lose data",
    "detail": "Removing the field `price` of `Car` loses its values (12 records)",
    "hint": "To lose it on purpose, add the ids to `migration.confirmLoss` of the design (f-price). Nothing was changed.", "elements": ["f-price"]
}))]
#[allow(dead_code)]
pub struct FailureBody {
    /// The step that failed.
    #[schema(nullable = false)]
    step: Option<String>,
    /// Stable word for programs.
    #[schema(example = "data-would-be-lost")]
    code: String,
    /// What happened.
    title: String,
    /// Why.
    detail: String,
    /// What to do next.
    #[schema(nullable = false)]
    hint: Option<String>,
    /// Ids of the elements of the design that are concerned.
    #[schema(nullable = false)]
    elements: Option<Vec<String>>,
}

impl BuildSummaryBody {
    fn new(build: &Record, url: &str) -> Self {
        Self {
            id: build.id.0,
            number: build.number,
            kind: build.kind,
            state: build.state,
            reason: build.reason.clone(),
            error: build.error.clone(),
            environment: build.environment.clone(),
            design_version: build.design_version,
            release: build.release,
            url: url.to_owned(),
            attempt: build.attempt,
            cancel_requested: build.cancel_requested,
            superseded_by: build.superseded_by,
            created_by: build.created_by.map(|u| u.0),
            created_at: build.created_at,
            started_at: build.started_at,
            finished_at: build.finished_at,
            duration_ms: duration(build.started_at, build.finished_at),
        }
    }
}

/// A step of a build.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct StepBody {
    /// Which one.
    name: StepName,
    /// What became of it.
    state: StepState,
    /// How often it was begun.
    attempt: i32,
    /// When it began last.
    started_at: Option<DateTime<Utc>>,
    /// When it ended.
    finished_at: Option<DateTime<Utc>>,
    /// How long it took, in milliseconds, once it has ended.
    duration_ms: Option<i64>,
    /// What it gives to the steps behind it.
    output: Option<Value>,
    /// Why it failed: `code`, `title`, `detail`, `hint`.
    #[schema(value_type = Option<FailureBody>)]
    error: Option<Value>,
}

impl StepBody {
    fn new(step: &Step) -> Self {
        Self {
            name: step.name,
            state: step.state,
            attempt: step.attempt,
            started_at: step.started_at,
            finished_at: step.finished_at,
            duration_ms: duration(step.started_at, step.finished_at),
            output: step.output.clone(),
            error: step.error.clone(),
        }
    }
}

/// A build with its steps.
#[derive(Serialize, ToSchema)]
pub struct BuildBody {
    /// As lists show it.
    #[serde(flatten)]
    summary: BuildSummaryBody,
    /// Its steps in order.
    #[schema(example = json!(shown::succeeded()))]
    steps: Vec<StepBody>,
}

impl BuildBody {
    fn new(detail: &Detail) -> Self {
        Self { summary: BuildSummaryBody::new(&detail.build, &detail.url), steps: detail.steps.iter().map(StepBody::new).collect() }
    }
}

/// 202 with the address of the build.
pub fn accepted(org: &str, app: &str) -> impl Render {
    move |build: &Detail| {
        let location = format!("/v1/organizations/{org}/apps/{app}/builds/{}", build.build.number);
        reply::made(StatusCode::ACCEPTED, &BuildBody::new(build), Some(location))
    }
}

fn duration(from: Option<DateTime<Utc>>, to: Option<DateTime<Utc>>) -> Option<i64> {
    Some((to? - from?).num_milliseconds())
}
