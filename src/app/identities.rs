//! What external issuers call the people of this installation. An identity is somebody's because they were signed in when they proved it,
//! or had the secret of an invitation: never because an issuer says that it has the same e-mail address.

use super::change::{self, Answered, Once, Told};
use super::oidc::Proven;
use super::{App, conflict, not_found};
use crate::auth::{Caller, Origin};
use crate::domain::error::{Error, Result};
use crate::domain::{IdentityId, UserId};
use crate::store::{PersonTx, begin, identities, users};
use serde_json::json;
use sqlx::PgConnection;

pub use crate::store::identities::Identity;

/// How many a person has at most.
const MOST: usize = 10;
/// What the audit log calls one.
const SUBJECT: &str = "identity";

/// Adds the identity that an ID token is about to whoever calls; what is answered is told whether it was not theirs before.
pub async fn add(
    app: &App,
    (caller, origin): (&Caller, &Origin),
    id_token: &str,
    once: Option<&Once>,
    render: impl FnOnce(Identity, bool) -> Result<Answered> + Send,
) -> Result<Answered> {
    let user = person(caller)?;
    // The token may be over by now: what it proved, it proved before.
    if let Some(answered) = app.answered_before(user, once).await? {
        return Ok(answered);
    }
    let adding = async {
        // No connection is held while an issuer is asked.
        let proven = app.issuers.verify(id_token).await?;
        let mut tx = PersonTx::begin(&app.pool, user).await?;
        if let Some(answered) = app.before_of_person(&mut tx, once).await? {
            return Ok(answered);
        }
        users::lock_and_tell_password(tx.connection(), user).await?.ok_or_else(|| not_found("person"))?;
        let own = identities::list(tx.connection(), user).await?;
        let found = own.iter().find(|own| own.issuer == proven.issuer && own.subject == proven.subject);
        let answered = if let Some(found) = found {
            render(found.clone(), false)?
        } else {
            if own.len() >= MOST {
                return Err(conflict("too-many-identities", format!("You have {MOST} identities, and nobody has more. Remove one first.")));
            }
            let made = attach(tx.connection(), user, &proven).await?;
            let told = Told::about(SUBJECT, made.id.0, &made.issuer).after(json!({ "subject": made.subject }));
            change::record_everywhere(&mut tx, user, caller, origin, "AddIdentity", &told).await?;
            render(made, true)?
        };
        app.keep_of_person(&mut tx, once, &answered).await?;
        tx.commit().await?;
        Ok(answered)
    };
    app.throttled(&user.to_string(), origin.address(), adding).await
}

/// The caller's own, the newest first.
pub async fn list(app: &App, caller: &Caller) -> Result<Vec<Identity>> {
    Ok(identities::list(&mut *begin(&app.pool).await?, person(caller)?).await?)
}

/// Removes one of the caller's own, with the sessions that came by it. The last way to sign in stays.
pub async fn remove(app: &App, (caller, origin): (&Caller, &Origin), id: IdentityId) -> Result<()> {
    let user = person(caller)?;
    let mut tx = PersonTx::begin(&app.pool, user).await?;
    let has_password = users::lock_and_tell_password(tx.connection(), user).await?.ok_or_else(|| not_found("person"))?;
    let own = identities::list(tx.connection(), user).await?;
    let gone = own.iter().find(|own| own.id == id).ok_or_else(|| not_found("identity"))?;
    // One of an issuer that is not trusted any more is no way in.
    let trusted = app.issuers.names();
    if !has_password && !own.iter().any(|other| other.id != id && trusted.contains(&other.issuer)) {
        return Err(conflict("last-identity", "You have no password, so this is your last way to sign in. Add another identity first."));
    }
    identities::delete(tx.connection(), user, id).await?;
    let told = Told::about(SUBJECT, id.0, &gone.issuer).before(json!({ "subject": gone.subject }));
    change::record_everywhere(&mut tx, user, caller, origin, "RemoveIdentity", &told).await?;
    Ok(tx.commit().await?)
}

/// Makes an identity that was proven somebody's.
pub(super) async fn attach(conn: &mut PgConnection, user: UserId, proven: &Proven) -> Result<Identity> {
    let made = identities::insert(conn, IdentityId::new(), user, &proven.issuer, &proven.subject).await?;
    made.ok_or_else(|| conflict("identity-taken", "This identity belongs to another account here. Sign in with it, or remove it there first."))
}

fn person(caller: &Caller) -> Result<UserId> {
    match caller {
        Caller::User { id, .. } => Ok(*id),
        Caller::Token { .. } => Err(Error::Forbidden { detail: "An API token is no person and has no identities. Sign in instead.".into() }),
    }
}
