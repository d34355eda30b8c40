use super::{BuildBody, BuildPath, accepted, shown};
use crate::app::{App, builds};
use crate::domain::BuildKind;
use crate::http::documented::{Repeatable, Starting};
use crate::http::extract::{In, Keyed, Path};
use crate::http::reply::{self, Answer};
use axum::extract::State;
use std::sync::Arc;

/// Build once more
///
/// A new build for what one that failed, was cancelled or superseded was for. `quota-exceeded`, as when a build is started.
#[utoipa::path(post, path = "/v1/organizations/{org}/apps/{app}/builds/{build}/retry", operation_id = "retryBuild", tag = "Builds", params(BuildPath, Repeatable),
    responses((status = 202, description = "Queued.", body = BuildBody, headers(("Location" = String, description = "Address of the new build.")), example = json!(shown::another(BuildKind::Build))), Starting))]
pub async fn retry(State(app): State<Arc<App>>, In(actor): In, Path(path): Path<BuildPath>, Keyed((), once): Keyed<()>) -> Answer {
    reply::answered(builds::retry(&app, &actor, &path.app, path.build, once.as_ref(), accepted(&path.org, &path.app)).await?)
}
