//! The ledger: what a target made, or means to make, for an environment. A row stands before the thing exists and
//! goes after it is gone, so that nothing can be left behind unseen.

use crate::domain::{AppId, EnvironmentId, OrganizationId, ResourceId};
use serde_json::Value;
use sqlx::PgConnection;
use sqlx::postgres::PgPool;

/// Whose thing it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Owner {
    pub organization: OrganizationId,
    pub app: AppId,
    pub environment: EnvironmentId,
}

/// One thing of the ledger.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)]
pub struct Resource {
    pub kind: String,
    pub name: String,
    pub state: String,
}

/// Says what will be made. True when the ledger already calls it present.
pub async fn intend(conn: &mut PgConnection, owner: Owner, kind: &str, name: &str, intended: &Value) -> sqlx::Result<bool> {
    let state = sqlx::query_scalar!(
        r#"insert into resources (id, organization_id, app_id, environment_id, kind, name, state, intended)
           values ($1, $2, $3, $4, $5, $6, 'intended', $7)
           on conflict (environment_id, kind, name) do update set intended = excluded.intended, updated_at = now(),
               state = case when resources.state = 'present' then 'present' else 'intended' end
           returning state"#,
        ResourceId::new().0,
        owner.organization.0,
        owner.app.0,
        owner.environment.0,
        kind,
        name,
        intended,
    )
    .fetch_one(conn)
    .await?;
    Ok(state == "present")
}

/// Says what will be made, and answers with what was seen of it before.
pub async fn intend_knowing(conn: &mut PgConnection, owner: Owner, kind: &str, name: &str, intended: &Value) -> sqlx::Result<Option<Value>> {
    intend(&mut *conn, owner, kind, name, intended).await?;
    sqlx::query_scalar!("select observed from resources where environment_id = $1 and kind = $2 and name = $3", owner.environment.0, kind, name)
        .fetch_one(conn)
        .await
}

/// Says what will be made under the fencing token of a build. False: a newer build has said something else, and whoever asks stops.
pub async fn claim(conn: &mut PgConnection, owner: Owner, kind: &str, name: &str, intended: &Value, fence: i64) -> sqlx::Result<bool> {
    let claimed = sqlx::query_scalar!(
        r#"insert into resources (id, organization_id, app_id, environment_id, kind, name, state, intended)
           values ($1, $2, $3, $4, $5, $6, 'intended', $7::jsonb || jsonb_build_object('fence', $8::bigint))
           on conflict (environment_id, kind, name) do update set intended = excluded.intended, updated_at = now(),
               state = case when resources.state = 'present' then 'present' else 'intended' end
               where coalesce((resources.intended ->> 'fence')::bigint, 0) <= $8
           returning true as "claimed!""#,
        ResourceId::new().0,
        owner.organization.0,
        owner.app.0,
        owner.environment.0,
        kind,
        name,
        intended,
        fence,
    )
    .fetch_optional(conn)
    .await?;
    Ok(claimed.is_some())
}

/// One thing of the ledger, with what was seen of it.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)]
pub struct Seen {
    pub kind: String,
    pub name: String,
    /// `None` while it is only meant.
    pub observed: Option<Value>,
}

/// What was seen of an environment, in the order in which it was first meant.
pub async fn seen(conn: &mut PgConnection, environment: EnvironmentId) -> sqlx::Result<Vec<Seen>> {
    sqlx::query_as!(Seen, "select kind, name, observed from resources where environment_id = $1 order by created_at, id", environment.0).fetch_all(conn).await
}

/// Who else of an app has something in the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Others {
    /// Another environment.
    pub any: bool,
    /// Another preview.
    pub previews: bool,
}

/// Whether other environments of the app have something in the ledger.
pub async fn others(conn: &mut PgConnection, owner: Owner) -> sqlx::Result<Others> {
    sqlx::query_as!(
        Others,
        r#"select count(*) > 0 as "any!", count(*) filter (where e.kind = 'preview') > 0 as "previews!"
           from environments e
           where e.app_id = $1 and e.id <> $2 and exists (select from resources r where r.environment_id = e.id)"#,
        owner.app.0,
        owner.environment.0,
    )
    .fetch_one(conn)
    .await
}

/// Says that it is there, and what it looks like.
pub async fn present(conn: &mut PgConnection, environment: EnvironmentId, kind: &str, name: &str, observed: &Value) -> sqlx::Result<()> {
    sqlx::query!(
        "update resources set state = 'present', observed = $4, updated_at = now() where environment_id = $1 and kind = $2 and name = $3",
        environment.0,
        kind,
        name,
        observed,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Says that everything of an environment will be removed.
pub async fn delete_begins(conn: &mut PgConnection, environment: EnvironmentId) -> sqlx::Result<()> {
    sqlx::query!("update resources set state = 'deleting', updated_at = now() where environment_id = $1", environment.0).execute(conn).await?;
    Ok(())
}

/// Says that one thing is gone.
pub async fn gone(conn: &mut PgConnection, environment: EnvironmentId, kind: &str, name: &str) -> sqlx::Result<()> {
    sqlx::query!("delete from resources where environment_id = $1 and kind = $2 and name = $3", environment.0, kind, name).execute(conn).await?;
    Ok(())
}

/// What the ledger holds for an environment.
pub async fn list(conn: &mut PgConnection, environment: EnvironmentId) -> sqlx::Result<Vec<Resource>> {
    sqlx::query_as!(Resource, "select kind, name, state from resources where environment_id = $1 order by kind, name", environment.0).fetch_all(conn).await
}

/// One thing of the ledger, as its organization may see it.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)]
pub struct Known {
    pub kind: String,
    pub name: String,
    /// `intended`, `present`, `deleting`.
    pub state: String,
    /// `None` while it is only meant.
    pub observed: Option<Value>,
}

/// What the ledger holds for an environment of a tenant, in the order in which it was first meant.
pub async fn known(conn: &mut PgConnection, organization: OrganizationId, environment: EnvironmentId) -> sqlx::Result<Vec<Known>> {
    sqlx::query_as!(
        Known,
        "select kind, name, state, observed from resources where organization_id = $1 and environment_id = $2 order by created_at, id",
        organization.0,
        environment.0,
    )
    .fetch_all(conn)
    .await
}

/// Users of the machine that the host gave to environments: the one of `owner`, chosen near `preferred` and kept for its lifetime.
pub async fn allocate_uid(pool: &PgPool, owner: Owner, range: std::ops::Range<u32>, preferred: u32) -> sqlx::Result<u32> {
    let mut tx = super::begin(pool).await?;
    // Two hosts never choose at once.
    sqlx::query!("select pg_advisory_xact_lock(hashtext('slipform uid'))").execute(&mut *tx).await?;
    let mine =
        sqlx::query_scalar!("select name from resources where environment_id = $1 and kind = 'user'", owner.environment.0).fetch_optional(&mut *tx).await?;
    if let Some(uid) = mine.and_then(|name| name.parse().ok()) {
        return Ok(uid);
    }
    let taken: std::collections::HashSet<String> =
        sqlx::query_scalar!("select name from resources where kind = 'user'").fetch_all(&mut *tx).await?.into_iter().collect();
    let free = (preferred..range.end).chain(range.start..preferred).find(|uid| !taken.contains(&uid.to_string()));
    let uid = free.ok_or_else(|| sqlx::Error::Protocol("every user id of the range is taken".into()))?;
    intend(&mut tx, owner, "user", &uid.to_string(), &Value::Null).await?;
    tx.commit().await?;
    Ok(uid)
}
