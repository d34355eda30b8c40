//! The control plane's ledger, as the things of an environment are kept in it.

use crate::stages::Log;
use crate::store::resources::{self, Owner};
use serde_json::Value;
use slipform_aws::ledger::ledger_failed;
use slipform_aws::{Entry, Ledger, Result};
use sqlx::postgres::PgPool;
use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

/// The entries of one environment. Tells the log of what is new.
#[derive(Debug)]
pub struct PgLedger {
    pool: PgPool,
    owner: Owner,
    log: Log,
    new: Mutex<BTreeSet<(String, String)>>,
}

impl PgLedger {
    /// Nothing is read yet.
    pub fn new(pool: PgPool, owner: Owner, log: Log) -> Self {
        Self { pool, owner, log, new: Mutex::default() }
    }

    fn news(&self) -> std::sync::MutexGuard<'_, BTreeSet<(String, String)>> {
        self.new.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether anything was made that had not been seen before.
    pub fn made_something(&self) -> bool {
        !self.news().is_empty()
    }
}

impl Ledger for PgLedger {
    async fn intend(&self, kind: &str, name: &str, intended: Value) -> Result<Option<Value>> {
        let mut conn = self.pool.acquire().await.map_err(|e| ledger_failed(&e))?;
        let seen = resources::intend_knowing(&mut conn, self.owner, kind, name, &intended).await.map_err(|e| ledger_failed(&e))?;
        if seen.is_none() {
            self.news().insert((kind.to_owned(), name.to_owned()));
        }
        Ok(seen)
    }

    async fn present(&self, kind: &str, name: &str, observed: Value) -> Result<()> {
        let mut conn = self.pool.acquire().await.map_err(|e| ledger_failed(&e))?;
        resources::present(&mut conn, self.owner.environment, kind, name, &observed).await.map_err(|e| ledger_failed(&e))?;
        if self.news().contains(&(kind.to_owned(), name.to_owned())) {
            self.log.info(format!("Ready: {} {name}", words(kind)));
        }
        Ok(())
    }

    async fn gone(&self, kind: &str, name: &str) -> Result<()> {
        let mut conn = self.pool.acquire().await.map_err(|e| ledger_failed(&e))?;
        resources::gone(&mut conn, self.owner.environment, kind, name).await.map_err(|e| ledger_failed(&e))
    }

    async fn entries(&self) -> Result<Vec<Entry>> {
        let mut conn = self.pool.acquire().await.map_err(|e| ledger_failed(&e))?;
        let seen = resources::seen(&mut conn, self.owner.environment).await.map_err(|e| ledger_failed(&e))?;
        Ok(seen.into_iter().map(|row| Entry { kind: row.kind, name: row.name, observed: row.observed }).collect())
    }
}

/// `targetGroup` → `target group`.
fn words(kind: &str) -> String {
    kind.chars().flat_map(|c| if c.is_ascii_uppercase() { vec![' ', c.to_ascii_lowercase()] } else { vec![c] }).collect()
}
