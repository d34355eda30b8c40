use super::BuildKind;
use crate::domain::{AppId, BuildId, DesignVersionId, EnvironmentId, OrganizationId, ReleaseId, TraceParent};
use crate::store::begin;
use chrono::{DateTime, Utc};
use rand::RngExt as _;
use sqlx::{PgConnection, PgPool};
use std::time::Duration;

/// A build that was handed out to a worker.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct Claim {
    pub build: BuildId,
    /// The fencing token: every write for this build names it.
    pub fence: i64,
    pub organization: OrganizationId,
    pub app: AppId,
    pub environment: EnvironmentId,
    pub kind: BuildKind,
    pub design_version: DesignVersionId,
    /// What a rollback goes back to.
    pub release: Option<ReleaseId>,
    /// Counts from 1.
    pub attempt: i32,
    /// Whether no worker has taken it before; `attempt` does not count those that gave it back.
    pub first: bool,
    /// Where the request that asked for it stands in its trace.
    pub trace_parent: Option<TraceParent>,
    pub queued_at: DateTime<Utc>,
    /// When the organization had been served last, on the wheel: the hint for the next claim.
    pub turn: i64,
}

impl Claim {
    /// What the worker holds of it.
    pub fn hold(&self) -> Hold {
        Hold { build: self.build, fence: self.fence }
    }
}

/// The right to write for a build, as long as nobody holds a newer one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub struct Hold {
    pub build: BuildId,
    pub fence: i64,
}

/// The answer to a heartbeat. A build that is missing from the answer is lost: stop at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Beat {
    pub build: BuildId,
    /// Whether somebody asked for it to be cancelled.
    pub cancel: bool,
}

/// How often a claim looks again when the only runnable organizations are being changed by others.
const LOOKS: u32 = 8;

/// Hands out the next build: that of the organization which was served least recently, and in it the one with the
/// smallest priority that waits longest. The lease runs from now.
///
/// `lo` spares the index entries before a turn that is known to be over: the [`Claim::turn`] of the claim before, or 0.
/// Organizations that became able to run again may stand before it, so callers pass 0 when they were woken and about once a second.
pub async fn claim(pool: &PgPool, worker: &str, lease: Duration, mut lo: i64) -> sqlx::Result<Option<Claim>> {
    for _ in 0..LOOKS {
        let mut tx = begin(pool).await?;
        if let Some((organization, turn)) = next_organization(&mut tx, lo).await? {
            let claim = claim_of(&mut tx, worker, lease, organization, turn).await?;
            tx.commit().await?;
            return Ok(claim);
        }
        // Either nobody can run, or whoever can is locked by a concurrent enqueue or finish, which need not wake us:
        // to them the organization was runnable before. So look again rather than wait for the next second.
        let contended = sqlx::query_scalar!("select exists (select from queue_organizations where ready > 0 and running < max_running) as \"contended!\"")
            .fetch_one(&mut *tx)
            .await?;
        tx.rollback().await?;
        if !contended {
            return Ok(None);
        }
        lo = 0;
        let pause = rand::rng().random_range(1..=5);
        tokio::time::sleep(Duration::from_millis(pause)).await;
    }
    Ok(None)
}

async fn next_organization(conn: &mut PgConnection, lo: i64) -> sqlx::Result<Option<(OrganizationId, i64)>> {
    for lo in if lo > 0 { vec![lo, 0] } else { vec![0] } {
        let row = sqlx::query!(
            "select organization_id as \"organization: OrganizationId\", turn from queue_organizations
             where ready > 0 and running < max_running and turn >= $1
             order by turn limit 1 for no key update skip locked",
            lo,
        )
        .fetch_optional(&mut *conn)
        .await?;
        if let Some(row) = row {
            return Ok(Some((row.organization, row.turn)));
        }
    }
    Ok(None)
}

/// The organization's row is locked: this statement's snapshot is newer than the lock, so what it sees is exact.
async fn claim_of(conn: &mut PgConnection, worker: &str, lease: Duration, organization: OrganizationId, turn: i64) -> sqlx::Result<Option<Claim>> {
    let next = sqlx::query!(
        "select environment_id, queued_build as \"build!\" from queue_environments
         where organization_id = $1 and queued_build is not null and running_build is null
         order by queued_priority, queued_sequence limit 1 for no key update",
        organization.0,
    )
    .fetch_optional(&mut *conn)
    .await?;
    let Some(next) = next else {
        // The counter is wrong, which no code path of ours can bring about. Mending it keeps one broken row from
        // being offered for ever.
        tracing::error!(%organization, "the queue's counter of ready environments had drifted");
        sqlx::query!("update queue_organizations set ready = 0 where organization_id = $1", organization.0).execute(conn).await?;
        return Ok(None);
    };
    // What stands below `with` sees the build as it was before.
    let row = sqlx::query!(
        "with wheel as (
             update queue_organizations set running = running + 1, ready = ready - 1, turn = nextval('queue_turn')
             where organization_id = $1
         ), line as (
             update queue_environments set running_build = queued_build, queued_build = null, queued_sequence = null
             where environment_id = $2
         ), build as (
             update builds set state = 'running', worker = $4, fence = nextval('queue_fence'), attempt = attempt + 1, reason = null,
                 lease_until = clock_timestamp() + make_interval(secs => $5), started_at = coalesce(started_at, clock_timestamp())
             where id = $3 and state = 'queued'
             returning *
         ), event as (
             insert into build_events (build_id, organization_id, type, data)
             select id, organization_id, 'build', jsonb_build_object('state', 'running', 'attempt', attempt) from build
         )
         select fence as \"fence!\", app_id as \"app: AppId\", kind as \"kind: BuildKind\", design_version_id as \"design_version: DesignVersionId\",
             release_id as \"release: ReleaseId\", attempt, trace_parent, created_at,
             (select b.started_at is null from builds b where b.id = $3) as \"first!\" from build",
        organization.0,
        next.environment_id,
        next.build,
        worker,
        lease.as_secs_f64(),
    )
    .fetch_one(conn)
    .await?;
    Ok(Some(Claim {
        build: next.build.into(),
        fence: row.fence,
        organization,
        app: row.app,
        environment: next.environment_id.into(),
        kind: row.kind,
        design_version: row.design_version,
        release: row.release,
        attempt: row.attempt,
        first: row.first,
        trace_parent: row.trace_parent.and_then(|trace| trace.parse().ok()),
        queued_at: row.created_at,
        turn,
    }))
}

/// Prolongs every lease in one statement and learns of cancels.
pub async fn heartbeat(pool: &PgPool, held: &[Hold], lease: Duration) -> sqlx::Result<Vec<Beat>> {
    let (builds, fences): (Vec<_>, Vec<_>) = held.iter().map(|hold| (hold.build.0, hold.fence)).unzip();
    sqlx::query_as!(
        Beat,
        "update builds b set lease_until = clock_timestamp() + make_interval(secs => $3)
         from unnest($1::uuid[], $2::bigint[]) as held (id, fence)
         where b.id = held.id and b.fence = held.fence and b.state = 'running'
         returning b.id as \"build: BuildId\", b.cancel_requested as cancel",
        &builds,
        &fences,
        lease.as_secs_f64(),
    )
    .fetch_all(pool)
    .await
}
