//! Deleting an environment or an app with everything that was made for it. Every part can be repeated, so a worker that is
//! killed anywhere is simply followed by another.

use super::build::environment_ref;
use super::pool::{Bell, Done};
use super::{Deps, begin};
use crate::deploy::Target;
use crate::domain::error::Result;
use crate::domain::{AppId, EnvironmentId, Error};
use crate::queue::{self, CancelOutcome};
use crate::stages::{Level, Log};
use crate::store::audit;
use crate::store::pipeline::{self, AppEnd};
use crate::telemetry::metrics;
use serde::Deserialize;
use serde_json::json;
use std::time::Duration;

#[derive(Deserialize)]
struct DeleteApp {
    app: AppId,
}

#[derive(Deserialize)]
struct DeleteEnvironment {
    environment: EnvironmentId,
}

/// How often to look whether running builds have seen the cancel.
const WAIT: Duration = Duration::from_millis(300);

/// `delete_app`: its environments, its folder, its rows.
pub async fn app<T: Target + Send + Sync>(deps: &Deps<T>, payload: &serde_json::Value, bell: &Bell) -> Result<Done> {
    let DeleteApp { app } = DeleteApp::deserialize(payload).map_err(Error::internal)?;
    let pool = &deps.database.worker;
    if pipeline::mark_app_deleting(&mut *pool.acquire().await?, app).await?.is_some() {
        let environments = pipeline::apps_environments(&mut *pool.acquire().await?, app).await?;
        // All at once, so that none goes on while another is taken down.
        for environment in &environments {
            cancel_builds(deps, *environment, bell).await?;
        }
        for environment in environments {
            if let Done::NotYet(why, later) = take_down(deps, environment, bell).await? {
                return Ok(Done::NotYet(why, later));
            }
        }
    }
    deps.target.remove_app(app).await.map_err(Error::internal)?;
    let mut tx = begin(pool).await?;
    match pipeline::delete_app(&mut tx, app).await? {
        AppEnd::Deleted { organization, slug, name } => {
            let told = (&json!({ "name": name, "state": "deleting" }), &json!({ "state": "deleted" }));
            audit::insert_of_worker(&mut tx, organization, "app.deleted", ("app", app.0, &slug), told).await?;
            tx.commit().await?;
        }
        AppEnd::WasGone => {}
        AppEnd::Blocked => return Ok(Done::NotYet("an environment was added meanwhile", WAIT)),
    }
    Ok(Done::Yes)
}

/// `delete_environment`: its builds, what its target made, its folders, its rows.
pub async fn environment<T: Target + Send + Sync>(deps: &Deps<T>, payload: &serde_json::Value, bell: &Bell) -> Result<Done> {
    let DeleteEnvironment { environment } = DeleteEnvironment::deserialize(payload).map_err(Error::internal)?;
    take_down(deps, environment, bell).await
}

async fn take_down<T: Target + Send + Sync>(deps: &Deps<T>, environment: EnvironmentId, bell: &Bell) -> Result<Done> {
    let pool = &deps.database.worker;
    if !pipeline::mark_environment_deleting(&mut *pool.acquire().await?, environment).await? {
        return Ok(Done::Yes);
    }
    if cancel_builds(deps, environment, bell).await? {
        return Ok(Done::NotYet("waits for a running build to stop", WAIT));
    }
    let Some(row) = pipeline::environment(&mut *pool.acquire().await?, environment).await? else { return Ok(Done::Yes) };
    let (log, mut lines) = Log::new();
    let removed = deps.target.remove_environment(&environment_ref(&row), &log).await;
    drop(log);
    while let Some(line) = lines.recv().await {
        match line.level {
            Level::Info => tracing::info!(%environment, "{}", line.line),
            Level::Warn | Level::Error => tracing::warn!(%environment, "{}", line.line),
        }
    }
    if let Err(error) = removed {
        return Err(Error::internal(error));
    }

    let mut tx = begin(pool).await?;
    if !pipeline::lock_environment(&mut tx, environment).await? {
        return Ok(Done::Yes);
    }
    if !queue::forget(&mut tx, environment).await? {
        return Ok(Done::NotYet("a build was queued meanwhile", WAIT));
    }
    if pipeline::delete_environment(&mut tx, environment).await? {
        let told = (&json!({ "kind": row.kind, "state": "deleting" }), &json!({ "state": "deleted" }));
        let name = format!("{}/{}", row.app_slug, row.environment_slug);
        audit::insert_of_worker(&mut tx, row.organization, "environment.deleted", ("environment", environment.0, &name), told).await?;
    }
    tx.commit().await?;
    Ok(Done::Yes)
}

/// Cancels every build that waits or runs; true: one still runs.
async fn cancel_builds<T>(deps: &Deps<T>, environment: EnvironmentId, bell: &Bell) -> Result<bool> {
    let pool = &deps.database.worker;
    let Some(row) = pipeline::environment(&mut *pool.acquire().await?, environment).await? else { return Ok(false) };
    let mut running = false;
    for build in pipeline::open_builds(&mut *pool.acquire().await?, environment).await? {
        let mut tx = begin(pool).await?;
        let outcome = queue::cancel(&mut tx, row.organization, build).await?;
        tx.commit().await?;
        bell.ring(build);
        match outcome {
            Some(CancelOutcome::Requested) => running = true,
            Some(CancelOutcome::Cancelled) => metrics::builds_cancelled(1),
            Some(CancelOutcome::AlreadyFinal(_)) | None => {}
        }
    }
    Ok(running)
}
