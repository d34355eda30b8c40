//! The keys that sign access tokens.

use sqlx::PgConnection;

/// A key as it is stored.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct StoredKey {
    pub id: String,
    pub public_key: Vec<u8>,
    /// Encrypted with `SLIPFORM_KEY`, bound to `signing_key/<id>`.
    pub sealed_private_key: Vec<u8>,
}

/// The keys that are not retired, the newest first.
pub async fn list(conn: &mut PgConnection) -> sqlx::Result<Vec<StoredKey>> {
    sqlx::query_as!(StoredKey, "select id, public_key, sealed_private_key from signing_keys where retired_at is null order by created_at desc, id")
        .fetch_all(conn)
        .await
}

/// Until the transaction ends, no other process makes a key.
pub async fn lock(conn: &mut PgConnection) -> sqlx::Result<()> {
    sqlx::query!("select pg_advisory_xact_lock(hashtext('slipform.signing_keys'))").fetch_one(conn).await.map(drop)
}

/// Adds a key.
pub async fn insert(conn: &mut PgConnection, key: &StoredKey) -> sqlx::Result<()> {
    sqlx::query!("insert into signing_keys (id, public_key, sealed_private_key) values ($1, $2, $3)", key.id, key.public_key, key.sealed_private_key,)
        .execute(conn)
        .await?;
    Ok(())
}
