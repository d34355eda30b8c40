//! People. They belong to no organization, so no tenant leads these queries.

use crate::domain::UserId;
use chrono::{DateTime, Utc};
use sqlx::PgConnection;

/// A person.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct User {
    pub id: UserId,
    pub email: String,
    pub name: String,
    pub created_at: DateTime<Utc>,
}

/// The person with this e-mail address (lower case) and the hash of their password, if they have one.
pub async fn find_for_sign_in(conn: &mut PgConnection, email: &str) -> sqlx::Result<Option<(UserId, Option<String>)>> {
    let row = sqlx::query!("select id as \"id: UserId\", password_hash from users where email = $1", email).fetch_optional(conn).await?;
    Ok(row.map(|row| (row.id, row.password_hash)))
}

/// The person.
pub async fn get(conn: &mut PgConnection, id: UserId) -> sqlx::Result<Option<User>> {
    sqlx::query_as!(User, "select id as \"id: UserId\", email, name, created_at from users where id = $1", id.0).fetch_optional(conn).await
}

/// Whether the person has a password. Until the transaction ends, nobody else changes how they sign in.
pub async fn lock_and_tell_password(conn: &mut PgConnection, id: UserId) -> sqlx::Result<Option<bool>> {
    sqlx::query_scalar!("select password_hash is not null as \"has!\" from users where id = $1 for no key update", id.0).fetch_optional(conn).await
}

/// Adds a person; false: the e-mail address is taken.
pub async fn insert(conn: &mut PgConnection, id: UserId, email: &str, name: &str, password_hash: Option<&str>) -> sqlx::Result<bool> {
    let done = sqlx::query!(
        "insert into users (id, email, name, password_hash) values ($1, $2, $3, $4) on conflict (email) do nothing",
        id.0,
        email,
        name,
        password_hash,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Whether there is nobody yet. Until the transaction ends, no other one passes here.
pub async fn nobody_yet(conn: &mut PgConnection) -> sqlx::Result<bool> {
    sqlx::query!("select pg_advisory_xact_lock(hashtext('slipform.first_owner'))").fetch_one(&mut *conn).await?;
    sqlx::query_scalar!("select not exists (select from users) as \"empty!\"").fetch_one(conn).await
}
