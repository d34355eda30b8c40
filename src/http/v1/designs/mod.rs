//! Designs.

pub mod diff;
pub mod document;
pub mod list;
pub mod push;
pub mod show;
pub mod validate;

use crate::app::designs::DesignVersion;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// A design document; `openapi/design.schema.json` describes it.
#[derive(ToSchema)]
#[schema(value_type = std::collections::HashMap<String, serde_json::Value>, example = json!({
    "formatVersion": 1, "app": { "name": "Notes", "home": "p-list" }, "roles": [{ "id": "r-admin", "name": "admin", "admin": true }],
    "entities": [{ "id": "e-note", "name": "Note", "fields": [{ "id": "f-title", "name": "title", "type": "string", "required": true }],
        "permissions": { "read": [{ "role": "everyone" }], "create": [], "update": [], "delete": [] } }],
    "pages": [{ "id": "p-list", "name": "Notes", "kind": "list", "entity": "e-note", "path": "/notes", "fields": ["f-title"] }],
    "navigation": [{ "id": "n-notes", "page": "p-list" }]
}))]
#[allow(dead_code)]
pub struct Design(serde_json::Value);

/// A design version of an app.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
#[allow(dead_code)]
pub struct DesignPath {
    /// Id or slug of the organization.
    #[param(max_length = 40, example = "default")]
    pub org: String,
    /// Id or slug of the app.
    #[param(max_length = 40, example = "car-rental")]
    pub app: String,
    /// Number of the version.
    #[param(minimum = 1, example = 1)]
    pub number: i32,
}

/// A design version without its document.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({
    "id": "01a21715-4680-7cc1-8d5e-3f1f6f0f8f21", "number": 12, "hash": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", "message": "Prices",
    "size": 11_874, "createdBy": "01a21715-4680-7cc1-8d5e-3f1f6f0f8f1a", "createdAt": "2026-11-26T08:58:10Z"
}))]
pub struct DesignVersionBody {
    /// Id.
    id: Uuid,
    /// Counts per app, from 1.
    #[schema(example = 1)]
    number: i32,
    /// SHA-256 of the canonical document, hexadecimal.
    #[schema(example = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    hash: String,
    /// What changed, as whoever pushed it said.
    message: Option<String>,
    /// Size of the canonical document, in bytes.
    size: i32,
    /// Who pushed it; null: they are gone.
    created_by: Option<Uuid>,
    /// When it was pushed.
    created_at: DateTime<Utc>,
}

impl DesignVersionBody {
    fn new(version: DesignVersion) -> Self {
        Self {
            id: version.id.0,
            number: version.number,
            hash: version.hash,
            message: version.message,
            size: version.size,
            created_by: version.created_by.map(|u| u.0),
            created_at: version.created_at,
        }
    }
}
