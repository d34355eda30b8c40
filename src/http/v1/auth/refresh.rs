use super::{RefreshTokenBody, SessionBody};
use crate::app::{App, identity};
use crate::http::documented::SigningIn;
use crate::http::extract::{ClientAddress, Json};
use crate::http::reply::{self, Answer};
use axum::extract::State;
use axum::http::StatusCode;
use std::sync::Arc;

/// Renew a session
///
/// Gives a new access token and a new refresh token; the old refresh token is over. One that is used a second time was
/// copied by somebody, so that ends the session. Failed attempts become slower.
#[utoipa::path(post, path = "/v1/auth/refresh", operation_id = "refreshSession", tag = "Identity", security(), request_body = RefreshTokenBody,
    responses((status = 200, description = "Renewed.", body = SessionBody), SigningIn))]
pub async fn refresh(State(app): State<Arc<App>>, ClientAddress(address): ClientAddress, Json(body): Json<RefreshTokenBody>) -> Answer {
    let session = identity::refresh(&app, &body.refresh_token.0, address).await?;
    reply::untagged(StatusCode::OK, &SessionBody::new(session))
}
