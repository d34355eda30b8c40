//! Work that is not a build: deleting, sweeping, delivering. Few and small, so a plain table with SKIP LOCKED will do.

use super::WORK;
use crate::domain::{EnvironmentId, JobId, OrganizationId, TraceParent};
use serde::Serialize;
use sqlx::{PgConnection, PgPool};
use std::time::Duration;

/// A job that was handed out to a worker.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct Job {
    pub id: JobId,
    pub kind: String,
    pub payload: serde_json::Value,
    /// Counts from 1.
    pub attempt: i32,
    /// Whoever holds an older one changes nothing.
    pub fence: i64,
    /// Where the change that caused it stands in its trace.
    pub trace_parent: Option<TraceParent>,
}

/// Queues a job. It stands in the trace of the transaction; workers are told by its commit.
pub async fn enqueue(conn: &mut PgConnection, organization: Option<OrganizationId>, kind: &str, payload: &impl Serialize) -> sqlx::Result<JobId> {
    let id = JobId::new();
    let payload = serde_json::to_value(payload).map_err(|error| sqlx::Error::Encode(error.into()))?;
    sqlx::query!(
        "with job as (insert into jobs (id, organization_id, kind, payload) values ($1, $2, $3, $4)) select pg_notify($5, '')",
        id.0,
        organization.map(|o| o.0),
        kind,
        payload,
        WORK,
    )
    .fetch_one(conn)
    .await?;
    Ok(id)
}

/// Whether a job of a kind waits or runs for an environment.
pub async fn waits(conn: &mut PgConnection, kind: &str, environment: EnvironmentId) -> sqlx::Result<bool> {
    sqlx::query_scalar!(
        "select exists (select from jobs where kind = $1 and state in ('queued', 'running') and payload ->> 'environment' = $2) as \"waits!\"",
        kind,
        environment.to_string(),
    )
    .fetch_one(conn)
    .await
}

/// Queues a job that converges, so that one which waits already does as well: that one is due at once. Workers are told by the commit.
pub async fn enqueue_once(conn: &mut PgConnection, organization: Option<OrganizationId>, kind: &str, payload: &impl Serialize) -> sqlx::Result<()> {
    let value = serde_json::to_value(payload).map_err(|error| sqlx::Error::Encode(error.into()))?;
    let waits = sqlx::query!(
        "with due as (
             update jobs set run_at = now() where kind = $1 and payload = $2 and state = 'queued' and organization_id is not distinct from $3 returning id
         )
         select pg_notify($4, '') from due",
        kind,
        value,
        organization.map(|o| o.0),
        WORK,
    )
    .fetch_optional(&mut *conn)
    .await?;
    if waits.is_none() {
        enqueue(conn, organization, kind, payload).await?;
    }
    Ok(())
}

/// Hands out the next job that is due: a waiting one, or one whose worker no longer answers.
pub async fn claim(pool: &PgPool, worker: &str, lease: Duration) -> sqlx::Result<Option<Job>> {
    let row = sqlx::query!(
        "update jobs set state = 'running', worker = $1, attempt = attempt + 1, fence = nextval('queue_fence'),
             lease_until = clock_timestamp() + make_interval(secs => $2)
         where id = (
             select id from jobs
             where state = 'queued' and run_at <= clock_timestamp() or state = 'running' and lease_until < clock_timestamp()
             order by run_at limit 1 for no key update skip locked
         )
         returning id as \"id: JobId\", kind, payload, attempt, fence as \"fence!\", trace_parent",
        worker,
        lease.as_secs_f64(),
    )
    .fetch_optional(pool)
    .await?;
    Ok(row.map(|row| Job {
        id: row.id,
        kind: row.kind,
        payload: row.payload,
        attempt: row.attempt,
        fence: row.fence,
        trace_parent: row.trace_parent.and_then(|trace| trace.parse().ok()),
    }))
}

/// Prolongs the lease; false: the job is somebody else's now.
pub async fn heartbeat(pool: &PgPool, job: &Job, lease: Duration) -> sqlx::Result<bool> {
    let done = sqlx::query!(
        "update jobs set lease_until = clock_timestamp() + make_interval(secs => $3) where id = $1 and fence = $2 and state = 'running'",
        job.id.0,
        job.fence,
        lease.as_secs_f64(),
    )
    .execute(pool)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Ends a job that did its work; false: it is somebody else's now.
pub async fn succeed(pool: &PgPool, job: &Job) -> sqlx::Result<bool> {
    let done = sqlx::query!(
        "update jobs set state = 'succeeded', error = null, worker = null, lease_until = null, finished_at = clock_timestamp()
         where id = $1 and fence = $2 and state = 'running'",
        job.id.0,
        job.fence,
    )
    .execute(pool)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Puts a job off until later, with what went wrong. `None` gives it up for good; false: it is somebody else's now.
pub async fn put_off(pool: &PgPool, job: &Job, error: &str, later: Option<Duration>) -> sqlx::Result<bool> {
    let done = sqlx::query!(
        "update jobs set state = case when $4::float8 is null then 'failed' else 'queued' end, error = $3, worker = null, lease_until = null,
             run_at = clock_timestamp() + make_interval(secs => coalesce($4, 0)),
             finished_at = case when $4 is null then clock_timestamp() end
         where id = $1 and fence = $2 and state = 'running'",
        job.id.0,
        job.fence,
        error,
        later.map(|later| later.as_secs_f64()),
    )
    .execute(pool)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Hands a job back at once because its worker stops; does not count as an attempt.
pub async fn give_back(pool: &PgPool, job: &Job) -> sqlx::Result<()> {
    sqlx::query!(
        "update jobs set state = 'queued', attempt = attempt - 1, worker = null, lease_until = null where id = $1 and fence = $2 and state = 'running'",
        job.id.0,
        job.fence,
    )
    .execute(pool)
    .await?;
    Ok(())
}

/// Deletes jobs that ended longer ago than `keep`.
pub async fn prune(pool: &PgPool, keep: Duration) -> sqlx::Result<u64> {
    let done = sqlx::query!(
        "delete from jobs where state in ('succeeded', 'failed') and finished_at < clock_timestamp() - make_interval(secs => $1)",
        keep.as_secs_f64(),
    )
    .execute(pool)
    .await?;
    Ok(done.rows_affected())
}
