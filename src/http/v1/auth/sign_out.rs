use super::RefreshTokenBody;
use crate::app::{App, identity};
use crate::http::documented::Open;
use crate::http::extract::{ClientAddress, Json};
use crate::http::reply::Answer;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use std::sync::Arc;

/// Sign out
///
/// Ends the session with all its tokens. That it had ended before is no error.
#[utoipa::path(post, path = "/v1/auth/sign-out", operation_id = "signOut", tag = "Identity", security(), request_body = RefreshTokenBody,
    responses((status = 204, description = "Signed out."), Open))]
pub async fn sign_out(State(app): State<Arc<App>>, _: ClientAddress, Json(body): Json<RefreshTokenBody>) -> Answer {
    identity::sign_out(&app, &body.refresh_token.0).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
