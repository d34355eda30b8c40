//! Invitations.

pub mod accept;
pub mod create;
pub mod list;
pub mod revoke;

use crate::app::invitations::Invitation;
use crate::domain::MemberRole;
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// An invitation without its secret.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({ "id": "01a21715-4680-7cc1-8d5e-3f1f6f0f8f1c", "email": "grace@example.com", "role": "editor",
    "createdBy": "01a21715-4680-7cc1-8d5e-3f1f6f0f8f1a", "createdAt": "2026-11-26T09:00:00Z", "expiresAt": "2026-12-03T09:00:00Z" }))]
pub struct InvitationBody {
    /// Id.
    id: Uuid,
    /// Who is invited.
    email: String,
    /// What they will be.
    role: MemberRole,
    /// Who invites; null: they are gone, or a program.
    created_by: Option<Uuid>,
    /// When it was made.
    created_at: DateTime<Utc>,
    /// When it is over.
    expires_at: DateTime<Utc>,
}

impl InvitationBody {
    fn new(invitation: Invitation) -> Self {
        let Invitation { id, email, role, created_by, created_at, expires_at } = invitation;
        Self { id: id.0, email, role, created_by: created_by.map(|user| user.0), created_at, expires_at }
    }
}
