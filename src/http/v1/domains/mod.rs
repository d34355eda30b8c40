//! Custom domains of environments.

pub mod add;
pub mod list;
pub mod remove;
pub mod renew;
pub mod show;

use crate::app::domains::Record;
use crate::domain::domain_name::DnsRecord;
use crate::domain::{DomainState, RecordPurpose};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// A custom domain of an environment.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
#[allow(dead_code)]
pub struct DomainPath {
    /// Id or slug of the organization.
    #[param(max_length = 40, example = "default")]
    pub org: String,
    /// Id or slug of the app.
    #[param(max_length = 40, example = "car-rental")]
    pub app: String,
    /// Slug of the environment.
    #[param(max_length = 40, example = "production")]
    pub env: String,
    /// Name of the domain.
    #[param(max_length = 253, example = "www.example.com")]
    pub domain: String,
}

/// A record that the owner of the domain has to set where its zone is kept.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({ "name": "www.example.com", "type": "CNAME", "value": "d111111abcdef8.cloudfront.net", "purpose": "address" }))]
pub struct DnsRecordBody {
    /// Full name.
    name: String,
    /// Type.
    #[serde(rename = "type")]
    kind: String,
    /// Value.
    value: String,
    /// What it is for.
    purpose: RecordPurpose,
}

impl DnsRecordBody {
    fn new(record: &DnsRecord) -> Self {
        Self { name: record.name.clone(), kind: record.kind.clone(), value: record.value.clone(), purpose: record.purpose }
    }
}

/// A custom domain.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({
    "id": "01a21715-4680-7cc1-8d5e-3f1f6f0f8f17", "name": "www.example.com", "state": "active",
    "records": [{ "name": "www.example.com", "type": "CNAME", "value": "d111111abcdef8.cloudfront.net", "purpose": "address" }],
    "message": null, "expiresAt": "2027-12-25T23:59:59Z", "createdAt": "2026-11-26T09:20:00Z", "updatedAt": "2026-11-26T09:31:00Z"
}))]
pub struct DomainBody {
    /// Id.
    id: Uuid,
    /// Name.
    #[schema(example = "www.example.com")]
    name: String,
    /// Whether it leads to the environment.
    state: DomainState,
    /// What its owner has to set; it grows while a certificate is being requested.
    records: Vec<DnsRecordBody>,
    /// What it waits for, or why it failed; null: nothing.
    message: Option<String>,
    /// When its certificate ends; null: it has none, or none yet.
    expires_at: Option<DateTime<Utc>>,
    /// When it was added.
    created_at: DateTime<Utc>,
    /// When it was changed last.
    updated_at: DateTime<Utc>,
}

impl DomainBody {
    fn new(domain: &Record) -> Self {
        Self {
            id: domain.id.0,
            name: domain.name.to_string(),
            state: domain.state,
            records: domain.records.iter().map(DnsRecordBody::new).collect(),
            message: domain.message.clone(),
            expires_at: domain.expires_at,
            created_at: domain.created_at,
            updated_at: domain.updated_at,
        }
    }
}
