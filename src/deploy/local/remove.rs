//! Removes everything of an environment: the host its process, folders and sockets; we its database, role and folders.

use super::rollout::{NO_HOST, POLL};
use super::{HOST_LIMIT, LocalTarget, database_failed, folder_failed};
use crate::deploy::EnvironmentRef;
use crate::domain::EnvironmentId;
use crate::stages::{Log, StageError, steward};
use crate::store::{resources, runtimes};
use std::path::Path;
use std::time::Duration;
use tokio::time::Instant;

/// How long the host may take: it lets requests finish, then the process.
const LIMIT: Duration = Duration::from_mins(1);

pub(super) async fn run(target: &LocalTarget, env: &EnvironmentRef, log: &Log) -> Result<(), StageError> {
    let failed = |e: sqlx::Error| database_failed(&e);
    let mut conn = target.worker.acquire().await.map_err(failed)?;
    resources::delete_begins(&mut conn, env.environment).await.map_err(failed)?;
    let asked = runtimes::desire_absent(&mut conn, env.environment).await.map_err(failed)?;
    drop(conn);
    if let Some(generation) = asked {
        wait_until_absent(target, env.environment, generation).await?;
        log.info("The app's process and the folders it ran from are gone.");
    }

    let conn = target.owner.acquire().await.map_err(|e| steward::refused(&e))?.detach();
    steward::remove(conn, env.environment).await?;
    log.info("Its database and role are gone.");
    let workspace = target.places.workspace(env.app, &env.environment_slug);
    remove_folder(&workspace)?;
    remove_if_empty(&target.places.app(env.app))?;

    // The row goes last: while it stands, a host that was away sees that nothing is wanted.
    let mut conn = target.worker.acquire().await.map_err(failed)?;
    runtimes::delete(&mut conn, env.environment).await.map_err(failed)?;
    for resource in resources::list(&mut conn, env.environment).await.map_err(failed)? {
        resources::gone(&mut conn, env.environment, &resource.kind, &resource.name).await.map_err(failed)?;
    }
    let left: Vec<_> = [workspace, target.places.environment(env.environment)].into_iter().filter(|path| path.exists()).collect();
    if let Some(path) = left.first() {
        tracing::warn!(path = %path.display(), "a folder of an environment is still there");
        return Err(StageError::retry("folder-left", "A folder is still there", "It was made again by somebody while it was removed."));
    }
    log.info("Nothing is left.");
    Ok(())
}

async fn wait_until_absent(target: &LocalTarget, environment: EnvironmentId, generation: i64) -> Result<(), StageError> {
    let end = Instant::now() + LIMIT;
    let mut host_seen = Instant::now();
    loop {
        match runtimes::progress(&target.worker, environment).await.map_err(|e| database_failed(&e))? {
            None => return Ok(()),
            Some(p) if p.observed_generation >= generation && p.observed == "absent" => return Ok(()),
            Some(p) if p.observed_generation >= generation && p.observed == "failed" => {
                return Err(StageError::retry("removal-failed", "The app's process could not be removed", p.message.unwrap_or_default()));
            }
            Some(_) => {}
        }
        if runtimes::host_is_running(&target.worker).await.unwrap_or(true) {
            host_seen = Instant::now();
        }
        if host_seen.elapsed() > HOST_LIMIT {
            return Err(StageError::retry("no-host", "Nothing runs the apps of this machine", NO_HOST));
        }
        if Instant::now() > end {
            return Err(StageError::retry(
                "removal-timeout",
                "The app's process did not end in time",
                format!("It still runs after {} seconds.", LIMIT.as_secs()),
            ));
        }
        tokio::time::sleep(POLL).await;
    }
}

fn remove_folder(path: &Path) -> Result<(), StageError> {
    match std::fs::remove_dir_all(path) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(folder_failed(path, &e)),
        _ => Ok(()),
    }
}

/// The app's folder goes with its last environment.
fn remove_if_empty(path: &Path) -> Result<(), StageError> {
    match std::fs::remove_dir(path) {
        Err(e) if !matches!(e.kind(), std::io::ErrorKind::NotFound | std::io::ErrorKind::DirectoryNotEmpty) => Err(folder_failed(path, &e)),
        _ => Ok(()),
    }
}
