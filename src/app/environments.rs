//! Environments: production, and previews with their own data.

use super::change::{Answered, Begun, Once, Told};
use super::input::Check;
use super::page::{Page, PageRequest};
use super::{App, apps, conflict, meant, not_found, quotas};
use crate::auth::{Actor, Operation};
use crate::domain::error::{Error, Result};
use crate::domain::local::{EnvironmentSecrets, secrets_context};
use crate::domain::{AppId, EnvironmentId, EnvironmentKind, Lifecycle, OrganizationId};
use crate::queue::{self, CancelOutcome};
use crate::store::apps::{App as AppRecord, Hold};
use crate::store::{Position, TenantTx, environments};
use crate::telemetry::metrics;
use serde_json::json;
use sqlx::PgConnection;

pub use crate::store::environments::Environment as Record;

/// An environment with its address.
#[derive(Debug)]
#[allow(missing_docs)]
pub struct Detail {
    pub environment: Record,
    pub url: String,
}

impl Detail {
    pub(super) fn new(app: &App, record: &AppRecord, environment: Record) -> Self {
        Self { url: app.settings.origin(record, &environment.slug, environment.kind), environment }
    }
}

/// The first administrator of a live app.
#[derive(Debug)]
#[allow(missing_docs)]
pub struct Administrator {
    pub email: String,
    pub password: String,
}

/// Environments of an app in the order in which they were made, production first.
pub async fn list(app: &App, actor: &Actor, name: &str, request: &PageRequest) -> Result<Page<Detail>> {
    actor.may(Operation::ShowEnvironments)?;
    let mut tx = app.tenant(actor).await?;
    let record = apps::find(&mut tx, name).await?;
    let reading = app.read_page(actor.organization, &("environments", record.id), request)?;
    let rows = environments::list(tx.connection(), actor.organization, record.id, reading.slice).await?;
    let page = reading.page(rows, |e| Position { at: e.created_at, id: e.id.0 });
    Ok(page.map(|row| Detail::new(app, &record, row)))
}

/// The environment.
pub async fn show(app: &App, actor: &Actor, name: &str, environment: &str) -> Result<Detail> {
    actor.may(Operation::ShowEnvironments)?;
    let mut tx = app.tenant(actor).await?;
    let (record, found) = find(&mut tx, name, environment).await?;
    Ok(Detail::new(app, &record, found))
}

/// Its first administrator, if one was made.
pub async fn administrator(app: &App, actor: &Actor, name: &str, environment: &str) -> Result<Administrator> {
    actor.may(Operation::ShowAdministrator)?;
    let mut tx = app.tenant(actor).await?;
    let (_, found) = find(&mut tx, name, environment).await?;
    let (Some(email), Some(sealed)) = (found.admin_email, found.sealed_secrets) else { return Err(not_found("administrator")) };
    let open = app.keyring.open(&secrets_context(found.id), &sealed).map_err(Error::internal)?;
    let secrets: EnvironmentSecrets = serde_json::from_slice(&open).map_err(Error::internal)?;
    Ok(Administrator { email, password: secrets.admin_password })
}

/// Makes a preview.
pub async fn create(
    app: &App,
    actor: &Actor,
    name: &str,
    slug: &str,
    once: Option<&Once>,
    render: impl FnOnce(&Detail) -> Result<Answered> + Send,
) -> Result<Answered> {
    actor.may(Operation::CreateEnvironment)?;
    Check::default().slug(slug, "/slug", 20).done("The environment cannot be made like this.")?;
    let mut change = match app.change_once(actor, Operation::CreateEnvironment, once).await? {
        Begun::Now(change) => change,
        Begun::Before(answered) => return Ok(answered),
    };
    let record = apps::held(&mut change.tx, name, Hold::Shared).await?;
    quotas::one_more_preview(app, &mut change.tx).await?;
    if !environments::insert(change.connection(), actor.organization, record.id, slug, EnvironmentKind::Preview, actor.user()).await? {
        return Err(conflict("environment-slug-taken", format!("This app has an environment `{slug}` already. Choose another slug.")));
    }
    let (record, made) = find(&mut change.tx, name, slug).await?;
    let told = subject(&record, &made).after(json!({ "kind": made.kind }));
    let answered = render(&Detail::new(app, &record, made))?;
    change.answer(Some(told), answered).await
}

/// Begins the end of a preview: its builds are cancelled, and a job removes everything that it consists of.
/// `fresh` is asked with the environment as it is now; one that is ending already ends in any case, so that the request can be sent again.
pub async fn delete(app: &App, actor: &Actor, name: &str, environment: &str, fresh: impl FnOnce(&Detail) -> Result<()> + Send) -> Result<Detail> {
    let mut change = app.change(actor, Operation::DeleteEnvironment).await?;
    let record = apps::held(&mut change.tx, name, Hold::Shared).await?;
    let (_, found) = find(&mut change.tx, name, environment).await?;
    environments::hold(change.connection(), actor.organization, found.id, Hold::Alone).await?;
    let (_, found) = find(&mut change.tx, name, environment).await?;
    let before = Detail::new(app, &record, found);
    meant(fresh(&before), before.environment.state == Lifecycle::Deleting)?;
    if before.environment.kind == EnvironmentKind::Production {
        return Err(conflict("environment-is-production", "Production ends with its app. Delete the app instead."));
    }
    if !environments::begin_delete(change.connection(), actor.organization, before.environment.id).await? {
        return Ok(before);
    }
    let found = before.environment;
    let cancelled = cancel_builds(change.connection(), actor.organization, record.id, Some(found.id)).await?;
    queue::jobs::enqueue(change.connection(), Some(actor.organization), "delete_environment", &json!({ "environment": found.id })).await?;
    let (record, left) = find(&mut change.tx, name, environment).await?;
    change.commit(subject(&record, &found).before(json!({ "kind": found.kind })).after(json!({ "state": left.state }))).await?;
    metrics::builds_cancelled(cancelled);
    Ok(Detail::new(app, &record, left))
}

/// Cancels the builds of an app, or of one environment, that wait and run. The answer: how many ended by it, to be counted after the commit. Those
/// that run are counted by their workers.
pub(super) async fn cancel_builds(conn: &mut PgConnection, organization: OrganizationId, app: AppId, environment: Option<EnvironmentId>) -> Result<u64> {
    let mut ended = 0;
    for build in environments::open_builds(conn, organization, app, environment).await? {
        let outcome = queue::cancel(conn, organization, build).await?;
        ended += u64::from(outcome == Some(CancelOutcome::Cancelled));
    }
    Ok(ended)
}

/// What the audit log calls it.
pub(super) fn subject(record: &AppRecord, environment: &Record) -> Told {
    Told::about("environment", environment.id.0, format!("{}/{}", record.slug, environment.slug))
}

/// The app and its environment with this slug.
pub(super) async fn find(tx: &mut TenantTx, name: &str, slug: &str) -> Result<(AppRecord, Record)> {
    let organization = tx.organization();
    let record = apps::find(tx, name).await?;
    let found = environments::find(tx.connection(), organization, record.id, slug).await?.ok_or_else(|| not_found("environment"))?;
    Ok((record, found))
}

/// The same, for a build: both held until the transaction ends, and refused if one of them is being deleted.
pub(super) async fn held(tx: &mut TenantTx, name: &str, slug: &str) -> Result<(AppRecord, Record)> {
    let organization = tx.organization();
    apps::held(tx, name, Hold::Shared).await?;
    let (record, found) = find(tx, name, slug).await?;
    match environments::hold(tx.connection(), organization, found.id, Hold::Shared).await? {
        Some(Lifecycle::Active) => Ok((record, found)),
        Some(Lifecycle::Deleting) => Err(conflict("environment-deleting", format!("The environment `{slug}` is being deleted."))),
        None => Err(not_found("environment")),
    }
}
