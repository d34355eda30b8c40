use super::{BuildBody, BuildPath};
use crate::app::{App, builds, polls};
use crate::http::documented::{Conditional, Reading};
use crate::http::extract::{Path, Polling};
use crate::http::frame;
use crate::http::reply::{self, Answer};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, StatusCode};
use std::sync::Arc;
use utoipa::IntoParams;

/// Whether to wait.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[allow(dead_code)]
pub struct Waiting {
    /// `wait=<seconds>`, at most 60: answers when the state of the build has changed, at the latest after this time (RFC 7240).
    #[param(rename = "Prefer", nullable = false, example = "wait=30")]
    prefer: Option<String>,
}

/// Show a build
///
/// With its steps. `Prefer: wait=30` answers when its state has changed, so that a program need not ask again and again.
#[utoipa::path(get, path = "/v1/organizations/{org}/apps/{app}/builds/{build}", operation_id = "showBuild", tag = "Builds", params(BuildPath, Waiting, Conditional),
    responses((status = 200, description = "The build.", body = BuildBody), (status = 304, description = "Nothing has changed."), Reading))]
pub async fn show(State(app): State<Arc<App>>, Polling(actor, seen): Polling, Path(path): Path<BuildPath>, headers: HeaderMap) -> Answer {
    let Some(wait) = frame::wait(&headers) else {
        let render = |build: &_| reply::body(&BuildBody::new(build));
        return Ok(reply::whole(StatusCode::OK, polls::show(&app, &actor, &path.app, path.build, seen, render).await?));
    };
    let build = builds::show(&app, &actor, &path.app, path.build, Some(wait)).await?;
    reply::with(reply::ok(&BuildBody::new(&build)), HeaderName::from_static("preference-applied"), &format!("wait={}", wait.as_secs()))
}
