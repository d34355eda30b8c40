//! People in organizations.

use crate::domain::{MemberRole, OrganizationId, UserId};
use sqlx::PgConnection;

/// Adds a member.
pub async fn insert(conn: &mut PgConnection, organization: OrganizationId, user: UserId, role: MemberRole) -> sqlx::Result<()> {
    sqlx::query!("insert into members (organization_id, user_id, role) values ($1, $2, $3)", organization.0, user.0, role.as_str()).execute(conn).await?;
    Ok(())
}
