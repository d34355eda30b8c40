use sqlx::PgPool;

/// What waits and runs in the whole installation. Ages are in seconds, and 0 where nothing waits.
#[derive(Debug, Clone, Copy, PartialEq)]
#[allow(missing_docs)]
pub struct Depth {
    pub builds_waiting: i64,
    pub builds_running: i64,
    pub oldest_build_seconds: f64,
    /// Jobs beside builds, and deliveries to webhooks, whose time has come.
    pub jobs_due: i64,
    pub deliveries_due: i64,
    pub oldest_delivery_seconds: f64,
}

/// Looks it up. What it reads is what waits, whatever has ended.
pub async fn depth(pool: &PgPool) -> sqlx::Result<Depth> {
    sqlx::query_as!(
        Depth,
        "with waiting as (
             select count(*) as builds, min(b.created_at) as since
             from queue_environments q join builds b on b.id = q.queued_build where q.queued_build is not null
         ), due as (
             select count(*) as deliveries, min(d.run_at) as since
             from webhook_deliveries d join webhook_endpoints e on e.id = d.endpoint_id and e.state = 'enabled'
             where d.state = 'queued' and d.run_at <= clock_timestamp()
         )
         select waiting.builds as \"builds_waiting!\", (select coalesce(sum(running), 0) from queue_organizations) as \"builds_running!\",
             coalesce(greatest(extract(epoch from clock_timestamp() - waiting.since), 0), 0)::float8 as \"oldest_build_seconds!\",
             (select count(*) from jobs where state = 'queued' and run_at <= clock_timestamp()) as \"jobs_due!\",
             due.deliveries as \"deliveries_due!\",
             coalesce(greatest(extract(epoch from clock_timestamp() - due.since), 0), 0)::float8 as \"oldest_delivery_seconds!\"
         from waiting, due"
    )
    .fetch_one(pool)
    .await
}
