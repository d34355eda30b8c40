//! People in an organization. The last owner stays one, and nobody makes or changes those above themselves.

use super::change::Told;
use super::page::{Page, PageRequest};
use super::{App, change, conflict, identity, not_found};
use crate::auth::{self, Actor, Caller, Operation, Origin};
use crate::domain::error::{Error, Result};
use crate::domain::{MemberRole, UserId};
use crate::store::{Position, TenantTx, members};
use serde_json::json;

pub use crate::store::members::Member;

/// What the audit log calls one.
const SUBJECT: &str = "member";

/// Members, the newest first.
pub async fn list(app: &App, actor: &Actor, request: &PageRequest) -> Result<Page<Member>> {
    actor.may(Operation::ShowMembers)?;
    let reading = app.read_page(actor.organization, &"members", request)?;
    let mut tx = app.tenant(actor).await?;
    let rows = members::list(tx.connection(), actor.organization, reading.slice).await?;
    Ok(reading.page(rows, |member| Position { at: member.created_at, id: member.user.0 }))
}

/// The member.
pub async fn show(app: &App, actor: &Actor, user: UserId) -> Result<Member> {
    actor.may(Operation::ShowMembers)?;
    find(&mut app.tenant(actor).await?, user).await
}

/// Gives a member another role. `fresh` is asked with the member as they are now, while nobody else can change them.
pub async fn update(app: &App, actor: &Actor, user: UserId, role: MemberRole, fresh: impl FnOnce(&Member) -> Result<()> + Send) -> Result<Member> {
    let mut change = app.change(actor, Operation::ChangeMember).await?;
    let before = held(&mut change.tx, user).await?;
    fresh(&before)?;
    below(actor, before.role)?;
    below(actor, role)?;
    if before.role == role {
        return Ok(before);
    }
    keep_an_owner(&mut change.tx, &before).await?;
    members::set_role(change.connection(), actor.organization, user, role).await?;
    let after = find(&mut change.tx, user).await?;
    change.commit(Told::about(SUBJECT, user.0, &before.email).before(json!({ "role": before.role })).after(json!({ "role": role }))).await?;
    Ok(after)
}

/// Removes a member with the API tokens that they have made.
pub async fn remove(app: &App, actor: &Actor, user: UserId, fresh: impl FnOnce(&Member) -> Result<()> + Send) -> Result<()> {
    let mut change = app.change(actor, Operation::ChangeMember).await?;
    let before = held(&mut change.tx, user).await?;
    fresh(&before)?;
    below(actor, before.role)?;
    keep_an_owner(&mut change.tx, &before).await?;
    let tokens = members::remove(change.connection(), actor.organization, user).await?;
    change.commit(Told::about(SUBJECT, user.0, &before.email).before(json!({ "role": before.role })).after(json!({ "tokensRevoked": tokens }))).await
}

/// Somebody leaves.
pub async fn leave(app: &App, (caller, origin): (Caller, Origin), organization: &str) -> Result<()> {
    let actor = identity::enter(app, caller, organization, origin).await?;
    let Caller::User { id: user, .. } = actor.caller else {
        return Err(Error::Forbidden { detail: "An API token belongs to one organization and cannot leave it. Sign in instead.".into() });
    };
    let mut tx = app.tenant(&actor).await?;
    let before = held(&mut tx, user).await?;
    keep_an_owner(&mut tx, &before).await?;
    let tokens = members::remove(tx.connection(), actor.organization, user).await?;
    let told = Told::about(SUBJECT, user.0, &before.email).before(json!({ "role": before.role })).after(json!({ "tokensRevoked": tokens }));
    change::record(tx.connection(), actor.organization, &actor.caller, &actor.origin, "LeaveOrganization", &told).await?;
    Ok(tx.commit().await?)
}

async fn find(tx: &mut TenantTx, user: UserId) -> Result<Member> {
    let organization = tx.organization();
    members::find(tx.connection(), organization, user).await?.ok_or_else(|| not_found("member"))
}

/// The same, held until the transaction ends.
async fn held(tx: &mut TenantTx, user: UserId) -> Result<Member> {
    let organization = tx.organization();
    if !members::hold(tx.connection(), organization, user).await? {
        return Err(not_found("member"));
    }
    find(tx, user).await
}

/// Refuses what concerns a role above the actor's own.
pub(super) fn below(actor: &Actor, role: MemberRole) -> Result<()> {
    if auth::includes(actor.role, role) {
        return Ok(());
    }
    Err(Error::Forbidden { detail: format!("Only somebody with the role `{role}` can make, change or remove one.") })
}

async fn keep_an_owner(tx: &mut TenantTx, member: &Member) -> Result<()> {
    let organization = tx.organization();
    if member.role == MemberRole::Owner && !members::another_owner(tx.connection(), organization, member.user).await? {
        return Err(conflict("last-owner", "An organization has an owner. Make somebody else one first."));
    }
    Ok(())
}
