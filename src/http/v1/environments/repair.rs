use super::EnvironmentPath;
use crate::app::{App, builds};
use crate::domain::BuildKind;
use crate::http::documented::{Repeatable, Starting};
use crate::http::extract::{In, Keyed, Path};
use crate::http::reply::{self, Answer};
use crate::http::v1::builds::{BuildBody, accepted, shown};
use axum::extract::State;
use std::sync::Arc;

/// Repair an environment
///
/// Brings the live release back with everything that it needs: what is missing is made, what was changed is mended. It is a build of
/// the kind `repair`, and can be followed like any other.
#[utoipa::path(post, path = "/v1/organizations/{org}/apps/{app}/environments/{env}/repair", operation_id = "repairEnvironment", tag = "Environments", params(EnvironmentPath, Repeatable),
    responses((status = 202, description = "Queued.", body = BuildBody, headers(("Location" = String, description = "Address of the build.")), example = json!(shown::another(BuildKind::Repair))), Starting))]
pub async fn repair(State(app): State<Arc<App>>, In(actor): In, Path(path): Path<EnvironmentPath>, Keyed((), once): Keyed<()>) -> Answer {
    reply::answered(builds::repair(&app, &actor, &path.app, &path.env, once.as_ref(), accepted(&path.org, &path.app)).await?)
}
