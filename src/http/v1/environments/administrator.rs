use super::EnvironmentPath;
use crate::app::{App, environments};
use crate::http::documented::Reading;
use crate::http::extract::{In, Path};
use crate::http::reply::{self, Answer};
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// The first administrator of a live app.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({ "email": "owner@example.com", "password": "Zk3vN9pXw2TqLr8sYd4c" }))]
pub struct AdministratorBody {
    /// E-mail address, to sign in to the live app with.
    email: String,
    /// The password that the account was made with; it may have been changed since.
    password: String,
}

/// Show the first administrator of a live app
///
/// With the password that the account was made with. The answer is 404 before the environment's first build.
#[utoipa::path(get, path = "/v1/organizations/{org}/apps/{app}/environments/{env}/administrator", operation_id = "showAdministrator", tag = "Environments", params(EnvironmentPath),
    responses((status = 200, description = "The administrator.", body = AdministratorBody), Reading))]
pub async fn administrator(State(app): State<Arc<App>>, In(actor): In, Path(path): Path<EnvironmentPath>) -> Answer {
    let found = environments::administrator(&app, &actor, &path.app, &path.env).await?;
    reply::untagged(StatusCode::OK, &AdministratorBody { email: found.email, password: found.password })
}
