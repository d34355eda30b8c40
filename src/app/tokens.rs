//! API tokens.

use super::input::Check;
use super::page::{Page, PageRequest};
use super::{App, not_found};
use crate::auth::{self, Actor, Operation};
use crate::domain::error::{Error, Result};
use crate::domain::{MemberRole, Scope, TokenId};
use crate::store::{Position, tokens};
use chrono::{DateTime, Utc};

pub use crate::store::tokens::Token;

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
pub async fn create(app: &App, actor: &Actor, wish: &Wish) -> Result<(Token, String)> {
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
    let mut tx = app.tenant(actor).await?;
    let token = tokens::insert(tx.connection(), actor.organization, &new).await?;
    tx.commit().await?;
    Ok((token, secret.secret))
}

/// Tokens that are not revoked.
pub async fn list(app: &App, actor: &Actor, request: &PageRequest) -> Result<Page<Token>> {
    actor.may(Operation::ListTokens)?;
    let reading = app.read_page(actor.organization, "tokens".into(), request)?;
    let mut tx = app.tenant(actor).await?;
    let rows = tokens::list(tx.connection(), actor.organization, reading.slice).await?;
    Ok(reading.page(rows, |t| Position { at: t.created_at, id: t.id.0 }))
}

/// Revokes a token; it is refused from now on.
pub async fn revoke(app: &App, actor: &Actor, id: TokenId) -> Result<()> {
    actor.may(Operation::RevokeToken)?;
    let mut tx = app.tenant(actor).await?;
    if !tokens::revoke(tx.connection(), actor.organization, id).await? {
        return Err(not_found("token"));
    }
    Ok(tx.commit().await?)
}
