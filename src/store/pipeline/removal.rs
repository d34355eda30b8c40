use super::EnvironmentRow;
use crate::domain::{AccountId, AppId, BuildId, EnvironmentId, EnvironmentKind, OrganizationId, ReleaseId, TargetKind};
use sqlx::PgConnection;

/// An app takes no builds any more. Returns its organization; none when it is gone.
pub async fn mark_app_deleting(conn: &mut PgConnection, app: AppId) -> sqlx::Result<Option<OrganizationId>> {
    sqlx::query_scalar!(
        "update apps set state = 'deleting', updated_at = clock_timestamp() where id = $1 returning organization_id as \"organization: OrganizationId\"",
        app.0,
    )
    .fetch_optional(conn)
    .await
}

/// An environment takes no builds any more. False: it is gone.
pub async fn mark_environment_deleting(conn: &mut PgConnection, environment: EnvironmentId) -> sqlx::Result<bool> {
    let done = sqlx::query!("update environments set state = 'deleting', updated_at = clock_timestamp() where id = $1", environment.0).execute(conn).await?;
    Ok(done.rows_affected() == 1)
}

/// The environments of an app.
pub async fn apps_environments(conn: &mut PgConnection, app: AppId) -> sqlx::Result<Vec<EnvironmentId>> {
    sqlx::query_scalar!("select id as \"id: EnvironmentId\" from environments where app_id = $1 order by created_at, id", app.0).fetch_all(conn).await
}

/// One environment with what its target needs to know.
pub async fn environment(conn: &mut PgConnection, environment: EnvironmentId) -> sqlx::Result<Option<EnvironmentRow>> {
    sqlx::query_as!(
        EnvironmentRow,
        "select e.organization_id as \"organization: OrganizationId\", e.app_id as \"app: AppId\", e.id as \"environment: EnvironmentId\",
             a.slug as app_slug, e.slug as environment_slug, a.host_label as app_label, e.kind as \"kind: EnvironmentKind\",
             a.target as \"target: TargetKind\", a.domain, a.account_id as \"account: AccountId\", (a.state = 'deleting' or e.state = 'deleting') as \"deleting!\"
         from environments e join apps a on a.id = e.app_id where e.id = $1",
        environment.0,
    )
    .fetch_optional(conn)
    .await
}

/// The builds of an environment that wait or run.
pub async fn open_builds(conn: &mut PgConnection, environment: EnvironmentId) -> sqlx::Result<Vec<BuildId>> {
    sqlx::query_scalar!("select id as \"id: BuildId\" from builds where environment_id = $1 and state in ('queued', 'running')", environment.0)
        .fetch_all(conn)
        .await
}

/// Locks the rows of an environment that is about to go and of its app, before those of the queue. Its builds go with it, but
/// their numbers do not come again. False: it is gone.
pub async fn lock_environment(conn: &mut PgConnection, environment: EnvironmentId) -> sqlx::Result<bool> {
    sqlx::query!(
        "update apps a set builds_gone = greatest(a.builds_gone, n.number)
         from (select app_id, max(number) as number from builds where environment_id = $1 group by app_id) as n where a.id = n.app_id",
        environment.0,
    )
    .execute(&mut *conn)
    .await?;
    let row = sqlx::query_scalar!("select true as \"there!\" from environments where id = $1 for update", environment.0).fetch_optional(conn).await?;
    Ok(row.is_some())
}

/// Deletes an environment's rows. The queue has let go of it. False: it was gone.
pub async fn delete_environment(conn: &mut PgConnection, environment: EnvironmentId) -> sqlx::Result<bool> {
    let done = sqlx::query!("delete from environments where id = $1", environment.0).execute(conn).await?;
    Ok(done.rows_affected() == 1)
}

/// What became of an app whose rows were to be deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AppEnd {
    /// They are deleted now.
    Deleted {
        /// Whose it was.
        organization: OrganizationId,
        /// Its short name.
        slug: String,
        /// Its name.
        name: String,
    },
    /// It was gone.
    WasGone,
    /// An environment is still there, and nothing was changed.
    Blocked,
}

/// Deletes an app's rows.
pub async fn delete_app(conn: &mut PgConnection, app: AppId) -> sqlx::Result<AppEnd> {
    let gone = sqlx::query!(
        "delete from apps a where id = $1 and not exists (select from environments e where e.app_id = a.id)
         returning organization_id as \"organization: OrganizationId\", slug, name",
        app.0,
    )
    .fetch_optional(&mut *conn)
    .await?;
    if let Some(gone) = gone {
        return Ok(AppEnd::Deleted { organization: gone.organization, slug: gone.slug, name: gone.name });
    }
    let blocked = sqlx::query_scalar!("select exists (select from environments where app_id = $1) as \"blocked!\"", app.0).fetch_one(conn).await?;
    Ok(if blocked { AppEnd::Blocked } else { AppEnd::WasGone })
}

/// What a sweep has to remove.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Swept {
    pub release: ReleaseId,
    pub build: BuildId,
}

/// Marks the releases of an environment whose files are no longer kept, and returns all that are so marked. Kept are the live
/// one, the `keep` newest, and those that an open build goes back to.
pub async fn sweep(conn: &mut PgConnection, environment: EnvironmentId, keep: i64) -> sqlx::Result<Vec<Swept>> {
    // Nobody changes what is live meanwhile.
    sqlx::query!("select id from environments where id = $1 for no key update", environment.0).fetch_optional(&mut *conn).await?;
    sqlx::query!(
        "update releases r set state = 'removed'
         where r.environment_id = $1 and r.state = 'ready'
             and not exists (select from environments e where e.id = $1 and e.live_release_id = r.id)
             and not exists (select from builds b where b.environment_id = $1 and b.release_id = r.id and b.state in ('queued', 'running'))
             and r.id not in (select n.id from releases n where n.environment_id = $1 and n.state = 'ready'
                 order by n.activated_at desc nulls last, n.number desc limit $2)",
        environment.0,
        keep,
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query_as!(
        Swept,
        "select id as \"release: ReleaseId\", build_id as \"build: BuildId\" from releases where environment_id = $1 and state = 'removed'",
        environment.0,
    )
    .fetch_all(conn)
    .await
}

/// The builds of an environment whose folders are still wanted: those that are open, and those of releases that are kept.
/// The second value says whether the build is open.
pub async fn file_owners(conn: &mut PgConnection, environment: EnvironmentId) -> sqlx::Result<Vec<(BuildId, bool)>> {
    let rows = sqlx::query!(
        "select b.id as \"id: BuildId\", b.state in ('queued', 'running') as \"open!\" from builds b
         where b.environment_id = $1 and (b.state in ('queued', 'running')
             or exists (select from releases r where r.build_id = b.id and r.state = 'ready'))",
        environment.0,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.open)).collect())
}
