//! API tokens.

pub mod create;
pub mod list;
pub mod revoke;

use crate::app::tokens::Token;
use crate::domain::{MemberRole, Scope};
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// An API token without its secret.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({
    "id": "01a21715-4680-7cc1-8d5e-3f1f6f0f8f1d", "name": "CI", "prefix": "slip_1f0c9a3b", "role": "editor", "scopes": ["designs:write", "builds:write", "builds:read"],
    "createdBy": "01a21715-4680-7cc1-8d5e-3f1f6f0f8f1a", "createdAt": "2026-11-26T09:00:00Z", "expiresAt": null, "lastUsedAt": "2026-11-26T09:14:00Z"
}))]
pub struct TokenBody {
    /// Id.
    id: Uuid,
    /// What it is for.
    #[schema(example = "CI")]
    name: String,
    /// Its first characters, to recognize it by.
    #[schema(example = "slip_1f0c9a3b")]
    prefix: String,
    /// What it may do.
    role: MemberRole,
    /// What of it it was made for; null: everything. Other scopes than those of today may come.
    #[schema(value_type = Option<Vec<String>>)]
    scopes: Option<Vec<Scope>>,
    /// Who made it; null: they are gone.
    created_by: Option<Uuid>,
    /// When it was made.
    created_at: DateTime<Utc>,
    /// When it is over; null: never.
    expires_at: Option<DateTime<Utc>>,
    /// When it was used last, to the minute; null: never.
    last_used_at: Option<DateTime<Utc>>,
}

impl TokenBody {
    fn new(token: Token) -> Self {
        Self {
            id: token.id.0,
            name: token.name,
            prefix: token.prefix,
            role: token.role,
            scopes: token.scopes,
            created_by: token.created_by.map(|u| u.0),
            created_at: token.created_at,
            expires_at: token.expires_at,
            last_used_at: token.last_used_at,
        }
    }
}
