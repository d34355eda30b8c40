//! The design document, format 1: what a maker says an app is.
//!
//! These types are the document, key for key, and the source of the published JSON Schema. A value of
//! [`Design`] is syntactically right and nothing more; [`crate::model::Model`] is the checked and resolved
//! form that everything downstream works with.
//!
//! Two rules shape them. Every element carries an immutable `id` beside its `name`, so that a rename is a
//! rename. And every struct refuses unknown keys: nothing is accepted and then ignored.

mod canonical;
mod data;
mod diff;
mod later;
mod pages;
mod parse;
mod schema;
mod shape;
mod strict;

pub use canonical::{canonical, content_hash};
pub use data::*;
pub use diff::{Change, ChangeKind, diff};
pub use pages::*;
pub use parse::{MOST_BYTES, from_value, parse};
pub use schema::json_schema;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The only `formatVersion` this generator reads and writes.
pub const FORMAT_VERSION: u32 = 1;

/// An immutable identifier of an element, unique in its document: `^[a-z0-9][a-z0-9_-]{0,39}$`.
pub type Id = String;

/// A name that becomes an identifier in code: `^[A-Za-z][A-Za-z0-9]{0,39}$`, and not one of the words that
/// JavaScript objects already answer to (`constructor`, `prototype`, `__proto__` …).
pub type Name = String;

/// A whole design document.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Design {
    /// The version of the format, always 1.
    pub format_version: u32,
    /// What the app is called and where it begins.
    pub app: App,
    /// Colors, type and shape of the interface.
    #[serde(default, skip_serializing_if = "is_default")]
    pub theme: Theme,
    /// The roles that people of the app can have. `everyone` and `signedIn` exist always.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<Role>,
    /// Closed sets of values that fields can hold.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub enums: Vec<EnumType>,
    /// The kinds of record the app keeps.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub entities: Vec<Entity>,
    /// The pages of the interface.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pages: Vec<Page>,
    /// The main navigation, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub navigation: Vec<NavigationItem>,
    /// Records (and people) that a new environment starts with.
    #[serde(default, skip_serializing_if = "is_default")]
    pub seeds: Seeds,
    /// What the maker has confirmed about the change from earlier versions.
    #[serde(default, skip_serializing_if = "is_default")]
    pub migration: MigrationHints,
}

/// What the app is called and where it begins.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct App {
    /// Human name, shown in the header and the title: 1 to 60 characters.
    pub name: String,
    /// One sentence about the app, shown on its start page: at most 300 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The `id` of the page at `/`. Without it the first navigation item is the start page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub home: Option<Id>,
}

/// A role of the app.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Role {
    /// Immutable identifier.
    pub id: Id,
    /// Name in code, API and session.
    pub name: Name,
    /// Human name; the name in words without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Whether everyone who signs up has it at once.
    #[serde(default, skip_serializing_if = "is_default")]
    pub sign_up: bool,
    /// Whether it may list people and give them roles. The environment's first administrator has every such role.
    #[serde(default, skip_serializing_if = "is_default")]
    pub admin: bool,
}

/// One line of who may do something: a role, and where given only on one's own records.
/// A list of them is an *or*; an absent or empty list refuses everybody.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Grant {
    /// The `id` of a role, or `everyone`, or `signedIn`.
    pub role: Id,
    /// Restricts the line to records whose owner is the signed-in person: `createdBy`, or the `id` of a
    /// relation of this entity to `user`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<Id>,
}

/// Colors, type and shape of the interface.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, Default)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Theme {
    /// Brand color, `#rrggbb`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub primary: Option<String>,
    /// Tint of neutral surfaces, `#rrggbb`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub neutral: Option<String>,
    /// Family of the type.
    #[serde(default, skip_serializing_if = "is_default")]
    pub font: Font,
    /// Roundness of corners.
    #[serde(default, skip_serializing_if = "is_default")]
    pub radius: Radius,
    /// Light, dark, or what the person's system prefers.
    #[serde(default, skip_serializing_if = "is_default")]
    pub mode: Mode,
}

/// Family of the type; only system fonts, so that no third party sees who visits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, Default)]
#[serde(rename_all = "camelCase")]
#[allow(missing_docs)]
pub enum Font {
    #[default]
    Sans,
    Serif,
    Rounded,
    Mono,
}

/// Roundness of corners.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, Default)]
#[serde(rename_all = "camelCase")]
#[allow(missing_docs)]
pub enum Radius {
    None,
    Small,
    #[default]
    Medium,
    Large,
}

/// Light or dark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, Default)]
#[serde(rename_all = "camelCase")]
#[allow(missing_docs)]
pub enum Mode {
    #[default]
    System,
    Light,
    Dark,
}

/// Records and people that a new environment starts with. Each is written once, at the first deployment
/// whose design has it, and never again, even if it was deleted since.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, Default)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Seeds {
    /// People to refer to. They have no password: nobody can sign in as one of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub users: Vec<SeedUser>,
    /// Records.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub records: Vec<SeedRecord>,
}

/// A person who exists from the start.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SeedUser {
    /// Immutable identifier, by which records refer to the person.
    pub id: Id,
    /// E-mail address.
    pub email: String,
    /// Display name.
    pub name: String,
    /// The `id`s of the person's roles.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<Id>,
    /// Where it is written.
    #[serde(default, skip_serializing_if = "is_default")]
    pub only: SeedScope,
}

/// A record that exists from the start.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SeedRecord {
    /// Immutable identifier, by which other records refer to it.
    pub id: Id,
    /// The `id` of the entity.
    pub entity: Id,
    /// Values by the `id` of a field or relation. A relation's value is the `id` of a seed (a list of them
    /// for many-to-many); `createdBy` may be given the `id` of a seed user.
    pub values: std::collections::BTreeMap<Id, serde_json::Value>,
    /// Where it is written.
    #[serde(default, skip_serializing_if = "is_default")]
    pub only: SeedScope,
}

/// Which environments a seed is written to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, Default)]
#[serde(rename_all = "camelCase")]
pub enum SeedScope {
    /// Every environment.
    #[default]
    Everywhere,
    /// `production` only.
    Production,
    /// Previews, and a code base that was downloaded from one; never `production`.
    Development,
}

/// What the maker has confirmed about the change from earlier versions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, Default)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MigrationHints {
    /// `id`s of entities, fields, relations and enum values that are gone from the design and whose data may be lost.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub confirm_loss: Vec<Id>,
    /// Values for existing records of a field (or many-to-one relation: the `id` of a seed record) that has become required, by `id`.
    #[serde(default, skip_serializing_if = "std::collections::BTreeMap::is_empty")]
    pub backfill: std::collections::BTreeMap<Id, serde_json::Value>,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}
