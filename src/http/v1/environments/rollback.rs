use super::EnvironmentPath;
use crate::app::{App, builds};
use crate::domain::BuildKind;
use crate::http::documented::{Making, Repeatable};
use crate::http::extract::{In, Json, Keyed, Path};
use crate::http::reply::{self, Answer};
use crate::http::typed::given;
use crate::http::v1::builds::{BuildBody, accepted, shown};
use axum::extract::State;
use serde::Deserialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// Where to go back to.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "release": 1 }))]
pub struct RollbackRequest {
    /// Number of the release; the one before the live one without it.
    #[serde(default, deserialize_with = "given")]
    #[schema(minimum = 1, nullable = false)]
    release: Option<i32>,
}

/// Go back to an earlier release
///
/// Without building it again. It is a build of the kind `rollback`, and can be followed like any other.
#[utoipa::path(post, path = "/v1/organizations/{org}/apps/{app}/environments/{env}/rollback", operation_id = "rollBack", tag = "Environments", params(EnvironmentPath, Repeatable), request_body = RollbackRequest,
    responses((status = 202, description = "Queued.", body = BuildBody, headers(("Location" = String, description = "Address of the build.")), example = json!(shown::another(BuildKind::Rollback))), Making))]
pub async fn rollback(
    State(app): State<Arc<App>>,
    In(actor): In,
    Path(path): Path<EnvironmentPath>,
    Keyed(Json(body), once): Keyed<Json<RollbackRequest>>,
) -> Answer {
    let render = accepted(&path.org, &path.app);
    reply::answered(builds::rollback(&app, &actor, &path.app, &path.env, body.release, once.as_ref(), render).await?)
}
