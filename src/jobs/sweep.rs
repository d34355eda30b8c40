//! Removes files that nobody can go back to any more.

use super::build::environment_ref;
use super::pool::Done;
use super::{Deps, begin};
use crate::deploy::Target;
use crate::domain::error::Result;
use crate::domain::{BuildId, EnvironmentId, Error};
use crate::stages::housekeeping::Discarded;
use crate::store::pipeline;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// The payload of the job `sweep`.
#[derive(Debug, Serialize, Deserialize)]
pub struct Sweep {
    /// Whose files.
    pub environment: EnvironmentId,
}

/// Releases that are no longer kept are marked first and removed then, so that nothing goes back to one that is half removed.
/// The code of kept releases stays; artifacts stay only as long as their build is open, since the release has its own copy.
pub async fn run<T: Target>(deps: &Deps<T>, payload: &serde_json::Value) -> Result<Done> {
    let Sweep { environment } = Sweep::deserialize(payload).map_err(Error::internal)?;
    let pool = &deps.database.worker;
    let Some(row) = pipeline::environment(&mut *pool.acquire().await?, environment).await? else { return Ok(Done::Yes) };
    let at = environment_ref(&row);
    // Files first, then the rows: a build that begins meanwhile is in neither list, or has its row.
    let stored = deps.target.stored(&at).await.map_err(Error::internal)?;
    let keep = i64::try_from(deps.config.workers.releases_kept).unwrap_or(i64::MAX);
    let mut tx = begin(pool).await?;
    let swept = pipeline::sweep(&mut tx, environment, keep).await?;
    let owners: HashMap<BuildId, bool> = pipeline::file_owners(&mut tx, environment).await?.into_iter().collect();
    tx.commit().await?;

    let discarded = Discarded {
        code: stored.code.into_iter().filter(|build| !owners.contains_key(build)).collect(),
        artifacts: stored.artifacts.into_iter().filter(|build| owners.get(build) != Some(&true)).collect(),
        releases: swept.into_iter().map(|s| s.release).collect(),
    };
    deps.target.discard(&at, discarded).await.map_err(Error::internal)?;
    Ok(Done::Yes)
}
