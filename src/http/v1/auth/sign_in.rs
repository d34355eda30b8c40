use super::SessionBody;
use crate::app::{App, identity};
use crate::http::documented::SigningIn;
use crate::http::extract::{ClientAddress, Json};
use crate::http::reply::{self, Answer};
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// Who signs in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "email": "owner@example.com", "password": "correct horse battery staple" }))]
pub struct Credentials {
    /// E-mail address; case does not matter.
    #[schema(max_length = 254)]
    email: String,
    /// Password.
    #[schema(format = Password, max_length = 1000)]
    password: String,
}

/// Sign in
///
/// With the password of a person. Programs use an API token instead. Failed attempts become slower.
#[utoipa::path(post, path = "/v1/auth/sign-in", operation_id = "signIn", tag = "Identity", security(), request_body = Credentials,
    responses((status = 200, description = "Signed in.", body = SessionBody), SigningIn))]
pub async fn sign_in(State(app): State<Arc<App>>, ClientAddress(address): ClientAddress, Json(body): Json<Credentials>) -> Answer {
    let session = identity::sign_in(&app, &body.email, body.password, address).await?;
    reply::untagged(StatusCode::OK, &SessionBody::new(session))
}
