//! Organizations.

pub mod create;
pub mod leave;
pub mod list;
pub mod show;
pub mod usage;

use crate::app::organizations::Organization;
use crate::domain::MemberRole;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// The organization of an address.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
#[allow(dead_code)]
pub struct OrganizationPath {
    /// Id or slug of the organization.
    #[param(max_length = 40, example = "default")]
    pub org: String,
}

/// An organization.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({ "id": "01a21715-4680-7cc1-8d5e-3f1f6f0f8f19", "slug": "default", "name": "My organization", "role": "owner",
    "createdAt": "2026-11-02T08:30:00Z", "updatedAt": "2026-11-02T08:30:00Z" }))]
pub struct OrganizationBody {
    /// Id.
    id: Uuid,
    /// Short name in addresses.
    slug: String,
    /// Name.
    name: String,
    /// What the caller is there.
    role: MemberRole,
    /// When it was made.
    created_at: DateTime<Utc>,
    /// When it was changed last.
    updated_at: DateTime<Utc>,
}

impl OrganizationBody {
    pub(super) fn new(organization: Organization, role: MemberRole) -> Self {
        let Organization { id, slug, name, created_at, updated_at } = organization;
        Self { id: id.0, slug, name, role, created_at, updated_at }
    }
}
