use super::{IdTokenBody, SessionBody};
use crate::app::{App, identity};
use crate::http::documented::SigningIn;
use crate::http::extract::{ClientAddress, Json};
use crate::http::reply::{self, Answer};
use axum::extract::State;
use axum::http::StatusCode;
use std::sync::Arc;

/// Sign in with an ID token
///
/// Of an OpenID Connect issuer that the operator trusts, for somebody who has this identity. Such a session ends after twelve hours, however
/// often it is renewed, and with the identity. Failed attempts become slower.
#[utoipa::path(post, path = "/v1/auth/exchange", operation_id = "exchangeToken", tag = "Identity", security(), request_body = IdTokenBody,
    responses((status = 200, description = "Signed in.", body = SessionBody), SigningIn))]
pub async fn exchange(State(app): State<Arc<App>>, ClientAddress(address): ClientAddress, Json(body): Json<IdTokenBody>) -> Answer {
    let session = identity::exchange(&app, &body.id_token.0, address).await?;
    reply::untagged(StatusCode::OK, &SessionBody::new(session))
}
