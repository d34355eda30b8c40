//! Token → actor, and who may do what. Knows no table and no request: use cases bring what is stored.

mod issuer;
mod limits;
pub mod oidc;
mod passwords;
mod permissions;
mod throttle;
mod tokens;

pub use issuer::{ACCESS_SECONDS, Access, ISSUER, Issuer, Key, PublicKey, REFRESH_DAYS};
pub use limits::{Left, Limits, WINDOW, Whose};
pub use passwords::Passwords;
pub use permissions::{Operation, includes, useful};
pub use throttle::Throttle;
pub use tokens::{NewSecret, api_token, hash, invitation, looks_like_api_token, password, refresh_token};

use crate::domain::error::{Error, Result};
use crate::domain::{MemberRole, OrganizationId, Scope, SessionId, TokenId, UserId};
use std::net::IpAddr;
use uuid::Uuid;

/// Somebody whose credentials are good, before an organization is chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Caller {
    /// A person, signed in.
    User {
        /// Who.
        id: UserId,
        /// The sign-in that the access token came from.
        session: SessionId,
    },
    /// A program with an API token, which belongs to one organization.
    Token {
        /// The token.
        id: TokenId,
        /// The person who made it, unless they are gone.
        created_by: Option<UserId>,
        /// Its organization.
        organization: OrganizationId,
        /// The slug of that organization.
        slug: String,
        /// What it may do there.
        role: MemberRole,
        /// What of it it was made for; `None`: everything.
        scopes: Option<Vec<Scope>>,
    },
}

impl Caller {
    /// The person behind it, to be recorded with what they make.
    pub fn user(&self) -> Option<UserId> {
        match self {
            Self::User { id, .. } => Some(*id),
            Self::Token { created_by, .. } => *created_by,
        }
    }
}

/// Where a request comes from, for the audit log.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Origin {
    /// Its id.
    pub request: Option<Uuid>,
    /// The client's network address, as far as the operator's own proxies tell it.
    pub address: Option<IpAddr>,
    /// The program, as it calls itself.
    pub user_agent: Option<String>,
}

impl Origin {
    /// What attempts are counted by.
    pub fn address(&self) -> IpAddr {
        self.address.unwrap_or(IpAddr::from([0, 0, 0, 0]))
    }
}

/// A caller in an organization: what every use case below an organization begins with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// Who.
    pub caller: Caller,
    /// Where; the tenant of every query.
    pub organization: OrganizationId,
    /// What they are there.
    pub role: MemberRole,
    /// From where they ask.
    pub origin: Origin,
}

impl Actor {
    /// Refuses what the actor's role does not include, or what their token was not made for.
    pub fn may(&self, operation: Operation) -> Result<()> {
        if !operation.allows(self.role) {
            let detail = format!("This needs the role `{}` or more in this organization; yours is `{}`.", operation.least(), self.role);
            return Err(Error::Forbidden { detail });
        }
        if self.scopes().is_some_and(|scopes| !scopes.contains(&operation.scope())) {
            return Err(Error::Forbidden { detail: format!("This API token was made without the scope `{}`.", operation.scope()) });
        }
        Ok(())
    }

    /// What the actor's token was made for; `None`: everything of the role.
    pub fn scopes(&self) -> Option<&[Scope]> {
        match &self.caller {
            Caller::User { .. } => None,
            Caller::Token { scopes, .. } => scopes.as_deref(),
        }
    }

    /// The person behind it, to be recorded with what they make.
    pub fn user(&self) -> Option<UserId> {
        self.caller.user()
    }
}
