use super::EnvironmentPath;
use super::architecture::example;
use crate::app::{App, architecture};
use crate::http::documented::{Conditional, Reading};
use crate::http::extract::{In, Path};
use crate::http::reply::{self, Answer};
use axum::extract::State;
use std::sync::Arc;

/// Draw what an environment consists of
///
/// The parts, their states and the links of `…/architecture` as an SVG image, in light and in dark.
// An address of its own rather than another answer to `Accept`: each operation has one type for generated clients, and the picture
// can be linked to and kept by caches that ignore `Vary`.
#[utoipa::path(get, path = "/v1/organizations/{org}/apps/{app}/environments/{env}/architecture.svg", operation_id = "drawArchitecture", tag = "Environments", params(EnvironmentPath, Conditional),
    responses((status = 200, description = "The picture.", body = String, content_type = "image/svg+xml", example = json!(example().diagram())), (status = 304, description = "Nothing has changed."), Reading))]
pub async fn diagram(State(app): State<Arc<App>>, In(actor): In, Path(path): Path<EnvironmentPath>) -> Answer {
    Ok(reply::svg(architecture::show(&app, &actor, &path.app, &path.env).await?.diagram()))
}
