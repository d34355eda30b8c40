use super::SessionBody;
use crate::app::{App, invitations};
use crate::http::documented::SigningUp;
use crate::http::extract::{ClientAddress, Json, Whence};
use crate::http::reply::{self, Answer};
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// Somebody new.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "invitation": "slipi_3q2-7wAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "name": "Ada", "password": "correct horse battery staple" }))]
pub struct NewPerson {
    /// The secret of an invitation; the account is for the e-mail address that was invited.
    #[schema(format = Password, max_length = 100)]
    invitation: String,
    /// Name: 1 to 100 characters on one line, without spaces at its ends.
    #[schema(min_length = 1, max_length = 100, pattern = r"^[^\s\u0000-\u001f\u007f-\u009f]([^\u0000-\u001f\u007f-\u009f]*[^\s\u0000-\u001f\u007f-\u009f])?$")]
    name: String,
    /// Password: 10 to 200 characters.
    #[schema(format = Password, min_length = 10, max_length = 200)]
    password: String,
}

/// Sign up by an invitation
///
/// Makes an account, enters the organization, and signs in. Who has an account already signs in and accepts the invitation.
#[utoipa::path(post, path = "/v1/auth/sign-up", operation_id = "signUp", tag = "Identity", security(), request_body = NewPerson,
    responses((status = 201, description = "Signed up, and in.", body = SessionBody), SigningUp))]
pub async fn sign_up(State(app): State<Arc<App>>, ClientAddress(address): ClientAddress, Whence(origin): Whence, Json(body): Json<NewPerson>) -> Answer {
    let session = invitations::sign_up(&app, &body.invitation, &body.name, body.password, (address, &origin)).await?;
    reply::secret(StatusCode::CREATED, &SessionBody::new(session))
}
