//! Builds: started, cancelled, built again, looked at.

use super::change::{Answered, Begun, Change, Once, Told};
use super::page::{Page, PageRequest};
use super::{App, apps, conflict, environments, not_found, quotas};
use crate::auth::{Actor, Operation};
use crate::domain::error::{Error, Result};
use crate::domain::{BuildId, BuildKind, BuildState, DesignVersionId, ReleaseId};
use crate::queue::{self, CancelOutcome, NewBuild};
use crate::store::apps::App as AppRecord;
use crate::store::{Position, TenantTx, builds, designs};
use crate::telemetry::{self, metrics};
use serde::Serialize;
use serde_json::json;
use std::time::Duration;

pub use crate::store::builds::{Build as Record, Step};

/// A build with its steps and the address that it brings live.
#[derive(Debug)]
#[allow(missing_docs)]
pub struct Detail {
    pub build: Record,
    pub steps: Vec<Step>,
    pub url: String,
}

/// How a build is answered.
pub trait Render: FnOnce(&Detail) -> Result<Answered> + Send {}

impl<F: FnOnce(&Detail) -> Result<Answered> + Send> Render for F {}

/// Which builds are wanted.
#[derive(Debug, Default, Serialize)]
#[allow(missing_docs)]
pub struct Filter {
    pub environment: Option<String>,
    pub state: Option<BuildState>,
}

/// Queues a build of a design version, the newest without a number. A build of the same environment that still waits ends as
/// superseded.
pub async fn create(
    app: &App,
    actor: &Actor,
    name: &str,
    environment: &str,
    design: Option<i32>,
    once: Option<&Once>,
    render: impl Render,
) -> Result<Answered> {
    let mut change = match app.change_once(actor, Operation::CreateBuild, once).await? {
        Begun::Now(change) => change,
        Begun::Before(answered) => return Ok(answered),
    };
    // It stands in the body, so that 404 would be said of the wrong thing.
    let (record, place) = environments::held(&mut change.tx, name, environment).await.map_err(|error| match error {
        Error::NotFound { what: "environment" } => Error::invalid("/environment", format!("This app has no environment `{environment}`.")),
        error => error,
    })?;
    let version = designs::find(change.connection(), actor.organization, record.id, design).await?;
    let version = version.ok_or_else(|| match design {
        Some(number) => Error::invalid("/designVersion", format!("This app has no design version {number}.")),
        None => conflict("no-design", "This app has no design yet. Push one first."),
    })?;
    enqueue(app, actor, change, &record, &place, (BuildKind::Build, version.id, None), render).await
}

/// Goes back to an earlier release, by default the one before the live one, without building it again.
pub async fn rollback(
    app: &App,
    actor: &Actor,
    name: &str,
    environment: &str,
    release: Option<i32>,
    once: Option<&Once>,
    render: impl Render,
) -> Result<Answered> {
    let mut change = match app.change_once(actor, Operation::Rollback, once).await? {
        Begun::Now(change) => change,
        Begun::Before(answered) => return Ok(answered),
    };
    let (record, place) = environments::held(&mut change.tx, name, environment).await?;
    let number = match release {
        Some(number) => number,
        None => crate::store::releases::before_live(change.connection(), actor.organization, place.id)
            .await?
            .ok_or_else(|| conflict("no-earlier-release", "There is no release before the live one to go back to."))?,
    };
    let found = crate::store::releases::find(change.connection(), actor.organization, place.id, number).await?;
    let found = found.ok_or_else(|| Error::invalid("/release", format!("This environment has no release {number}.")))?;
    if found.live {
        return Err(conflict("release-is-live", format!("Release {number} is live already.")));
    }
    if found.removed {
        return Err(conflict(
            "release-removed",
            format!("The files of release {number} were removed. Build its design version {} again.", found.design_version),
        ));
    }
    enqueue(app, actor, change, &record, &place, (BuildKind::Rollback, found.design_version_id, Some(found.id)), render).await
}

/// Brings the live release back with everything that it needs: what is missing is made, what was changed is mended.
pub async fn repair(app: &App, actor: &Actor, name: &str, environment: &str, once: Option<&Once>, render: impl Render) -> Result<Answered> {
    let mut change = match app.change_once(actor, Operation::CreateBuild, once).await? {
        Begun::Now(change) => change,
        Begun::Before(answered) => return Ok(answered),
    };
    let (record, place) = environments::held(&mut change.tx, name, environment).await?;
    let Some(number) = place.live_release else {
        return Err(conflict("nothing-live", "No release is live in this environment. Build a design version instead."));
    };
    let found = crate::store::releases::find(change.connection(), actor.organization, place.id, number).await?.ok_or_else(|| not_found("release"))?;
    enqueue(app, actor, change, &record, &place, (BuildKind::Repair, found.design_version_id, Some(found.id)), render).await
}

/// Queues what a build that did not succeed was for once more.
pub async fn retry(app: &App, actor: &Actor, name: &str, number: i32, once: Option<&Once>, render: impl Render) -> Result<Answered> {
    let mut change = match app.change_once(actor, Operation::CreateBuild, once).await? {
        Begun::Now(change) => change,
        Begun::Before(answered) => return Ok(answered),
    };
    let record = apps::find(&mut change.tx, name).await?;
    let old = find(&mut change.tx, &record, number).await?;
    match old.state {
        BuildState::Queued | BuildState::Running => {
            return Err(conflict("build-not-ended", format!("Build {number} is still {}. Cancel it first, or wait.", old.state)));
        }
        BuildState::Succeeded => return Err(conflict("build-succeeded", format!("Build {number} succeeded. Start a new build instead."))),
        BuildState::Failed | BuildState::Cancelled | BuildState::Superseded => {}
    }
    let (record, place) = environments::held(&mut change.tx, name, &old.environment).await?;
    let release = old.release_id.filter(|_| old.kind != BuildKind::Build);
    enqueue(app, actor, change, &record, &place, (old.kind, old.design_version_id, release), render).await
}

/// Cancels a build. One that waits has ended then; one that runs ends soon.
pub async fn cancel(app: &App, actor: &Actor, name: &str, number: i32, once: Option<&Once>, render: impl Render) -> Result<Answered> {
    let mut change = match app.change_once(actor, Operation::CancelBuild, once).await? {
        Begun::Now(change) => change,
        Begun::Before(answered) => return Ok(answered),
    };
    let record = apps::find(&mut change.tx, name).await?;
    let before = find(&mut change.tx, &record, number).await?;
    let outcome = queue::cancel(change.connection(), actor.organization, before.id).await?.ok_or_else(|| not_found("build"))?;
    match outcome {
        CancelOutcome::Cancelled | CancelOutcome::Requested => {}
        CancelOutcome::AlreadyFinal(state) => return Err(conflict("build-ended", format!("Build {number} has ended already: it is {state}."))),
    }
    let cancelled = detail(app, &mut change.tx, &record, number).await?;
    let told = subject(&record, &before).before(json!({ "state": before.state })).after(json!({ "state": cancelled.build.state, "cancelRequested": true }));
    let answered = change.answer(Some(told), render(&cancelled)?).await?;
    // One that runs is counted by its worker.
    if outcome == CancelOutcome::Cancelled {
        metrics::builds_cancelled(1);
    }
    Ok(answered)
}

/// Builds of an app, the newest first.
pub async fn list(app: &App, actor: &Actor, name: &str, filter: &Filter, request: &PageRequest) -> Result<Page<(Record, String)>> {
    actor.may(Operation::ShowBuilds)?;
    let mut tx = app.tenant(actor).await?;
    let record = apps::find(&mut tx, name).await?;
    let reading = app.read_page(actor.organization, &("builds", record.id, filter), request)?;
    let rows = builds::list(tx.connection(), actor.organization, record.id, filter.environment.as_deref(), filter.state, reading.slice).await?;
    let page = reading.page(rows, |b| Position { at: b.created_at, id: b.id.0 });
    Ok(page.map(|build| {
        let url = url(app, &record, &build);
        (build, url)
    }))
}

/// The build. With `wait`, answers when its state is another one than at the beginning, at the latest after this time.
pub async fn show(app: &App, actor: &Actor, name: &str, number: i32, wait: Option<Duration>) -> Result<Detail> {
    actor.may(Operation::ShowBuilds)?;
    let mut tx = app.tenant(actor).await?;
    let record = apps::find(&mut tx, name).await?;
    let found = detail(app, &mut tx, &record, number).await?;
    drop(tx);
    let Some(wait) = wait.filter(|_| !found.build.state.is_final()) else { return Ok(found) };
    let end = tokio::time::Instant::now() + wait;
    let mut subscription = app.hub.subscribe(actor.organization, found.build.id);
    loop {
        // Subscribed before this look, so that no change falls between the two.
        let now = state(app, actor, found.build.id).await?.ok_or_else(|| not_found("build"))?;
        if now != found.build.state || tokio::time::Instant::now() >= end {
            break;
        }
        tokio::select! {
            () = subscription.changed() => {}
            () = tokio::time::sleep_until(end) => {}
            () = app.shutdown.cancelled() => break,
        }
    }
    detail(app, &mut app.tenant(actor).await?, &record, number).await
}

async fn state(app: &App, actor: &Actor, id: BuildId) -> Result<Option<BuildState>> {
    let mut tx = app.tenant(actor).await?;
    Ok(builds::state(tx.connection(), actor.organization, id).await?)
}

/// What the audit log calls it.
fn subject(record: &AppRecord, build: &Record) -> Told {
    Told::about("build", build.id.0, format!("{}/{}", record.slug, build.number))
}

async fn enqueue(
    app: &App,
    actor: &Actor,
    mut change: Change<'_>,
    record: &AppRecord,
    place: &environments::Record,
    (kind, design_version, release): (BuildKind, DesignVersionId, Option<ReleaseId>),
    render: impl Render,
) -> Result<Answered> {
    // What goes back to a release, or mends what is live, is not refused.
    if kind == BuildKind::Build {
        quotas::one_more_build(app, &mut change.tx, place.id).await?;
    }
    let new = NewBuild {
        id: BuildId::new(),
        organization: actor.organization,
        app: record.id,
        environment: place.id,
        kind,
        design_version,
        release,
        created_by: actor.user(),
        trace_parent: telemetry::current(),
        priority: 0,
    };
    let queued = queue::enqueue(change.connection(), &new).await?;
    let made = detail(app, &mut change.tx, record, queued.number).await?;
    let told = json!({ "kind": kind, "environment": place.slug, "designVersion": made.build.design_version, "release": made.build.release });
    let answered = change.answer(Some(subject(record, &made.build).after(told)), render(&made)?).await?;
    if queued.superseded.is_some() {
        metrics::build_ended(BuildState::Superseded);
    }
    if queued.wake {
        queue::wake(&app.pool).await;
    }
    Ok(answered)
}

/// The build of an app with this number.
pub(super) async fn find(tx: &mut TenantTx, record: &AppRecord, number: i32) -> Result<Record> {
    Ok(found(tx, record, number).await?.0)
}

async fn found(tx: &mut TenantTx, record: &AppRecord, number: i32) -> Result<(Record, Vec<Step>)> {
    let organization = tx.organization();
    builds::find(tx.connection(), organization, record.id, number).await?.ok_or_else(|| not_found("build"))
}

async fn detail(app: &App, tx: &mut TenantTx, record: &AppRecord, number: i32) -> Result<Detail> {
    let (build, steps) = found(tx, record, number).await?;
    Ok(Detail { url: url(app, record, &build), build, steps })
}

fn url(app: &App, record: &AppRecord, build: &Record) -> String {
    let kind = if build.environment == apps::PRODUCTION { crate::domain::EnvironmentKind::Production } else { crate::domain::EnvironmentKind::Preview };
    app.settings.origin(record, &build.environment, kind)
}
