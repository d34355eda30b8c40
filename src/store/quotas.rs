//! What organizations may have and what they have. The application reads both; what they may have, only the owner's role sets.

use crate::domain::quotas::Quotas;
use crate::domain::{OrganizationId, Quota};
use sqlx::PgConnection;

/// What the operator has set for one organization; `None`: what the installation usually gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[allow(missing_docs)]
pub struct Own {
    pub apps: Option<i32>,
    pub previews: Option<i32>,
    pub running_builds: Option<i32>,
    pub waiting_builds: Option<i32>,
    pub storage_bytes: Option<i64>,
    pub requests_per_minute: Option<i32>,
}

impl Own {
    /// What was set for one thing.
    pub fn of(&self, quota: Quota) -> Option<i64> {
        match quota {
            Quota::Apps => self.apps.map(i64::from),
            Quota::Previews => self.previews.map(i64::from),
            Quota::RunningBuilds => self.running_builds.map(i64::from),
            Quota::WaitingBuilds => self.waiting_builds.map(i64::from),
            Quota::Storage => self.storage_bytes,
            Quota::Requests => self.requests_per_minute.map(i64::from),
        }
    }

    /// With another value for one thing; `None`: too large to be kept.
    pub fn with(mut self, quota: Quota, value: Option<i64>) -> Option<Self> {
        let small = value.map(i32::try_from).transpose().ok();
        match quota {
            Quota::Apps => self.apps = small?,
            Quota::Previews => self.previews = small?,
            Quota::RunningBuilds => self.running_builds = small?,
            Quota::WaitingBuilds => self.waiting_builds = small?,
            Quota::Storage => self.storage_bytes = value,
            Quota::Requests => self.requests_per_minute = small?,
        }
        Some(self)
    }

    /// Together with what is usual.
    pub fn over(&self, usual: Quotas) -> Quotas {
        Quota::ALL.iter().fold(usual, |quotas, quota| self.of(*quota).map_or(quotas, |own| quotas.with(*quota, own)))
    }
}

/// How much there is of something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Count {
    /// All of it.
    pub all: i64,
    /// What of it is being deleted.
    pub leaving: i64,
}

/// What was set for an organization.
pub async fn own(conn: &mut PgConnection, organization: OrganizationId) -> sqlx::Result<Own> {
    let own = sqlx::query_as!(
        Own,
        "select apps, previews, running_builds, waiting_builds, storage_bytes, requests_per_minute from quotas where organization_id = $1",
        organization.0,
    );
    Ok(own.fetch_optional(conn).await?.unwrap_or_default())
}

/// Until the transaction ends nobody else in the organization makes what is counted after this. Comes after locks on apps and before those
/// of the queue.
pub async fn hold(conn: &mut PgConnection, organization: OrganizationId) -> sqlx::Result<()> {
    sqlx::query!("select id from organizations where id = $1 for no key update", organization.0).fetch_optional(conn).await.map(drop)
}

/// Its apps.
pub async fn apps(conn: &mut PgConnection, organization: OrganizationId) -> sqlx::Result<Count> {
    sqlx::query_as!(
        Count,
        "select count(*) as \"all!\", count(*) filter (where state = 'deleting') as \"leaving!\" from apps where organization_id = $1",
        organization.0,
    )
    .fetch_one(conn)
    .await
}

/// Its previews.
pub async fn previews(conn: &mut PgConnection, organization: OrganizationId) -> sqlx::Result<Count> {
    sqlx::query_as!(
        Count,
        "select count(*) as \"all!\", count(*) filter (where state = 'deleting') as \"leaving!\" from environments
         where organization_id = $1 and kind = 'preview'",
        organization.0,
    )
    .fetch_one(conn)
    .await
}

/// Bytes of the releases that are kept and of all design versions.
pub async fn storage(conn: &mut PgConnection, organization: OrganizationId) -> sqlx::Result<i64> {
    sqlx::query_scalar!(
        "select (select coalesce(sum(size_bytes), 0) from releases where organization_id = $1 and state = 'ready')::bigint
             + (select coalesce(sum(octet_length(document)), 0) from design_versions where organization_id = $1) as \"bytes!\"",
        organization.0,
    )
    .fetch_one(conn)
    .await
}

/// What it has of everything that is stored; of requests none are.
pub async fn used(conn: &mut PgConnection, organization: OrganizationId) -> sqlx::Result<Quotas> {
    let apps = apps(conn, organization).await?.all;
    let previews = previews(conn, organization).await?.all;
    let storage = storage(conn, organization).await?;
    let builds = sqlx::query!(
        "select (select count(*) from queue_environments where organization_id = $1 and queued_build is not null) as \"waiting!\",
             coalesce((select running from queue_organizations where organization_id = $1), 0)::bigint as \"running!\"",
        organization.0,
    )
    .fetch_one(conn)
    .await?;
    Ok(Quotas { apps, previews, running_builds: builds.running, waiting_builds: builds.waiting, storage, requests: 0 })
}

/// As the owner's role: the organization with this id or slug.
pub async fn organization(conn: &mut PgConnection, name: &str) -> sqlx::Result<Option<(OrganizationId, String)>> {
    let row = sqlx::query!("select id as \"id: OrganizationId\", slug from organizations where id::text = $1 or slug = $1 order by id::text <> $1", name);
    Ok(row.fetch_optional(conn).await?.map(|row| (row.id, row.slug)))
}

/// Sets all of it, as the owner's role, and how many builds run at once with it. `running_builds` is what holds in the end.
pub async fn set(conn: &mut PgConnection, organization: OrganizationId, own: &Own, running_builds: i32) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into quotas (organization_id, apps, previews, running_builds, waiting_builds, storage_bytes, requests_per_minute)
         values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (organization_id) do update set apps = $2, previews = $3, running_builds = $4, waiting_builds = $5, storage_bytes = $6,
             requests_per_minute = $7, updated_at = now()",
        organization.0,
        own.apps,
        own.previews,
        own.running_builds,
        own.waiting_builds,
        own.storage_bytes,
        own.requests_per_minute,
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "insert into queue_organizations (organization_id, max_running) values ($1, $2) on conflict (organization_id) do update set max_running = $2",
        organization.0,
        running_builds,
    )
    .execute(conn)
    .await
    .map(drop)
}

/// As the owner's role: how many builds run at once of an organization for which nothing was set. The application makes rows of the
/// queue, but cannot choose this, so that it is the column's default.
pub async fn set_usual_running_builds(conn: &mut PgConnection, usual: i64) -> sqlx::Result<()> {
    let now = sqlx::query_scalar!(
        "select column_default as \"default!\" from information_schema.columns
         where table_schema = current_schema() and table_name = 'queue_organizations' and column_name = 'max_running'"
    )
    .fetch_one(&mut *conn)
    .await?;
    if now == usual.to_string() {
        return Ok(());
    }
    // A number of ours; the statement takes no parameters.
    sqlx::query(sqlx::AssertSqlSafe(format!("alter table queue_organizations alter column max_running set default {usual}"))).execute(&mut *conn).await?;
    sqlx::query!(
        "update queue_organizations w set max_running = $1
         where max_running <> $1 and not exists (select from quotas q where q.organization_id = w.organization_id and q.running_builds is not null)",
        i32::try_from(usual).unwrap_or(i32::MAX),
    )
    .execute(conn)
    .await
    .map(drop)
}
