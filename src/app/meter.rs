//! Counts answered requests in memory, and writes them down in batches: a request costs no write.

use super::App;
use crate::domain::OrganizationId;
use crate::store::usage::{self, Counts};
use chrono::{NaiveDate, Utc};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// How often they are written down. As much is lost of a process that is killed.
const EVERY: Duration = Duration::from_secs(10);

/// What was counted and not written down yet.
#[derive(Debug, Default)]
pub(super) struct Meter(Mutex<Counts>);

impl Meter {
    /// One more today.
    pub fn count(&self, organization: OrganizationId) {
        self.add([((organization, Utc::now().date_naive()), 1)]);
    }

    /// What of a day is not written down yet.
    pub fn pending(&self, organization: OrganizationId, day: NaiveDate) -> i64 {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&(organization, day)).copied().unwrap_or_default()
    }

    fn add(&self, counts: impl IntoIterator<Item = ((OrganizationId, NaiveDate), i64)>) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (key, requests) in counts {
            *all.entry(key).or_default() += requests;
        }
    }

    fn take(&self) -> Counts {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl App {
    /// Writes down what was counted. What cannot be written now is kept for the next time.
    pub async fn write_down(&self) {
        let counts = self.meter.take();
        if counts.is_empty() {
            return;
        }
        if let Err(error) = usage::add(&self.pool, &counts).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "could not write down how many requests were answered; it is tried again");
            self.meter.add(counts);
        }
    }

    /// Writes it down again and again, until the end is asked for. Whoever serves does so a last time when nobody is answered any more.
    pub(super) async fn keep_writing_down(&self) {
        while self.shutdown.run_until_cancelled(tokio::time::sleep(EVERY)).await.is_some() {
            self.write_down().await;
        }
    }
}
