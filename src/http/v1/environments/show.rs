use super::{EnvironmentDetailBody, EnvironmentPath};
use crate::app::{App, environments};
use crate::http::documented::Reading;
use crate::http::extract::{In, Path};
use crate::http::reply::{self, Answer};
use axum::extract::State;
use axum::http::StatusCode;
use std::sync::Arc;

/// Show an environment
///
/// With its address, what is live and, for editors and above, the first administrator of the live app.
#[utoipa::path(get, path = "/v1/organizations/{org}/apps/{app}/environments/{env}", operation_id = "showEnvironment", tag = "Environments", params(EnvironmentPath),
    responses((status = 200, description = "The environment.", body = EnvironmentDetailBody), Reading))]
pub async fn show(State(app): State<Arc<App>>, In(actor): In, Path(path): Path<EnvironmentPath>) -> Answer {
    let (found, administrator) = environments::show(&app, &actor, &path.app, &path.env).await?;
    reply::secret(StatusCode::OK, &EnvironmentDetailBody::new(&found, administrator))
}
