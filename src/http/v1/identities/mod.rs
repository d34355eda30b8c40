//! What external issuers call the caller.

pub mod add;
pub mod list;
pub mod remove;

use crate::app::identities::Identity;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// An identity of the caller.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
#[allow(dead_code)]
pub struct IdentityPath {
    /// Id of the identity.
    identity: Uuid,
}

/// What an external issuer calls a person.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({ "id": "01a21715-4680-7cc1-8d5e-3f1f6f0f8f20", "issuer": "https://login.example.com", "subject": "248289761001",
    "createdAt": "2026-11-26T09:00:00Z" }))]
pub struct IdentityBody {
    /// Id.
    id: Uuid,
    /// Who says so.
    issuer: String,
    /// Whom the issuer means.
    subject: String,
    /// When it was added.
    created_at: DateTime<Utc>,
}

impl IdentityBody {
    fn new(identity: Identity) -> Self {
        let Identity { id, issuer, subject, created_at } = identity;
        Self { id: id.0, issuer, subject, created_at }
    }
}
