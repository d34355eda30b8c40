//! AWS accounts of organizations.

use super::Slice;
use crate::domain::{AccountId, OrganizationId, UserId};
use chrono::{DateTime, Utc};
use sqlx::PgConnection;

/// An account in which an organization's apps can run.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Account {
    pub id: AccountId,
    pub name: String,
    pub region: String,
    /// The name of the foundation's stack.
    pub stack: String,
    pub domain: String,
    pub role_arn: String,
    /// What the role demands of whoever assumes it.
    pub external_id: String,
    /// Whether the organization's new apps run there.
    pub is_default: bool,
    pub created_by: Option<UserId>,
    pub created_at: DateTime<Utc>,
}

/// An account that shall be added.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct NewAccount<'a> {
    pub id: AccountId,
    pub name: &'a str,
    pub region: &'a str,
    pub stack: &'a str,
    pub domain: &'a str,
    pub role_arn: &'a str,
    pub external_id: &'a str,
    pub is_default: bool,
    pub created_by: Option<UserId>,
}

/// The newest first.
pub async fn list(conn: &mut PgConnection, organization: OrganizationId, slice: Slice) -> sqlx::Result<Vec<Account>> {
    sqlx::query_as!(
        Account,
        "select id as \"id: AccountId\", name, region, stack, domain, role_arn, external_id, is_default, created_by as \"created_by: UserId\", created_at
         from accounts where organization_id = $1 and ($2::timestamptz is null or (created_at, id) < ($2, $3))
         order by created_at desc, id desc limit $4",
        organization.0,
        slice.at(),
        slice.id(),
        slice.limit,
    )
    .fetch_all(conn)
    .await
}

/// The account of this name.
pub async fn find(conn: &mut PgConnection, organization: OrganizationId, name: &str) -> sqlx::Result<Option<Account>> {
    sqlx::query_as!(
        Account,
        "select id as \"id: AccountId\", name, region, stack, domain, role_arn, external_id, is_default, created_by as \"created_by: UserId\", created_at
         from accounts where organization_id = $1 and name = $2",
        organization.0,
        name,
    )
    .fetch_optional(conn)
    .await
}

/// Nobody else changes or deletes it before the transaction ends.
pub async fn hold(conn: &mut PgConnection, organization: OrganizationId, id: AccountId) -> sqlx::Result<bool> {
    let held = sqlx::query!("select id from accounts where organization_id = $1 and id = $2 for no key update", organization.0, id.0);
    Ok(held.fetch_optional(conn).await?.is_some())
}

/// Where the organization's new apps run, if it has said so.
pub async fn default(conn: &mut PgConnection, organization: OrganizationId) -> sqlx::Result<Option<Account>> {
    sqlx::query_as!(
        Account,
        "select id as \"id: AccountId\", name, region, stack, domain, role_arn, external_id, is_default, created_by as \"created_by: UserId\", created_at
         from accounts where organization_id = $1 and is_default",
        organization.0,
    )
    .fetch_optional(conn)
    .await
}

/// The account with this id, for a worker.
pub async fn of_app(conn: &mut PgConnection, organization: OrganizationId, id: AccountId) -> sqlx::Result<Option<Account>> {
    sqlx::query_as!(
        Account,
        "select id as \"id: AccountId\", name, region, stack, domain, role_arn, external_id, is_default, created_by as \"created_by: UserId\", created_at
         from accounts where organization_id = $1 and id = $2",
        organization.0,
        id.0,
    )
    .fetch_optional(conn)
    .await
}

/// Adds one; false: the name is taken.
pub async fn insert(conn: &mut PgConnection, organization: OrganizationId, new: &NewAccount<'_>) -> sqlx::Result<bool> {
    if new.is_default {
        no_default(&mut *conn, organization).await?;
    }
    let done = sqlx::query!(
        "insert into accounts (id, organization_id, name, region, stack, domain, role_arn, external_id, is_default, created_by)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict on constraint accounts_name_key do nothing",
        new.id.0,
        organization.0,
        new.name,
        new.region,
        new.stack,
        new.domain,
        new.role_arn,
        new.external_id,
        new.is_default,
        new.created_by.map(|u| u.0),
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Makes it the default, or no longer; false: there is none of this name.
pub async fn set_default(conn: &mut PgConnection, organization: OrganizationId, name: &str, is_default: bool) -> sqlx::Result<bool> {
    if is_default {
        no_default(&mut *conn, organization).await?;
    }
    let done =
        sqlx::query!("update accounts set is_default = $3 where organization_id = $1 and name = $2", organization.0, name, is_default).execute(conn).await?;
    Ok(done.rows_affected() == 1)
}

async fn no_default(conn: &mut PgConnection, organization: OrganizationId) -> sqlx::Result<()> {
    sqlx::query!("update accounts set is_default = false where organization_id = $1 and is_default", organization.0).execute(conn).await.map(drop)
}

/// How many apps run there.
pub async fn apps(conn: &mut PgConnection, organization: OrganizationId, id: AccountId) -> sqlx::Result<i64> {
    sqlx::query_scalar!("select count(*) as \"count!\" from apps where organization_id = $1 and account_id = $2", organization.0, id.0).fetch_one(conn).await
}

/// Forgets it. Fails while apps run there.
pub async fn delete(conn: &mut PgConnection, organization: OrganizationId, id: AccountId) -> sqlx::Result<bool> {
    let done = sqlx::query!("delete from accounts where organization_id = $1 and id = $2", organization.0, id.0).execute(conn).await?;
    Ok(done.rows_affected() == 1)
}
