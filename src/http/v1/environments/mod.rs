//! Environments.

pub mod administrator;
pub mod architecture;
pub mod create;
pub mod delete;
pub mod diagram;
pub mod list;
pub mod logs;
pub mod repair;
pub mod rollback;
pub mod show;

use crate::app::environments::Detail;
use crate::domain::{EnvironmentKind, Lifecycle};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// An environment of an app.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
#[allow(dead_code)]
pub struct EnvironmentPath {
    /// Id or slug of the organization.
    #[param(max_length = 40, example = "default")]
    pub org: String,
    /// Id or slug of the app.
    #[param(max_length = 40, example = "car-rental")]
    pub app: String,
    /// Slug of the environment.
    #[param(max_length = 40, example = "production")]
    pub env: String,
}

/// What runs in an environment.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({ "state": "running", "message": null, "restarts": 0 }))]
pub struct RuntimeBody {
    /// `absent`, `starting`, `running` or `failed`.
    state: String,
    /// Why it failed.
    message: Option<String>,
    /// How often its process was started again by itself.
    restarts: i32,
}

/// An environment, as its app shows it.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({
    "id": "01a21715-4680-7cc1-8d5e-3f1f6f0f8f14", "slug": "production", "kind": "production", "state": "active", "url": "http://car-rental.localhost:8480",
    "liveRelease": 7, "liveDesignVersion": 12, "createdAt": "2026-11-02T08:40:00Z", "updatedAt": "2026-11-26T09:00:02Z"
}))]
pub struct EnvironmentSummaryBody {
    /// Id.
    id: Uuid,
    /// Short name in addresses.
    #[schema(example = "production")]
    slug: String,
    /// Whether it is the production.
    kind: EnvironmentKind,
    /// Whether it is being deleted.
    state: Lifecycle,
    /// Address. Something answers there once a release is live.
    #[schema(example = "http://car-rental.localhost:8480")]
    url: String,
    /// Number of the live release; null: none yet.
    live_release: Option<i32>,
    /// Number of the design version of the live release; null: none yet.
    live_design_version: Option<i32>,
    /// When it was made.
    created_at: DateTime<Utc>,
    /// When it was changed last.
    updated_at: DateTime<Utc>,
}

/// An environment.
// What moves by itself, while an app runs, is not part of the app: its tag would move too, and a change of the app be refused for it.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({
    "id": "01a21715-4680-7cc1-8d5e-3f1f6f0f8f14", "slug": "production", "kind": "production", "state": "active", "url": "http://car-rental.localhost:8480",
    "liveRelease": 7, "liveDesignVersion": 12, "createdAt": "2026-11-02T08:40:00Z", "updatedAt": "2026-11-26T09:00:02Z",
    "runtime": { "state": "running", "message": null, "restarts": 0 }, "drift": null
}))]
pub struct EnvironmentBody {
    /// As its app shows it.
    #[serde(flatten)]
    summary: EnvironmentSummaryBody,
    /// What runs there; null: nothing yet.
    runtime: Option<RuntimeBody>,
    /// What the last look at its things has found to differ from what was made; null: nobody has looked, or nobody but Slipform can
    /// change them.
    drift: Option<DriftBody>,
}

/// What a look at an environment's things has found.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DriftBody {
    /// When that was.
    checked_at: DateTime<Utc>,
    /// What is not as it was made; a repair mends it.
    differences: Vec<DifferenceBody>,
}

/// Something that is not as it was made.
#[derive(Serialize, Deserialize, ToSchema)]
#[schema(example = json!({
    "kind": "bucket", "name": "slf-car-rental-abcdefgh", "detail": "It was changed: s3:PutBucketPublicAccessBlock would mend it."
}))]
pub struct DifferenceBody {
    /// Kind of thing.
    kind: String,
    /// Its name.
    name: String,
    /// What is wrong with it.
    detail: String,
}

impl EnvironmentSummaryBody {
    pub(super) fn new(detail: &Detail) -> Self {
        let environment = &detail.environment;
        Self {
            id: environment.id.0,
            slug: environment.slug.clone(),
            kind: environment.kind,
            state: environment.state,
            url: detail.url.clone(),
            live_release: environment.live_release,
            live_design_version: environment.live_design,
            created_at: environment.created_at,
            updated_at: environment.updated_at,
        }
    }
}

impl EnvironmentBody {
    fn new(detail: &Detail) -> Self {
        let environment = &detail.environment;
        let runtime = environment.observed.clone().map(|state| RuntimeBody {
            state,
            message: environment.message.clone(),
            restarts: environment.restarts.unwrap_or_default(),
        });
        let drift = environment.drift_checked_at.map(|checked_at| DriftBody {
            checked_at,
            differences: environment.drift.clone().and_then(|found| serde_json::from_value(found).ok()).unwrap_or_default(),
        });
        Self { summary: EnvironmentSummaryBody::new(detail), runtime, drift }
    }
}
