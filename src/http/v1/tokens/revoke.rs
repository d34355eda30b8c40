use crate::app::{App, tokens};
use crate::domain::TokenId;
use crate::http::documented::Doing;
use crate::http::extract::{In, Path};
use crate::http::reply::Answer;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use serde::Deserialize;
use std::sync::Arc;
use utoipa::IntoParams;
use uuid::Uuid;

/// A token of an organization.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
#[allow(dead_code)]
pub struct TokenPath {
    /// Id or slug of the organization.
    #[param(max_length = 40, example = "default")]
    org: String,
    /// Id of the token.
    token: Uuid,
}

/// Revoke an API token
///
/// It is refused from now on.
#[utoipa::path(delete, path = "/v1/organizations/{org}/tokens/{token}", operation_id = "revokeToken", tag = "API tokens", params(TokenPath),
    responses((status = 204, description = "Revoked."), Doing))]
pub async fn revoke(State(app): State<Arc<App>>, In(actor): In, Path(path): Path<TokenPath>) -> Answer {
    tokens::revoke(&app, &actor, TokenId(path.token)).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
