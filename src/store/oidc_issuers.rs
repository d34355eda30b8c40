//! The keys of external issuers as they were fetched last.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

/// A set of keys as an issuer gave it.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct StoredKeys {
    pub jwks: Vec<u8>,
    pub fetched_at: DateTime<Utc>,
}

/// What an issuer gave last.
pub async fn find(conn: &mut PgConnection, issuer: &str) -> sqlx::Result<Option<StoredKeys>> {
    sqlx::query_as!(StoredKeys, "select jwks, fetched_at from oidc_issuers where issuer = $1", issuer).fetch_optional(conn).await
}

/// Keeps what an issuer gave.
pub async fn keep(conn: &mut PgConnection, issuer: &str, jwks: &[u8]) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into oidc_issuers (issuer, jwks) values ($1, $2) on conflict (issuer) do update set jwks = excluded.jwks, fetched_at = now()",
        issuer,
        jwks,
    )
    .execute(conn)
    .await
    .map(drop)
}
