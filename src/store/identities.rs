//! What external issuers call people.

use crate::domain::{IdentityId, UserId};
use chrono::{DateTime, Utc};
use sqlx::PgConnection;

/// Somebody, as an issuer knows them.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Identity {
    pub id: IdentityId,
    pub issuer: String,
    pub subject: String,
    pub created_at: DateTime<Utc>,
}

/// Whose an identity is.
pub async fn find(conn: &mut PgConnection, issuer: &str, subject: &str) -> sqlx::Result<Option<(IdentityId, UserId)>> {
    let row =
        sqlx::query!("select id as \"id: IdentityId\", user_id as \"user_id: UserId\" from identities where issuer = $1 and subject = $2", issuer, subject,)
            .fetch_optional(conn)
            .await?;
    Ok(row.map(|row| (row.id, row.user_id)))
}

/// The identities of a person, the newest first.
pub async fn list(conn: &mut PgConnection, user: UserId) -> sqlx::Result<Vec<Identity>> {
    sqlx::query_as!(
        Identity,
        "select id as \"id: IdentityId\", issuer, subject, created_at from identities where user_id = $1 order by created_at desc, id desc",
        user.0,
    )
    .fetch_all(conn)
    .await
}

/// Adds one; `None`: it is somebody's already.
pub async fn insert(conn: &mut PgConnection, id: IdentityId, user: UserId, issuer: &str, subject: &str) -> sqlx::Result<Option<Identity>> {
    sqlx::query_as!(
        Identity,
        "insert into identities (id, issuer, subject, user_id) values ($1, $2, $3, $4) on conflict (issuer, subject) do nothing
         returning id as \"id: IdentityId\", issuer, subject, created_at",
        id.0,
        issuer,
        subject,
        user.0,
    )
    .fetch_optional(conn)
    .await
}

/// Takes one away, with the sign-ins that came by it.
pub async fn delete(conn: &mut PgConnection, user: UserId, id: IdentityId) -> sqlx::Result<bool> {
    Ok(sqlx::query!("delete from identities where user_id = $1 and id = $2", user.0, id.0).execute(conn).await?.rows_affected() == 1)
}
