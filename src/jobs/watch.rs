//! Looks from time to time whether what an environment consists of is still as it was made, where somebody else could change it.

use super::Deps;
use super::build::environment_ref;
use super::pool::Done;
use crate::deploy::Target;
use crate::domain::error::Result;
use crate::domain::{EnvironmentId, Error, OrganizationId};
use crate::queue;
use crate::store::{OpenTransaction, pipeline};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// The payload of the job `watch`.
#[derive(Debug, Serialize, Deserialize)]
pub struct Watch {
    /// Whose things.
    pub environment: EnvironmentId,
}

/// How long until the next look. Each adds up to an hour, so that environments are not all looked at together.
const EVERY: Duration = Duration::from_hours(6);

/// Begins to look at an environment, unless somebody does already.
pub async fn begin(tx: &mut OpenTransaction, organization: OrganizationId, environment: EnvironmentId) -> Result<()> {
    if !queue::jobs::waits(tx, "watch", environment).await? {
        queue::jobs::enqueue(tx, Some(organization), "watch", &Watch { environment }).await?;
    }
    Ok(())
}

/// One look; the job comes again as long as the environment is there and its target has something to look at.
pub async fn run<T: Target>(deps: &Deps<T>, payload: &serde_json::Value) -> Result<Done> {
    let Watch { environment } = Watch::deserialize(payload).map_err(Error::internal)?;
    let pool = &deps.database.worker;
    let Some(row) = pipeline::environment(&mut *pool.acquire().await?, environment).await? else { return Ok(Done::Yes) };
    if row.deleting {
        return Ok(Done::Yes);
    }
    let Some(found) = deps.target.differences(&environment_ref(&row)).await.map_err(Error::internal)? else { return Ok(Done::Yes) };
    for difference in &found {
        tracing::warn!(%environment, kind = difference.kind, name = difference.name, "{}", difference.detail);
    }
    let found = serde_json::to_value(&found).map_err(Error::internal)?;
    pipeline::record_drift(&mut *pool.acquire().await?, environment, &found).await?;
    Ok(Done::NotYet("looks again later", EVERY + Duration::from_secs(rand::random_range(0..3600))))
}
