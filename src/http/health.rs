use super::reply::{self, Answer};
use crate::app::App;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// That it is well.
#[derive(Serialize, ToSchema)]
pub struct Health {
    /// Always `ok`; anything else is an error.
    #[schema(example = "ok")]
    status: &'static str,
}

/// Whether the process runs
///
/// Answers without looking at anything else.
#[utoipa::path(get, path = "/health/live", operation_id = "showLiveness", tag = "Health", security(),
    responses((status = 200, description = "It runs.", body = Health), super::documented::Watching))]
pub async fn live() -> Answer {
    reply::untagged(StatusCode::OK, &Health { status: "ok" })
}

/// Whether requests can be answered
///
/// Asks the database.
#[utoipa::path(get, path = "/health/ready", operation_id = "showReadiness", tag = "Health", security(),
    responses((status = 200, description = "The database answers.", body = Health), super::documented::Watching))]
pub async fn ready(State(app): State<Arc<App>>) -> Answer {
    app.ready().await?;
    reply::untagged(StatusCode::OK, &Health { status: "ok" })
}
