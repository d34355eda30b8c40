//! The part of the document about the interface: pages and navigation.

use super::{Grant, Id, Name, is_default};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a page shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum PageKind {
    /// Many records, with filters, sorting, search and pagination.
    List,
    /// One record; the path ends in `/:id`.
    Detail,
    /// Creates a record, or with `/:id` at the end of its path edits one.
    Form,
}

/// How a list shows its records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema, Default)]
#[serde(rename_all = "camelCase")]
#[allow(missing_docs)]
pub enum ListLayout {
    #[default]
    Table,
    Cards,
}

/// A page of the interface. Which settings apply depends on `kind`; one that does not apply is refused.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Page {
    /// Immutable identifier.
    pub id: Id,
    /// Name in code.
    pub name: Name,
    /// What it shows.
    pub kind: PageKind,
    /// The `id` of its entity.
    pub entity: Id,
    /// Its path, unique: segments of lower-case letters, digits and hyphens; `/:id` last where the kind wants it. `/sign-in`, `/sign-up`, `/account`, `/people` and `/api` are taken.
    pub path: String,
    /// Heading and window title; made from the entity's label without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// A sentence below the heading.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// `id`s of the fields and relations it shows, in order (list: columns; form: inputs); also `createdAt`, `updatedAt`, `createdBy`.
    pub fields: Vec<Id>,
    /// List: table or cards.
    #[serde(default, skip_serializing_if = "is_default")]
    pub layout: ListLayout,
    /// List: `id`s of fields and relations that can be filtered by.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub filters: Vec<Id>,
    /// List: the order at first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sort: Option<Sort>,
    /// List: records a page, 1 to 100; 20 without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page_size: Option<u32>,
    /// Detail: `id`s of relations that point here, whose records are listed below.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub related: Vec<Id>,
    /// Detail: buttons that open a form with this record filled in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub actions: Vec<PageAction>,
    /// Who may open it; everyone who may read (form: create or update) the entity without it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub allow: Vec<Grant>,
}

/// The order of a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Sort {
    /// The `id` of a sortable field, or `createdAt`, `updatedAt`.
    pub field: Id,
    /// Largest first.
    #[serde(default, skip_serializing_if = "is_default")]
    pub descending: bool,
}

/// A button on a detail page that opens a form with this record filled in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PageAction {
    /// Immutable identifier.
    pub id: Id,
    /// Text on the button.
    pub label: String,
    /// The `id` of a creating form page.
    pub page: Id,
    /// The `id` of the relation of that form's entity that is filled with this record.
    pub relation: Id,
}

/// An entry of the main navigation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NavigationItem {
    /// Immutable identifier.
    pub id: Id,
    /// The `id` of a list or creating form page.
    pub page: Id,
    /// Text; the page's title without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
}
