//! Who somebody is: sign-in, sessions, and from a bearer token to an actor.

use super::{App, input, not_found};
use crate::auth::{self, ACCESS_SECONDS, Access, Actor, Caller, Issuer, Key, Origin, REFRESH_DAYS};
use crate::domain::error::{Error, Result};
use crate::domain::{MemberRole, OrganizationId, SessionId, TokenId, UserId};
use crate::store::organizations::Organization;
use crate::store::signing_keys::StoredKey;
use crate::store::{PersonTx, acquire, begin, organizations, sessions, signing_keys, tokens, users};
use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

pub use crate::store::users::User;

/// The longest password, in bytes.
const LONGEST_PASSWORD: usize = 1_000;

/// What a sign-in gives.
#[derive(Debug)]
#[allow(missing_docs)]
pub struct SignedIn {
    pub access_token: String,
    pub refresh_token: String,
    /// Of the access token, in seconds.
    pub expires_in: u64,
    pub user: User,
    pub organizations: Vec<(Organization, MemberRole)>,
}

/// Who is calling.
#[derive(Debug)]
#[allow(missing_docs)]
pub enum Me {
    User { user: User, organizations: Vec<(Organization, MemberRole)> },
    Token { id: TokenId, name: String, prefix: String, organization: Organization, role: MemberRole },
}

/// Signs in with a password. `address` is the peer's, for the throttle.
pub async fn sign_in(app: &App, email: &str, password: String, address: IpAddr) -> Result<SignedIn> {
    let wrong = || Error::Unauthenticated { detail: "The e-mail address or the password is wrong.".into() };
    let email = input::email(email).ok_or_else(wrong)?;
    // Nobody has a longer one, and hashing takes time with its length.
    if password.len() > LONGEST_PASSWORD {
        return Err(wrong());
    }
    app.throttle.attempt(&email, address)?;
    let mut tx = begin(&app.pool).await?;
    let found = users::find_for_sign_in(&mut tx, &email).await?;
    // No connection is held while the password is hashed.
    drop(tx);
    let (user, hash) = found.map_or((None, None), |(user, hash)| (Some(user), Some(hash)));
    let right = app.passwords.verify(password, hash).await?;
    let user = user.filter(|_| right).ok_or_else(wrong)?;
    app.throttle.succeeded(&email, address);

    let (session, refresh) = (SessionId::new(), auth::refresh_token());
    let mut tx = begin(&app.pool).await?;
    sessions::sweep(&mut tx, user).await?;
    sessions::insert(&mut tx, session, user, &refresh.hash, REFRESH_DAYS).await?;
    tx.commit().await?;
    signed_in(app, user, session, refresh.secret).await
}

/// A new access token and a new refresh token for the old one, which is over. An old one that comes back was copied by
/// somebody: that ends the whole session.
pub async fn refresh(app: &App, refresh_token: &str) -> Result<SignedIn> {
    let over = || Error::Unauthenticated { detail: "This session is over. Sign in again.".into() };
    let mut tx = begin(&app.pool).await?;
    let found = sessions::find(&mut tx, &auth::hash(refresh_token)).await?.ok_or_else(over)?;
    if !found.current {
        sessions::delete(&mut tx, found.id).await?;
        tx.commit().await?;
        tracing::warn!(session = %found.id, user = %found.user, "a refresh token was used twice; the session was ended");
        return Err(over());
    }
    let next = auth::refresh_token();
    sessions::rotate(&mut tx, found.id, &next.hash, REFRESH_DAYS).await?;
    tx.commit().await?;
    signed_in(app, found.user, found.id, next.secret).await
}

/// Ends the session of a refresh token. That it had ended is no error.
pub async fn sign_out(app: &App, refresh_token: &str) -> Result<()> {
    let mut tx = begin(&app.pool).await?;
    if let Some(found) = sessions::find(&mut tx, &auth::hash(refresh_token)).await? {
        sessions::delete(&mut tx, found.id).await?;
    }
    Ok(tx.commit().await?)
}

const RELOAD_KEYS_EVERY: Duration = Duration::from_secs(2);

/// Whose bearer token this is.
pub async fn authenticate(app: &App, bearer: &str) -> Result<Caller> {
    let refused = || Error::Unauthenticated { detail: "The access token or API token is wrong, over or revoked.".into() };
    if auth::looks_like_api_token(bearer) {
        let found = tokens::present(&mut *acquire(&app.pool).await?, &auth::hash(bearer)).await?.ok_or_else(refused)?;
        return Ok(Caller::Token {
            id: found.id,
            created_by: found.created_by,
            organization: found.organization,
            slug: found.slug,
            role: found.role,
            scopes: found.scopes,
        });
    }
    let mut issuer = app.issuer(None).await?;
    if !issuer.knows_key_of(bearer) && app.may_reload_keys() {
        issuer = app.issuer(Some(&issuer)).await?;
    }
    let access = issuer.verify(bearer).ok_or_else(refused)?;
    if !sessions::is_open(&mut *acquire(&app.pool).await?, access.session, access.user).await? {
        return Err(refused());
    }
    Ok(Caller::User { id: access.user, session: access.session })
}

/// The caller in an organization that is named by id or slug. One that they do not belong to does not exist for them.
pub async fn enter(app: &App, caller: Caller, organization: &str, origin: Origin) -> Result<Actor> {
    let (id, slug) = input::id_or_slug::<OrganizationId>(organization);
    let found = match &caller {
        Caller::Token { organization, slug: own, role, .. } => {
            let same = id.map_or(own == slug, |id| id == *organization);
            same.then_some((*organization, *role))
        }
        Caller::User { id: user, .. } => {
            let mut tx = PersonTx::begin(&app.pool, *user).await?;
            organizations::find_of_person(tx.connection(), *user, id, slug).await?
        }
    };
    let (organization, role) = found.ok_or_else(|| not_found("organization"))?;
    Ok(Actor { caller, organization, role, origin })
}

/// Who is calling, and where they belong.
pub async fn me(app: &App, caller: &Caller) -> Result<Me> {
    match caller {
        Caller::User { id, .. } => {
            let (user, organizations) = person(app, *id).await?;
            Ok(Me::User { user, organizations })
        }
        Caller::Token { id, organization, role, .. } => {
            let mut tx = crate::store::TenantTx::begin(&app.pool, *organization).await?;
            let token = tokens::get(tx.connection(), *organization, *id).await?.ok_or_else(|| not_found("token"))?;
            let found = organizations::get(tx.connection(), *organization).await?.ok_or_else(|| not_found("organization"))?;
            Ok(Me::Token { id: *id, name: token.name, prefix: token.prefix, organization: found, role: *role })
        }
    }
}

async fn signed_in(app: &App, user: UserId, session: SessionId, refresh_token: String) -> Result<SignedIn> {
    let access_token = app.issuer(None).await?.sign(Access { user, session })?;
    let (user, organizations) = person(app, user).await?;
    Ok(SignedIn { access_token, refresh_token, expires_in: ACCESS_SECONDS, user, organizations })
}

async fn person(app: &App, id: UserId) -> Result<(User, Vec<(Organization, MemberRole)>)> {
    let mut tx = PersonTx::begin(&app.pool, id).await?;
    let user = users::get(tx.connection(), id).await?;
    let user = user.ok_or_else(|| Error::Unauthenticated { detail: "This account no longer exists.".into() })?;
    Ok((user, organizations::list_of_person(tx.connection(), id).await?))
}

impl App {
    /// Whether keys may be looked for again: made-up key ids must not cost a query each.
    fn may_reload_keys(&self) -> bool {
        let mut last = self.keys_reloaded.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let may = last.is_none_or(|last| last.elapsed() >= RELOAD_KEYS_EVERY);
        if may {
            *last = Some(Instant::now());
        }
        may
    }

    /// The issuer, read from the database at first use and when `stale` is what is known; the first key is made then.
    async fn issuer(&self, stale: Option<&Arc<Issuer>>) -> Result<Arc<Issuer>> {
        let known = |issuer: &Option<Arc<Issuer>>| issuer.clone().filter(|i| stale.is_none_or(|stale| !Arc::ptr_eq(i, stale)));
        if let Some(issuer) = known(&*self.issuer.read().await) {
            return Ok(issuer);
        }
        let mut slot = self.issuer.write().await;
        if let Some(issuer) = known(&slot) {
            return Ok(issuer);
        }
        let mut tx = begin(&self.pool).await?;
        let mut stored = signing_keys::list(&mut tx).await?;
        if stored.is_empty() {
            signing_keys::lock(&mut tx).await?;
            stored = signing_keys::list(&mut tx).await?;
        }
        if stored.is_empty() {
            let key = Key::generate();
            let sealed_private_key = self.keyring.seal(&context(&key.id), &key.private);
            let first = StoredKey { id: key.id, public_key: key.public, sealed_private_key };
            signing_keys::insert(&mut tx, &first).await?;
            stored.push(first);
        }
        tx.commit().await?;
        let open = |key: StoredKey| {
            let private = self.keyring.open(&context(&key.id), &key.sealed_private_key).map_err(Error::internal)?;
            Ok(Key { id: key.id, public: key.public_key, private })
        };
        let keys = stored.into_iter().map(open).collect::<Result<Vec<_>>>()?;
        let issuer = Arc::new(Issuer::new(&keys)?);
        *slot = Some(issuer.clone());
        Ok(issuer)
    }
}

fn context(key: &str) -> String {
    format!("signing_key/{key}")
}
