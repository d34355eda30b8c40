use super::{BuildBody, BuildPath, accepted, shown};
use crate::app::{App, builds};
use crate::http::documented::{Repeatable, Starting};
use crate::http::extract::{In, Keyed, Path};
use crate::http::reply::{self, Answer};
use axum::extract::State;
use std::sync::Arc;

/// Cancel a build
///
/// One that waits has ended then; one that runs ends soon, and what was live stays. One that has ended is a conflict.
#[utoipa::path(post, path = "/v1/organizations/{org}/apps/{app}/builds/{build}/cancel", operation_id = "cancelBuild", tag = "Builds", params(BuildPath, Repeatable),
    responses((status = 202, description = "Cancelled, or asked to end.", body = BuildBody, headers(("Location" = String, description = "Address of the build.")), example = json!(shown::cancelling())), Starting))]
pub async fn cancel(State(app): State<Arc<App>>, In(actor): In, Path(path): Path<BuildPath>, Keyed((), once): Keyed<()>) -> Answer {
    reply::answered(builds::cancel(&app, &actor, &path.app, path.build, once.as_ref(), accepted(&path.org, &path.app)).await?)
}
