//! Polls of builds, each in one round trip.

use crate::domain::{AppId, BuildId, MemberRole, OrganizationId, Scope, SessionId, TokenId, UserId};
use sqlx::PgConnection;

/// By what somebody is known who polls.
#[derive(Debug, Clone, Copy)]
pub enum Known<'a> {
    /// The hash of an API token.
    Token(&'a [u8]),
    /// A person's sign-in, as an access token that is good says it.
    Session(SessionId, UserId),
}

/// Who polls, in an organization that they belong to.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct Polled {
    pub token: Option<TokenId>,
    pub created_by: Option<UserId>,
    pub organization: OrganizationId,
    pub slug: String,
    pub role: MemberRole,
    pub scopes: Option<Vec<Scope>>,
    /// None: there is no such build.
    pub build: Option<BuildId>,
    /// Another one whenever anything that is shown of the build is another one.
    pub version: Option<String>,
}

/// Who polls, and which version of the build there is. `None`: their credentials are not good, or the organization is none of theirs; whoever asks
/// in the usual way learns which. The settings by which rows are seen end with the statement, unless a transaction is open.
pub async fn poll(
    conn: &mut PgConnection,
    known: Known<'_>,
    organization: (Option<OrganizationId>, &str),
    app: (Option<AppId>, &str),
    number: i32,
) -> sqlx::Result<Option<Polled>> {
    let (hash, session, person) = match known {
        Known::Token(hash) => (Some(hash), None, None),
        Known::Session(session, person) => (None, Some(session.0), Some(person.0)),
    };
    sqlx::query_as!(
        Polled,
        "select token as \"token: TokenId\", created_by as \"created_by: UserId\", organization_id as \"organization!: OrganizationId\", slug as \"slug!\",
             role as \"role!: MemberRole\", scopes as \"scopes: Vec<Scope>\", build_id as \"build: BuildId\", version
         from poll_build($1, $2, $3, $4, $5, $6, $7, $8) where organization_id is not null",
        hash,
        session,
        person,
        organization.0.map(|id| id.0),
        organization.1,
        app.0.map(|id| id.0),
        app.1,
        number,
    )
    .fetch_optional(conn)
    .await
}
