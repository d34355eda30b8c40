//! What the host shall run for each environment, and what it runs. Workers write what is desired, under the fence
//! of their build; the host writes what it observes. Both crossing organizations, as roles of their own.

use crate::domain::{AppId, BuildId, EnvironmentId, OrganizationId, ReleaseId};
use sqlx::PgConnection;
use sqlx::postgres::{PgListener, PgPool};

/// Held (shared) by every running host of the installation, so that a worker can tell a slow host from none.
const HOST_LOCK: i64 = 0x511b_f057;

/// What an environment shall run.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Desired {
    pub environment: EnvironmentId,
    pub organization: OrganizationId,
    pub app: AppId,
    pub host_label: String,
    /// `None`: nothing, and nothing of it may be left on the machine.
    pub release: Option<ReleaseId>,
    pub generation: i64,
    pub observed_generation: i64,
    /// What a host observed last: the release that traffic reached.
    pub observed_release: Option<ReleaseId>,
    pub restarts: i32,
}

/// What the host says of an environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Observed {
    /// The generation that this answers; `None` leaves the one before.
    pub generation: Option<i64>,
    /// `absent`, `starting`, `running`, `failed`.
    pub state: &'static str,
    /// The release that traffic reaches.
    pub release: Option<ReleaseId>,
    /// Why it failed, for people.
    pub message: Option<String>,
    /// The last lines of the process that failed.
    pub log_tail: Option<String>,
    /// How often the live process had to be started again.
    pub restarts: i32,
}

/// What a worker waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Progress {
    pub generation: i64,
    pub fence: i64,
    pub observed_generation: i64,
    pub observed: String,
    pub observed_release: Option<ReleaseId>,
    pub message: Option<String>,
    pub log_tail: Option<String>,
}

/// A change of what shall run.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Change<'a> {
    pub organization: OrganizationId,
    pub app: AppId,
    pub environment: EnvironmentId,
    pub host_label: &'a str,
    pub release: ReleaseId,
    pub build: BuildId,
    pub fence: i64,
}

/// Asks the host for a release. The new generation; `None` when a newer build has written meanwhile, or when the
/// environment is being deleted.
pub async fn desire(conn: &mut PgConnection, change: &Change<'_>) -> sqlx::Result<Option<i64>> {
    sqlx::query_scalar!(
        r#"with wrote as (
               insert into runtimes (environment_id, organization_id, app_id, host_label, desired, desired_release_id, fence, build_id)
               select e.id, e.organization_id, e.app_id, $4, 'running', $5, $7, $6
               from environments e
               where e.id = $3 and e.organization_id = $1 and e.app_id = $2 and e.state = 'active'
               on conflict (environment_id) do update set
                   host_label = excluded.host_label, desired = excluded.desired, desired_release_id = excluded.desired_release_id,
                   generation = runtimes.generation + 1, fence = excluded.fence, build_id = excluded.build_id
               where runtimes.fence <= excluded.fence
               returning generation
           )
           select generation as "generation!" from wrote, pg_notify('slipform_host', $3::text)"#,
        change.organization.0,
        change.app.0,
        change.environment.0,
        change.host_label,
        change.release.0,
        change.build.0,
        change.fence,
    )
    .fetch_optional(conn)
    .await
}

/// Goes back to what the environment's record calls live, if nobody has asked for anything else since.
pub async fn desire_live_again(conn: &mut PgConnection, environment: EnvironmentId, generation: i64, fence: i64) -> sqlx::Result<bool> {
    let changed = sqlx::query_scalar!(
        r#"with wrote as (
               update runtimes r set
                   desired = case when e.live_release_id is null then 'absent' else 'running' end,
                   desired_release_id = e.live_release_id, generation = r.generation + 1
               from environments e
               where r.environment_id = $1 and e.id = r.environment_id and r.generation = $2 and r.fence = $3
               returning r.environment_id
           )
           select count(pg_notify('slipform_host', $1::text)) as "changed!" from wrote"#,
        environment.0,
        generation,
        fence,
    )
    .fetch_one(conn)
    .await?;
    Ok(changed > 0)
}

/// Asks the host to leave nothing of an environment. Refuses every build from now on. `None` when the host was never asked to run anything.
pub async fn desire_absent(conn: &mut PgConnection, environment: EnvironmentId) -> sqlx::Result<Option<i64>> {
    sqlx::query_scalar!(
        r#"with wrote as (
               update runtimes set desired = 'absent', desired_release_id = null, generation = generation + 1, fence = 9223372036854775807
               where environment_id = $1
               returning generation
           )
           select generation as "generation!" from wrote, pg_notify('slipform_host', $1::text)"#,
        environment.0,
    )
    .fetch_optional(conn)
    .await
}

/// How far the host is with an environment.
pub async fn progress(pool: &PgPool, environment: EnvironmentId) -> sqlx::Result<Option<Progress>> {
    sqlx::query_as!(
        Progress,
        r#"select generation, fence, observed_generation, observed, observed_release_id as "observed_release: ReleaseId", message, log_tail
           from runtimes where environment_id = $1"#,
        environment.0,
    )
    .fetch_optional(pool)
    .await
}

/// Forgets an environment of which the host has left nothing.
pub async fn delete(conn: &mut PgConnection, environment: EnvironmentId) -> sqlx::Result<bool> {
    let done =
        sqlx::query!("delete from runtimes where environment_id = $1 and observed = 'absent' and desired = 'absent'", environment.0).execute(conn).await?;
    Ok(done.rows_affected() > 0)
}

/// Whether any host runs.
pub async fn host_is_running(pool: &PgPool) -> sqlx::Result<bool> {
    sqlx::query_scalar!(
        r#"select exists (
               select from pg_locks
               where locktype = 'advisory' and granted and objsubid = 1
                 and ((classid::bigint << 32) | objid::bigint) = $1
                 and database = (select oid from pg_database where datname = current_database())
           ) as "held!""#,
        HOST_LOCK,
    )
    .fetch_one(pool)
    .await
}

/// Everything that shall run.
pub async fn list(pool: &PgPool) -> sqlx::Result<Vec<Desired>> {
    sqlx::query_as!(
        Desired,
        r#"select environment_id as "environment: EnvironmentId", organization_id as "organization: OrganizationId",
                  app_id as "app: AppId", host_label, case when desired = 'running' then desired_release_id end as "release: ReleaseId",
                  generation, observed_generation, observed_release_id as "observed_release: ReleaseId", restarts
           from runtimes"#,
    )
    .fetch_all(pool)
    .await
}

/// What the host needs to start an environment's process.
#[derive(Debug)]
#[allow(missing_docs)]
pub struct Start {
    pub environment_slug: String,
    pub admin_email: Option<String>,
    pub sealed_secrets: Option<Vec<u8>>,
}

/// What the host needs to start an environment's process.
pub async fn start(pool: &PgPool, environment: EnvironmentId) -> sqlx::Result<Option<Start>> {
    sqlx::query_as!(Start, "select slug as environment_slug, admin_email, sealed_secrets from environments where id = $1", environment.0)
        .fetch_optional(pool)
        .await
}

/// Records what the host observes, and tells whoever waits for it. A generation that is asked for anew meanwhile stays open.
pub async fn observe(pool: &PgPool, environment: EnvironmentId, seen: &Observed) -> sqlx::Result<()> {
    sqlx::query!(
        r#"with wrote as (
               update runtimes set observed_generation = coalesce($2, observed_generation), observed = $3, observed_release_id = $4,
                   message = $5, log_tail = $6, restarts = $7, observed_at = now()
               where environment_id = $1
               returning environment_id
           )
           select pg_notify('slipform_runtime', environment_id::text) from wrote"#,
        environment.0,
        seen.generation,
        seen.state,
        seen.release.map(|r| r.0),
        seen.message,
        seen.log_tail,
        seen.restarts,
    )
    .fetch_optional(pool)
    .await?;
    Ok(())
}

/// Hears one channel. A lost connection is made anew, and counts as a message: something may have been missed.
pub struct Ear(PgListener);

impl Ear {
    /// For a worker: hears that something was observed.
    pub async fn of_observed(pool: &PgPool) -> sqlx::Result<Self> {
        Self::open(pool, "slipform_runtime").await
    }

    /// For a host: hears that something is desired, and shows for as long as it lives that a host runs.
    pub async fn of_desired(pool: &PgPool) -> sqlx::Result<Self> {
        let mut ear = Self::open(pool, "slipform_host").await?;
        ear.show_host().await?;
        Ok(ear)
    }

    async fn open(pool: &PgPool, channel: &str) -> sqlx::Result<Self> {
        let mut listener = PgListener::connect_with(pool).await?;
        listener.ignore_pool_close_event(true);
        listener.listen(channel).await?;
        Ok(Self(listener))
    }

    async fn show_host(&mut self) -> sqlx::Result<()> {
        sqlx::query("select pg_advisory_lock_shared($1)").bind(HOST_LOCK).execute(&mut self.0).await?;
        Ok(())
    }

    /// Waits for a message: its payload, or `None` after a lost connection.
    pub async fn next(&mut self) -> sqlx::Result<Option<String>> {
        Ok(self.0.try_recv().await?.map(|message| message.payload().to_owned()))
    }
}
