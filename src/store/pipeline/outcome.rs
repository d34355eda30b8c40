use crate::domain::{AppId, BuildId, DesignVersionId, EnvironmentId, OrganizationId, ReleaseId};
use serde_json::Value;
use sqlx::PgConnection;

/// Keeps a copy of what exists in an environment's database. `migrations`: position, title and SQL of all that were applied.
/// The caller proves its fence later in the same transaction.
pub async fn record_schema(
    conn: &mut PgConnection,
    environment: EnvironmentId,
    build: BuildId,
    state: &Value,
    migrations: &[(i32, String, String)],
) -> sqlx::Result<()> {
    sqlx::query!("update environments set schema_state = $2, updated_at = clock_timestamp() where id = $1", environment.0, state).execute(&mut *conn).await?;
    let positions: Vec<i32> = migrations.iter().map(|(position, _, _)| *position).collect();
    let titles: Vec<String> = migrations.iter().map(|(_, title, _)| title.clone()).collect();
    let sql: Vec<String> = migrations.iter().map(|(_, _, sql)| sql.clone()).collect();
    sqlx::query!(
        "insert into environment_migrations (organization_id, environment_id, position, title, sql, build_id)
         select e.organization_id, e.id, m.position, m.title, m.sql, $2
         from environments e cross join unnest($3::int[], $4::text[], $5::text[]) as m (position, title, sql)
         where e.id = $1
         on conflict do nothing",
        environment.0,
        build.0,
        &positions,
        &titles,
        &sql,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The migrations of an environment that the control plane knows: position, title, SQL, in order.
pub async fn applied_migrations(conn: &mut PgConnection, environment: EnvironmentId) -> sqlx::Result<Vec<(i32, String, String)>> {
    let rows = sqlx::query!("select position, title, sql from environment_migrations where environment_id = $1 order by position", environment.0)
        .fetch_all(conn)
        .await?;
    Ok(rows.into_iter().map(|row| (row.position, row.title, row.sql)).collect())
}

/// A release whose files are in place.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct NewRelease<'a> {
    pub id: ReleaseId,
    pub organization: OrganizationId,
    pub app: AppId,
    pub environment: EnvironmentId,
    pub build: BuildId,
    pub design_version: DesignVersionId,
    pub design_hash: &'a str,
    pub schema_position: i32,
    pub manifest: &'a Value,
    pub size_bytes: i64,
}

/// Records a release and gives it the environment's next number, which is returned. Recorded again, it keeps its number.
/// The caller proves its fence later in the same transaction.
pub async fn record_release(conn: &mut PgConnection, new: &NewRelease<'_>) -> sqlx::Result<i32> {
    // Also the lock that keeps two releases from one number.
    let next = sqlx::query_scalar!("select next_release from environments where id = $1 for no key update", new.environment.0).fetch_one(&mut *conn).await?;
    let number = sqlx::query_scalar!(
        "insert into releases (id, organization_id, app_id, environment_id, number, build_id, design_version_id, design_hash, schema_position, manifest, size_bytes)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
         on conflict (id) do update set manifest = excluded.manifest, size_bytes = excluded.size_bytes
         returning number",
        new.id.0,
        new.organization.0,
        new.app.0,
        new.environment.0,
        next,
        new.build.0,
        new.design_version.0,
        new.design_hash,
        new.schema_position,
        new.manifest,
        new.size_bytes,
    )
    .fetch_one(&mut *conn)
    .await?;
    if number == next {
        sqlx::query!("update environments set next_release = next_release + 1 where id = $1", new.environment.0).execute(&mut *conn).await?;
    }
    sqlx::query!("update builds set release_id = $2 where id = $1", new.build.0, new.id.0).execute(conn).await?;
    Ok(number)
}

/// Another release is live.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Switched {
    /// Of which app, by its slug.
    pub app: String,
    /// Of which environment.
    pub environment: String,
    /// The number of what was live before.
    pub before: Option<i32>,
    /// The number of what is.
    pub after: i32,
}

/// Traffic reaches this release now; `None`: it did so before. The caller proves its fence later in the same transaction.
pub async fn go_live(conn: &mut PgConnection, environment: EnvironmentId, release: ReleaseId) -> sqlx::Result<Option<Switched>> {
    let switched = sqlx::query!(
        "update environments e set live_release_id = $2, updated_at = clock_timestamp()
         from (select id, live_release_id from environments where id = $1 for no key update) as old join releases r on r.id = $2 join apps a on a.id = r.app_id
         where e.id = old.id
         returning a.slug as app, e.slug as environment, r.number as after, (select number from releases where id = old.live_release_id) as before,
             old.live_release_id is distinct from $2 as \"changed!\"",
        environment.0,
        release.0,
    )
    .fetch_optional(&mut *conn)
    .await?;
    sqlx::query!("update releases set activated_at = clock_timestamp() where id = $1 and environment_id = $2", release.0, environment.0).execute(conn).await?;
    let changed = switched.filter(|row| row.changed);
    Ok(changed.map(|row| Switched { app: row.app, environment: row.environment, before: row.before, after: row.after }))
}

/// Asks the host for what is live, where a build that did not succeed had asked for something else and had no
/// chance to take that back. The host is told by the commit.
pub async fn restore_runtime(conn: &mut PgConnection, environment: EnvironmentId) -> sqlx::Result<bool> {
    let restored = sqlx::query!(
        "with changed as (
             update runtimes r set desired = case when e.live_release_id is null then 'absent' else 'running' end,
                 desired_release_id = e.live_release_id, generation = r.generation + 1
             from environments e join apps a on a.id = e.app_id
             where e.id = $1 and r.environment_id = e.id and e.state = 'active' and a.state = 'active'
                 and r.desired_release_id is distinct from e.live_release_id
             returning r.environment_id
         )
         select pg_notify('slipform_host', environment_id::text) from changed",
        environment.0,
    )
    .fetch_optional(conn)
    .await?;
    Ok(restored.is_some())
}

/// Keeps what a look at an environment's things has found.
pub async fn record_drift(conn: &mut PgConnection, environment: EnvironmentId, found: &Value) -> sqlx::Result<()> {
    sqlx::query!("update environments set drift = $2, drift_checked_at = clock_timestamp() where id = $1", environment.0, found).execute(conn).await?;
    Ok(())
}
