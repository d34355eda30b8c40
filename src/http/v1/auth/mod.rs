//! Sign-in and sessions of people.

pub mod exchange;
pub mod refresh;
pub mod sign_in;
pub mod sign_out;
pub mod sign_up;

use super::me::UserBody;
use super::organizations::OrganizationBody;
use crate::app::identity::SignedIn;
use crate::http::typed::Text;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A session.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SessionBody {
    /// Good for `expiresIn` seconds: `Authorization: Bearer <accessToken>`.
    #[schema(
        example = "eyJhbGciOiJFZERTQSIsInR5cCI6ImF0K2p3dCIsImtpZCI6IjNmMWY2ZjBmOGYxMWQ3YTIifQ.eyJpc3MiOiJ1cm46c2xpcGZvcm0iLCJzdWIiOiIwMWEyMTcxNS00NjgwLTdjYzEtOGQ1ZS0zZjFmNmYwZjhmMWEiLCJhdWQiOiJ1cm46c2xpcGZvcm06YXBpIiwiZXhwIjoxNzk1Njg0MjAwfQ.c2lnbmF0dXJl"
    )]
    access_token: String,
    /// Gives the next session; good once.
    #[schema(example = "slipr_3q2-7wAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    refresh_token: String,
    /// Of the access token, in seconds.
    #[schema(example = 600)]
    expires_in: u64,
    /// Who signed in.
    user: UserBody,
    /// Where they belong.
    organizations: Vec<OrganizationBody>,
}

impl SessionBody {
    fn new(session: SignedIn) -> Self {
        Self {
            access_token: session.access_token,
            refresh_token: session.refresh_token,
            expires_in: session.expires_in,
            user: UserBody::new(session.user),
            organizations: session.organizations.into_iter().map(|(o, role)| OrganizationBody::new(o, role)).collect(),
        }
    }
}

/// A refresh token.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RefreshTokenBody {
    /// As the last sign-in or refresh gave it.
    #[schema(max_length = 100, value_type = String, example = "slipr_3q2-7wAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    refresh_token: Text<100>,
}

/// An ID token.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(example = json!({ "idToken": "eyJhbGciOiJFUzI1NiIsImtpZCI6IjEifQ.eyJpc3MiOiJodHRwczovL2xvZ2luLmV4YW1wbGUuY29tIn0.c2lnbmF0dXJl" }))]
pub struct IdTokenBody {
    /// As an OpenID Connect issuer gave it, for the audience that the operator has set.
    #[schema(format = Password, max_length = 16384, value_type = String)]
    pub id_token: Text<16384>,
}
