use super::{BuildBody, accepted, shown};
use crate::app::apps::PRODUCTION;
use crate::app::{App, builds};
use crate::http::documented::{Making, Repeatable};
use crate::http::extract::{In, Json, Keyed, Path};
use crate::http::reply::{self, Answer};
use crate::http::typed::given;
use crate::http::v1::apps::AppPath;
use axum::extract::State;
use serde::Deserialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// A build that is wanted.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(example = json!({ "environment": "production", "designVersion": 1 }))]
pub struct NewBuild {
    /// Slug of the environment; production without it.
    #[serde(default, deserialize_with = "given")]
    #[schema(default = "production", nullable = false, max_length = 40, pattern = r"^[a-z0-9-]+$")]
    environment: Option<String>,
    /// Number of the design version; the newest without it.
    #[serde(default, deserialize_with = "given")]
    #[schema(minimum = 1, nullable = false)]
    design_version: Option<i32>,
}

/// Build Code
///
/// Turns a design version into a code base and brings it live. The answer comes at once: follow the build's events, or wait for
/// it. A build of the same environment that still waits ends as superseded. `quota-exceeded`: as many builds of the organization wait as may (429), or
/// its storage is used up (409).
#[utoipa::path(post, path = "/v1/organizations/{org}/apps/{app}/builds", operation_id = "createBuild", tag = "Builds", params(AppPath, Repeatable), request_body = NewBuild,
    responses((status = 202, description = "Queued.", body = BuildBody, headers(("Location" = String, description = "Address of the build.")), example = json!(shown::queued())), Making))]
pub async fn create(State(app): State<Arc<App>>, In(actor): In, Path(path): Path<AppPath>, Keyed(Json(body), once): Keyed<Json<NewBuild>>) -> Answer {
    let environment = body.environment.as_deref().unwrap_or(PRODUCTION);
    let render = accepted(&path.org, &path.app);
    reply::answered(builds::create(&app, &actor, &path.app, environment, body.design_version, once.as_ref(), render).await?)
}
