//! Answers to requests with an `Idempotency-Key`.

use crate::domain::OrganizationId;
use sqlx::PgConnection;
use uuid::Uuid;

/// What a key stands for.
#[derive(Debug, Clone, Copy)]
#[allow(missing_docs)]
pub struct Scope<'a> {
    /// `None`: what a person does outside of any.
    pub organization: Option<OrganizationId>,
    /// `user:<id>` or `token:<id>`.
    pub principal: &'a str,
    /// Method and template of the path.
    pub route: &'a str,
    pub key: &'a str,
}

/// An answer that was given.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct Stored {
    pub id: Uuid,
    /// Of the request that it answered.
    pub fingerprint: Vec<u8>,
    pub status: i16,
    pub location: Option<String>,
    pub body: Option<Vec<u8>>,
    /// Instead of the body, where it carries a secret.
    pub sealed_body: Option<Vec<u8>>,
}

/// Keeps others from using the key until the transaction ends; false: somebody does. Nobody waits: a hundred requests with one key
/// would take every connection of the pool.
pub async fn lock(conn: &mut PgConnection, scope: Scope<'_>) -> sqlx::Result<bool> {
    let organization = scope.organization.map_or_else(String::new, |organization| organization.to_string());
    let name = format!("{organization} {} {} {}", scope.principal, scope.route, scope.key);
    sqlx::query_scalar!("select pg_try_advisory_xact_lock(hashtextextended($1, 0)) as \"locked!\"", name).fetch_one(conn).await
}

/// The answer, if one was given in the last 24 hours.
pub async fn find(conn: &mut PgConnection, scope: Scope<'_>) -> sqlx::Result<Option<Stored>> {
    sqlx::query_as!(
        Stored,
        "select id, fingerprint, status, location, body, sealed_body from idempotency_keys
         where organization_id is not distinct from $1 and principal = $2 and route = $3 and key = $4 and created_at > now() - interval '24 hours'",
        scope.organization.map(|organization| organization.0),
        scope.principal,
        scope.route,
        scope.key,
    )
    .fetch_optional(conn)
    .await
}

/// Keeps an answer; one that is older than a day makes room.
pub async fn insert(conn: &mut PgConnection, scope: Scope<'_>, new: &Stored) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into idempotency_keys (id, organization_id, principal, route, key, fingerprint, status, location, body, sealed_body)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
         on conflict on constraint idempotency_keys_key do update
         set id = excluded.id, fingerprint = excluded.fingerprint, status = excluded.status, location = excluded.location, body = excluded.body,
             sealed_body = excluded.sealed_body, created_at = now()",
        new.id,
        scope.organization.map(|organization| organization.0),
        scope.principal,
        scope.route,
        scope.key,
        new.fingerprint,
        new.status,
        new.location,
        new.body,
        new.sealed_body,
    )
    .execute(conn)
    .await
    .map(drop)
}

/// Forgets what is older than a day. Needs a connection of a worker.
pub async fn sweep(conn: &mut PgConnection) -> sqlx::Result<()> {
    sqlx::query!("delete from idempotency_keys where created_at < now() - interval '24 hours'").execute(conn).await.map(drop)
}
