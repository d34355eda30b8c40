//! The log of deliveries: which event went to which webhook, and what was answered.

use super::Slice;
use crate::domain::event::Event;
use crate::domain::{DeliveryId, DeliveryState, EventId, EventKind, OrganizationId, WebhookId};
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;
use sqlx::PgConnection;
use std::time::Duration;

/// A delivery.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct Delivery {
    pub id: DeliveryId,
    pub event: EventId,
    /// What the event is.
    pub kind: String,
    pub state: DeliveryState,
    /// How often it was tried since it was made, or sent again on request.
    pub attempt: i32,
    /// When it is tried, or was tried last.
    pub run_at: DateTime<Utc>,
    pub created_at: DateTime<Utc>,
    pub finished_at: Option<DateTime<Utc>>,
}

/// An attempt that was made.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct Attempt {
    pub at: DateTime<Utc>,
    /// Pairs of name and value.
    pub request_headers: Value,
    pub status: Option<i16>,
    pub response_headers: Value,
    pub response_body: String,
    pub error: Option<String>,
    pub duration_ms: i32,
}

/// Which deliveries are wanted.
#[derive(Debug, Clone, Default, Serialize)]
#[allow(missing_docs)]
pub struct Filter {
    pub state: Option<DeliveryState>,
    pub kind: Option<EventKind>,
}

/// Deliveries to a webhook, the newest first.
pub async fn list(conn: &mut PgConnection, organization: OrganizationId, webhook: WebhookId, filter: &Filter, slice: Slice) -> sqlx::Result<Vec<Delivery>> {
    sqlx::query_as!(
        Delivery,
        "select d.id as \"id: DeliveryId\", d.event_id as \"event: EventId\", v.type as kind, d.state as \"state: DeliveryState\", d.attempt, d.run_at,
             d.created_at, d.finished_at
         from webhook_deliveries d join webhook_events v on v.id = d.event_id
         where d.organization_id = $1 and d.endpoint_id = $2 and ($3::text is null or d.state = $3) and ($4::text is null or v.type = $4)
             and ($5::timestamptz is null or (d.created_at, d.id) < ($5, $6))
         order by d.created_at desc, d.id desc limit $7",
        organization.0,
        webhook.0,
        filter.state.map(DeliveryState::as_str),
        filter.kind.map(EventKind::as_str),
        slice.at(),
        slice.id(),
        slice.limit,
    )
    .fetch_all(conn)
    .await
}

/// The delivery.
pub async fn find(conn: &mut PgConnection, organization: OrganizationId, webhook: WebhookId, id: DeliveryId) -> sqlx::Result<Option<Delivery>> {
    sqlx::query_as!(
        Delivery,
        "select d.id as \"id: DeliveryId\", d.event_id as \"event: EventId\", v.type as kind, d.state as \"state: DeliveryState\", d.attempt, d.run_at,
             d.created_at, d.finished_at
         from webhook_deliveries d join webhook_events v on v.id = d.event_id
         where d.organization_id = $1 and d.endpoint_id = $2 and d.id = $3",
        organization.0,
        webhook.0,
        id.0,
    )
    .fetch_optional(conn)
    .await
}

/// What is delivered.
pub async fn event(conn: &mut PgConnection, organization: OrganizationId, id: EventId) -> sqlx::Result<Option<Event>> {
    sqlx::query_as!(
        Event,
        "select id as \"id: EventId\", type as kind, at, data from webhook_events where organization_id = $1 and id = $2",
        organization.0,
        id.0,
    )
    .fetch_optional(conn)
    .await
}

/// The newest attempts of a delivery, in order.
pub async fn attempts(conn: &mut PgConnection, organization: OrganizationId, id: DeliveryId, most: i64) -> sqlx::Result<Vec<Attempt>> {
    let mut newest = sqlx::query_as!(
        Attempt,
        "select at, request_headers, status, response_headers, response_body, error, duration_ms
         from webhook_attempts where organization_id = $1 and delivery_id = $2 order by id desc limit $3",
        organization.0,
        id.0,
        most,
    )
    .fetch_all(conn)
    .await?;
    newest.reverse();
    Ok(newest)
}

/// Makes an event for one webhook alone.
pub async fn insert(conn: &mut PgConnection, organization: OrganizationId, webhook: WebhookId, kind: EventKind, data: &Value) -> sqlx::Result<DeliveryId> {
    sqlx::query_scalar!(
        "with event as (insert into webhook_events (organization_id, type, data) values ($1, $3, $4) returning id)
         insert into webhook_deliveries (organization_id, endpoint_id, event_id) select $1, $2, id from event returning id as \"id: DeliveryId\"",
        organization.0,
        webhook.0,
        kind.as_str(),
        data,
    )
    .fetch_one(conn)
    .await
}

/// Sends a delivery once more, from its first attempt on; false: it is on its way just now.
pub async fn again(conn: &mut PgConnection, organization: OrganizationId, id: DeliveryId) -> sqlx::Result<bool> {
    let done = sqlx::query!(
        "update webhook_deliveries set state = 'queued', run_at = clock_timestamp(), attempt = 0, finished_at = null
         where organization_id = $1 and id = $2 and state <> 'running'",
        organization.0,
        id.0,
    );
    Ok(done.execute(conn).await?.rows_affected() == 1)
}

/// What waits for a webhook goes out now.
pub async fn hurry(conn: &mut PgConnection, organization: OrganizationId, webhook: WebhookId) -> sqlx::Result<()> {
    sqlx::query!(
        "update webhook_deliveries set run_at = clock_timestamp() where organization_id = $1 and endpoint_id = $2 and state = 'queued'",
        organization.0,
        webhook.0,
    )
    .execute(conn)
    .await
    .map(drop)
}

/// Keeps an attempt. For workers.
pub async fn record(conn: &mut PgConnection, organization: OrganizationId, id: DeliveryId, attempt: &Attempt) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into webhook_attempts (delivery_id, organization_id, at, request_headers, status, response_headers, response_body, error, duration_ms)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        id.0,
        organization.0,
        attempt.at,
        attempt.request_headers,
        attempt.status,
        attempt.response_headers,
        attempt.response_body,
        attempt.error,
        attempt.duration_ms,
    )
    .execute(conn)
    .await
    .map(drop)
}

/// Forgets events that are older than `keep`, with their deliveries. For workers.
pub async fn sweep(conn: &mut PgConnection, keep: Duration) -> sqlx::Result<u64> {
    let done = sqlx::query!("delete from webhook_events where at < clock_timestamp() - make_interval(secs => $1)", keep.as_secs_f64());
    Ok(done.execute(conn).await?.rows_affected())
}
