//! The database of an app: what is there now, what a design needs, and the exact SQL between them.
//!
//! Physical names are chosen when an element is first created and kept by its stable id ever after, so a rename
//! changes code, API and labels only, and the release that is still serving goes on working on the new schema.
//!
//! # What happens when
//! The migration runs while the old release serves, and a rollback puts an older release onto the new schema. So
//! everything that an older release needs stays until no release that can be rolled back to is older
//! ([`PlanOptions::oldest_release`]); a later plan then takes it away (*contraction*).
//!
//! | change | at once | at contraction |
//! |---|---|---|
//! | rename, label, permission | nothing | |
//! | new required field | `NOT NULL` with its default; with `migration.backfill` only, that as a temporary default | temporary default dropped |
//! | new required field, neither, no records yet | column | `NOT NULL` |
//! | optional becomes required | nulls filled, `NOT NULL`, a trigger that fills the nulls of older releases; with neither default nor backfill nothing | trigger dropped; `NOT NULL` |
//! | tighter or other check (min, max, length, pattern) | old check dropped; records are counted; the new server enforces it | check added, records counted again |
//! | unique, noOverlap, foreign key | added: only the database can enforce them, so older releases obey them too | |
//! | enum value removed | records rewritten, check narrowed, a trigger that rewrites what older releases write | trigger dropped |
//! | change of type | new column with converted values, a trigger that keeps both equal | old column dropped |
//! | field, relation, entity removed | column nullable, foreign keys relaxed, all data kept | dropped |
//!
//! An element that comes back under its id before contraction finds its data again.

mod bookkeeping;
mod bridge;
mod column;
mod constraint;
mod contract;
mod convert;
mod naming;
mod script;
mod seeds;
mod shape;
mod slug;
pub mod sql;
mod state;
mod table;
mod wanted;

pub use bookkeeping::{BOOKKEEPING, FIXED_TABLES, LOCK, RECORD_MIGRATION, RECORD_POSITION, RECORD_STATE};
pub use slug::slug;
pub use state::*;

use crate::model::Model;
use naming::Names;
use script::{Phase, Script};
use serde::{Deserialize, Serialize};

/// One numbered migration: `server/migrations/0002_<title>.sql`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Migration {
    /// The position that it leads to, from 1.
    pub position: u32,
    /// What it does, in kebab-case: `add-car-color`.
    pub title: String,
    /// The statements; run in one transaction.
    pub sql: String,
}

/// What the planner needs to know beside the two shapes.
#[derive(Debug, Clone, Copy, Default)]
pub struct PlanOptions {
    /// The smallest schema position among the releases that can still be rolled back to (the live one included).
    /// What was retired at or before it is dropped. `None`: no release exists yet.
    pub oldest_release: Option<u32>,
    /// Whether the environment is `production` (which seeds are written).
    pub production: bool,
}

/// The way from what is there to what a design needs.
#[derive(Debug, Clone, PartialEq)]
pub struct SchemaPlan {
    /// None when nothing changes.
    pub migration: Option<Migration>,
    /// What is there afterwards (equal to before when nothing changes).
    pub after: SchemaState,
    /// Sentences for the build's log, in order.
    pub summary: Vec<String>,
}

/// A refusal: what would be lost or is undetermined.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Refusal {
    /// The element's id: goes into `migration.confirmLoss` or `migration.backfill`.
    pub element: String,
    /// What would be lost, or what value is missing, in words for a maker, with the way out.
    pub detail: String,
    /// A SQL query that counts what is affected (one bigint), to be run before the migration. A refusal with a count
    /// of zero is void, so that an empty table never asks. Without one the refusal stands.
    #[serde(skip)]
    pub count_sql: Option<String>,
}

impl Refusal {
    /// The detail with the number of records that `count_sql` found.
    pub fn counted(&self, records: i64) -> String {
        format!("{} ({records} {})", self.detail, if records == 1 { "record" } else { "records" })
    }
}

/// Plans the change. Refusals come back beside the plan: the caller runs their `count_sql` in the same transaction
/// and goes on only when none counts more than zero.
pub fn plan(before: &SchemaState, model: &Model, options: PlanOptions) -> (SchemaPlan, Vec<Refusal>) {
    let mut planner = Planner {
        model,
        options,
        before,
        position: before.position + 1,
        names: Names::of(before),
        after: before.clone(),
        script: Script::default(),
        refusals: Vec::new(),
        summary: Vec::new(),
        changes: Vec::new(),
    };
    if before.position == 0 {
        planner.script.push(Phase::Tables, FIXED_TABLES.trim_end_matches(';'));
    }
    planner.tables();
    planner.seeds();
    planner.contract();
    planner.finish()
}

/// A plan while it is being made.
struct Planner<'a> {
    model: &'a Model,
    options: PlanOptions,
    before: &'a SchemaState,
    /// The position that the migration leads to.
    position: u32,
    names: Names,
    after: SchemaState,
    script: Script,
    refusals: Vec<Refusal>,
    summary: Vec<String>,
    /// Parts of the title: (verb, thing).
    changes: Vec<(&'static str, String)>,
}

impl Planner<'_> {
    /// Whether no release is left that is older than what began at a position.
    fn lifted(&self, since: u32) -> bool {
        self.options.oldest_release.is_none_or(|oldest| oldest >= since)
    }

    /// Whether the maker has confirmed the loss of an element's data.
    fn confirmed(&self, id: &str) -> bool {
        self.model.design.migration.confirm_loss.iter().any(|confirmed| confirmed == id)
    }

    fn refuse(&mut self, element: &str, detail: impl Into<String>, count_sql: impl Into<Option<String>>) {
        self.refusals.push(Refusal { element: element.to_owned(), detail: detail.into(), count_sql: count_sql.into() });
    }

    fn note(&mut self, sentence: impl Into<String>) {
        self.summary.push(sentence.into());
    }

    fn finish(mut self) -> (SchemaPlan, Vec<Refusal>) {
        if self.position > 1 && self.after == *self.before {
            let plan = SchemaPlan { migration: None, after: self.after, summary: Vec::new() };
            return (plan, self.refusals);
        }
        self.after.position = self.position;
        let title = title(self.position, &self.changes);
        let sql = self.script.render(self.position, &title, &self.summary);
        let migration = Migration { position: self.position, title, sql };
        (SchemaPlan { migration: Some(migration), after: self.after, summary: self.summary }, self.refusals)
    }
}

/// A title of at most three changes: `add-car-color`.
fn title(position: u32, changes: &[(&'static str, String)]) -> String {
    const SHOWN: usize = 3;
    let mut different: Vec<&(&str, String)> = Vec::new();
    for change in changes {
        if !different.contains(&change) {
            different.push(change);
        }
    }
    let changes = different;
    if position == 1 {
        return "create".to_owned();
    }
    if changes.is_empty() {
        return "change".to_owned();
    }
    let mut words = Vec::new();
    let mut last = "";
    for (verb, thing) in changes.iter().take(SHOWN) {
        if *verb != last {
            words.push((*verb).to_owned());
        }
        words.push(thing.clone());
        last = verb;
    }
    if changes.len() > SHOWN {
        words.push(format!("and-{}-more", changes.len() - SHOWN));
    }
    let mut title = words.join("-");
    title.truncate(80);
    title.trim_end_matches('-').to_owned()
}
