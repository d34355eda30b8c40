//! Builds: started, cancelled, built again, looked at.

use super::page::{Page, PageRequest};
use super::{App, apps, conflict, environments, not_found};
use crate::auth::{Actor, Operation};
use crate::domain::error::{Error, Result};
use crate::domain::{BuildId, BuildKind, BuildState, DesignVersionId, ReleaseId};
use crate::queue::{self, CancelOutcome, NewBuild};
use crate::store::apps::App as AppRecord;
use crate::store::{Position, TenantTx, builds, designs};
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

/// Which builds are wanted.
#[derive(Debug, Default)]
#[allow(missing_docs)]
pub struct Filter {
    pub environment: Option<String>,
    pub state: Option<BuildState>,
}

/// Queues a build of a design version, the newest without a number. A build of the same environment that still waits ends as
/// superseded.
pub async fn create(app: &App, actor: &Actor, name: &str, environment: &str, design: Option<i32>) -> Result<Detail> {
    actor.may(Operation::CreateBuild)?;
    let mut tx = app.tenant(actor).await?;
    let (record, place) = environments::held(&mut tx, name, environment).await?;
    let version = designs::find(tx.connection(), actor.organization, record.id, design).await?;
    let version = version.ok_or_else(|| match design {
        Some(number) => Error::invalid("/designVersion", format!("This app has no design version {number}.")),
        None => conflict("no-design", "This app has no design yet. Push one first."),
    })?;
    enqueue(app, actor, tx, &record, &place, BuildKind::Build, version.id, None).await
}

/// Goes back to an earlier release, by default the one before the live one, without building it again.
pub async fn rollback(app: &App, actor: &Actor, name: &str, environment: &str, release: Option<i32>) -> Result<Detail> {
    actor.may(Operation::Rollback)?;
    let mut tx = app.tenant(actor).await?;
    let (record, place) = environments::held(&mut tx, name, environment).await?;
    let number = match release {
        Some(number) => number,
        None => crate::store::releases::before_live(tx.connection(), actor.organization, place.id)
            .await?
            .ok_or_else(|| conflict("no-earlier-release", "There is no release before the live one to go back to."))?,
    };
    let found = crate::store::releases::find(tx.connection(), actor.organization, place.id, number).await?;
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
    enqueue(app, actor, tx, &record, &place, BuildKind::Rollback, found.design_version_id, Some(found.id)).await
}

/// Brings the live release back with everything that it needs: what is missing is made, what was changed is mended.
pub async fn repair(app: &App, actor: &Actor, name: &str, environment: &str) -> Result<Detail> {
    actor.may(Operation::CreateBuild)?;
    let mut tx = app.tenant(actor).await?;
    let (record, place) = environments::held(&mut tx, name, environment).await?;
    let Some(number) = place.live_release else {
        return Err(conflict("nothing-live", "No release is live in this environment. Build a design version instead."));
    };
    let found = crate::store::releases::find(tx.connection(), actor.organization, place.id, number).await?.ok_or_else(|| not_found("release"))?;
    enqueue(app, actor, tx, &record, &place, BuildKind::Repair, found.design_version_id, Some(found.id)).await
}

/// Queues what a build that did not succeed was for once more.
pub async fn retry(app: &App, actor: &Actor, name: &str, number: i32) -> Result<Detail> {
    actor.may(Operation::CreateBuild)?;
    let mut tx = app.tenant(actor).await?;
    let record = apps::find(&mut tx, name).await?;
    let old = find(&mut tx, &record, number).await?;
    match old.state {
        BuildState::Queued | BuildState::Running => {
            return Err(conflict("build-not-ended", format!("Build {number} is still {}. Cancel it first, or wait.", old.state)));
        }
        BuildState::Succeeded => return Err(conflict("build-succeeded", format!("Build {number} succeeded. Start a new build instead."))),
        BuildState::Failed | BuildState::Cancelled | BuildState::Superseded => {}
    }
    let (record, place) = environments::held(&mut tx, name, &old.environment).await?;
    let release = old.release_id.filter(|_| old.kind != BuildKind::Build);
    enqueue(app, actor, tx, &record, &place, old.kind, old.design_version_id, release).await
}

/// Cancels a build. One that waits has ended then; one that runs ends soon.
pub async fn cancel(app: &App, actor: &Actor, name: &str, number: i32) -> Result<Detail> {
    actor.may(Operation::CancelBuild)?;
    let mut tx = app.tenant(actor).await?;
    let record = apps::find(&mut tx, name).await?;
    let id = find(&mut tx, &record, number).await?.id;
    match queue::cancel(tx.connection(), actor.organization, id).await?.ok_or_else(|| not_found("build"))? {
        CancelOutcome::Cancelled | CancelOutcome::Requested => {}
        CancelOutcome::AlreadyFinal(state) => return Err(conflict("build-ended", format!("Build {number} has ended already: it is {state}."))),
    }
    let cancelled = detail(app, &mut tx, &record, number).await?;
    tx.commit().await?;
    Ok(cancelled)
}

/// Builds of an app, the newest first.
pub async fn list(app: &App, actor: &Actor, name: &str, filter: &Filter, request: &PageRequest) -> Result<Page<(Record, String)>> {
    actor.may(Operation::ShowBuilds)?;
    let mut tx = app.tenant(actor).await?;
    let record = apps::find(&mut tx, name).await?;
    let list = format!("builds/{}/{}/{}", record.id, filter.environment.as_deref().unwrap_or_default(), filter.state.map_or("", BuildState::as_str));
    let reading = app.read_page(actor.organization, list, request)?;
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
    let mut subscription = app.hub.subscribe(found.build.id);
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

#[allow(clippy::too_many_arguments)]
async fn enqueue(
    app: &App,
    actor: &Actor,
    mut tx: TenantTx,
    record: &AppRecord,
    place: &environments::Record,
    kind: BuildKind,
    design_version: DesignVersionId,
    release: Option<ReleaseId>,
) -> Result<Detail> {
    let new = NewBuild {
        id: BuildId::new(),
        organization: actor.organization,
        app: record.id,
        environment: place.id,
        kind,
        design_version,
        release,
        created_by: actor.user(),
        trace_parent: None,
        priority: 0,
    };
    let queued = queue::enqueue(tx.connection(), &new).await?;
    let made = detail(app, &mut tx, record, queued.number).await?;
    tx.commit().await?;
    if queued.wake {
        queue::wake(&app.pool).await;
    }
    Ok(made)
}

/// The build of an app with this number.
pub(super) async fn find(tx: &mut TenantTx, record: &AppRecord, number: i32) -> Result<Record> {
    let organization = tx.organization();
    builds::find(tx.connection(), organization, record.id, number).await?.ok_or_else(|| not_found("build"))
}

async fn detail(app: &App, tx: &mut TenantTx, record: &AppRecord, number: i32) -> Result<Detail> {
    let organization = tx.organization();
    let build = find(tx, record, number).await?;
    let steps = builds::steps(tx.connection(), organization, build.id).await?;
    Ok(Detail { url: url(app, record, &build), build, steps })
}

fn url(app: &App, record: &AppRecord, build: &Record) -> String {
    let kind = if build.environment == apps::PRODUCTION { crate::domain::EnvironmentKind::Production } else { crate::domain::EnvironmentKind::Preview };
    app.settings.origin(record, &build.environment, kind)
}
