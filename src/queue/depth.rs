use crate::domain::QueueDepth;
use crate::store::begin;
use sqlx::PgPool;
use std::time::Duration;

/// Looks up what waits. What it reads is what waits, whatever has ended. The database gives up after `patience`.
pub async fn depth(pool: &PgPool, patience: Duration) -> sqlx::Result<QueueDepth> {
    let mut tx = begin(pool).await?;
    sqlx::query!("select set_config('statement_timeout', $1, true)", patience.as_millis().to_string()).fetch_one(&mut *tx).await?;
    let depth = sqlx::query_as!(
        QueueDepth,
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
