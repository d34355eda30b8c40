//! Deliveries of events: a lane beside the builds and the small jobs, because a receiver that takes its time must hold up neither.
//!
//! One round hands out at most one delivery an endpoint, the oldest that is due. Organizations with the least on its way come first, and
//! each has room for [`PER_ORGANIZATION`], so that the slow receivers of one never take all slots from the others.

use super::DELIVERIES;
use crate::domain::event::Event;
use crate::domain::{DeliveryId, EventId, OrganizationId, TraceParent, WebhookId};
use chrono::{DateTime, Utc};
use sqlx::{PgConnection, PgPool};
use std::time::Duration;

/// How many are on their way to one endpoint at once. Two workers that look in the same instant may exceed it by one.
pub const PER_ENDPOINT: i64 = 2;
/// How many are on their way for one organization at once; the same holds.
pub const PER_ORGANIZATION: i64 = 8;

/// A delivery that was handed out to a worker.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct Delivery {
    pub id: DeliveryId,
    /// Whoever holds an older one changes nothing.
    pub fence: i64,
    pub organization: OrganizationId,
    pub webhook: WebhookId,
    /// Counts from 1.
    pub attempt: i32,
    pub event: Event,
    pub url: String,
    pub sealed_secret: Vec<u8>,
    /// Of the secret before, while that one signs too.
    pub sealed_previous_secret: Option<Vec<u8>>,
    /// Where what the event tells of stands in its trace.
    pub trace_parent: Option<TraceParent>,
}

struct Row {
    id: DeliveryId,
    fence: i64,
    organization: OrganizationId,
    webhook: WebhookId,
    attempt: i32,
    event: EventId,
    kind: String,
    at: DateTime<Utc>,
    data: serde_json::Value,
    url: String,
    sealed_secret: Vec<u8>,
    sealed_previous_secret: Option<Vec<u8>>,
    trace_parent: Option<String>,
}

/// How an attempt ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// The receiver has it.
    Succeeded,
    /// Again after this long.
    Later(Duration),
    /// It is given up.
    Failed,
}

/// Hands out at most `most` deliveries.
pub async fn claim(pool: &PgPool, worker: &str, lease: Duration, most: usize) -> sqlx::Result<Vec<Delivery>> {
    let rows = sqlx::query_as!(
        Row,
        "with recursive lane as (
             (select endpoint_id from webhook_deliveries where state = 'queued' order by endpoint_id limit 1)
             union all
             select (select d.endpoint_id from webhook_deliveries d where d.state = 'queued' and d.endpoint_id > lane.endpoint_id order by d.endpoint_id limit 1)
             from lane where lane.endpoint_id is not null
         ), due as (
             select first.id, row_number() over (partition by e.organization_id order by first.run_at, first.id)
                 + (select count(*) from webhook_deliveries r where r.organization_id = e.organization_id and r.state = 'running') as place
             from lane join webhook_endpoints e on e.id = lane.endpoint_id and e.state = 'enabled'
             cross join lateral (
                 select d.id, d.run_at from webhook_deliveries d
                 where d.endpoint_id = e.id and d.state = 'queued' and d.run_at <= clock_timestamp() order by d.run_at limit 1
             ) as first
             where (select count(*) from webhook_deliveries r where r.organization_id = e.organization_id and r.endpoint_id = e.id and r.state = 'running') < $3
         ), next as (
             select id from due where place <= $4 order by place, random() limit $5
         ), taken as (
             update webhook_deliveries set state = 'running', worker = $1, attempt = attempt + 1, fence = nextval('queue_fence'),
                 lease_until = clock_timestamp() + make_interval(secs => $2)
             where id in (select w.id from webhook_deliveries w where w.id in (select id from next) and w.state = 'queued' for no key update skip locked)
             returning *
         )
         select t.id as \"id!: DeliveryId\", t.fence as \"fence!\", t.organization_id as \"organization!: OrganizationId\",
             t.endpoint_id as \"webhook!: WebhookId\", t.attempt as \"attempt!\", v.id as \"event!: EventId\", v.type as \"kind!\", v.at as \"at!\",
             v.data as \"data!\", e.url as \"url!\", e.sealed_secret as \"sealed_secret!\",
             case when e.previous_until > clock_timestamp() then e.sealed_previous_secret end as sealed_previous_secret, v.trace_parent
         from taken t join webhook_events v on v.id = t.event_id join webhook_endpoints e on e.id = t.endpoint_id",
        worker,
        lease.as_secs_f64(),
        PER_ENDPOINT,
        PER_ORGANIZATION,
        i64::try_from(most).unwrap_or(i64::MAX),
    )
    .fetch_all(pool)
    .await?;
    let delivery = |row| {
        let Row { id, fence, organization, webhook, attempt, event, kind, at, data, url, sealed_secret, sealed_previous_secret, trace_parent } = row;
        let (event, trace_parent) = (Event { id: event, kind, at, data }, trace_parent.and_then(|trace| trace.parse().ok()));
        Delivery { id, fence, organization, webhook, attempt, event, url, sealed_secret, sealed_previous_secret, trace_parent }
    };
    Ok(rows.into_iter().map(delivery).collect())
}

/// Ends an attempt; false: the delivery is somebody else's now, or gone, and nothing was changed.
pub async fn end(conn: &mut PgConnection, delivery: &Delivery, fate: Fate) -> sqlx::Result<bool> {
    let (state, later) = match fate {
        Fate::Succeeded => ("succeeded", None),
        Fate::Later(pause) => ("queued", Some(pause.as_secs_f64())),
        Fate::Failed => ("failed", None),
    };
    let done = sqlx::query!(
        "update webhook_deliveries set state = $3, worker = null, lease_until = null, run_at = clock_timestamp() + make_interval(secs => coalesce($4::float8, 0)),
             finished_at = case when $4 is null then clock_timestamp() end
         where id = $1 and fence = $2 and state = 'running'",
        delivery.id.0,
        delivery.fence,
        state,
        later,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Takes deliveries from workers that no longer answer: each is sent once more, because nobody knows whether it arrived. Returns how many.
pub async fn rescue(pool: &PgPool) -> sqlx::Result<u64> {
    let done = sqlx::query!(
        "update webhook_deliveries set state = 'queued', worker = null, lease_until = null, run_at = clock_timestamp()
         where id in (select id from webhook_deliveries where state = 'running' and lease_until < clock_timestamp() for no key update skip locked)"
    )
    .execute(pool)
    .await?;
    Ok(done.rows_affected())
}

/// Tells workers, by the commit, that something is to be delivered.
pub async fn wake(conn: &mut PgConnection) -> sqlx::Result<()> {
    sqlx::query!("select pg_notify($1, '')", DELIVERIES).fetch_one(conn).await.map(drop)
}
