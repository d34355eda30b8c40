//! API tokens.

use super::change::{Answered, Begun, Once, Told};
use super::input::Check;
use super::page::{Page, PageRequest};
use super::{App, not_found};
use crate::auth::{self, Actor, Operation};
use crate::domain::error::{Error, Result};
use crate::domain::{MemberRole, Scope, TokenId};
use crate::store::{Position, tokens};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

pub use crate::store::tokens::Token;

/// What the audit log calls it.
const SUBJECT: &str = "token";

/// A token that is wanted.
#[derive(Debug)]
#[allow(missing_docs)]
pub struct Wish {
    pub name: String,
    pub role: MemberRole,
    /// `None`: everything of the role.
    pub scopes: Option<Vec<Scope>>,
    pub expires_at: Option<DateTime<Utc>>,
}

/// Makes a token; its secret is shown here and never again. Nobody makes one that may do more than they themselves.
pub async fn create(
    app: &App,
    actor: &Actor,
    wish: &Wish,
    once: Option<&Once>,
    render: impl FnOnce(Token, String) -> Result<Answered> + Send,
) -> Result<Answered> {
    actor.may(Operation::CreateToken)?;
    let future = wish.expires_at.is_none_or(|at| at > Utc::now());
    Check::default()
        .name(&wish.name, "/name")
        .that(wish.role != MemberRole::Owner, "/role", "A token can be admin, editor or viewer.")
        .that(wish.scopes.as_ref().is_none_or(|scopes| !scopes.is_empty()), "/scopes", "Name at least one scope, or leave this out.")
        .that(future, "/expiresAt", "This is in the past.")
        .done("The token cannot be made like this.")?;
    let scopes = wish.scopes.as_deref().unwrap_or_default();
    let useless = scopes.iter().position(|scope| !auth::useful(*scope, wish.role));
    if let Some(at) = useless {
        return Err(Error::invalid(format!("/scopes/{at}"), format!("The role `{}` has nothing of this scope.", wish.role)));
    }
    let within = match (actor.scopes(), &wish.scopes) {
        (None, _) => true,
        (Some(own), Some(wanted)) => wanted.iter().all(|scope| own.contains(scope)),
        (Some(_), None) => false,
    };
    if !within || !auth::includes(actor.role, wish.role) {
        return Err(Error::Forbidden { detail: "A token can be made only with what your own role and scopes include.".into() });
    }
    let secret = auth::api_token();
    let new = tokens::NewToken {
        id: TokenId::new(),
        name: &wish.name,
        prefix: &secret.prefix,
        hash: &secret.hash,
        role: wish.role,
        scopes: wish.scopes.clone(),
        created_by: actor.user(),
        expires_at: wish.expires_at,
    };
    let mut change = match app.change_once(actor, Operation::CreateToken, once).await? {
        Begun::Now(change) => change,
        Begun::Before(answered) => return Ok(answered),
    };
    let token = tokens::insert(change.connection(), actor.organization, &new).await?;
    let told = Told::about(SUBJECT, token.id.0, &token.name).after(seen(&token));
    change.answer(Some(told), render(token, secret.secret)?).await
}

/// Tokens that are not revoked.
pub async fn list(app: &App, actor: &Actor, request: &PageRequest) -> Result<Page<Token>> {
    actor.may(Operation::ListTokens)?;
    let reading = app.read_page(actor.organization, &"tokens", request)?;
    let mut tx = app.tenant(actor).await?;
    let rows = tokens::list(tx.connection(), actor.organization, reading.slice).await?;
    Ok(reading.page(rows, |t| Position { at: t.created_at, id: t.id.0 }))
}

/// Revokes a token; it is refused from now on.
pub async fn revoke(app: &App, actor: &Actor, id: TokenId) -> Result<()> {
    let mut change = app.change(actor, Operation::RevokeToken).await?;
    let found = tokens::get(change.connection(), actor.organization, id).await?.ok_or_else(|| not_found("token"))?;
    if !tokens::revoke(change.connection(), actor.organization, id).await? {
        return Err(not_found("token"));
    }
    change.commit(Told::about(SUBJECT, id.0, &found.name).before(seen(&found))).await
}

/// What the audit log tells of one: never its secret.
fn seen(token: &Token) -> Value {
    json!({ "prefix": token.prefix, "role": token.role, "scopes": token.scopes, "expiresAt": token.expires_at })
}
