use super::{ReleaseBody, ReleasePath};
use crate::app::{App, releases};
use crate::http::documented::{Conditional, Reading};
use crate::http::extract::{In, Path};
use crate::http::reply::{self, Answer};
use axum::extract::State;
use serde::Serialize;
use serde_json::Value;
use std::sync::Arc;
use utoipa::ToSchema;

/// A release with its files.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({
    "id": "01a21715-4680-7cc1-8d5e-3f1f6f0f8f15", "number": 7, "build": 31, "designVersion": 12,
    "designHash": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", "schemaPosition": 4, "sizeBytes": 1_204_311,
    "state": "ready", "live": true, "createdAt": "2026-11-26T09:00:01.666Z", "activatedAt": "2026-11-26T09:00:02.311Z",
    "manifest": {
        "release": "01a21715-4680-7cc1-8d5e-3f1f6f0f8f15", "build": "01a21715-4680-7cc1-8d5e-3f1f6f0f8f16",
        "designHash": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", "schemaPosition": 4,
        "files": [{ "path": "server.mjs", "size": 412_038, "sha256": "3f79bb7b435b05321651daefd374cdc681dc06faa65e374e38337b88ca046dea" }]
    }
}))]
pub struct ReleaseDetailBody {
    /// As lists show it.
    #[serde(flatten)]
    release: ReleaseBody,
    /// Its files with sizes and hashes.
    manifest: Value,
}

/// Show a release
///
/// With the list of its files.
#[utoipa::path(get, path = "/v1/organizations/{org}/apps/{app}/environments/{env}/releases/{number}", operation_id = "showRelease", tag = "Releases", params(ReleasePath, Conditional),
    responses((status = 200, description = "The release.", body = ReleaseDetailBody), (status = 304, description = "Nothing has changed."), Reading))]
pub async fn show(State(app): State<Arc<App>>, In(actor): In, Path(path): Path<ReleasePath>) -> Answer {
    let (release, manifest) = releases::show(&app, &actor, &path.app, &path.env, path.number).await?;
    reply::ok(&ReleaseDetailBody { release: ReleaseBody::new(release), manifest })
}
