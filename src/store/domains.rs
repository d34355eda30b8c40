//! Custom domains.

use crate::domain::domain_name::DnsRecord;
use crate::domain::{AppId, DomainId, DomainName, DomainState, EnvironmentId, OrganizationId};
use chrono::{DateTime, Utc};
use sqlx::types::Json;
use sqlx::{PgConnection, PgPool};
use std::time::Duration;

/// A custom domain.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct Domain {
    pub id: DomainId,
    pub name: DomainName,
    pub state: DomainState,
    /// What its owner has to set.
    pub records: Json<Vec<DnsRecord>>,
    /// What it waits for, or why it failed, for people.
    pub message: Option<String>,
    pub expires_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// A domain that shall be added.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct NewDomain<'a> {
    pub id: DomainId,
    pub app: AppId,
    pub environment: EnvironmentId,
    pub name: &'a DomainName,
    pub sealed_certificate: Option<&'a [u8]>,
    pub expires_at: Option<DateTime<Utc>>,
}

/// What a target says of a domain.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct Seen<'a> {
    pub name: &'a DomainName,
    pub state: DomainState,
    pub records: &'a [DnsRecord],
    pub message: Option<&'a str>,
    /// `None` leaves what is known.
    pub expires_at: Option<DateTime<Utc>>,
}

/// A domain that leads to an environment of this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Served {
    pub id: DomainId,
    pub name: DomainName,
    /// Where it leads: the label of the environment's own address.
    pub host_label: String,
    pub updated_at: DateTime<Utc>,
}

/// Those of an environment, by name.
pub async fn list(conn: &mut PgConnection, organization: OrganizationId, environment: EnvironmentId) -> sqlx::Result<Vec<Domain>> {
    sqlx::query_as!(
        Domain,
        "select id as \"id: DomainId\", name as \"name: DomainName\", state as \"state: DomainState\", records as \"records: Json<Vec<DnsRecord>>\",
             message, expires_at, created_at, updated_at
         from domains where organization_id = $1 and environment_id = $2 order by name",
        organization.0,
        environment.0,
    )
    .fetch_all(conn)
    .await
}

/// The one of an environment with this name.
pub async fn find(conn: &mut PgConnection, organization: OrganizationId, environment: EnvironmentId, name: &str) -> sqlx::Result<Option<Domain>> {
    sqlx::query_as!(
        Domain,
        "select id as \"id: DomainId\", name as \"name: DomainName\", state as \"state: DomainState\", records as \"records: Json<Vec<DnsRecord>>\",
             message, expires_at, created_at, updated_at
         from domains where organization_id = $1 and environment_id = $2 and name = $3",
        organization.0,
        environment.0,
        name,
    )
    .fetch_optional(conn)
    .await
}

/// Adds one; false: the name is taken in this installation.
pub async fn insert(conn: &mut PgConnection, organization: OrganizationId, new: &NewDomain<'_>) -> sqlx::Result<bool> {
    let done = sqlx::query!(
        "insert into domains (id, organization_id, app_id, environment_id, name, sealed_certificate, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing",
        new.id.0,
        organization.0,
        new.app.0,
        new.environment.0,
        new.name.as_str(),
        new.sealed_certificate,
        new.expires_at,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Gives one another certificate, and tells the host by the commit. False: it is gone, or about to go.
pub async fn renew(conn: &mut PgConnection, organization: OrganizationId, id: DomainId, sealed: &[u8], expires_at: DateTime<Utc>) -> sqlx::Result<bool> {
    let renewed = sqlx::query!(
        "with changed as (
             update domains set sealed_certificate = $3, expires_at = $4, updated_at = clock_timestamp()
             where organization_id = $1 and id = $2 and state <> 'deleting' returning environment_id
         )
         select pg_notify('slipform_host', environment_id::text) from changed",
        organization.0,
        id.0,
        sealed,
        expires_at,
    )
    .fetch_optional(conn)
    .await?;
    Ok(renewed.is_some())
}

/// From now on nothing shall lead there; the host is told by the commit. False: that has begun already.
pub async fn begin_delete(conn: &mut PgConnection, organization: OrganizationId, id: DomainId) -> sqlx::Result<bool> {
    let begun = sqlx::query!(
        "with changed as (
             update domains set state = 'deleting', message = null, updated_at = clock_timestamp()
             where organization_id = $1 and id = $2 and state <> 'deleting' returning environment_id
         )
         select pg_notify('slipform_host', environment_id::text) from changed",
        organization.0,
        id.0,
    )
    .fetch_optional(conn)
    .await?;
    Ok(begun.is_some())
}

/// Those that have waited longer than `limit` fail, with these words; which.
pub async fn give_up(conn: &mut PgConnection, environment: EnvironmentId, limit: Duration, message: &str) -> sqlx::Result<Vec<(DomainId, DomainName)>> {
    let failed = sqlx::query!(
        "update domains set state = 'failed', message = concat_ws(' ', $3::text, message), updated_at = clock_timestamp()
         where environment_id = $1 and state = 'pending' and created_at < clock_timestamp() - make_interval(secs => $2)
         returning id as \"id: DomainId\", name as \"name: DomainName\"",
        environment.0,
        limit.as_secs_f64(),
        message,
    );
    Ok(failed.fetch_all(conn).await?.into_iter().map(|row| (row.id, row.name)).collect())
}

/// Records what a target has seen, and tells the host by the commit. A domain that is to be detached meanwhile stays so. Returns it with
/// the state before, where that is another one.
pub async fn observe(conn: &mut PgConnection, environment: EnvironmentId, seen: &Seen<'_>) -> sqlx::Result<Option<(DomainId, DomainState)>> {
    let changed = sqlx::query!(
        "with before as (
             select id, state from domains where environment_id = $1 and name = $2 and state in ('pending', 'active') for no key update
         ), changed as (
             update domains d set state = $3, records = $4, message = $5, expires_at = coalesce($6, d.expires_at),
                 looked_at = clock_timestamp(),
                 updated_at = case when (d.state, d.records, d.message, d.expires_at) is distinct from ($3, $4::jsonb, $5::text, coalesce($6, d.expires_at))
                     then clock_timestamp() else d.updated_at end
             from before b where d.id = b.id
             returning d.environment_id, d.id, b.state
         )
         select id as \"id: DomainId\", state as \"before: DomainState\", pg_notify('slipform_host', environment_id::text) from changed",
        environment.0,
        seen.name.as_str(),
        seen.state.as_str(),
        Json(seen.records) as _,
        seen.message,
        seen.expires_at,
    )
    .fetch_optional(conn)
    .await?;
    Ok(changed.filter(|row| row.before != seen.state).map(|row| (row.id, row.before)))
}

/// Says why those that wait still do.
pub async fn explain(conn: &mut PgConnection, environment: EnvironmentId, message: &str) -> sqlx::Result<()> {
    sqlx::query!(
        "update domains set message = $2, updated_at = clock_timestamp() where environment_id = $1 and state = 'pending' and message is distinct from $2",
        environment.0,
        message,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Forgets one to which nothing leads any more; false: somebody has.
pub async fn delete(conn: &mut PgConnection, id: DomainId) -> sqlx::Result<bool> {
    let done = sqlx::query!("delete from domains where id = $1 and state = 'deleting'", id.0).execute(conn).await?;
    Ok(done.rows_affected() == 1)
}

/// Those that lead to environments of this machine.
pub async fn served(pool: &PgPool) -> sqlx::Result<Vec<Served>> {
    sqlx::query_as!(
        Served,
        "select d.id as \"id: DomainId\", d.name as \"name: DomainName\", r.host_label, d.updated_at
         from domains d join runtimes r on r.environment_id = d.environment_id
         where d.state = 'active'",
    )
    .fetch_all(pool)
    .await
}

/// The certificate that was given for one, sealed.
pub async fn sealed_certificate(pool: &PgPool, id: DomainId) -> sqlx::Result<Option<Vec<u8>>> {
    Ok(sqlx::query_scalar!("select sealed_certificate from domains where id = $1", id.0).fetch_optional(pool).await?.flatten())
}

/// Environments of the target `aws` whose domains nobody has looked at for `age`: their certificates are renewed by AWS.
pub async fn unseen(conn: &mut PgConnection, age: Duration) -> sqlx::Result<Vec<(OrganizationId, EnvironmentId)>> {
    let rows = sqlx::query!(
        "select distinct d.organization_id as \"organization: OrganizationId\", d.environment_id as \"environment: EnvironmentId\"
         from domains d join apps a on a.id = d.app_id
         where a.target = 'aws' and d.state = 'active' and d.looked_at < clock_timestamp() - make_interval(secs => $1)",
        age.as_secs_f64(),
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.organization, row.environment)).collect())
}
