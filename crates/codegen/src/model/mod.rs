//! The checked and resolved form of a design: every reference followed, every name chosen, every default
//! filled in. Generators read this and never the document.
//!
//! Indices (`usize`) point into the vectors of [`Model`]; they are right by construction.

mod check;

pub(crate) use check::matches;

pub use check::limits;
pub(crate) use check::{pointer_token, shown};

use crate::design::{self, Design, ListLayout, Mode, OnDelete, PageKind, RelationKind, SeedScope, Tone};
use serde_json::Value;

/// One thing that is wrong in a document.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Problem {
    /// JSON Pointer (RFC 6901) to the place.
    pub pointer: String,
    /// What was found, and what would be accepted.
    pub detail: String,
}

/// A checked design.
#[derive(Debug, Clone)]
pub struct Model {
    /// The document it was made from.
    pub design: Design,
    /// Human name of the app.
    pub app_name: String,
    /// Kebab-case name for packages: `car-rental`.
    pub package: String,
    /// One sentence about the app; may be empty.
    pub description: String,
    /// Index of the page at `/`; none when the app has no pages.
    pub home: Option<usize>,
    /// The resolved theme.
    pub theme: Theme,
    /// Roles in document order.
    pub roles: Vec<Role>,
    /// Enums in document order.
    pub enums: Vec<Enum>,
    /// Entities in document order. People (`user`) are not among them.
    pub entities: Vec<Entity>,
    /// Pages in document order.
    pub pages: Vec<Page>,
    /// Main navigation.
    pub navigation: Vec<NavigationItem>,
    /// People who exist from the start.
    pub seed_users: Vec<SeedUser>,
    /// Records that exist from the start, ordered so that what is referred to comes first.
    pub seed_records: Vec<SeedRecord>,
}

/// The resolved theme; every value is valid CSS by construction.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct Theme {
    /// `#rrggbb`, lower case.
    pub primary: String,
    /// Black or white, whichever reads better on `primary` (WCAG contrast).
    pub on_primary: String,
    /// `primary` made lighter, to be used on dark surfaces.
    pub primary_dark: String,
    pub on_primary_dark: String,
    /// `#rrggbb`.
    pub neutral: String,
    /// A `font-family` value of system fonts.
    pub font_family: String,
    /// In pixels.
    pub radius: u8,
    pub mode: Mode,
}

/// The words for one thing in each place. All are safe identifiers there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Names {
    /// The name as designed, which the API uses: `pricePerDay`.
    pub name: String,
    /// `pricePerDay`
    pub camel: String,
    /// `PricePerDay`
    pub pascal: String,
    /// `price-per-day`
    pub kebab: String,
    /// Human name: `Price per day`. Not safe anywhere without an escape for the place.
    pub label: String,
}

#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct Role {
    pub id: String,
    pub names: Names,
    pub sign_up: bool,
    pub admin: bool,
}

#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct Enum {
    pub id: String,
    pub names: Names,
    pub values: Vec<EnumValue>,
}

#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct EnumValue {
    /// What the database keeps.
    pub id: String,
    /// `names.name` is what the API uses.
    pub names: Names,
    pub tone: Tone,
}

/// An entity.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct Entity {
    pub id: String,
    /// Singular.
    pub names: Names,
    /// Plural; `kebab` is the path segment under `/api/`, unique and none of `auth`, `users`, `health`, `openapi`.
    pub plural: Names,
    pub description: String,
    pub display: Display,
    pub created_by: bool,
    pub soft_delete: bool,
    pub version: bool,
    pub fields: Vec<Field>,
    /// Relations declared here.
    pub relations: Vec<Relation>,
    /// Relations declared elsewhere (or here, for self-relations) whose target this is, with an inverse name or not.
    pub inverses: Vec<Inverse>,
    pub constraints: Vec<Constraint>,
    pub states: Vec<States>,
    pub read: Vec<Grant>,
    pub create: Vec<Grant>,
    pub update: Vec<Grant>,
    pub delete: Vec<Grant>,
}

/// What stands for a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Display {
    /// The field with this index.
    Field(usize),
    /// Its `id`.
    Id,
}

/// A field.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
#[allow(clippy::struct_excessive_bools, reason = "each is an independent setting of the document")]
pub struct Field {
    pub id: String,
    pub names: Names,
    pub help: Option<String>,
    pub ty: Type,
    pub list: bool,
    /// Always true for a `states` field.
    pub required: bool,
    /// Always true for a slug.
    pub unique: bool,
    /// Checked against the type; in the API's JSON form (see [`SeedRecord::fields`]). For a `states` field: the initial value.
    pub default: Option<Value>,
    pub min: Option<Value>,
    pub max: Option<Value>,
    pub min_length: Option<u32>,
    /// Always given for strings, texts, e-mail addresses, URLs, telephone numbers, slugs, and (counting items) for lists.
    pub max_length: Option<u32>,
    /// A regular expression, without delimiters and anchors at its ends unless designed, that JavaScript (with and without the
    /// `u` flag) and Postgres read alike. The whole string must match: put it between `^(?:` and `)$`.
    pub pattern: Option<String>,
    pub indexed: bool,
    pub searchable: bool,
    pub read_only: bool,
    pub write_only: bool,
    pub sensitive: bool,
    /// Index into the entity's `states` when transitions alone change this field.
    pub states: Option<usize>,
    /// Narrower permissions; none: the entity's.
    pub read: Option<Vec<Grant>>,
    pub write: Option<Vec<Grant>>,
}

/// What a field holds, with what belongs to it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Type {
    String,
    Text,
    Integer,
    Bigint,
    Decimal {
        precision: u8,
        scale: u8,
    },
    /// `digits`: of the currency's minor unit.
    Money {
        currency: String,
        digits: u8,
    },
    Boolean,
    Date,
    Datetime,
    Duration,
    Enum {
        index: usize,
    },
    Uuid,
    Email,
    Url,
    Phone,
    /// Index of the field it is made from.
    Slug {
        from: usize,
    },
    Json,
}

/// Where a relation points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Target {
    /// The people of the app.
    User,
    /// The entity with this index.
    Entity(usize),
}

/// A relation, on the side that declares it.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct Relation {
    pub id: String,
    pub names: Names,
    /// Name of its key in code and API: `carId`, or `carIds` for many-to-many. Unique among the entity's fields and keys.
    pub key: String,
    pub kind: RelationKind,
    pub target: Target,
    pub required: bool,
    pub on_delete: OnDelete,
    pub read_only: bool,
    pub read: Option<Vec<Grant>>,
    pub write: Option<Vec<Grant>>,
}

/// A relation seen from its target.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct Inverse {
    /// The declaring entity.
    pub entity: usize,
    /// Index into that entity's `relations`.
    pub relation: usize,
    /// None: the target does not name it, so the API does not include it.
    pub names: Option<Names>,
}

/// A column of an entity that constraints, pages and filters can name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Member {
    Field(usize),
    Relation(usize),
    CreatedAt,
    UpdatedAt,
    CreatedBy,
}

/// A rule over several columns.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub enum Constraint {
    Unique {
        id: String,
        members: Vec<Member>,
        message: Option<String>,
    },
    Index {
        id: String,
        members: Vec<Member>,
    },
    /// `start`, `end`: fields of one type, date or datetime. `except`: value ids of `except_field`.
    NoOverlap {
        id: String,
        start: usize,
        end: usize,
        by: Vec<Member>,
        except_field: Option<usize>,
        except: Vec<String>,
        message: Option<String>,
    },
}

#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct States {
    /// Index of the enum field.
    pub field: usize,
    /// Index of the value.
    pub initial: usize,
    pub transitions: Vec<Transition>,
}

#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct Transition {
    pub id: String,
    /// `kebab` is the path segment of its endpoint; unique in the entity over all its states.
    pub names: Names,
    /// Indices of values.
    pub from: Vec<usize>,
    pub to: usize,
    pub allow: Vec<Grant>,
}

/// Who.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Who {
    Everyone,
    SignedIn,
    Role(usize),
}

/// Whose records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Owner {
    CreatedBy,
    /// Index of a relation of this entity to `User`.
    Relation(usize),
}

/// One line of who may do something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub struct Grant {
    pub who: Who,
    pub owner: Option<Owner>,
}

/// A page.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct Page {
    pub id: String,
    pub names: Names,
    pub kind: PageKind,
    pub entity: usize,
    /// With a leading `/` and without `/:id`.
    pub path: String,
    /// Whether its path ends in `/:id`.
    pub with_id: bool,
    pub title: String,
    pub description: Option<String>,
    pub members: Vec<Member>,
    pub layout: ListLayout,
    pub filters: Vec<Member>,
    pub sort: Option<(Member, bool)>,
    pub page_size: u32,
    /// (entity, relation) pairs whose target is this page's entity.
    pub related: Vec<(usize, usize)>,
    pub actions: Vec<PageAction>,
    /// Without owners; empty: as the entity's permissions say.
    pub allow: Vec<Who>,
}

#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct PageAction {
    pub id: String,
    pub label: String,
    /// Index of a creating form page.
    pub page: usize,
    /// Index of the relation of that page's entity.
    pub relation: usize,
}

#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct NavigationItem {
    pub id: String,
    pub label: String,
    pub page: usize,
}

#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct SeedUser {
    pub id: String,
    /// UUID made from the seed's id: the same at every generation.
    pub uuid: uuid::Uuid,
    pub email: String,
    pub name: String,
    /// Indices.
    pub roles: Vec<usize>,
    pub only: SeedScope,
}

#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct SeedRecord {
    pub id: String,
    pub uuid: uuid::Uuid,
    pub entity: usize,
    /// In the API's JSON form, normalized: enum values by name, decimals with all digits of their scale, instants in
    /// UTC with milliseconds, e-mail addresses and UUIDs in lower case.
    pub fields: Vec<(usize, Value)>,
    /// Relation index → uuids of targets.
    pub relations: Vec<(usize, Vec<uuid::Uuid>)>,
    pub created_by: Option<uuid::Uuid>,
    pub only: SeedScope,
}

impl Model {
    /// Checks a document and resolves it. All problems that can be found are returned, not only the first.
    pub fn check(design: Design) -> Result<Self, Vec<Problem>> {
        check::check(design)
    }

    /// The page that shows one record of an entity, if the design has one.
    pub fn detail_page(&self, entity: usize) -> Option<&Page> {
        self.pages.iter().find(|page| page.kind == design::PageKind::Detail && page.entity == entity)
    }
}
