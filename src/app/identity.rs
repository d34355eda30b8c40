//! Who somebody is: sign-in, sessions, and from a bearer token to an actor.

use super::{App, input, not_found};
use crate::auth::{self, ACCESS_SECONDS, Access, Actor, Caller, Origin, REFRESH_DAYS};
use crate::domain::error::{Error, Result};
use crate::domain::{MemberRole, OrganizationId, SessionId, TokenId, UserId};
use crate::store::organizations::Organization;
use crate::store::sessions::By;
use crate::store::{PersonTx, acquire, begin, identities, organizations, sessions, tokens, users};
use sqlx::PgConnection;
use std::net::IpAddr;

pub use crate::store::users::User;

/// The longest password, in bytes.
const LONGEST_PASSWORD: usize = 1_000;
/// How long a sign-in by an external issuer lasts at most. Whoever the issuer has dismissed is out by then.
pub(super) const EXTERNAL_HOURS: i32 = 12;

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
    let email = input::email(email.trim()).ok_or_else(wrong)?;
    // Nobody has a longer one, and hashing takes time with its length.
    if password.len() > LONGEST_PASSWORD {
        return Err(wrong());
    }
    let signing_in = async {
        let found = users::find_for_sign_in(&mut *begin(&app.pool).await?, &email).await?;
        // No connection is held while the password is hashed.
        let (user, hash) = found.map_or((None, None), |(user, hash)| (Some(user), hash));
        let right = app.passwords.verify(password, hash).await?;
        let user = user.filter(|_| right).ok_or_else(wrong)?;
        let mut tx = begin(&app.pool).await?;
        let opened = open(&mut tx, user, By::Password).await?;
        tx.commit().await?;
        signed_in(app, opened).await
    };
    app.throttled(&email, address, signing_in).await
}

fn nobody() -> Error {
    Error::Unauthenticated { detail: "Nobody here has this identity. Sign in otherwise and add it, or make an account with it by an invitation.".into() }
}

/// Signs in with an ID token of an external issuer, for whom it is an identity.
pub async fn exchange(app: &App, id_token: &str, address: IpAddr) -> Result<SignedIn> {
    let exchanging = async {
        let proven = app.issuers.verify(id_token).await?;
        let mut tx = begin(&app.pool).await?;
        let (identity, user) = identities::find(&mut tx, &proven.issuer, &proven.subject).await?.ok_or_else(nobody)?;
        let opened = open(&mut tx, user, By::Identity(identity, EXTERNAL_HOURS)).await?;
        tx.commit().await?;
        signed_in(app, opened).await
    };
    app.throttled(&fingerprint(id_token), address, exchanging).await
}

/// A new access token and a new refresh token for the old one, which is over. An old one that comes back was copied by
/// somebody: that ends the whole session.
pub async fn refresh(app: &App, refresh_token: &str, address: IpAddr) -> Result<SignedIn> {
    let over = || Error::Unauthenticated { detail: "This session is over. Sign in again.".into() };
    let refreshing = async {
        let mut tx = begin(&app.pool).await?;
        let found = sessions::find(&mut tx, &auth::hash(refresh_token)).await?.ok_or_else(over)?;
        let trusted = found.issuer.as_ref().is_none_or(|issuer| app.issuers.names().contains(issuer));
        if !found.current || !trusted {
            sessions::delete(&mut tx, found.id).await?;
            tx.commit().await?;
            let why = if trusted { "a refresh token was used twice" } else { "its issuer is not trusted any more" };
            tracing::warn!(session = %found.id, user = %found.user, why, "a session was ended");
            return Err(over());
        }
        let next = auth::refresh_token();
        sessions::rotate(&mut tx, found.id, &next.hash, REFRESH_DAYS).await?;
        tx.commit().await?;
        signed_in(app, Opened { user: found.user, session: found.id, refresh_token: next.secret }).await
    };
    app.throttled(&fingerprint(refresh_token), address, refreshing).await
}

/// Ends the session of a refresh token. That it had ended is no error.
pub async fn sign_out(app: &App, refresh_token: &str) -> Result<()> {
    let mut tx = begin(&app.pool).await?;
    if let Some(found) = sessions::find(&mut tx, &auth::hash(refresh_token)).await? {
        sessions::delete(&mut tx, found.id).await?;
    }
    Ok(tx.commit().await?)
}

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
    let access = app.issuer_for(bearer).await?.verify(bearer).ok_or_else(refused)?;
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

/// A sign-in that has begun.
pub(super) struct Opened {
    user: UserId,
    session: SessionId,
    refresh_token: String,
}

/// Begins a sign-in, and forgets those of the person that are over.
pub(super) async fn open(conn: &mut PgConnection, user: UserId, by: By) -> Result<Opened> {
    let (session, refresh) = (SessionId::new(), auth::refresh_token());
    sessions::sweep(conn, user).await?;
    if !sessions::insert(conn, session, user, by, &refresh.hash, REFRESH_DAYS).await? {
        return Err(nobody());
    }
    Ok(Opened { user, session, refresh_token: refresh.secret })
}

/// What somebody gets who has signed in.
pub(super) async fn signed_in(app: &App, opened: Opened) -> Result<SignedIn> {
    let Opened { user, session, refresh_token } = opened;
    let access_token = app.issuer(None).await?.sign(Access { user, session })?;
    let (user, organizations) = person(app, user).await?;
    Ok(SignedIn { access_token, refresh_token, expires_in: ACCESS_SECONDS, user, organizations })
}

/// What the throttle knows a secret by.
pub(super) fn fingerprint(secret: &str) -> String {
    hex::encode(auth::hash(secret))
}

async fn person(app: &App, id: UserId) -> Result<(User, Vec<(Organization, MemberRole)>)> {
    let mut tx = PersonTx::begin(&app.pool, id).await?;
    let user = users::get(tx.connection(), id).await?;
    let user = user.ok_or_else(|| Error::Unauthenticated { detail: "This account no longer exists.".into() })?;
    Ok((user, organizations::list_of_person(tx.connection(), id).await?))
}

impl App {
    /// Does what whoever guesses credentials does often: it counts as failed until it has succeeded, and not at all when it could not be
    /// decided. Too many failures are refused before anything is done.
    pub(super) async fn throttled<T>(&self, credentials: &str, address: IpAddr, attempt: impl Future<Output = Result<T>> + Send) -> Result<T> {
        self.throttle.attempt(credentials, address)?;
        let done = attempt.await;
        match &done {
            Ok(_) => self.throttle.succeeded(credentials, address),
            Err(Error::Unavailable { .. } | Error::Internal(_)) => self.throttle.undecided(credentials, address),
            Err(_) => {}
        }
        done
    }
}
