//! Makes custom domains lead to their environment: asks its target again until none waits any more.

use super::build::environment_ref;
use super::pool::Done;
use super::{Deps, begin};
use crate::deploy::{Domains, Target};
use crate::domain::error::Result;
use crate::domain::{DomainId, DomainName, DomainState, EnvironmentId, Error, OrganizationId};
use crate::queue::jobs;
use crate::stages::StageError;
use crate::store::domains::{self, Domain, Seen};
use crate::store::locks::AppLock;
use crate::store::pipeline;
use crate::store::{OpenTransaction, audit};
use chrono::Utc;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::time::Duration;

/// The kind of the job.
pub const KIND: &str = "domains";

/// How long the owner of a domain has to set its records: as long as AWS waits for them.
const LIMIT: Duration = Duration::from_hours(72);
/// What they are told then.
const GIVEN_UP: &str = "It did not become active within three days. Remove it, and add it once more when its records are set.";
/// Between two looks: at first, and at the most.
const LOOK: [Duration; 2] = [Duration::from_secs(2), Duration::from_mins(5)];
/// While a build makes what the environments of the app share.
const BUSY: Duration = Duration::from_secs(5);
/// How often certificates that others renew are looked at.
const RENEWALS: Duration = Duration::from_hours(24);

/// What the job is about.
#[derive(Debug, Serialize, Deserialize)]
struct Payload {
    environment: EnvironmentId,
}

/// `domains`: all of an environment.
pub async fn run<T: Target + Send + Sync>(deps: &Deps<T>, payload: &serde_json::Value) -> Result<Done> {
    let Payload { environment } = Payload::deserialize(payload).map_err(Error::internal)?;
    let pool = &deps.database.worker;
    let Some(row) = pipeline::environment(&mut *pool.acquire().await?, environment).await? else { return Ok(Done::Yes) };
    // Alone: a build corrects the same things, and a removal must not meet what is just being made.
    let Some(_alone) = AppLock::try_alone(pool, row.app).await? else { return Ok(Done::NotYet("waits for a build that makes something of the app", BUSY)) };
    let Some(row) = pipeline::environment(&mut *pool.acquire().await?, environment).await?.filter(|row| !row.deleting) else { return Ok(Done::Yes) };

    let mut tx = begin(pool).await?;
    for (id, name) in domains::give_up(&mut tx, environment, LIMIT, GIVEN_UP).await? {
        tell(&mut tx, row.organization, (id, &name), DomainState::Pending, Some(DomainState::Failed)).await?;
    }
    let all = domains::list(&mut tx, row.organization, environment).await?;
    tx.commit().await?;
    let names: Vec<DomainName> =
        all.iter().filter(|domain| matches!(domain.state, DomainState::Pending | DomainState::Active)).map(|domain| domain.name.clone()).collect();
    match deps.target.domains(&environment_ref(&row), &names).await {
        Ok(answer) => {
            record(deps, (row.organization, environment), &all, &answer).await?;
            let waits = answer.each.iter().any(|status| status.state == DomainState::Pending);
            let why = if waits { Some("waits for what the owners of domains have to set") } else { answer.unsettled };
            Ok(why.map_or(Done::Yes, |why| Done::NotYet(why, pause(&all))))
        }
        Err(error) => {
            let mut conn = pool.acquire().await?;
            domains::explain(&mut conn, environment, &words(&error)).await?;
            if all.iter().any(|domain| domain.state == DomainState::Pending) {
                tracing::warn!(%environment, %error, "custom domains cannot be attached yet");
                return Ok(Done::NotYet("the target refused something", pause(&all)));
            }
            Err(Error::internal(error))
        }
    }
}

async fn record<T>(deps: &Deps<T>, (organization, environment): (OrganizationId, EnvironmentId), all: &[Domain], answer: &Domains) -> Result<()> {
    let mut tx = begin(&deps.database.worker).await?;
    for status in &answer.each {
        let seen =
            Seen { name: &status.name, state: status.state, records: &status.records, message: status.message.as_deref(), expires_at: status.expires_at };
        if let Some((id, before)) = domains::observe(&mut tx, environment, &seen).await? {
            tell(&mut tx, organization, (id, &status.name), before, Some(status.state)).await?;
        }
    }
    for gone in all.iter().filter(|domain| domain.state == DomainState::Deleting) {
        if domains::delete(&mut tx, gone.id).await? {
            tell(&mut tx, organization, (gone.id, &gone.name), DomainState::Deleting, None).await?;
        }
    }
    Ok(tx.commit().await?)
}

/// A line of the audit log: a domain is in another state than before, or gone.
async fn tell(
    tx: &mut OpenTransaction,
    organization: OrganizationId,
    (id, name): (DomainId, &DomainName),
    before: DomainState,
    after: Option<DomainState>,
) -> Result<()> {
    let word = after.map_or("deleted", DomainState::as_str);
    let told = (&json!({ "state": before }), &json!({ "state": word }));
    Ok(audit::insert_of_worker(tx, organization, &format!("domain.{word}"), ("domain", id.0, name.as_str()), told).await?)
}

/// Grows with the age of what has waited the shortest: who has just added a domain looks at it.
fn pause(all: &[Domain]) -> Duration {
    let ages = all.iter().filter(|domain| domain.state == DomainState::Pending).map(|domain| Utc::now() - domain.created_at);
    let youngest = ages.min().and_then(|age| age.to_std().ok()).unwrap_or(LOOK[1]);
    (youngest / 8).clamp(LOOK[0], LOOK[1])
}

fn words(error: &StageError) -> String {
    let hint = error.hint.as_deref().unwrap_or_default();
    format!("{}. {} {hint}", error.title, error.detail).trim_end().to_owned()
}

/// Queues a look at the environments whose certificates others may have renewed.
pub async fn look_at_renewals<T>(deps: &Deps<T>) -> Result<()> {
    let mut tx = begin(&deps.database.worker).await?;
    for (organization, environment) in domains::unseen(&mut tx, RENEWALS).await? {
        jobs::enqueue_once(&mut tx, Some(organization), KIND, &Payload { environment }).await?;
    }
    Ok(tx.commit().await?)
}
