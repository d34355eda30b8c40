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
