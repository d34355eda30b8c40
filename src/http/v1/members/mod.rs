//! Members.

pub mod list;
pub mod remove;
pub mod show;
pub mod update;

use crate::app::members::Member;
use crate::domain::MemberRole;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// A member of an organization.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
#[allow(dead_code)]
pub struct MemberPath {
    /// Id or slug of the organization.
    #[param(max_length = 40, example = "default")]
    org: String,
    /// Id of the person.
    user: Uuid,
}

/// A person in an organization.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({ "id": "01a21715-4680-7cc1-8d5e-3f1f6f0f8f1b", "email": "grace@example.com", "name": "Grace", "role": "editor",
    "createdAt": "2026-11-26T09:00:00Z", "updatedAt": "2026-11-26T09:00:00Z" }))]
pub struct MemberBody {
    /// Id of the person.
    id: Uuid,
    /// E-mail address.
    email: String,
    /// Name.
    name: String,
    /// What they may do.
    role: MemberRole,
    /// When they came.
    created_at: DateTime<Utc>,
    /// When their role was changed last.
    updated_at: DateTime<Utc>,
}

impl MemberBody {
    fn new(member: Member) -> Self {
        let Member { user, email, name, role, created_at, updated_at } = member;
        Self { id: user.0, email, name, role, created_at, updated_at }
    }
}
