//! Releases.

pub mod code;
pub mod list;
pub mod show;

use crate::app::releases::Release;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// A release of an environment.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
#[allow(dead_code)]
pub struct ReleasePath {
    /// Id or slug of the organization.
    #[param(max_length = 40, example = "default")]
    pub org: String,
    /// Id or slug of the app.
    #[param(max_length = 40, example = "car-rental")]
    pub app: String,
    /// Slug of the environment.
    #[param(max_length = 40, example = "production")]
    pub env: String,
    /// Number of the release.
    #[param(minimum = 1, example = 1)]
    pub number: i32,
}

/// Whether the files of a release are there.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ReleaseStateBody {
    /// They are: it can be downloaded and gone back to.
    Ready,
    /// They were removed to save room.
    Removed,
}

/// A release: the immutable result of a build.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({
    "id": "01a21715-4680-7cc1-8d5e-3f1f6f0f8f15", "number": 7, "build": 31, "designVersion": 12,
    "designHash": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", "schemaPosition": 4, "sizeBytes": 1_204_311,
    "state": "ready", "live": true, "createdAt": "2026-11-26T09:00:01.666Z", "activatedAt": "2026-11-26T09:00:02.311Z"
}))]
pub struct ReleaseBody {
    /// Id.
    id: Uuid,
    /// Counts per environment, from 1.
    #[schema(example = 1)]
    number: i32,
    /// Number of the build that made it.
    build: i32,
    /// Number of its design version.
    design_version: i32,
    /// Hash of its design.
    design_hash: String,
    /// How many schema changes the environment's database has had with it.
    schema_position: i32,
    /// Size of its files, in bytes.
    size_bytes: i64,
    /// Whether its files are there.
    state: ReleaseStateBody,
    /// Whether it is the one that answers.
    live: bool,
    /// When it was made.
    created_at: DateTime<Utc>,
    /// When it last went live; null: it never did.
    activated_at: Option<DateTime<Utc>>,
}

impl ReleaseBody {
    fn new(release: Release) -> Self {
        Self {
            id: release.id.0,
            number: release.number,
            build: release.build,
            design_version: release.design_version,
            design_hash: release.design_hash,
            schema_position: release.schema_position,
            size_bytes: release.size_bytes,
            state: if release.removed { ReleaseStateBody::Removed } else { ReleaseStateBody::Ready },
            live: release.live,
            created_at: release.created_at,
            activated_at: release.activated_at,
        }
    }
}
