use super::TokenBody;
use crate::app::App;
use crate::app::change::Answered;
use crate::app::tokens::{self, Wish};
use crate::domain::{MemberRole, Scope};
use crate::http::documented::{Making, Repeatable};
use crate::http::extract::{In, Json, Keyed};
use crate::http::reply::{self, Answer};
use crate::http::typed::{Instant, given};
use crate::http::v1::organizations::OrganizationPath;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// An API token that is wanted.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(example = json!({ "name": "CI", "role": "editor", "scopes": ["designs:write", "builds:write", "builds:read"] }))]
pub struct NewToken {
    /// What it is for: 1 to 100 characters on one line, without spaces at its ends.
    #[schema(min_length = 1, max_length = 100, pattern = r"^[^\s\u0000-\u001f\u007f-\u009f]([^\u0000-\u001f\u007f-\u009f]*[^\s\u0000-\u001f\u007f-\u009f])?$")]
    name: String,
    /// What it may do: at most what you may.
    role: TokenRole,
    /// What of it the token is for; everything without it. Give a program what it needs and no more.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false, min_items = 1, max_items = 30)]
    scopes: Option<Vec<Scope>>,
    /// When it is over; never without it.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false, value_type = Option<DateTime<Utc>>)]
    expires_at: Option<Instant>,
}

/// What an API token may do. An organization is owned by people.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum TokenRole {
    /// Members, tokens and accounts, too.
    Admin,
    /// Apps, designs, builds and previews.
    Editor,
    /// Reading.
    Viewer,
}

impl From<TokenRole> for MemberRole {
    fn from(role: TokenRole) -> Self {
        match role {
            TokenRole::Admin => Self::Admin,
            TokenRole::Editor => Self::Editor,
            TokenRole::Viewer => Self::Viewer,
        }
    }
}

/// An API token with its secret.
#[derive(Serialize, ToSchema)]
pub struct CreatedTokenBody {
    /// The secret. It is shown here and never again.
    #[schema(example = "slip_1f0c9a3b_3q2-7wAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    secret: String,
    /// Everything else.
    #[serde(flatten)]
    token: TokenBody,
}

/// Create an API token
///
/// For a program that acts in this organization. The secret is in this answer and nowhere else.
#[utoipa::path(post, path = "/v1/organizations/{org}/tokens", operation_id = "createToken", tag = "API tokens", params(OrganizationPath, Repeatable), request_body = NewToken,
    responses((status = 201, description = "Created.", body = CreatedTokenBody, example = json!({ "lastUsedAt": null })), Making))]
pub async fn create(State(app): State<Arc<App>>, In(actor): In, Keyed(Json(body), once): Keyed<Json<NewToken>>) -> Answer {
    let wish = Wish { name: body.name, role: body.role.into(), scopes: body.scopes, expires_at: body.expires_at.map(|at| at.0) };
    let render = |token, secret| {
        let made = reply::made(StatusCode::CREATED, &CreatedTokenBody { secret, token: TokenBody::new(token) }, None)?;
        Ok(Answered { secret: true, ..made })
    };
    reply::answered(tokens::create(&app, &actor, &wish, once.as_ref(), render).await?)
}
