use super::{AccountBody, AccountPath};
use crate::app::{App, accounts};
use crate::http::documented::Making;
use crate::http::extract::{In, Json, Path};
use crate::http::reply::{self, Answer};
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// What shall change.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "default": true }))]
pub struct AccountChange {
    /// Whether new apps run there. Apps that exist stay where they are.
    default: bool,
}

/// Choose the AWS account of new apps
///
/// At most one is chosen. Apps that exist stay where they are.
#[utoipa::path(patch, path = "/v1/organizations/{org}/accounts/{account}", operation_id = "updateAccount", tag = "AWS accounts", params(AccountPath), request_body = AccountChange,
    responses((status = 200, description = "Changed.", body = AccountBody), Making))]
pub async fn update(State(app): State<Arc<App>>, In(actor): In, Path(path): Path<AccountPath>, Json(body): Json<AccountChange>) -> Answer {
    reply::json(StatusCode::OK, &AccountBody::new(accounts::update(&app, &actor, &path.account, body.default).await?))
}
