//! Sign-ins of people, each with a refresh token that rotates.

use crate::domain::{IdentityId, SessionId, UserId};
use sqlx::PgConnection;

/// A sign-in, found by a refresh token.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct Found {
    pub id: SessionId,
    pub user: UserId,
    /// Whether the token is the current one rather than one that was used.
    pub current: bool,
    /// The external issuer by which the person came.
    pub issuer: Option<String>,
}

/// How somebody signed in, as far as it bounds the sign-in.
#[derive(Debug, Clone, Copy)]
pub enum By {
    /// A password: it lasts as long as it is used.
    Password,
    /// An identity: it ends with that, and after so many hours however much it is used.
    Identity(IdentityId, i32),
}

/// Adds a sign-in that is over after so many days without use; false: the identity was removed meanwhile, and the transaction is over.
pub async fn insert(conn: &mut PgConnection, id: SessionId, user: UserId, by: By, refresh_hash: &[u8], days: i32) -> sqlx::Result<bool> {
    let (identity, hours) = match by {
        By::Password => (None, None),
        By::Identity(identity, hours) => (Some(identity.0), Some(hours)),
    };
    let inserted = sqlx::query!(
        "insert into sessions (id, user_id, identity_id, refresh_hash, ends_at, expires_at)
         values ($1, $2, $3, $4, now() + make_interval(hours => $5), least(now() + make_interval(days => $6), now() + make_interval(hours => $5)))",
        id.0,
        user.0,
        identity,
        refresh_hash,
        hours,
        days,
    )
    .execute(conn)
    .await;
    match inserted {
        Err(sqlx::Error::Database(refused)) if refused.constraint() == Some("sessions_identity_id_fkey") => Ok(false),
        inserted => inserted.map(|_| true),
    }
}

/// The sign-in that a refresh token belongs to or belonged to, locked.
pub async fn find(conn: &mut PgConnection, refresh_hash: &[u8]) -> sqlx::Result<Option<Found>> {
    sqlx::query_as!(
        Found,
        "select id as \"id: SessionId\", user_id as \"user: UserId\", refresh_hash = $1 as \"current!\",
             (select issuer from identities where id = identity_id) as issuer
         from sessions
         where (refresh_hash = $1 or previous_hash = $1 or id = (select session_id from used_refresh_tokens where hash = $1))
             and expires_at > now() for update",
        refresh_hash,
    )
    .fetch_optional(conn)
    .await
}

/// Replaces the refresh token. The old one is remembered as long as the session lasts: whoever brings it once more has copied it.
pub async fn rotate(conn: &mut PgConnection, id: SessionId, refresh_hash: &[u8], days: i32) -> sqlx::Result<()> {
    sqlx::query!("insert into used_refresh_tokens (hash, session_id) select refresh_hash, id from sessions where id = $1 on conflict do nothing", id.0)
        .execute(&mut *conn)
        .await?;
    sqlx::query!(
        "update sessions set previous_hash = refresh_hash, refresh_hash = $2, refreshed_at = now(),
             expires_at = least(now() + make_interval(days => $3), ends_at)
         where id = $1",
        id.0,
        refresh_hash,
        days,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Whether the sign-in goes on: neither signed out nor over.
pub async fn is_open(conn: &mut PgConnection, id: SessionId, user: UserId) -> sqlx::Result<bool> {
    sqlx::query_scalar!("select exists (select from sessions where id = $1 and user_id = $2 and expires_at > now()) as \"open!\"", id.0, user.0)
        .fetch_one(conn)
        .await
}

/// Ends a sign-in; false: it had ended.
pub async fn delete(conn: &mut PgConnection, id: SessionId) -> sqlx::Result<bool> {
    Ok(sqlx::query!("delete from sessions where id = $1", id.0).execute(conn).await?.rows_affected() == 1)
}

/// Forgets the sign-ins of a person that are over.
pub async fn sweep(conn: &mut PgConnection, user: UserId) -> sqlx::Result<u64> {
    Ok(sqlx::query!("delete from sessions where user_id = $1 and expires_at <= now()", user.0).execute(conn).await?.rows_affected())
}
