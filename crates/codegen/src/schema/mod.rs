//! The database of an app: what is there now, what a design needs, and the exact SQL between them.
//!
//! Physical names are chosen when an element is first created and kept by its stable id ever after, so a rename
//! changes code, API and labels only, and the release that is still serving goes on working on the new schema.

use crate::model::Model;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What exists in a database: kept as JSON beside the data (`_slipform.schema`) and, as a copy, by the control plane.
/// The empty state is that of a new database.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SchemaState {
    /// Number of migrations applied; 0 for a new database.
    pub position: u32,
    /// Tables by entity id.
    pub tables: BTreeMap<String, Table>,
    /// Join tables by relation id.
    pub joins: BTreeMap<String, JoinTable>,
    /// Ids of seeds that were written.
    pub seeds: Vec<String>,
}

/// A table of an entity.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Table {
    /// Physical name.
    pub name: String,
    /// The live columns by field or relation id.
    pub columns: BTreeMap<String, Column>,
    /// Columns that no design names any more, kept for releases that can still be rolled back to.
    #[serde(default)]
    pub retired: Vec<RetiredColumn>,
    /// Constraints and indexes by constraint id (`<field id>.unique`, `<field id>.check` … for those of fields): physical name and definition.
    #[serde(default)]
    pub constraints: BTreeMap<String, NamedSql>,
    /// Whether it has `created_by`, `deleted_at`, `version`.
    #[serde(default)]
    pub created_by: bool,
    #[serde(default)]
    #[allow(missing_docs)]
    pub soft_delete: bool,
    #[serde(default)]
    #[allow(missing_docs)]
    pub version: bool,
    /// The position since which no design names the entity; its rows are kept until contraction.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retired_at: Option<u32>,
}

/// A live column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(missing_docs)]
pub struct Column {
    pub name: String,
    /// SQL type, as written in DDL.
    pub sql_type: String,
    pub not_null: bool,
    /// SQL expression.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
}

/// A column that only older releases use.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(missing_docs)]
pub struct RetiredColumn {
    pub id: String,
    pub column: Column,
    /// The position that retired it: dropped once every release that can be rolled back to is at or above it.
    pub retired_at: u32,
    /// Name of the trigger that keeps it and its successor equal, after a change of type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sync_trigger: Option<String>,
}

/// A constraint or index with its definition.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct NamedSql {
    pub name: String,
    pub sql: String,
}

/// The join table of a many-to-many relation: columns `source_id`, `target_id`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(missing_docs)]
pub struct JoinTable {
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retired_at: Option<u32>,
}

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
    /// A SQL query that counts what is affected (one bigint). A refusal with a count of zero is void, so that an empty table never asks.
    #[serde(skip)]
    pub count_sql: Option<String>,
}

/// Plans the change. Refusals come back beside the plan: the caller runs their `count_sql` in the same transaction
/// and goes on only when none counts more than zero.
pub fn plan(before: &SchemaState, model: &Model, options: PlanOptions) -> (SchemaPlan, Vec<Refusal>) {
    let _ = (before, model, options);
    todo!()
}
