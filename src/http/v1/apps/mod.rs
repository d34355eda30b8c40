//! Apps.

pub mod create;
pub mod delete;
pub mod list;
pub mod show;
pub mod update;

use super::environments::EnvironmentSummaryBody;
use crate::app::apps::{Detail, Listed, Record};
use crate::domain::{Lifecycle, TargetKind};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// An app of an organization.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
#[allow(dead_code)]
pub struct AppPath {
    /// Id or slug of the organization.
    #[param(max_length = 40, example = "default")]
    pub org: String,
    /// Id or slug of the app.
    #[param(max_length = 40, example = "car-rental")]
    pub app: String,
}

/// An app, as lists show it.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({
    "id": "01a21715-4680-7cc1-8d5e-3f1f6f0f8f13", "slug": "car-rental", "name": "Car rental", "state": "active", "target": "local", "account": null,
    "url": "http://car-rental.localhost:8480", "liveRelease": 7, "createdBy": "01a21715-4680-7cc1-8d5e-3f1f6f0f8f1a",
    "createdAt": "2026-11-02T08:40:00Z", "updatedAt": "2026-11-12T15:20:00Z"
}))]
pub struct AppSummaryBody {
    /// Id.
    id: Uuid,
    /// Short name in addresses.
    #[schema(example = "car-rental")]
    slug: String,
    /// Name.
    #[schema(example = "Car rental")]
    name: String,
    /// Whether it is being deleted.
    state: Lifecycle,
    /// Where it runs.
    target: TargetKind,
    /// The organization's AWS account that it runs in; null: the installation's own, or its machine.
    account: Option<String>,
    /// Address of its production. Something answers there once a release is live.
    #[schema(example = "http://car-rental.localhost:8480")]
    url: String,
    /// Number of the release that is live in production; null: none yet.
    live_release: Option<i32>,
    /// Who made it; null: they are gone.
    created_by: Option<Uuid>,
    /// When it was made.
    created_at: DateTime<Utc>,
    /// When it was changed last.
    updated_at: DateTime<Utc>,
}

impl AppSummaryBody {
    fn new(app: &Record, url: &str) -> Self {
        Self {
            id: app.id.0,
            slug: app.slug.clone(),
            name: app.name.clone(),
            state: app.state,
            target: app.target,
            account: app.account.clone(),
            url: url.to_owned(),
            live_release: app.live_release,
            created_by: app.created_by.map(|u| u.0),
            created_at: app.created_at,
            updated_at: app.updated_at,
        }
    }

    fn listed(listed: &Listed) -> Self {
        Self::new(&listed.app, &listed.url)
    }
}

/// An app.
#[derive(Serialize, ToSchema)]
pub struct AppBody {
    /// As lists show it.
    #[serde(flatten)]
    summary: AppSummaryBody,
    /// Its environments, production first.
    environments: Vec<EnvironmentSummaryBody>,
}

impl AppBody {
    fn new(detail: &Detail) -> Self {
        Self { summary: AppSummaryBody::new(&detail.app, &detail.url), environments: detail.environments.iter().map(EnvironmentSummaryBody::new).collect() }
    }
}
