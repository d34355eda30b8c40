//! The first start of an installation.

use super::input::{self, Check};
use super::{App, conflict};
use crate::auth;
use crate::domain::error::{Error, Result};
use crate::domain::{MemberRole, OrganizationId, TokenId, UserId};
use crate::store::{TenantTx, members, organizations, tokens, users};

/// What the first owner signs in with; shown once.
#[derive(Clone)]
#[allow(missing_docs)]
pub struct FirstOwner {
    pub email: String,
    pub password: String,
    /// An API token of the role admin.
    pub token: String,
    pub user: UserId,
    pub organization: OrganizationId,
    pub organization_slug: String,
}

impl std::fmt::Debug for FirstOwner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "FirstOwner({}, ***)", self.email)
    }
}

/// On an installation where nobody is yet: makes an organization (`slug`, `name`), its owner with a new password, and an API
/// token. Otherwise changes nothing and gives none. `keep` is given the secrets before anything is committed, because they
/// are shown only once: if it fails, or the process ends there, the next start begins again.
pub async fn first_owner(app: &App, email: &str, slug: &str, name: &str, keep: impl FnOnce(&FirstOwner) -> std::io::Result<()>) -> Result<Option<FirstOwner>> {
    let email = input::email(email.trim()).ok_or_else(|| Error::invalid("/email", "This is no e-mail address."))?;
    Check::default().slug(slug, "/slug", 40).name(name, "/name").done("The organization cannot be made like this.")?;
    let (organization, user) = (OrganizationId::new(), UserId::new());
    let mut tx = TenantTx::begin(&app.pool, organization).await?;
    if !users::nobody_yet(tx.connection()).await? {
        return Ok(None);
    }
    let (password, token) = (auth::password(), auth::api_token());
    let hash = app.passwords.hash(password.clone()).await?;
    users::insert(tx.connection(), user, &email, "Owner", Some(&hash)).await?;
    let made = organizations::insert(tx.connection(), organization, slug, name).await?;
    made.ok_or_else(|| conflict("organization-slug-taken", format!("An organization `{slug}` exists, although nobody does.")))?;
    members::insert(tx.connection(), organization, user, MemberRole::Owner).await?;
    let new = tokens::NewToken {
        id: TokenId::new(),
        name: "First token",
        prefix: &token.prefix,
        hash: &token.hash,
        role: MemberRole::Admin,
        scopes: None,
        created_by: Some(user),
        expires_at: None,
    };
    tokens::insert(tx.connection(), organization, &new).await?;
    let first = FirstOwner { email, password, token: token.secret, user, organization, organization_slug: slug.to_owned() };
    keep(&first).map_err(Error::internal)?;
    tx.commit().await?;
    Ok(Some(first))
}
