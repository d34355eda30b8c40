//! What exists in the database of an app.

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
    /// Join tables that no design names any more, kept for releases that can still be rolled back to.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub retired_joins: Vec<RetiredJoin>,
    /// Ids of seeds that were written.
    pub seeds: Vec<String>,
}

/// A table of an entity.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Table {
    /// Physical name.
    pub name: String,
    /// The live columns by field or relation id.
    pub columns: BTreeMap<String, Column>,
    /// Columns that no design names any more, kept for releases that can still be rolled back to. Those of
    /// `createdBy`, soft deletion and the version have the ids of [`CREATED_BY`], [`DELETED_AT`] and [`VERSION`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub retired: Vec<RetiredColumn>,
    /// Constraints and indexes, by constraint id, or for those that belong to a field or relation by its id and a
    /// suffix: `.unique`, `.index`, `.key` (foreign key), `.min`, `.max`, `.length`, `.pattern`, `.form`, `.values`;
    /// a `noOverlap` also has `.order`.
    #[serde(default)]
    pub constraints: BTreeMap<String, NamedSql>,
    /// Checks that the design demands and that older releases do not know of yet: the new server enforces them,
    /// and the database from the moment on when no older release can come back.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub waiting: BTreeMap<String, Waiting>,
    /// Triggers that let releases of different shapes write to the table, by the physical column they keep.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub bridges: BTreeMap<String, NamedSql>,
    /// Whether it has a live `created_by`.
    #[serde(default)]
    pub created_by: bool,
    /// Whether it has a live `deleted_at`.
    #[serde(default)]
    pub soft_delete: bool,
    /// Whether it has a live `version`.
    #[serde(default)]
    pub version: bool,
    /// The position since which no design names the entity; its rows are kept until contraction.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retired_at: Option<u32>,
}

/// Id of the retired column `created_by`.
pub const CREATED_BY: &str = ".created_by";
/// Id of the retired column `deleted_at`.
pub const DELETED_AT: &str = ".deleted_at";
/// Id of the retired column `version`.
pub const VERSION: &str = ".version";

/// A live column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Column {
    /// Physical name.
    pub name: String,
    /// SQL type, as written in DDL.
    pub sql_type: String,
    /// What its values mean.
    pub shape: Shape,
    /// Whether the database refuses null.
    pub not_null: bool,
    /// SQL expression.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
    /// The position since which `default` stands only for releases that do not name the column when they insert.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_since: Option<u32>,
    /// The position since which the design demands a value that older releases need not give; `NOT NULL` follows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub required_since: Option<u32>,
    /// What stands in for the nulls that older releases write.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fill: Option<Fill>,
    /// For enums: the value ids it may hold.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<String>,
    /// Removed enum values that older releases may still write, and what stands in for them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub replaced: Vec<Replaced>,
}

/// What stands in for nulls.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Fill {
    /// SQL expression over `NEW`.
    pub value: String,
    /// The position that began it.
    pub since: u32,
}

/// What stands in for a removed enum value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Replaced {
    /// Id of the removed value.
    pub id: String,
    /// SQL expression; `NULL` for none.
    pub value: String,
    /// The position that began it.
    pub since: u32,
}

/// The meaning of a column's values. Columns of equal shape hold the same data, whatever their checks say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Shape {
    /// What one value is.
    pub holds: Holds,
    /// Whether it is an array of them.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub list: bool,
}

/// What one value is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
#[allow(missing_docs)]
pub enum Holds {
    /// Strings of every form: text, e-mail address, URL, telephone number, slug.
    Text,
    Integer,
    /// 64-bit integers, durations in seconds among them.
    Bigint,
    /// Decimals and money.
    Numeric {
        precision: u8,
        scale: u8,
    },
    Boolean,
    Date,
    Datetime,
    /// Value ids of the enum with this id.
    Enum {
        id: String,
    },
    Uuid,
    Json,
    /// The key of a record of the entity with this id, or of a person for `user`.
    Relation {
        target: String,
    },
}

/// A column that only older releases use.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RetiredColumn {
    /// Id of the field or relation that it belonged to.
    pub id: String,
    /// The column as it is now.
    pub column: Column,
    /// The position that retired it: dropped once every release that can be rolled back to is at or above it.
    pub retired_at: u32,
    /// Name of its foreign key, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub foreign_key: Option<String>,
    /// After a change of type: how it and its successor are kept equal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sync: Option<Sync>,
}

/// How a column and its successor are kept equal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Sync {
    /// Physical name of the successor.
    pub successor: String,
    /// SQL expression over `NEW`: the successor's value made from this column.
    pub forward: String,
    /// SQL expression over `NEW`: this column's value made from the successor.
    pub backward: String,
}

/// Something that has a name in the database, with the statement that makes it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NamedSql {
    /// Physical name.
    pub name: String,
    /// The statement.
    pub sql: String,
}

/// A check that is not in the database yet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Waiting {
    /// The boolean expression.
    pub check: String,
    /// The position since which the design demands it.
    pub since: u32,
}

/// The join table of a many-to-many relation: columns `source_id`, `target_id`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct JoinTable {
    /// Physical name.
    pub name: String,
    /// Id of the entity that declares the relation.
    pub source: String,
    /// Id of the entity it points to, or `user`.
    pub target: String,
}

/// A join table that only older releases use.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RetiredJoin {
    /// Id of the relation that it belonged to.
    pub id: String,
    /// The table.
    pub join: JoinTable,
    /// The position that retired it.
    pub retired_at: u32,
}
