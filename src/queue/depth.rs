use crate::store::begin;
use sqlx::PgPool;
use std::time::Duration;

/// What waits and runs in the whole installation. Ages are in seconds, and 0 where nothing waits.
#[derive(Debug, Clone, Copy, PartialEq)]
#[allow(missing_docs)]
pub struct Depth {
    /// Those that could run, if a worker took them.
    pub builds_waiting: i64,
    /// Those that must wait: for a build of their environment, or because their organization runs as many as it may.
    pub builds_blocked: i64,
    pub builds_running: i64,
    /// Of those that could run, since they were asked for.
    pub oldest_build_seconds: f64,
    /// Jobs beside builds, and deliveries to webhooks, whose time has come.
    pub jobs_due: i64,
    pub deliveries_due: i64,
    pub oldest_delivery_seconds: f64,
}

/// Looks it up. What it reads is what waits, whatever has ended. The database gives up after `patience`.
pub async fn depth(pool: &PgPool, patience: Duration) -> sqlx::Result<Depth> {
    let mut tx = begin(pool).await?;
    sqlx::query!("select set_config('statement_timeout', $1, true)", patience.as_millis().to_string()).fetch_one(&mut *tx).await?;
    let depth = sqlx::query_as!(
        Depth,
        "with waiting as (
             select count(*) filter (where free) as builds, count(*) filter (where not free) as blocked, min(created_at) filter (where free) as since
             from (
                 select b.created_at, q.running_build is null and o.running < o.max_running as free
                 from queue_environments q join builds b on b.id = q.queued_build join queue_organizations o on o.organization_id = q.organization_id
                 where q.queued_build is not null
             ) as queued
         ), due as (
             select count(*) as deliveries, min(d.run_at) as since
             from webhook_deliveries d join webhook_endpoints e on e.id = d.endpoint_id and e.state = 'enabled'
             where d.state = 'queued' and d.run_at <= clock_timestamp()
         )
         select waiting.builds as \"builds_waiting!\", waiting.blocked as \"builds_blocked!\",
             (select coalesce(sum(running), 0) from queue_organizations) as \"builds_running!\",
             coalesce(greatest(extract(epoch from clock_timestamp() - waiting.since), 0), 0)::float8 as \"oldest_build_seconds!\",
             (select count(*) from jobs where state = 'queued' and run_at <= clock_timestamp()) as \"jobs_due!\",
             due.deliveries as \"deliveries_due!\",
             coalesce(greatest(extract(epoch from clock_timestamp() - due.since), 0), 0)::float8 as \"oldest_delivery_seconds!\"
         from waiting, due"
    )
    .fetch_one(&mut *tx)
    .await?;
    tx.rollback().await?;
    Ok(depth)
}
