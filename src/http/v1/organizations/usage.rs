use super::OrganizationPath;
use crate::app::App;
use crate::app::quotas::{self, Day, Used};
use crate::domain::Quota;
use crate::http::documented::Reading;
use crate::http::extract::{In, Query};
use crate::http::reply::{self, Answer};
use crate::http::typed;
use axum::extract::State;
use axum::http::StatusCode;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};

/// Which days are wanted.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Which {
    /// The first day, in UTC; 30 days before the last one without it. At most 366 days are told at once.
    #[param(nullable = false, example = "2026-10-27", value_type = Option<NaiveDate>)]
    since: Option<typed::Day>,
    /// The last day; today without it.
    #[param(nullable = false, example = "2026-11-26", value_type = Option<NaiveDate>)]
    until: Option<typed::Day>,
}

/// What an organization uses.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({
    "quotas": [
        { "name": "apps", "used": 3, "limit": 100 }, { "name": "previews", "used": 5, "limit": 200 },
        { "name": "running-builds", "used": 1, "limit": 2 }, { "name": "waiting-builds", "used": 0, "limit": 100 },
        { "name": "storage", "used": 48_211_004_i64, "limit": 53_687_091_200_i64 }, { "name": "requests", "used": 14, "limit": 1200 },
    ],
    "days": [{ "day": "2026-11-25", "requests": 18_204 }, { "day": "2026-11-26", "requests": 2_311 }]
}))]
pub struct UsageBody {
    /// Each quota.
    quotas: Vec<QuotaBody>,
    /// Requests that were answered, the oldest day first.
    days: Vec<DayBody>,
}

/// A quota.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({ "name": "apps", "used": 3, "limit": 100 }))]
pub struct QuotaBody {
    /// Of what.
    name: Quota,
    /// How much the organization has; of `storage`, bytes; of `requests`, those of the last minute as the answering `serve` counts them.
    used: i64,
    /// How much it may have.
    limit: i64,
}

/// A day.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({ "day": "2026-11-26", "requests": 2_311 }))]
pub struct DayBody {
    /// In UTC.
    day: NaiveDate,
    /// How many requests were answered. Those of the last ten seconds may be missing.
    requests: i64,
}

/// Show what an organization uses
///
/// Of what it may have, and how many requests were answered day by day. The operator of the installation sets what an organization may have.
#[utoipa::path(get, path = "/v1/organizations/{org}/usage", operation_id = "showUsage", tag = "Organizations", params(OrganizationPath, Which),
    responses((status = 200, description = "The usage.", body = UsageBody), Reading))]
pub async fn usage(State(app): State<Arc<App>>, In(actor): In, Query(which): Query<Which>) -> Answer {
    let usage = quotas::usage(&app, &actor, which.since.map(|day| day.0), which.until.map(|day| day.0)).await?;
    let quota = |Used { quota, used, limit }: Used| QuotaBody { name: quota, used, limit };
    let day = |Day { day, requests }: Day| DayBody { day, requests };
    reply::untagged(StatusCode::OK, &UsageBody { quotas: usage.quotas.into_iter().map(quota).collect(), days: usage.days.into_iter().map(day).collect() })
}
