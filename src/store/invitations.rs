//! Invitations: kept as hashes only.

use super::Slice;
use crate::domain::{InvitationId, MemberRole, OrganizationId, UserId};
use chrono::{DateTime, Utc};
use sqlx::PgConnection;

/// An invitation without its secret.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct Invitation {
    pub id: InvitationId,
    pub email: String,
    pub role: MemberRole,
    pub created_by: Option<UserId>,
    pub created_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
}

/// What a good invitation stands for.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct Presented {
    pub id: InvitationId,
    pub organization: OrganizationId,
    pub email: String,
    pub role: MemberRole,
}

/// The open invitation with this hash; its organization is visible from now on. Before, none is known: row level security shows the row
/// to whoever knows the hash.
pub async fn present(conn: &mut PgConnection, hash: &[u8]) -> sqlx::Result<Option<Presented>> {
    sqlx::query!("select set_config('slipform.token_hash', $1, true)", hex::encode(hash)).fetch_one(&mut *conn).await?;
    let found = sqlx::query!(
        "select id as \"id: InvitationId\", organization_id as \"organization: OrganizationId\", email, role as \"role: MemberRole\",
             set_config('slipform.organization', organization_id::text, true) as tenant
         from invitations where hash = $1 and accepted_at is null and revoked_at is null and expires_at > now()",
        hash,
    )
    .fetch_optional(conn)
    .await?;
    Ok(found.map(|found| Presented { id: found.id, organization: found.organization, email: found.email, role: found.role }))
}

/// Adds one, in the place of an earlier one for the same address.
pub async fn insert(
    conn: &mut PgConnection,
    organization: OrganizationId,
    id: InvitationId,
    (email, role): (&str, MemberRole),
    hash: &[u8],
    created_by: Option<UserId>,
    days: i32,
) -> sqlx::Result<Invitation> {
    sqlx::query!(
        "update invitations set revoked_at = now() where organization_id = $1 and email = $2 and accepted_at is null and revoked_at is null",
        organization.0,
        email,
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query_as!(
        Invitation,
        "insert into invitations (id, organization_id, email, role, hash, created_by, expires_at)
         values ($1, $2, $3, $4, $5, $6, now() + make_interval(days => $7))
         returning id as \"id: InvitationId\", email, role as \"role: MemberRole\", created_by as \"created_by: UserId\", created_at, expires_at",
        id.0,
        organization.0,
        email,
        role.as_str(),
        hash,
        created_by.map(|user| user.0),
        days,
    )
    .fetch_one(conn)
    .await
}

/// Those that can be accepted, the newest first.
pub async fn list(conn: &mut PgConnection, organization: OrganizationId, slice: Slice) -> sqlx::Result<Vec<Invitation>> {
    sqlx::query_as!(
        Invitation,
        "select id as \"id: InvitationId\", email, role as \"role: MemberRole\", created_by as \"created_by: UserId\", created_at, expires_at
         from invitations
         where organization_id = $1 and accepted_at is null and revoked_at is null and expires_at > now()
             and ($2::timestamptz is null or (created_at, id) < ($2, $3))
         order by created_at desc, id desc limit $4",
        organization.0,
        slice.at(),
        slice.id(),
        slice.limit,
    )
    .fetch_all(conn)
    .await
}

/// Notes that somebody has accepted one; false: somebody else was faster, or it is over.
pub async fn accept(conn: &mut PgConnection, organization: OrganizationId, id: InvitationId, user: UserId) -> sqlx::Result<bool> {
    let done = sqlx::query!(
        "update invitations set accepted_at = now(), accepted_by = $3
         where organization_id = $1 and id = $2 and accepted_at is null and revoked_at is null and expires_at > now()",
        organization.0,
        id.0,
        user.0,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Takes one back; `None`: there is none that is open.
pub async fn revoke(conn: &mut PgConnection, organization: OrganizationId, id: InvitationId) -> sqlx::Result<Option<Invitation>> {
    sqlx::query_as!(
        Invitation,
        "update invitations set revoked_at = now() where organization_id = $1 and id = $2 and accepted_at is null and revoked_at is null
         returning id as \"id: InvitationId\", email, role as \"role: MemberRole\", created_by as \"created_by: UserId\", created_at, expires_at",
        organization.0,
        id.0,
    )
    .fetch_optional(conn)
    .await
}
