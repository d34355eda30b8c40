//! The part of the document about data: entities, fields, relations, constraints, states.

use super::{Grant, Id, Name, is_default};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A closed set of values.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct EnumType {
    /// Immutable identifier.
    pub id: Id,
    /// Name in code.
    pub name: Name,
    /// The values, at least one, in their natural order.
    pub values: Vec<EnumValue>,
}

/// One value of an enum. The database keeps its `id`, so that a rename touches no record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct EnumValue {
    /// Immutable identifier; what the database keeps.
    pub id: Id,
    /// Name in code and API.
    pub name: Name,
    /// Human name; the name in words without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Tone of the badge that shows it.
    #[serde(default, skip_serializing_if = "is_default")]
    pub tone: Tone,
}

/// Tone of a badge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, Default)]
#[serde(rename_all = "camelCase")]
#[allow(missing_docs)]
pub enum Tone {
    #[default]
    Neutral,
    Info,
    Success,
    Warning,
    Danger,
}

/// A kind of record. Every record has `id` (uuid), `createdAt` and `updatedAt`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Entity {
    /// Immutable identifier. `user` is reserved for the people of the app.
    pub id: Id,
    /// Name in code, singular: `Car`.
    pub name: Name,
    /// Human name, singular; the name in words without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Human name, plural; the label with an English plural ending without it. The API path is made of the `name`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label_plural: Option<String>,
    /// One sentence for the reader of code and API.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The `id` of the field that stands for a record in pickers, links and titles. Without it the first
    /// string, text, email or slug field, else the record's `id`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display: Option<Id>,
    /// Keep who created a record (`createdBy`, set by the server).
    #[serde(default, skip_serializing_if = "is_default")]
    pub created_by: bool,
    /// Deleting hides the record and keeps the row.
    #[serde(default, skip_serializing_if = "is_default")]
    pub soft_delete: bool,
    /// A `version` that grows with every change; an update must name the one it read.
    #[serde(default, skip_serializing_if = "is_default")]
    pub version: bool,
    /// Its fields.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<Field>,
    /// Its relations to other entities. Each is declared on one side only.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub relations: Vec<Relation>,
    /// Rules over several fields.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub constraints: Vec<Constraint>,
    /// Enum fields whose changes follow allowed transitions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub states: Vec<States>,
    /// Who may do what. Default deny.
    #[serde(default, skip_serializing_if = "is_default")]
    pub permissions: Permissions,
}

/// Who may do what with the records of an entity. Default deny.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, Default)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Permissions {
    /// Who may see records.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub read: Vec<Grant>,
    /// Who may create records. With `owner`, the new record's owner must be the signed-in person.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub create: Vec<Grant>,
    /// Who may change records that they may read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub update: Vec<Grant>,
    /// Who may delete records that they may read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub delete: Vec<Grant>,
}

/// Narrows the entity's permissions for one field or relation. An absent list narrows nothing; an empty one refuses everybody.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, Default)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FieldPermissions {
    /// Who sees it, among those who may read the record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read: Option<Vec<Grant>>,
    /// Who sets it, among those who may create or change the record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub write: Option<Vec<Grant>>,
}

/// What a field holds. Comments give the JSON form in the app's API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum FieldType {
    /// One line, at most 255 characters unless `maxLength` says otherwise. JSON string.
    String,
    /// Several lines, at most 100,000 characters unless `maxLength` says otherwise. JSON string.
    Text,
    /// 32-bit. JSON number.
    Integer,
    /// 64-bit. JSON string of digits, because JSON numbers lose precision above 2^53.
    Bigint,
    /// Exact, with `precision` and `scale`. JSON string such as `"12.50"`.
    Decimal,
    /// An amount in the field's `currency`, exact to that currency's minor unit. JSON string such as `"49.90"`.
    Money,
    /// JSON boolean.
    Boolean,
    /// A day without a zone. JSON string `YYYY-MM-DD`.
    Date,
    /// An instant. JSON string, RFC 3339 in UTC.
    Datetime,
    /// A length of time in whole seconds, not negative. JSON number.
    Duration,
    /// One value of the enum named by `enum`. JSON string, the value's `name`.
    Enum,
    /// JSON string.
    Uuid,
    /// An e-mail address, kept in lower case. JSON string.
    Email,
    /// An absolute http or https URL. JSON string.
    Url,
    /// An E.164 telephone number. JSON string such as `"+4930123456"`.
    Phone,
    /// Lower-case words joined by hyphens, made from the field named by `from` when not given; unique. JSON string.
    Slug,
    /// Any JSON value, at most 64 KiB and 100 levels deep.
    Json,
}

/// A field of an entity. Which settings apply depends on `type`; one that does not apply is refused.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[allow(clippy::struct_excessive_bools, reason = "each is an independent setting of the document")]
pub struct Field {
    /// Immutable identifier.
    pub id: Id,
    /// Name in code and API.
    pub name: Name,
    /// Human name; the name in words without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// A hint below the input.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// What it holds.
    pub r#type: FieldType,
    /// A list of such values, at most 100 unless `maxLength` says otherwise (scalars and enums; not slug, json, text). `min`, `max` and `pattern` then hold for each.
    #[serde(default, skip_serializing_if = "is_default")]
    pub list: bool,
    /// For `enum`: the `id` of the enum.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub r#enum: Option<Id>,
    /// For `decimal`: all digits, 1 to 38.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub precision: Option<u8>,
    /// For `decimal`: digits after the point, at most `precision`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scale: Option<u8>,
    /// For `money`: ISO 4217 code such as `EUR`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    /// For `slug`: the `id` of the string field it is made from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Id>,
    /// A value must be given.
    #[serde(default, skip_serializing_if = "is_default")]
    pub required: bool,
    /// No two records share the value (not for lists, text, json and boolean).
    #[serde(default, skip_serializing_if = "is_default")]
    pub unique: bool,
    /// The value of a new record that names none: a literal in the field's JSON form.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<Value>,
    /// Smallest value, in the field's JSON form (numbers, decimal, money, duration, date, datetime).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<Value>,
    /// Largest value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<Value>,
    /// Fewest characters of a string or text (or items of a list).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_length: Option<u32>,
    /// Most characters of a string (1 to 2,000) or text (1 to 100,000), or items of a list (1 to 1,000).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_length: Option<u32>,
    /// For `string`: a regular expression that the whole string must match: the common subset of JavaScript and Postgres (checked), at most 200 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pattern: Option<String>,
    /// Has an index, for filters and sorting over many records.
    #[serde(default, skip_serializing_if = "is_default")]
    pub indexed: bool,
    /// Takes part in the list's search box.
    #[serde(default, skip_serializing_if = "is_default")]
    pub searchable: bool,
    /// Never accepted from a client; only defaults and seeds set it.
    #[serde(default, skip_serializing_if = "is_default")]
    pub read_only: bool,
    /// Never sent to a client.
    #[serde(default, skip_serializing_if = "is_default")]
    pub write_only: bool,
    /// Personal or secret: masked in the interface until asked for, and never in logs.
    #[serde(default, skip_serializing_if = "is_default")]
    pub sensitive: bool,
    /// Narrower permissions than the entity's.
    #[serde(default, skip_serializing_if = "is_default")]
    pub permissions: FieldPermissions,
}

/// How many records stand on each side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum RelationKind {
    /// This entity keeps the key; many of its records may name one target.
    ManyToOne,
    /// This entity keeps the key; a target is named once at most.
    OneToOne,
    /// A join table.
    ManyToMany,
}

/// What happens to this record when the target is deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema, Default)]
#[serde(rename_all = "camelCase")]
pub enum OnDelete {
    /// The target cannot be deleted.
    #[default]
    Restrict,
    /// This record is deleted with it.
    Cascade,
    /// The key is emptied.
    SetNull,
}

/// A relation, declared on the side that keeps the key.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Relation {
    /// Immutable identifier.
    pub id: Id,
    /// Name in code and API: `car`; its key is `carId` (`carIds` for many-to-many).
    pub name: Name,
    /// Human name; the name in words without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// How many records stand on each side.
    pub kind: RelationKind,
    /// The `id` of the target entity, or `user`.
    pub target: Id,
    /// The name under which the target sees this side: `bookings`. Not for `user`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inverse: Option<Inverse>,
    /// A target must be given. Not for many-to-many.
    #[serde(default, skip_serializing_if = "is_default")]
    pub required: bool,
    /// What happens when the target is deleted. Not for many-to-many (the link goes).
    #[serde(default, skip_serializing_if = "is_default")]
    pub on_delete: OnDelete,
    /// Never accepted from a client. A relation to `user` that is the `owner` of a create permission is then set to the signed-in person.
    #[serde(default, skip_serializing_if = "is_default")]
    pub read_only: bool,
    /// Narrower permissions than the entity's.
    #[serde(default, skip_serializing_if = "is_default")]
    pub permissions: FieldPermissions,
}

/// The other side of a relation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Inverse {
    /// Name in code and API.
    pub name: Name,
    /// Human name; the name in words without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
}

/// What a constraint demands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum ConstraintKind {
    /// The combination of `fields` is unique.
    Unique,
    /// An index over `fields`; demands nothing.
    Index,
    /// No two records with equal `by` have overlapping ranges `[start, end)` (for dates: both days belong to
    /// the range). Also demands `start` before `end` (for dates: not after).
    NoOverlap,
}

/// A rule over several fields.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Constraint {
    /// Immutable identifier.
    pub id: Id,
    /// What it demands.
    pub kind: ConstraintKind,
    /// For `unique` and `index`: `id`s of fields and key-keeping relations, at least one, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<Id>,
    /// For `noOverlap`: `id` of the date or datetime field that begins the range; required on the field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<Id>,
    /// For `noOverlap`: `id` of the field of the same type that ends it; required on the field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<Id>,
    /// For `noOverlap`: `id`s of fields and key-keeping relations within which ranges must not overlap.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub by: Vec<Id>,
    /// For `noOverlap`: records in these states do not count: `id`s of values of the entity's first `states` field.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub except: Vec<Id>,
    /// What a person reads when it is violated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

/// An enum field whose changes follow allowed transitions. The field is never written directly.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct States {
    /// The `id` of a single-valued enum field of this entity.
    pub field: Id,
    /// The `id` of the value that new records have.
    pub initial: Id,
    /// What may become what.
    pub transitions: Vec<Transition>,
}

/// An allowed change of state; `POST /api/<entities>/{id}/<name>`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Transition {
    /// Immutable identifier.
    pub id: Id,
    /// Name in code and API, a verb: `confirm`.
    pub name: Name,
    /// Human name, on the button; the name in words without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// `id`s of the values it starts from, at least one.
    pub from: Vec<Id>,
    /// `id` of the value it ends in.
    pub to: Id,
    /// Who may do it (the person must also be allowed to read the record). Default deny.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub allow: Vec<Grant>,
}
