//! What was meant, and what was seen: written before and after each change, so that nothing is left behind unseen.

use crate::{Error, Kind, Result};
use serde_json::Value;
use std::sync::{Mutex, PoisonError};

/// One thing of an environment.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// `role`, `function`, `bucket` …
    pub kind: String,
    /// Its deterministic name; unique in its kind and environment.
    pub name: String,
    /// What was seen last, such as its ARN or id; `None` while it is only meant.
    pub observed: Option<Value>,
}

/// Keeps the entries of one environment.
pub trait Ledger: Send + Sync {
    /// Says what will be made. Answers what was seen of it before.
    fn intend(&self, kind: &str, name: &str, intended: Value) -> impl Future<Output = Result<Option<Value>>> + Send;

    /// Says that it is there, and what it looks like.
    fn present(&self, kind: &str, name: &str, observed: Value) -> impl Future<Output = Result<()>> + Send;

    /// Says that it is gone.
    fn gone(&self, kind: &str, name: &str) -> impl Future<Output = Result<()>> + Send;

    /// All entries, in the order in which they were first meant.
    fn entries(&self) -> impl Future<Output = Result<Vec<Entry>>> + Send;
}

/// An error of a ledger.
pub fn ledger_failed(cause: &dyn std::fmt::Display) -> Error {
    Error::new(Kind::Ledger, "ledger", "ledger-unavailable", cause.to_string())
}

/// A ledger in memory, for tests.
#[derive(Debug, Default)]
pub struct InMemory(Mutex<Vec<Entry>>);

impl Ledger for InMemory {
    async fn intend(&self, kind: &str, name: &str, _intended: Value) -> Result<Option<Value>> {
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(entry) = entries.iter().find(|entry| entry.kind == kind && entry.name == name) {
            return Ok(entry.observed.clone());
        }
        entries.push(Entry { kind: kind.to_owned(), name: name.to_owned(), observed: None });
        Ok(None)
    }

    async fn present(&self, kind: &str, name: &str, observed: Value) -> Result<()> {
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = entries.iter_mut().find(|entry| entry.kind == kind && entry.name == name);
        entry.ok_or_else(|| ledger_failed(&format!("{kind} {name} was never meant")))?.observed = Some(observed);
        Ok(())
    }

    async fn gone(&self, kind: &str, name: &str) -> Result<()> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).retain(|entry| entry.kind != kind || entry.name != name);
        Ok(())
    }

    async fn entries(&self) -> Result<Vec<Entry>> {
        Ok(self.0.lock().unwrap_or_else(PoisonError::into_inner).clone())
    }
}
