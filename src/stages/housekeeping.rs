//! Files of builds that nobody needs any more, found and removed where they are.

use super::StageError;
use super::tree;
use crate::domain::{BuildId, ReleaseId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Builds that have files in a workspace, those under construction included.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stored {
    /// Code bases.
    pub code: BTreeSet<BuildId>,
    /// Artifacts.
    pub artifacts: BTreeSet<BuildId>,
}

/// What is to go.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct Discarded {
    pub code: Vec<BuildId>,
    pub artifacts: Vec<BuildId>,
    pub releases: Vec<ReleaseId>,
}

/// Looks.
pub async fn stored(workspace: PathBuf) -> Result<Stored, StageError> {
    tree::blocking(move || {
        let builds = |kind: &str| Ok(folders(&workspace.join(kind))?.into_iter().map(|(build, _)| build).collect());
        Ok(Stored { code: builds("code")?, artifacts: builds("artifacts")? })
    })
    .await
}

/// Removes. What is gone already is no failure.
pub async fn discard(workspace: PathBuf, what: Discarded) -> Result<(), StageError> {
    tree::blocking(move || {
        for (kind, builds) in [("code", &what.code), ("artifacts", &what.artifacts)] {
            for (build, path) in folders(&workspace.join(kind))? {
                if builds.contains(&build) {
                    tree::remove(&path)?;
                }
            }
        }
        what.releases.iter().try_for_each(|release| tree::remove(&workspace.join("releases").join(release.to_string())))
    })
    .await
}

fn folders(root: &Path) -> Result<Vec<(BuildId, PathBuf)>, StageError> {
    let failed = |error: std::io::Error| tree::io_error("read the folder", root, &error);
    let entries = match std::fs::read_dir(root) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(failed)?,
    };
    let paths = entries.map(|entry| entry.map(|entry| entry.path())).collect::<Result<Vec<_>, _>>().map_err(failed)?;
    Ok(paths.into_iter().filter_map(|path| Some((build_of(&path)?, path))).collect())
}

/// `<build>`, or `.<build>.backend-…`.
fn build_of(path: &Path) -> Option<BuildId> {
    path.file_name()?.to_str()?.trim_start_matches('.').split('.').next()?.parse().ok()
}
