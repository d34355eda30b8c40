use super::{EnvironmentBody, EnvironmentPath};
use crate::app::{App, environments};
use crate::http::documented::{Conditional, Reading};
use crate::http::extract::{In, Path};
use crate::http::reply::{self, Answer};
use axum::extract::State;
use std::sync::Arc;

/// Show an environment
///
/// With its address, what is live, and how it runs.
#[utoipa::path(get, path = "/v1/organizations/{org}/apps/{app}/environments/{env}", operation_id = "showEnvironment", tag = "Environments", params(EnvironmentPath, Conditional),
    responses((status = 200, description = "The environment.", body = EnvironmentBody), (status = 304, description = "Nothing has changed."), Reading))]
pub async fn show(State(app): State<Arc<App>>, In(actor): In, Path(path): Path<EnvironmentPath>) -> Answer {
    reply::ok(&EnvironmentBody::new(&environments::show(&app, &actor, &path.app, &path.env).await?))
}
