//! Organizations.

use super::change::{self, Answered, Once, Told};
use super::input::Check;
use super::page::{Page, PageRequest};
use super::{App, conflict, not_found};
use crate::auth::{Actor, Caller, Operation, Origin};
use crate::domain::error::{Error, Result};
use crate::domain::{MemberRole, OrganizationId};
use crate::store::{PersonTx, Position, TenantTx, members, organizations};
use serde_json::json;

pub use crate::store::organizations::Organization;

/// A page of what the caller belongs to, with the role there, the newest first.
pub async fn list(app: &App, caller: &Caller, request: &PageRequest) -> Result<Page<(Organization, MemberRole)>> {
    let whose = match caller {
        Caller::User { id, .. } => id.0,
        Caller::Token { id, .. } => id.0,
    };
    let reading = app.read_page_of(whose, &"organizations", request)?;
    let rows = match caller {
        Caller::User { id, .. } => {
            let mut tx = PersonTx::begin(&app.pool, *id).await?;
            organizations::page_of_person(tx.connection(), *id, reading.slice).await?
        }
        // A token has one: no list that goes on.
        Caller::Token { organization, role, .. } => {
            let mut tx = TenantTx::begin(&app.pool, *organization).await?;
            organizations::get(tx.connection(), *organization).await?.into_iter().map(|found| (found, *role)).collect()
        }
    };
    Ok(reading.page(rows, |(o, _)| Position { at: o.created_at, id: o.id.0 }))
}

/// Makes an organization, with the caller as its owner.
pub async fn create(
    app: &App,
    (caller, origin): (&Caller, &Origin),
    slug: &str,
    name: &str,
    once: Option<&Once>,
    render: impl FnOnce(Organization, MemberRole) -> Result<Answered> + Send,
) -> Result<Answered> {
    let Caller::User { id: user, .. } = caller else {
        return Err(Error::Forbidden { detail: "An API token belongs to one organization and cannot make another. Sign in instead.".into() });
    };
    Check::default().slug(slug, "/slug", 40).name(name, "/name").done("The organization cannot be made like this.")?;
    let id = OrganizationId::new();
    let mut tx = PersonTx::begin(&app.pool, *user).await?;
    if let Some(answered) = app.before_of_person(&mut tx, once).await? {
        return Ok(answered);
    }
    tx.enter(id).await?;
    let made = organizations::insert(tx.connection(), id, slug, name).await?;
    let made = made.ok_or_else(|| conflict("organization-slug-taken", format!("Another organization has the slug `{slug}`. Choose another.")))?;
    members::insert(tx.connection(), id, *user, MemberRole::Owner).await?;
    let told = Told::about("organization", id.0, slug).after(json!({ "name": name }));
    change::record(tx.connection(), id, caller, origin, "CreateOrganization", &told).await?;
    let answered = render(made, MemberRole::Owner)?;
    app.keep_of_person(&mut tx, once, &answered).await?;
    tx.commit().await?;
    Ok(answered)
}

/// The organization.
pub async fn show(app: &App, actor: &Actor) -> Result<Organization> {
    actor.may(Operation::ShowOrganization)?;
    let mut tx = app.tenant(actor).await?;
    organizations::get(tx.connection(), actor.organization).await?.ok_or_else(|| not_found("organization"))
}
