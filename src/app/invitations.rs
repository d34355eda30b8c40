//! Invitations: how people come into an organization. No mail is sent: whoever invites gets the secret, and hands it on.

use super::change::{Answered, Begun, Once, Told};
use super::page::{Page, PageRequest};
use super::{App, change, conflict, identities, identity, input, members, not_found};
use crate::auth::{self, Actor, Caller, Operation, Origin};
use crate::domain::error::{Error, Result};
use crate::domain::{InvitationId, MemberRole, UserId};
use crate::store::invitations::{self, Presented};
use crate::store::sessions::By;
use crate::store::{PersonTx, Position, begin, organizations, users};
use serde_json::json;
use sqlx::PgConnection;
use std::net::IpAddr;

pub use crate::store::invitations::Invitation;
pub use crate::store::organizations::Organization;

/// How long one can be accepted, in days.
const DAYS: i32 = 7;
/// What the audit log calls one.
const SUBJECT: &str = "invitation";

/// Invites somebody; the secret is shown here and never again. An earlier invitation for the same address is over.
pub async fn create(
    app: &App,
    actor: &Actor,
    (email, role): (&str, MemberRole),
    once: Option<&Once>,
    render: impl FnOnce(Invitation, String) -> Result<Answered> + Send,
) -> Result<Answered> {
    actor.may(Operation::Invite)?;
    let email = input::email(email).ok_or_else(|| Error::invalid("/email", "This must be an e-mail address, without spaces around it."))?;
    members::below(actor, role)?;
    let mut change = match app.change_once(actor, Operation::Invite, once).await? {
        Begun::Now(change) => change,
        Begun::Before(answered) => return Ok(answered),
    };
    let secret = auth::invitation();
    let made = invitations::insert(change.connection(), actor.organization, InvitationId::new(), (&email, role), &secret.hash, actor.user(), DAYS).await?;
    let told = Told::about(SUBJECT, made.id.0, &email).after(json!({ "role": role, "expiresAt": made.expires_at }));
    change.answer(Some(told), render(made, secret.secret)?).await
}

/// Those that can be accepted, the newest first.
pub async fn list(app: &App, actor: &Actor, request: &PageRequest) -> Result<Page<Invitation>> {
    actor.may(Operation::ShowInvitations)?;
    let reading = app.read_page(actor.organization, &"invitations", request)?;
    let mut tx = app.tenant(actor).await?;
    let rows = invitations::list(tx.connection(), actor.organization, reading.slice).await?;
    Ok(reading.page(rows, |invitation| Position { at: invitation.created_at, id: invitation.id.0 }))
}

/// Takes one back.
pub async fn revoke(app: &App, actor: &Actor, id: InvitationId) -> Result<()> {
    let mut change = app.change(actor, Operation::RevokeInvitation).await?;
    let gone = invitations::revoke(change.connection(), actor.organization, id).await?.ok_or_else(|| not_found("invitation"))?;
    change.commit(Told::about(SUBJECT, id.0, gone.email).before(json!({ "role": gone.role }))).await
}

/// A person who has an account already comes in; what is answered tells of everything that they belong to then.
pub async fn accept(
    app: &App,
    (caller, origin): (&Caller, &Origin),
    secret: &str,
    once: Option<&Once>,
    render: impl FnOnce(Vec<(Organization, MemberRole)>) -> Result<Answered> + Send,
) -> Result<Answered> {
    let Caller::User { id: user, .. } = caller else {
        return Err(Error::Forbidden { detail: "An API token is no person and cannot be invited. Sign in instead.".into() });
    };
    // Nobody guesses a secret who has shown it before.
    if let Some(answered) = app.answered_before(*user, once).await? {
        return Ok(answered);
    }
    let accepting = async {
        let mut tx = PersonTx::begin(&app.pool, *user).await?;
        if let Some(answered) = app.before_of_person(&mut tx, once).await? {
            return Ok(answered);
        }
        let found = presented(tx.connection(), secret).await?;
        let person = users::get(tx.connection(), *user).await?.ok_or_else(|| not_found("person"))?;
        if person.email != found.email {
            return Err(Error::Forbidden { detail: "This invitation is for another e-mail address. Sign in with that one.".into() });
        }
        enter(tx.connection(), &found, caller, origin).await?;
        let answered = render(organizations::list_of_person(tx.connection(), *user).await?)?;
        app.keep_of_person(&mut tx, once, &answered).await?;
        tx.commit().await?;
        Ok(answered)
    };
    app.throttled(&user.to_string(), origin.address(), accepting).await
}

/// How somebody new will sign in.
#[derive(Debug)]
pub enum Means {
    /// With this password.
    Password(String),
    /// As the one that this ID token of an external issuer is about.
    IdToken(String),
}

/// A person makes an account by an invitation, and is signed in. The account is for the e-mail address that was invited, whatever an issuer
/// says of that: who holds the secret was invited.
pub async fn sign_up(app: &App, secret: &str, name: &str, means: Means, (address, origin): (IpAddr, &Origin)) -> Result<identity::SignedIn> {
    let long_enough = match &means {
        Means::Password(password) => (10..=200).contains(&password.chars().count()),
        Means::IdToken(_) => true,
    };
    input::Check::default()
        .name(name, "/name")
        .that(long_enough, "/password", "This must have 10 to 200 characters.")
        .done("The account cannot be made like this.")?;
    let signing_up = async {
        presented(&mut *begin(&app.pool).await?, secret).await?;
        // No connection is held while a password is hashed or an issuer is asked.
        let (hash, proven) = match means {
            Means::Password(password) => (Some(app.passwords.hash(password).await?), None),
            Means::IdToken(token) => (None, Some(app.issuers.verify(&token).await?)),
        };
        let user = UserId::new();
        let mut tx = begin(&app.pool).await?;
        let found = presented(&mut tx, secret).await?;
        if !users::insert(&mut tx, user, &found.email, name, hash.as_deref()).await? {
            return Err(conflict("email-taken", "Somebody with this e-mail address has an account already. Sign in, then accept the invitation."));
        }
        let by = match proven {
            None => By::Password,
            Some(proven) => By::Identity(identities::attach(&mut tx, user, &proven).await?.id, identity::EXTERNAL_HOURS),
        };
        let caller = Caller::User { id: user, session: crate::domain::SessionId::new() };
        enter(&mut tx, &found, &caller, origin).await?;
        let opened = identity::open(&mut tx, user, by).await?;
        tx.commit().await?;
        identity::signed_in(app, opened).await
    };
    app.throttled(&identity::fingerprint(secret), address, signing_up).await
}

async fn presented(conn: &mut PgConnection, secret: &str) -> Result<Presented> {
    let over = || not_found("invitation that can be accepted with this secret");
    invitations::present(conn, &auth::hash(secret)).await?.ok_or_else(over)
}

async fn enter(conn: &mut PgConnection, found: &Presented, caller: &Caller, origin: &Origin) -> Result<()> {
    let user = caller.user().ok_or_else(|| not_found("person"))?;
    if !invitations::accept(conn, found.organization, found.id, user).await? {
        return Err(not_found("invitation that can be accepted with this secret"));
    }
    if !crate::store::members::insert(conn, found.organization, user, found.role).await? {
        return Err(conflict("already-member", "You belong to this organization already."));
    }
    let told = Told::about("member", user.0, &found.email).after(json!({ "role": found.role }));
    change::record(conn, found.organization, caller, origin, "AcceptInvitation", &told).await
}
