//! What an organization may have. Whoever makes something asks here first, in the transaction that makes it; reading, deleting and going
//! back ask nobody. Rows are locked in the order app, environment, organization, queue.

use super::App;
use crate::auth::{Actor, Left, Operation, WINDOW, Whose};
use crate::domain::error::{Error, Result};
use crate::domain::quotas::Quotas;
use crate::domain::{EnvironmentId, OrganizationId, Quota};
use crate::queue;
use crate::store::quotas::{self, Count};
use crate::store::{TenantTx, usage};
use chrono::{Days, NaiveDate, Utc};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

pub use crate::store::usage::Day;

/// How long it takes until a limit on requests that the operator has changed is known to every `serve`.
const KNOWN: Duration = Duration::from_secs(30);
/// How many organizations' limits are remembered before those that must be asked for again are forgotten.
const MOST: usize = 50_000;
/// After how many seconds it is worth a try to queue a build that was refused.
const BUILD_AGAIN: u64 = 15;

/// One more app.
pub(super) async fn one_more_app(app: &App, tx: &mut TenantTx) -> Result<()> {
    let (limits, organization) = (hold(app, tx).await?, tx.organization());
    let count = quotas::apps(tx.connection(), organization).await?;
    room(Quota::Apps, &limits, count, "Delete apps that are not needed any more")
}

/// One more preview. Comes after the lock on the app.
pub(super) async fn one_more_preview(app: &App, tx: &mut TenantTx) -> Result<()> {
    let (limits, organization) = (hold(app, tx).await?, tx.organization());
    let count = quotas::previews(tx.connection(), organization).await?;
    room(Quota::Previews, &limits, count, "Delete previews that are not needed any more")
}

/// So many bytes more of design versions. Comes after the lock on the app.
pub(super) async fn more_storage(app: &App, tx: &mut TenantTx, bytes: usize) -> Result<()> {
    let (limits, organization) = (hold(app, tx).await?, tx.organization());
    let used = quotas::storage(tx.connection(), organization).await?;
    let after = used.saturating_add(i64::try_from(bytes).map_err(Error::internal)?);
    if after <= limits.storage { Ok(()) } else { Err(storage_exceeded(used, limits.storage)) }
}

/// One more build that makes a release, in this environment: how large that will be is known when it is made, so that one which begins
/// below the limit may end above it. Comes after the locks on the app and the environment.
pub(super) async fn one_more_build(app: &App, tx: &mut TenantTx, environment: EnvironmentId) -> Result<()> {
    let (limits, organization) = (limits(app, tx).await?, tx.organization());
    let used = quotas::storage(tx.connection(), organization).await?;
    if used >= limits.storage {
        return Err(storage_exceeded(used, limits.storage));
    }
    let waiting = queue::waiting(tx.connection(), organization, environment).await?;
    if waiting.replaces || waiting.all < limits.waiting_builds {
        return Ok(());
    }
    let detail = format!(
        "{} builds of this organization wait, and it may have {} that do. Try again when one has begun, cancel one, or ask the operator for more.",
        waiting.all, limits.waiting_builds
    );
    Err(Error::QuotaExceeded { quota: Quota::WaitingBuilds, used: waiting.all, limit: limits.waiting_builds, detail, retry_after: Some(BUILD_AGAIN) })
}

fn room(quota: Quota, limits: &Quotas, count: Count, next: &str) -> Result<()> {
    let limit = limits.of(quota);
    if count.all < limit {
        return Ok(());
    }
    let leaving = match count.leaving {
        0 => String::new(),
        leaving => format!(" ({leaving} being deleted, which count until they are gone)"),
    };
    let detail = format!("This organization has {} {quota}{leaving}, and may have {limit}. {next}, or ask the operator for more.", count.all);
    Err(Error::QuotaExceeded { quota, used: count.all, limit, detail, retry_after: None })
}

fn storage_exceeded(used: i64, limit: i64) -> Error {
    let quota = Quota::Storage;
    let (has, may) = (quota.words(used), quota.words(limit));
    let detail = format!(
        "The releases and design versions of this organization take {has}, and it may have {may}. Delete apps or previews that are not needed any more, or ask the operator for more."
    );
    Error::QuotaExceeded { quota, used, limit, detail, retry_after: None }
}

/// What the organization may have, which is read each time: what the operator has set holds at once.
async fn limits(app: &App, tx: &mut TenantTx) -> Result<Quotas> {
    let organization = tx.organization();
    Ok(quotas::own(tx.connection(), organization).await?.over(app.settings.quotas))
}

/// The same; nobody else makes what is counted until the transaction ends.
async fn hold(app: &App, tx: &mut TenantTx) -> Result<Quotas> {
    let organization = tx.organization();
    quotas::hold(tx.connection(), organization).await?;
    limits(app, tx).await
}

/// What is used of a quota.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Used {
    pub quota: Quota,
    pub used: i64,
    pub limit: i64,
}

/// What an organization uses.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Usage {
    pub quotas: Vec<Used>,
    pub days: Vec<Day>,
}

/// The longest time of which days are told at once.
const MOST_DAYS: u64 = 366;
/// How many days are told unless others are asked for.
const USUAL_DAYS: u64 = 31;

/// What the organization uses of what it may have, and the requests of days: the last 31, or from `since` to `until`.
pub async fn usage(app: &App, actor: &Actor, since: Option<NaiveDate>, until: Option<NaiveDate>) -> Result<Usage> {
    actor.may(Operation::ShowUsage)?;
    let (first, last) = days(since, until, Utc::now().date_naive())?;
    let organization = actor.organization;
    let mut tx = app.tenant(actor).await?;
    let limits = limits(app, &mut tx).await?;
    let minute = app.limits.look(Whose::Organization(organization.0), requests(&limits));
    let used = quotas::used(tx.connection(), organization).await?.with(Quota::Requests, i64::from(minute.limit - minute.remaining));
    let quotas = Quota::ALL.iter().map(|quota| Used { quota: *quota, used: used.of(*quota), limit: limits.of(*quota) }).collect();
    let mut days = usage::days(tx.connection(), organization, first, last).await?;
    for day in &mut days {
        day.requests += app.meter.pending(organization, day.day);
    }
    Ok(Usage { quotas, days })
}

/// The first and the last day.
fn days(since: Option<NaiveDate>, until: Option<NaiveDate>, today: NaiveDate) -> Result<(NaiveDate, NaiveDate)> {
    let last = until.unwrap_or(today);
    let first = since.unwrap_or_else(|| last.checked_sub_days(Days::new(USUAL_DAYS - 1)).unwrap_or(NaiveDate::MIN));
    if last < first {
        return Err(Error::invalid("/query/until", "This must not be before `since`."));
    }
    if first.checked_add_days(Days::new(MOST_DAYS)).is_some_and(|end| end <= last) {
        return Err(Error::invalid("/query/since", format!("At most {MOST_DAYS} days are told at once; {} are kept.", usage::KEPT_DAYS)));
    }
    Ok((first, last))
}

/// What organizations may send, as far as it is known.
#[derive(Debug, Default)]
pub(super) struct Known(Mutex<HashMap<OrganizationId, (u32, Instant)>>);

impl Known {
    /// What is known; `None`: ask. Of something that is old, one caller is told to ask, and the others go on with it meanwhile.
    fn get(&self, organization: OrganizationId) -> Option<u32> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (limit, read) = known.get_mut(&organization)?;
        if read.elapsed() > KNOWN {
            *read = Instant::now();
            return None;
        }
        Some(*limit)
    }

    fn put(&self, organization: OrganizationId, limit: u32) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST {
            known.retain(|_, (_, read)| read.elapsed() <= KNOWN);
        }
        known.insert(organization, (limit, Instant::now()));
    }
}

impl App {
    /// Counts a request. An organization's limit is its own; everybody else's is what is usual.
    pub async fn count(&self, whose: Whose) -> Result<Left> {
        let Whose::Organization(id) = whose else { return Ok(self.limits.take(whose, requests(&self.settings.quotas))) };
        let organization = OrganizationId(id);
        let left = self.limits.take(whose, self.allowed(organization).await?);
        if left.retry_after.is_none() {
            self.meter.count(organization);
        }
        Ok(left)
    }

    /// How many requests a minute an organization may send.
    async fn allowed(&self, organization: OrganizationId) -> Result<u32> {
        if let Some(limit) = self.known.get(organization) {
            return Ok(limit);
        }
        let mut tx = TenantTx::begin(&self.pool, organization).await?;
        let limit = requests(&limits(self, &mut tx).await?);
        self.known.put(organization, limit);
        Ok(limit)
    }
}

fn requests(limits: &Quotas) -> u32 {
    u32::try_from(limits.requests).unwrap_or(u32::MAX)
}

const _: () = assert!(KNOWN.as_secs() < WINDOW.as_secs(), "what the operator sets holds within a minute");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_the_last_ones_or_those_that_are_asked_for() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let today = day("2026-11-26");
        assert_eq!(days(None, None, today).unwrap(), (day("2026-10-27"), today));
        assert_eq!(days(None, Some(day("2026-03-01")), today).unwrap(), (day("2026-01-30"), day("2026-03-01")));
        assert_eq!(days(Some(today), None, today).unwrap(), (today, today));
        assert_eq!(days(Some(day("2025-11-26")), None, today).unwrap(), (day("2025-11-26"), today), "a year and the day");
        for (since, until) in [(Some(today), Some(day("2026-11-25"))), (Some(day("2025-11-25")), None), (Some(NaiveDate::MIN), Some(NaiveDate::MAX))] {
            assert!(days(since, until, today).is_err(), "{since:?} {until:?}");
        }
        days(None, Some(NaiveDate::MIN), today).unwrap();
    }
}
