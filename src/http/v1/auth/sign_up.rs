use super::SessionBody;
use crate::app::App;
use crate::app::invitations::{self, Means};
use crate::http::documented::SigningUp;
use crate::http::extract::{ClientAddress, Json, Whence};
use crate::http::problem::Problem;
use crate::http::reply::{self, Answer};
use crate::http::typed::{Text, given};
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// Somebody new: an invitation, a name, and one of `password` and `idToken`.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(min_properties = 3, max_properties = 3, example = json!({ "invitation": "slipi_3q2-7wAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "name": "Ada", "password": "correct horse battery staple" }))]
pub struct NewPerson {
    /// The secret of an invitation; the account is for the e-mail address that was invited.
    #[schema(format = Password, max_length = 100)]
    invitation: String,
    /// Name: 1 to 100 characters on one line, without spaces at its ends.
    #[schema(min_length = 1, max_length = 100, pattern = r"^[^\s\u0000-\u001f\u007f-\u009f]([^\u0000-\u001f\u007f-\u009f]*[^\s\u0000-\u001f\u007f-\u009f])?$")]
    name: String,
    /// Password: 10 to 200 characters. Either this or `idToken`.
    #[schema(format = Password, min_length = 10, max_length = 200, nullable = false)]
    #[serde(default, deserialize_with = "given")]
    password: Option<String>,
    /// An ID token of an OpenID Connect issuer that the operator trusts, to sign in with such from now on instead of with a password.
    #[schema(format = Password, max_length = 16384, nullable = false, value_type = Option<String>)]
    #[serde(default, deserialize_with = "given")]
    id_token: Option<Text<16384>>,
}

impl NewPerson {
    fn means(&mut self) -> Result<Means, Problem> {
        match (self.password.take(), self.id_token.take()) {
            (Some(password), None) => Ok(Means::Password(password)),
            (None, Some(token)) => Ok(Means::IdToken(token.0)),
            _ => Err(Problem::invalid("", "Send either `password` or `idToken`.")),
        }
    }
}

/// Sign up by an invitation
///
/// Makes an account with a password or with an identity of an external issuer, enters the organization, and signs in. Who has an account
/// already signs in and accepts the invitation. Failed attempts become slower. It takes no `Idempotency-Key`: who gets no answer signs in, which succeeds
/// if the account was made, and otherwise signs up again.
#[utoipa::path(post, path = "/v1/auth/sign-up", operation_id = "signUp", tag = "Identity", security(), request_body = NewPerson,
    responses((status = 201, description = "Signed up, and in.", body = SessionBody), SigningUp))]
pub async fn sign_up(State(app): State<Arc<App>>, ClientAddress(address): ClientAddress, Whence(origin): Whence, Json(mut body): Json<NewPerson>) -> Answer {
    let means = body.means()?;
    let session = invitations::sign_up(&app, &body.invitation, &body.name, means, (address, &origin)).await?;
    reply::untagged(StatusCode::CREATED, &SessionBody::new(session))
}
