//! Apps.

use super::change::{Answered, Begun, Once, Told};
use super::input::{Check, id_or_slug};
use super::page::{Page, PageRequest};
use super::{App, accounts, conflict, environments, meant, not_found, quotas};
use crate::auth::{Actor, Operation};
use crate::domain::error::{Error, Result};
use crate::domain::{AccountId, AppId, EnvironmentKind, Lifecycle, OrganizationId, TargetKind};
use crate::queue;
use crate::store::apps::{self, Hold};
use crate::store::{Position, Slice, TenantTx};
use crate::telemetry::metrics;
use serde_json::json;

pub use crate::store::apps::App as Record;

/// The slug of the environment that an app begins with.
pub const PRODUCTION: &str = "production";

/// What the audit log calls it.
const SUBJECT: &str = "app";

/// Labels of addresses that are the installation's own: on AWS, load balancers answer at the first.
const RESERVED: [&str; 1] = ["origin"];

/// An app with its address.
#[derive(Debug)]
#[allow(missing_docs)]
pub struct Listed {
    pub app: Record,
    pub url: String,
}

/// An app with its environments.
#[derive(Debug)]
#[allow(missing_docs)]
pub struct Detail {
    pub app: Record,
    pub url: String,
    pub environments: Vec<environments::Detail>,
}

/// Apps of the organization, the newest first.
pub async fn list(app: &App, actor: &Actor, request: &PageRequest) -> Result<Page<Listed>> {
    actor.may(Operation::ShowApps)?;
    let reading = app.read_page(actor.organization, &"apps", request)?;
    let mut tx = app.tenant(actor).await?;
    let rows = apps::list(tx.connection(), actor.organization, reading.slice).await?;
    let page = reading.page(rows, |a| Position { at: a.created_at, id: a.id.0 });
    Ok(page.map(|record| Listed { url: url(app, &record), app: record }))
}

/// The app, by id or slug.
pub async fn show(app: &App, actor: &Actor, name: &str) -> Result<Detail> {
    actor.may(Operation::ShowApps)?;
    let mut tx = app.tenant(actor).await?;
    detail(app, actor, &mut tx, name).await
}

/// An app that is wanted.
#[derive(Debug, Clone)]
pub struct Wish {
    /// Its short name.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// Where it shall run, if that matters.
    pub target: Option<TargetKind>,
    /// In which of the organization's accounts, if that matters.
    pub account: Option<String>,
}

/// Where an app runs, from its beginning to its end.
struct Place {
    target: TargetKind,
    account: Option<AccountId>,
    domain: Option<String>,
}

/// What was asked for, else what the organization has chosen, else what the installation usually does.
async fn place(app: &App, tx: &mut TenantTx, wish: &Wish) -> Result<Place> {
    let in_account = |account: accounts::Account| Place { target: TargetKind::Aws, account: Some(account.id), domain: Some(account.domain) };
    if let Some(name) = &wish.account {
        if wish.target == Some(TargetKind::Local) {
            return Err(Error::invalid("/account", "An app with the target `local` runs in no account."));
        }
        return accounts::find(tx, name).await.map(in_account).map_err(|error| match error {
            Error::NotFound { .. } => Error::invalid("/account", format!("This organization has no account `{name}`.")),
            error => error,
        });
    }
    let chosen = if wish.target == Some(TargetKind::Local) { None } else { accounts::default(tx).await? };
    if let Some(account) = chosen {
        return Ok(in_account(account));
    }
    match wish.target.unwrap_or(app.settings.target) {
        TargetKind::Local => Ok(Place { target: TargetKind::Local, account: None, domain: None }),
        TargetKind::Aws => match &app.settings.aws_domain {
            Some(domain) => Ok(Place { target: TargetKind::Aws, account: None, domain: Some(domain.clone()) }),
            None => Err(Error::invalid("/target", "This installation has no AWS account. Leave `target` out, or ask the operator to set SLIPFORM_AWS_REGION.")),
        },
    }
}

/// Makes an app with its production environment. Its address is its slug where that is free in the whole installation,
/// else the slug with a few letters behind it.
pub async fn create(app: &App, actor: &Actor, wish: &Wish, once: Option<&Once>, render: impl FnOnce(&Detail) -> Result<Answered> + Send) -> Result<Answered> {
    let Wish { slug, name, .. } = wish;
    actor.may(Operation::CreateApp)?;
    Check::default().slug(slug, "/slug", 40).name(name, "/name").done("The app cannot be made like this.")?;
    let id = AppId::new();
    let mut change = match app.change_once(actor, Operation::CreateApp, once).await? {
        Begun::Now(change) => change,
        Begun::Before(answered) => return Ok(answered),
    };
    quotas::one_more_app(app, &mut change.tx).await?;
    let place = place(app, &mut change.tx, wish).await?;
    let mut label = slug.clone();
    let mut tries = 0;
    loop {
        let new = apps::NewApp {
            id,
            slug,
            name,
            host_label: &label,
            target: place.target,
            account: place.account,
            domain: place.domain.as_deref(),
            created_by: actor.user(),
        };
        if !RESERVED.contains(&label.as_str()) && apps::insert(change.connection(), actor.organization, &new).await? {
            break;
        }
        if apps::has_slug(change.connection(), actor.organization, slug).await? {
            return Err(conflict("app-slug-taken", format!("This organization has an app `{slug}` already. Choose another slug.")));
        }
        tries += 1;
        if tries > 8 {
            return Err(conflict("app-address-taken", "No free address was found for this slug. Choose another slug."));
        }
        let suffix = &uuid::Uuid::new_v4().simple().to_string()[..5];
        let stem: String = slug.chars().take(34).collect();
        label = format!("{}-{suffix}", stem.trim_end_matches('-'));
    }
    crate::store::environments::insert(change.connection(), actor.organization, id, PRODUCTION, EnvironmentKind::Production, actor.user()).await?;
    let made = detail(app, actor, &mut change.tx, &id.to_string()).await?;
    let told = Told::about(SUBJECT, id.0, slug).after(json!({ "name": name, "target": made.app.target, "account": made.app.account }));
    change.answer(Some(told), render(&made)?).await
}

/// Gives an app another name. Its slug and its address stay, because others know them. `fresh` is asked with the app as it
/// is now, while nobody else can change it.
pub async fn update(app: &App, actor: &Actor, name: &str, new_name: Option<&str>, fresh: impl FnOnce(&Detail) -> Result<()> + Send) -> Result<Detail> {
    if let Some(new_name) = new_name {
        Check::default().name(new_name, "/name").done("The app cannot be changed like this.")?;
    }
    let mut change = app.change(actor, Operation::UpdateApp).await?;
    let held = held(&mut change.tx, name, Hold::Alone).await?;
    let before = detail(app, actor, &mut change.tx, name).await?;
    fresh(&before)?;
    let Some(new_name) = new_name else { return Ok(before) };
    apps::rename(change.connection(), actor.organization, held.id, new_name).await?;
    let changed = detail(app, actor, &mut change.tx, name).await?;
    change.commit(Told::about(SUBJECT, held.id.0, held.slug).before(json!({ "name": held.name })).after(json!({ "name": new_name }))).await?;
    Ok(changed)
}

/// Begins the end of an app: its builds are cancelled, and a job removes everything that it consists of. `fresh` is asked with the app as
/// it is now; one that is ending already ends in any case, so that the request can be sent again.
pub async fn delete(app: &App, actor: &Actor, name: &str, fresh: impl FnOnce(&Detail) -> Result<()> + Send) -> Result<Detail> {
    let mut change = app.change(actor, Operation::DeleteApp).await?;
    let found = find(&mut change.tx, name).await?;
    let id = found.id;
    if apps::hold(change.connection(), actor.organization, id, Hold::Alone).await?.is_none() {
        return Err(not_found("app"));
    }
    let before = detail(app, actor, &mut change.tx, name).await?;
    meant(fresh(&before), before.app.state == Lifecycle::Deleting)?;
    if !apps::begin_delete(change.connection(), actor.organization, id).await? {
        return Ok(before);
    }
    let cancelled = environments::cancel_builds(change.connection(), actor.organization, id, None).await?;
    queue::jobs::enqueue(change.connection(), Some(actor.organization), "delete_app", &json!({ "app": id })).await?;
    let left = detail(app, actor, &mut change.tx, name).await?;
    change.commit(Told::about(SUBJECT, id.0, found.slug).before(json!({ "name": found.name })).after(json!({ "state": left.app.state }))).await?;
    metrics::builds_cancelled(cancelled);
    Ok(left)
}

/// The app with this id or slug.
pub(super) async fn find(tx: &mut TenantTx, name: &str) -> Result<Record> {
    let organization = tx.organization();
    let (id, slug) = id_or_slug::<AppId>(name);
    apps::find(tx.connection(), organization, id, slug).await?.ok_or_else(|| not_found("app"))
}

/// The app with this id or slug, held until the transaction ends; refused if it is being deleted.
pub(super) async fn held(tx: &mut TenantTx, name: &str, hold: Hold) -> Result<Record> {
    let organization: OrganizationId = tx.organization();
    let found = find(tx, name).await?;
    match apps::hold(tx.connection(), organization, found.id, hold).await? {
        Some(Lifecycle::Active) => Ok(found),
        Some(Lifecycle::Deleting) => Err(conflict("app-deleting", format!("The app `{}` is being deleted.", found.slug))),
        None => Err(not_found("app")),
    }
}

pub(super) fn url(app: &App, record: &Record) -> String {
    app.settings.origin(record, PRODUCTION, EnvironmentKind::Production)
}

async fn detail(app: &App, actor: &Actor, tx: &mut TenantTx, name: &str) -> Result<Detail> {
    let record = find(tx, name).await?;
    let rows = crate::store::environments::list(tx.connection(), actor.organization, record.id, Slice::WHOLE).await?;
    let environments = rows.into_iter().map(|row| environments::Detail::new(app, &record, row)).collect();
    Ok(Detail { url: url(app, &record), app: record, environments })
}
