//! Webhooks: the endpoints to which an organization has its events sent.

use super::Slice;
use crate::domain::{EndpointState, OrganizationId, UserId, WebhookId};
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use std::time::Duration;

/// A webhook without its secret.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct Webhook {
    pub id: WebhookId,
    pub url: String,
    pub description: String,
    /// Empty: all.
    pub types: Vec<String>,
    pub state: EndpointState,
    /// Why it was disabled without anybody's wish.
    pub message: Option<String>,
    /// Until when the secret before signs too.
    pub previous_until: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// What people decide about a webhook.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Settings {
    pub url: String,
    pub description: String,
    pub types: Vec<String>,
    pub state: EndpointState,
}

/// How many the organization has. Until the transaction ends nobody else adds one after asking this.
pub async fn count(conn: &mut PgConnection, organization: OrganizationId) -> sqlx::Result<i64> {
    sqlx::query!("select id from organizations where id = $1 for no key update", organization.0).fetch_one(&mut *conn).await?;
    sqlx::query_scalar!("select count(*) as \"count!\" from webhook_endpoints where organization_id = $1", organization.0).fetch_one(conn).await
}

/// Adds one.
pub async fn insert(
    conn: &mut PgConnection,
    organization: OrganizationId,
    (id, settings): (WebhookId, &Settings),
    sealed_secret: &[u8],
    created_by: Option<UserId>,
) -> sqlx::Result<Webhook> {
    sqlx::query_as!(
        Webhook,
        "insert into webhook_endpoints (id, organization_id, url, description, types, state, sealed_secret, created_by)
         values ($1, $2, $3, $4, $5, $6, $7, $8)
         returning id as \"id: WebhookId\", url, description, types, state as \"state: EndpointState\", message, previous_until, created_at, updated_at",
        id.0,
        organization.0,
        settings.url,
        settings.description,
        &settings.types,
        settings.state.as_str(),
        sealed_secret,
        created_by.map(|user| user.0),
    )
    .fetch_one(conn)
    .await
}

/// Webhooks, the newest first.
pub async fn list(conn: &mut PgConnection, organization: OrganizationId, slice: Slice) -> sqlx::Result<Vec<Webhook>> {
    sqlx::query_as!(
        Webhook,
        "select id as \"id: WebhookId\", url, description, types, state as \"state: EndpointState\", message, previous_until, created_at, updated_at
         from webhook_endpoints
         where organization_id = $1 and ($2::timestamptz is null or (created_at, id) < ($2, $3))
         order by created_at desc, id desc limit $4",
        organization.0,
        slice.at(),
        slice.id(),
        slice.limit,
    )
    .fetch_all(conn)
    .await
}

/// The webhook.
pub async fn find(conn: &mut PgConnection, organization: OrganizationId, id: WebhookId) -> sqlx::Result<Option<Webhook>> {
    sqlx::query_as!(
        Webhook,
        "select id as \"id: WebhookId\", url, description, types, state as \"state: EndpointState\", message, previous_until, created_at, updated_at
         from webhook_endpoints where organization_id = $1 and id = $2",
        organization.0,
        id.0,
    )
    .fetch_optional(conn)
    .await
}

/// Holds a webhook against other changes until the transaction ends; false: there is none. Whoever also touches deliveries of it holds
/// it first, as workers do.
pub async fn hold(conn: &mut PgConnection, organization: OrganizationId, id: WebhookId) -> sqlx::Result<bool> {
    let held = sqlx::query!("select id from webhook_endpoints where organization_id = $1 and id = $2 for no key update", organization.0, id.0);
    Ok(held.fetch_optional(conn).await?.is_some())
}

/// Changes one. What was known of it is not true of another receiver, nor after somebody has looked after it.
pub async fn update(conn: &mut PgConnection, organization: OrganizationId, id: WebhookId, settings: &Settings) -> sqlx::Result<()> {
    sqlx::query!(
        "update webhook_endpoints set url = $3, description = $4, types = $5, state = $6, updated_at = clock_timestamp(),
             message = case when state = $6 then message end, failing_since = case when state = $6 and url = $3 then failing_since end
         where organization_id = $1 and id = $2",
        organization.0,
        id.0,
        settings.url,
        settings.description,
        &settings.types,
        settings.state.as_str(),
    )
    .execute(conn)
    .await
    .map(drop)
}

/// Gives one another secret; the one before signs too for a time.
pub async fn rotate(conn: &mut PgConnection, organization: OrganizationId, id: WebhookId, sealed_secret: &[u8], overlap: Duration) -> sqlx::Result<()> {
    sqlx::query!(
        "update webhook_endpoints set sealed_previous_secret = sealed_secret, sealed_secret = $3, updated_at = clock_timestamp(),
             previous_until = clock_timestamp() + make_interval(secs => $4)
         where organization_id = $1 and id = $2",
        organization.0,
        id.0,
        sealed_secret,
        overlap.as_secs_f64(),
    )
    .execute(conn)
    .await
    .map(drop)
}

/// Removes one with its deliveries.
pub async fn delete(conn: &mut PgConnection, organization: OrganizationId, id: WebhookId) -> sqlx::Result<()> {
    sqlx::query!("delete from webhook_endpoints where organization_id = $1 and id = $2", organization.0, id.0).execute(conn).await.map(drop)
}

/// An event arrived at one. For workers.
pub async fn arrived(conn: &mut PgConnection, id: WebhookId) -> sqlx::Result<()> {
    sqlx::query!("update webhook_endpoints set failing_since = null where id = $1 and failing_since is not null", id.0).execute(conn).await.map(drop)
}

/// An event did not arrive at one. Returns since when nothing does. For workers.
pub async fn failed(conn: &mut PgConnection, id: WebhookId) -> sqlx::Result<Option<DateTime<Utc>>> {
    sqlx::query!("update webhook_endpoints set failing_since = clock_timestamp() where id = $1 and failing_since is null", id.0).execute(&mut *conn).await?;
    Ok(sqlx::query_scalar!("select failing_since from webhook_endpoints where id = $1", id.0).fetch_optional(conn).await?.flatten())
}

/// Sends nothing more to one, and says why; false: nothing was sent any more already. The organization's others are told by a trigger. For
/// workers.
pub async fn disable(conn: &mut PgConnection, id: WebhookId, message: &str) -> sqlx::Result<bool> {
    let done = sqlx::query!(
        "update webhook_endpoints set state = 'disabled', message = $2, updated_at = clock_timestamp() where id = $1 and state = 'enabled'",
        id.0,
        message,
    );
    Ok(done.execute(conn).await?.rows_affected() == 1)
}
