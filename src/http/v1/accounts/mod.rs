//! AWS accounts of an organization.

pub mod create;
pub mod delete;
pub mod list;
pub mod show;
pub mod update;

use crate::app::accounts::Account;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// An account of an organization.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
#[allow(dead_code)]
pub struct AccountPath {
    /// Id or slug of the organization.
    #[param(max_length = 40, example = "default")]
    org: String,
    /// Name of the account.
    #[param(max_length = 40, example = "production")]
    account: String,
}

/// An AWS account in which the organization's apps can run.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({
    "id": "01a21715-4680-7cc1-8d5e-3f1f6f0f8f1e", "name": "production", "region": "eu-central-1", "stack": "slipform", "domain": "apps.example.com",
    "roleArn": "arn:aws:iam::111122223333:role/slipform", "externalId": "slipform-6f0c9a3b6f0c9a3b6f0c9a3b6f0c9a3b", "default": true,
    "createdBy": "01a21715-4680-7cc1-8d5e-3f1f6f0f8f1a", "createdAt": "2026-11-02T08:50:00Z"
}))]
pub struct AccountBody {
    /// Id.
    id: Uuid,
    /// Short name.
    #[schema(example = "production")]
    name: String,
    /// Where everything is made.
    #[schema(example = "eu-central-1")]
    region: String,
    /// The name of the foundation's stack there.
    #[schema(example = "slipform")]
    stack: String,
    /// Apps answer at `<app>.<domain>`.
    #[schema(example = "apps.example.com")]
    domain: String,
    /// The role that Slipform assumes.
    #[schema(example = "arn:aws:iam::111122223333:role/slipform")]
    role_arn: String,
    /// What the role's trust policy has to demand (`sts:ExternalId`).
    #[schema(example = "slipform-6f0c9a3b6f0c9a3b6f0c9a3b6f0c9a3b")]
    external_id: String,
    /// Whether new apps run there.
    default: bool,
    /// Who added it; null: they are gone.
    created_by: Option<Uuid>,
    /// When it was added.
    created_at: DateTime<Utc>,
}

impl AccountBody {
    fn new(account: &Account) -> Self {
        let account = account.clone();
        Self {
            id: account.id.0,
            name: account.name,
            region: account.region,
            stack: account.stack,
            domain: account.domain,
            role_arn: account.role_arn,
            external_id: account.external_id,
            default: account.is_default,
            created_by: account.created_by.map(|u| u.0),
            created_at: account.created_at,
        }
    }
}
