use super::{EnvironmentBody, EnvironmentPath};
use crate::app::{App, environments};
use crate::http::documented::Doing;
use crate::http::extract::{In, Path};
use crate::http::reply::{self, Answer};
use axum::extract::State;
use axum::http::StatusCode;
use std::sync::Arc;

/// Delete a preview
///
/// With its data. Its builds are cancelled. The answer comes at once; it is gone when showing it answers 404. Production ends
/// with its app.
#[utoipa::path(delete, path = "/v1/organizations/{org}/apps/{app}/environments/{env}", operation_id = "deleteEnvironment", tag = "Environments", params(EnvironmentPath),
    responses((status = 202, description = "Its deletion has begun.", body = EnvironmentBody), Doing))]
pub async fn delete(State(app): State<Arc<App>>, In(actor): In, Path(path): Path<EnvironmentPath>) -> Answer {
    let left = environments::delete(&app, &actor, &path.app, &path.env).await?;
    reply::json(StatusCode::ACCEPTED, &EnvironmentBody::new(&left))
}
