//! The keys that sign access tokens. Of one that is retired, only its public half is left.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

/// A key as it is stored.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct StoredKey {
    pub id: String,
    pub public_key: Vec<u8>,
    /// Encrypted with `SLIPFORM_KEY`, bound to `signing_key/<id>`.
    pub sealed_private_key: Vec<u8>,
    /// From then on it signs, until a later one does.
    pub signs_from: DateTime<Utc>,
}

/// A key that is made.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct NewKey {
    pub id: String,
    pub public_key: Vec<u8>,
    pub sealed_private_key: Vec<u8>,
}

/// What an operator sees of a key.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct Listed {
    pub id: String,
    pub created_at: DateTime<Utc>,
    pub signs_from: DateTime<Utc>,
    pub retired_at: Option<DateTime<Utc>>,
}

/// The keys that are not retired, the last to sign first.
pub async fn list(conn: &mut PgConnection) -> sqlx::Result<Vec<StoredKey>> {
    sqlx::query_as!(
        StoredKey,
        "select id, public_key, sealed_private_key as \"sealed_private_key!\", signs_from from signing_keys where retired_at is null order by signs_from desc, id desc",
    )
    .fetch_all(conn)
    .await
}

/// All keys that there ever were, the newest first.
pub async fn history(conn: &mut PgConnection) -> sqlx::Result<Vec<Listed>> {
    sqlx::query_as!(Listed, "select id, created_at, signs_from, retired_at from signing_keys order by signs_from desc, id desc").fetch_all(conn).await
}

/// Until the transaction ends, no other process makes or retires a key.
pub async fn lock(conn: &mut PgConnection) -> sqlx::Result<()> {
    sqlx::query!("select pg_advisory_xact_lock(hashtext('slipform.signing_keys'))").fetch_one(conn).await.map(drop)
}

/// The same, without waiting: false, another process is at it.
pub async fn try_lock(conn: &mut PgConnection) -> sqlx::Result<bool> {
    sqlx::query_scalar!("select pg_try_advisory_xact_lock(hashtext('slipform.signing_keys')) as \"locked!\"").fetch_one(conn).await
}

/// Whether the last key is so many days old that the next one should be made.
pub async fn is_due(conn: &mut PgConnection, days: i32) -> sqlx::Result<bool> {
    sqlx::query_scalar!(
        "select coalesce(max(signs_from) <= now() - make_interval(days => $1), false) as \"due!\" from signing_keys where retired_at is null",
        days,
    )
    .fetch_one(conn)
    .await
}

/// Adds a key that signs in so many seconds.
pub async fn insert(conn: &mut PgConnection, key: &NewKey, seconds: f64) -> sqlx::Result<StoredKey> {
    sqlx::query_as!(
        StoredKey,
        "insert into signing_keys (id, public_key, sealed_private_key, signs_from) values ($1, $2, $3, now() + make_interval(secs => $4))
         returning id, public_key, sealed_private_key as \"sealed_private_key!\", signs_from",
        key.id,
        key.public_key,
        key.sealed_private_key,
        seconds,
    )
    .fetch_one(conn)
    .await
}

/// Retires the keys whose successor has signed for so many seconds, and destroys their private halves; gives their ids.
pub async fn retire(conn: &mut PgConnection, seconds: f64) -> sqlx::Result<Vec<String>> {
    sqlx::query_scalar!(
        "update signing_keys old set retired_at = now(), sealed_private_key = null
         where retired_at is null and exists (
             select from signing_keys next where next.retired_at is null and (next.signs_from, next.id) > (old.signs_from, old.id)
                 and next.signs_from <= now() - make_interval(secs => $1))
         returning id",
        seconds,
    )
    .fetch_all(conn)
    .await
}

/// Retires every key but one at once, and destroys their private halves; gives their ids.
pub async fn retire_all_but(conn: &mut PgConnection, id: &str) -> sqlx::Result<Vec<String>> {
    sqlx::query_scalar!("update signing_keys set retired_at = now(), sealed_private_key = null where retired_at is null and id <> $1 returning id", id)
        .fetch_all(conn)
        .await
}
