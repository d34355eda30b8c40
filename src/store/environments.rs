//! Environments of apps, and what the host says of them.

use super::Slice;
use super::apps::Hold;
use crate::domain::{AppId, BuildId, EnvironmentId, EnvironmentKind, Lifecycle, OrganizationId, ReleaseId, UserId};
use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::PgConnection;

/// An environment, with what runs in it.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct Environment {
    pub id: EnvironmentId,
    pub slug: String,
    pub kind: EnvironmentKind,
    pub state: Lifecycle,
    pub live_release_id: Option<ReleaseId>,
    pub live_release: Option<i32>,
    pub live_design: Option<i32>,
    pub admin_email: Option<String>,
    /// Encrypted JSON, bound to `environment/<id>`.
    pub sealed_secrets: Option<Vec<u8>>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    /// What the host observes: `absent`, `starting`, `running`, `failed`.
    pub observed: Option<String>,
    /// Why it failed.
    pub message: Option<String>,
    /// Restarts of its process since it was last switched.
    pub restarts: Option<i32>,
    /// What the last look at its things has found: `[{kind, name, detail}]`.
    pub drift: Option<Value>,
    pub drift_checked_at: Option<DateTime<Utc>>,
}

/// Environments of an app in the order in which they were made, production first.
pub async fn list(conn: &mut PgConnection, organization: OrganizationId, app: AppId, slice: Slice) -> sqlx::Result<Vec<Environment>> {
    sqlx::query_as!(
        Environment,
        "select e.id as \"id: EnvironmentId\", e.slug, e.kind as \"kind: EnvironmentKind\", e.state as \"state: Lifecycle\",
             e.live_release_id as \"live_release_id: ReleaseId\", r.number as \"live_release?\", d.number as \"live_design?\",
             e.admin_email, e.sealed_secrets, e.created_at, e.updated_at,
             t.observed as \"observed?\", t.message, t.restarts as \"restarts?\", e.drift, e.drift_checked_at
         from environments e
         left join releases r on r.id = e.live_release_id
         left join design_versions d on d.id = r.design_version_id
         left join runtimes t on t.environment_id = e.id
         where e.organization_id = $1 and e.app_id = $2 and ($3::timestamptz is null or (e.created_at, e.id) > ($3, $4))
         order by e.created_at, e.id limit $5",
        organization.0,
        app.0,
        slice.at(),
        slice.id(),
        slice.limit,
    )
    .fetch_all(conn)
    .await
}

/// The environment with this slug.
pub async fn find(conn: &mut PgConnection, organization: OrganizationId, app: AppId, slug: &str) -> sqlx::Result<Option<Environment>> {
    sqlx::query_as!(
        Environment,
        "select e.id as \"id: EnvironmentId\", e.slug, e.kind as \"kind: EnvironmentKind\", e.state as \"state: Lifecycle\",
             e.live_release_id as \"live_release_id: ReleaseId\", r.number as \"live_release?\", d.number as \"live_design?\",
             e.admin_email, e.sealed_secrets, e.created_at, e.updated_at,
             t.observed as \"observed?\", t.message, t.restarts as \"restarts?\", e.drift, e.drift_checked_at
         from environments e
         left join releases r on r.id = e.live_release_id
         left join design_versions d on d.id = r.design_version_id
         left join runtimes t on t.environment_id = e.id
         where e.organization_id = $1 and e.app_id = $2 and e.slug = $3",
        organization.0,
        app.0,
        slug,
    )
    .fetch_optional(conn)
    .await
}

/// Holds an environment's row, and says what it is now. Whoever changes its domains holds it alone.
pub async fn hold(conn: &mut PgConnection, organization: OrganizationId, id: EnvironmentId, hold: Hold) -> sqlx::Result<Option<Lifecycle>> {
    match hold {
        Hold::Shared => {
            sqlx::query_scalar!("select state as \"state: Lifecycle\" from environments where organization_id = $1 and id = $2 for share", organization.0, id.0)
                .fetch_optional(conn)
                .await
        }
        Hold::Alone => {
            sqlx::query_scalar!(
                "select state as \"state: Lifecycle\" from environments where organization_id = $1 and id = $2 for no key update",
                organization.0,
                id.0,
            )
            .fetch_optional(conn)
            .await
        }
    }
}

/// Adds an environment, whose first administrator will be `created_by`; false: the slug is taken.
pub async fn insert(
    conn: &mut PgConnection,
    organization: OrganizationId,
    app: AppId,
    slug: &str,
    kind: EnvironmentKind,
    created_by: Option<UserId>,
) -> sqlx::Result<bool> {
    let done = sqlx::query!(
        "insert into environments (id, organization_id, app_id, slug, kind, admin_email)
         values ($1, $2, $3, $4, $5, (select email from users where id = $6)) on conflict do nothing",
        EnvironmentId::new().0,
        organization.0,
        app.0,
        slug,
        kind.as_str(),
        created_by.map(|u| u.0),
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Begins the end of an environment; false: that has begun already.
pub async fn begin_delete(conn: &mut PgConnection, organization: OrganizationId, id: EnvironmentId) -> sqlx::Result<bool> {
    let done = sqlx::query!(
        "update environments set state = 'deleting', updated_at = now() where organization_id = $1 and id = $2 and state = 'active'",
        organization.0,
        id.0,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Builds of an app, or of one of its environments, that wait or run.
pub async fn open_builds(conn: &mut PgConnection, organization: OrganizationId, app: AppId, environment: Option<EnvironmentId>) -> sqlx::Result<Vec<BuildId>> {
    sqlx::query_scalar!(
        "select b.build as \"build!: BuildId\"
         from queue_environments q
         join environments e on e.id = q.environment_id
         cross join lateral (values (q.queued_build), (q.running_build)) as b (build)
         where q.organization_id = $1 and e.app_id = $2 and ($3::uuid is null or e.id = $3) and b.build is not null
         order by q.environment_id",
        organization.0,
        app.0,
        environment.map(|e| e.0),
    )
    .fetch_all(conn)
    .await
}
