use super::organizations::OrganizationBody;
use crate::app::App;
use crate::app::identity::{self, Me, User};
use crate::http::documented::{Conditional, Personal};
use crate::http::extract::Signed;
use crate::http::reply::{self, Answer};
use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;
use uuid::Uuid;

/// A person.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({ "id": "01a21715-4680-7cc1-8d5e-3f1f6f0f8f1a", "email": "owner@example.com", "name": "Ada", "createdAt": "2026-11-02T08:30:00Z" }))]
pub struct UserBody {
    /// Id.
    id: Uuid,
    /// E-mail address.
    email: String,
    /// Name.
    name: String,
    /// When the account was made.
    created_at: DateTime<Utc>,
}

impl UserBody {
    pub(super) fn new(user: User) -> Self {
        Self { id: user.id.0, email: user.email, name: user.name, created_at: user.created_at }
    }
}

/// The API token of a program.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({ "id": "01a21715-4680-7cc1-8d5e-3f1f6f0f8f1d", "name": "CI", "prefix": "slip_1f0c9a3b" }))]
pub struct TokenIdentityBody {
    /// Id.
    id: Uuid,
    /// Name.
    name: String,
    /// Its first characters.
    prefix: String,
}

/// Who is calling.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({
    "user": { "id": "01a21715-4680-7cc1-8d5e-3f1f6f0f8f1a", "email": "owner@example.com", "name": "Ada", "createdAt": "2026-11-02T08:30:00Z" },
    "organizations": [{ "id": "01a21715-4680-7cc1-8d5e-3f1f6f0f8f19", "slug": "default", "name": "My organization", "role": "owner",
        "createdAt": "2026-11-02T08:30:00Z", "updatedAt": "2026-11-02T08:30:00Z" }]
}))]
pub struct MeBody {
    /// The person; absent for an API token.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    user: Option<UserBody>,
    /// The API token; absent for a person.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    token: Option<TokenIdentityBody>,
    /// Where they belong.
    organizations: Vec<OrganizationBody>,
}

/// Who is calling
///
/// The person or the API token behind the credentials, and the organizations they belong to.
#[utoipa::path(get, path = "/v1/me", operation_id = "showMe", tag = "Identity", params(Conditional),
    responses((status = 200, description = "The caller.", body = MeBody), (status = 304, description = "Nothing has changed."), Personal))]
pub async fn me(State(app): State<Arc<App>>, Signed(caller, _): Signed) -> Answer {
    let body = match identity::me(&app, &caller).await? {
        Me::User { user, organizations } => MeBody {
            user: Some(UserBody::new(user)),
            token: None,
            organizations: organizations.into_iter().map(|(o, role)| OrganizationBody::new(o, role)).collect(),
        },
        Me::Token { id, name, prefix, organization, role } => {
            MeBody { user: None, token: Some(TokenIdentityBody { id: id.0, name, prefix }), organizations: vec![OrganizationBody::new(organization, role)] }
        }
    };
    reply::ok(&body)
}
