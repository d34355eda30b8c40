use super::{BuildBody, BuildPath};
use crate::app::{App, builds};
use crate::http::documented::{Conditional, Reading};
use crate::http::extract::{In, Path};
use crate::http::frame;
use crate::http::reply::{self, Answer};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName};
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
pub async fn show(State(app): State<Arc<App>>, In(actor): In, Path(path): Path<BuildPath>, headers: HeaderMap) -> Answer {
    let wait = frame::wait(&headers);
    let build = builds::show(&app, &actor, &path.app, path.build, wait).await?;
    let answer = reply::ok(&BuildBody::new(&build));
    match wait {
        Some(wait) => reply::with(answer, HeaderName::from_static("preference-applied"), &format!("wait={}", wait.as_secs())),
        None => answer,
    }
}
