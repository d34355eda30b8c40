//! API tokens: kept as hashes only.

use super::Slice;
use crate::domain::{MemberRole, OrganizationId, Scope, TokenId, UserId};
use chrono::{DateTime, Utc};
use sqlx::PgConnection;

/// An API token without its secret.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct Token {
    pub id: TokenId,
    pub name: String,
    pub prefix: String,
    pub role: MemberRole,
    pub scopes: Option<Vec<Scope>>,
    pub created_by: Option<UserId>,
    pub created_at: DateTime<Utc>,
    pub expires_at: Option<DateTime<Utc>>,
    pub last_used_at: Option<DateTime<Utc>>,
    pub revoked_at: Option<DateTime<Utc>>,
}

/// A token that shall be added.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct NewToken<'a> {
    pub id: TokenId,
    pub name: &'a str,
    pub prefix: &'a str,
    pub hash: &'a [u8],
    pub role: MemberRole,
    pub scopes: Option<Vec<Scope>>,
    pub created_by: Option<UserId>,
    pub expires_at: Option<DateTime<Utc>>,
}

/// What a good token stands for.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct Presented {
    pub id: TokenId,
    pub organization: OrganizationId,
    pub slug: String,
    pub role: MemberRole,
    pub scopes: Option<Vec<Scope>>,
    pub created_by: Option<UserId>,
}

/// The token with this hash, if it is neither revoked nor over; its use is noted (once a minute is enough).
/// Before, no organization is known: row level security shows the row to whoever knows the hash. The settings for that end with the
/// statement, unless a transaction is open.
pub async fn present(conn: &mut PgConnection, hash: &[u8]) -> sqlx::Result<Option<Presented>> {
    sqlx::query_as!(
        Presented,
        "select id as \"id!: TokenId\", organization as \"organization!: OrganizationId\", slug as \"slug!\", role as \"role!: MemberRole\",
             scopes as \"scopes: Vec<Scope>\", created_by as \"created_by: UserId\" from present_token($1)",
        hash,
    )
    .fetch_optional(conn)
    .await
}

/// Adds a token.
pub async fn insert(conn: &mut PgConnection, organization: OrganizationId, new: &NewToken<'_>) -> sqlx::Result<Token> {
    let scopes: Option<Vec<String>> = new.scopes.as_ref().map(|scopes| scopes.iter().map(|scope| scope.as_str().to_owned()).collect());
    sqlx::query_as!(
        Token,
        "insert into api_tokens (id, organization_id, created_by, name, prefix, hash, role, expires_at, scopes) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         returning id as \"id: TokenId\", name, prefix, role as \"role: MemberRole\", scopes as \"scopes: Vec<Scope>\", created_by as \"created_by: UserId\",
             created_at, expires_at, last_used_at, revoked_at",
        new.id.0,
        organization.0,
        new.created_by.map(|u| u.0),
        new.name,
        new.prefix,
        new.hash,
        new.role.as_str(),
        new.expires_at,
        scopes.as_deref(),
    )
    .fetch_one(conn)
    .await
}

/// Tokens that are not revoked.
pub async fn list(conn: &mut PgConnection, organization: OrganizationId, slice: Slice) -> sqlx::Result<Vec<Token>> {
    sqlx::query_as!(
        Token,
        "select id as \"id: TokenId\", name, prefix, role as \"role: MemberRole\", scopes as \"scopes: Vec<Scope>\", created_by as \"created_by: UserId\",
             created_at, expires_at, last_used_at, revoked_at
         from api_tokens
         where organization_id = $1 and revoked_at is null and ($2::timestamptz is null or (created_at, id) < ($2, $3))
         order by created_at desc, id desc limit $4",
        organization.0,
        slice.at(),
        slice.id(),
        slice.limit,
    )
    .fetch_all(conn)
    .await
}

/// Revokes a token; false: there is none that is not revoked.
pub async fn revoke(conn: &mut PgConnection, organization: OrganizationId, id: TokenId) -> sqlx::Result<bool> {
    let done = sqlx::query!("update api_tokens set revoked_at = now() where organization_id = $1 and id = $2 and revoked_at is null", organization.0, id.0,)
        .execute(conn)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// The token.
pub async fn get(conn: &mut PgConnection, organization: OrganizationId, id: TokenId) -> sqlx::Result<Option<Token>> {
    sqlx::query_as!(
        Token,
        "select id as \"id: TokenId\", name, prefix, role as \"role: MemberRole\", scopes as \"scopes: Vec<Scope>\", created_by as \"created_by: UserId\",
             created_at, expires_at, last_used_at, revoked_at
         from api_tokens where organization_id = $1 and id = $2",
        organization.0,
        id.0,
    )
    .fetch_optional(conn)
    .await
}
