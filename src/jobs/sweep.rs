//! Removes files that nobody can go back to any more.

use super::Deps;
use super::pool::Done;
use super::remove::remove_folders;
use crate::domain::error::Result;
use crate::domain::local::Places;
use crate::domain::{BuildId, EnvironmentId, Error};
use crate::stages::tree;
use crate::store::pipeline;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// The payload of the job `sweep`.
#[derive(Debug, Serialize, Deserialize)]
pub struct Sweep {
    /// Whose files.
    pub environment: EnvironmentId,
}

/// Releases that are no longer kept are marked first and removed then, so that nothing goes back to one that is half removed.
/// The code of kept releases stays; artifacts stay only as long as their build is open, since the release has its own copy.
pub async fn run<T>(deps: &Deps<T>, payload: &serde_json::Value) -> Result<Done> {
    let Sweep { environment } = Sweep::deserialize(payload).map_err(Error::internal)?;
    let pool = &deps.database.worker;
    let Some(row) = pipeline::environment(&mut *pool.acquire().await?, environment).await? else { return Ok(Done::Yes) };
    let place = Places::new(&deps.config.home).workspace(row.app, &row.environment_slug);
    // Folders first, then the rows: a build that begins meanwhile is in neither list, or has its row.
    let (code, artifacts) = (builds_in(place.join("code")).await?, builds_in(place.join("artifacts")).await?);
    let keep = i64::try_from(deps.config.workers.releases_kept).unwrap_or(i64::MAX);
    let mut tx = pool.begin().await?;
    let swept = pipeline::sweep(&mut tx, environment, keep).await?;
    let owners: HashMap<BuildId, bool> = pipeline::file_owners(&mut tx, environment).await?.into_iter().collect();
    tx.commit().await?;

    let mut folders: Vec<PathBuf> = swept.iter().map(|s| place.join("releases").join(s.release.to_string())).collect();
    folders.extend(code.into_iter().filter(|(build, _)| !owners.contains_key(build)).map(|(_, path)| path));
    folders.extend(artifacts.into_iter().filter(|(build, _)| owners.get(build) != Some(&true)).map(|(_, path)| path));
    remove_folders(folders).await?;
    Ok(Done::Yes)
}

/// The folders of builds below `root`, those under construction included.
async fn builds_in(root: PathBuf) -> Result<Vec<(BuildId, PathBuf)>> {
    let read = move || -> std::io::Result<Vec<(BuildId, PathBuf)>> {
        let entries = match std::fs::read_dir(&root) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries?,
        };
        entries.map(|entry| Ok(entry?.path())).filter_map(|path| path.map(|path| build_of(&path).map(|build| (build, path))).transpose()).collect()
    };
    tree::blocking(move || Ok(read())).await.map_err(Error::internal)?.map_err(Error::internal)
}

/// `<build>`, or `.<build>.backend-…`.
fn build_of(path: &Path) -> Option<BuildId> {
    path.file_name()?.to_str()?.trim_start_matches('.').split('.').next()?.parse().ok()
}
