//! People in organizations.

use super::Slice;
use crate::domain::{MemberRole, OrganizationId, UserId};
use chrono::{DateTime, Utc};
use sqlx::PgConnection;

/// A person in an organization.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct Member {
    pub user: UserId,
    pub email: String,
    pub name: String,
    pub role: MemberRole,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// Adds a member; false: they are one.
pub async fn insert(conn: &mut PgConnection, organization: OrganizationId, user: UserId, role: MemberRole) -> sqlx::Result<bool> {
    let done =
        sqlx::query!("insert into members (organization_id, user_id, role) values ($1, $2, $3) on conflict do nothing", organization.0, user.0, role.as_str(),)
            .execute(conn)
            .await?;
    Ok(done.rows_affected() == 1)
}

/// Members, the newest first.
pub async fn list(conn: &mut PgConnection, organization: OrganizationId, slice: Slice) -> sqlx::Result<Vec<Member>> {
    sqlx::query_as!(
        Member,
        "select m.user_id as \"user: UserId\", u.email, u.name, m.role as \"role: MemberRole\", m.created_at, m.updated_at
         from members m join users u on u.id = m.user_id
         where m.organization_id = $1 and ($2::timestamptz is null or (m.created_at, m.user_id) < ($2, $3))
         order by m.created_at desc, m.user_id desc limit $4",
        organization.0,
        slice.at(),
        slice.id(),
        slice.limit,
    )
    .fetch_all(conn)
    .await
}

/// The member.
pub async fn find(conn: &mut PgConnection, organization: OrganizationId, user: UserId) -> sqlx::Result<Option<Member>> {
    sqlx::query_as!(
        Member,
        "select m.user_id as \"user: UserId\", u.email, u.name, m.role as \"role: MemberRole\", m.created_at, m.updated_at
         from members m join users u on u.id = m.user_id where m.organization_id = $1 and m.user_id = $2",
        organization.0,
        user.0,
    )
    .fetch_optional(conn)
    .await
}

/// Nobody else changes or removes the member before the transaction ends.
pub async fn hold(conn: &mut PgConnection, organization: OrganizationId, user: UserId) -> sqlx::Result<bool> {
    let held = sqlx::query!("select user_id from members where organization_id = $1 and user_id = $2 for no key update", organization.0, user.0);
    Ok(held.fetch_optional(conn).await?.is_some())
}

/// Whether somebody else is an owner. Until the transaction ends nobody else changes members after asking this.
pub async fn another_owner(conn: &mut PgConnection, organization: OrganizationId, user: UserId) -> sqlx::Result<bool> {
    sqlx::query!("select id from organizations where id = $1 for no key update", organization.0).fetch_one(&mut *conn).await?;
    sqlx::query_scalar!(
        "select exists (select from members where organization_id = $1 and user_id <> $2 and role = 'owner') as \"another!\"",
        organization.0,
        user.0,
    )
    .fetch_one(conn)
    .await
}

/// Gives a member another role.
pub async fn set_role(conn: &mut PgConnection, organization: OrganizationId, user: UserId, role: MemberRole) -> sqlx::Result<()> {
    sqlx::query!("update members set role = $3, updated_at = now() where organization_id = $1 and user_id = $2", organization.0, user.0, role.as_str())
        .execute(conn)
        .await
        .map(drop)
}

/// Removes a member, and revokes the API tokens that they have made: they know the secrets. Returns how many tokens.
pub async fn remove(conn: &mut PgConnection, organization: OrganizationId, user: UserId) -> sqlx::Result<u64> {
    sqlx::query!("delete from members where organization_id = $1 and user_id = $2", organization.0, user.0).execute(&mut *conn).await?;
    let revoked =
        sqlx::query!("update api_tokens set revoked_at = now() where organization_id = $1 and created_by = $2 and revoked_at is null", organization.0, user.0,);
    Ok(revoked.execute(conn).await?.rows_affected())
}
