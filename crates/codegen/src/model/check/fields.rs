//! Fields: which settings apply to which type, and whether their values fit.

use super::access;
use super::context::{At, Context, Element, shown};
use super::currency;
use super::data::Siblings;
use super::limits;
use super::values;
use crate::design::{self, FieldType};
use crate::model::{Enum, Field, Names, Type};
use serde_json::Value;

/// Longest string that a B-tree index surely holds (Postgres: about 2,700 bytes an entry, 4 bytes a character).
const INDEXED_CHARACTERS: u32 = 600;
/// Longest one-line string.
const STRING_CHARACTERS: u32 = 2_000;
/// Longest list.
const MOST_ITEMS: u32 = 1_000;

/// The fields of the entity with this index.
pub fn fields(context: &mut Context<'_>, entity_at: &At<'_>, entity: usize, siblings: &mut Siblings, enums: &[Enum]) -> Vec<Field> {
    let list = entity_at.key("fields");
    let designed = context.designed(entity);
    if designed.fields.is_empty() && designed.relations.is_empty() {
        context.problem(
            &list,
            format!("The entity `{}` has neither fields nor relations, so its records could hold nothing; at least one is needed.", shown(&designed.name)),
        );
    }
    let mut all = Vec::with_capacity(designed.fields.len());
    let what = format!("a field of `{}`", shown(&designed.name));
    for (index, field) in designed.fields.iter().enumerate() {
        let at = list.index(index);
        siblings.claim(context, &at.key("name"), &field.name, &what);
        all.push(one(context, &at, entity, field, enums));
    }
    all
}

fn one(context: &mut Context<'_>, at: &At<'_>, entity: usize, design: &design::Field, enums: &[Enum]) -> Field {
    settings(context, at, design);
    let ty = ty(context, at, entity, design);
    let mut field = Field {
        id: design.id.clone(),
        names: Names::new(&design.name, design.label.as_deref()),
        help: design.help.clone(),
        list: design.list,
        required: design.required,
        unique: design.unique || matches!(ty, Type::Slug { .. }),
        default: None,
        min: None,
        max: None,
        min_length: design.min_length,
        max_length: design.max_length.or(if design.list { Some(values::LIST_ITEMS) } else { values::most_characters(&ty) }),
        pattern: None,
        indexed: design.indexed,
        searchable: design.searchable,
        read_only: design.read_only,
        write_only: design.write_only,
        sensitive: design.sensitive,
        states: None,
        read: None,
        write: None,
        ty,
    };
    lengths(context, at, design, &field);
    field.pattern = design.pattern.as_deref().and_then(|pattern| match super::pattern::portable(pattern) {
        Ok(pattern) => Some(pattern),
        Err(detail) => {
            if design.r#type == FieldType::String {
                context.problem(&at.key("pattern"), detail);
            }
            None
        }
    });
    bounds(context, at, design, &mut field, enums);
    if let Some(default) = &design.default {
        match values::of_field(&field, enums, default) {
            Ok(normal) => field.default = Some(normal),
            Err(detail) => context.problem(&at.key("default"), format!("The default does not fit the field: {detail}")),
        }
    }
    (field.read, field.write) = access::narrowed(context, at, entity, &design.permissions);
    field
}

/// What the field's type takes part in.
#[allow(clippy::struct_excessive_bools, reason = "a row of a table")]
struct Applies {
    list: bool,
    bounds: bool,
    lengths: bool,
    pattern: bool,
    unique: bool,
    indexed: bool,
    searchable: bool,
    default: bool,
}

const fn applies(ty: FieldType) -> Applies {
    let scalar = Applies { list: true, bounds: false, lengths: false, pattern: false, unique: true, indexed: true, searchable: false, default: true };
    match ty {
        FieldType::String => Applies { lengths: true, pattern: true, searchable: true, ..scalar },
        FieldType::Text => Applies { list: false, lengths: true, unique: false, indexed: false, searchable: true, ..scalar },
        FieldType::Integer | FieldType::Bigint | FieldType::Decimal | FieldType::Money | FieldType::Date | FieldType::Datetime | FieldType::Duration => {
            Applies { bounds: true, ..scalar }
        }
        FieldType::Boolean => Applies { unique: false, ..scalar },
        FieldType::Enum | FieldType::Uuid => scalar,
        FieldType::Email | FieldType::Url | FieldType::Phone => Applies { searchable: true, ..scalar },
        FieldType::Slug => Applies { list: false, searchable: true, default: false, ..scalar },
        FieldType::Json => Applies { list: false, unique: false, indexed: false, ..scalar },
    }
}

/// Refuses settings that do not apply.
fn settings(context: &mut Context<'_>, at: &At<'_>, field: &design::Field) {
    let applies = applies(field.r#type);
    let one = !field.list;
    let rules = [
        ("list", field.list, applies.list),
        ("enum", field.r#enum.is_some(), field.r#type == FieldType::Enum),
        ("precision", field.precision.is_some(), field.r#type == FieldType::Decimal),
        ("scale", field.scale.is_some(), field.r#type == FieldType::Decimal),
        ("currency", field.currency.is_some(), field.r#type == FieldType::Money),
        ("from", field.from.is_some(), field.r#type == FieldType::Slug),
        ("unique", field.unique, applies.unique && one),
        ("default", field.default.is_some(), applies.default),
        ("min", field.min.is_some(), applies.bounds),
        ("max", field.max.is_some(), applies.bounds),
        ("minLength", field.min_length.is_some(), applies.lengths || field.list),
        ("maxLength", field.max_length.is_some(), applies.lengths || field.list),
        ("pattern", field.pattern.is_some(), applies.pattern),
        ("indexed", field.indexed, applies.indexed && one),
        ("searchable", field.searchable, applies.searchable && one),
    ];
    let kind = if field.list { "a list of type" } else { "type" };
    for (key, given, fits) in rules {
        if given && !fits {
            context.problem(&at.key(key), format!("`{key}` does not apply to a field of {kind} `{}`; leave it out.", type_name(field.r#type)));
        }
    }
    let contradictions = [
        ("writeOnly", field.read_only && field.write_only, "`readOnly` and `writeOnly` together would be a field that nobody can use."),
        ("searchable", field.searchable && field.write_only, "Searching a `writeOnly` field would tell what it holds."),
        ("default", field.unique && field.default.is_some(), "The second record with the default would violate `unique`; leave one of them out."),
    ];
    for (key, found, detail) in contradictions {
        if found {
            context.problem(&at.key(key), detail);
        }
    }
}

/// A type's name in the document.
pub fn type_name(ty: FieldType) -> String {
    serde_json::to_value(ty).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

/// Resolves the type; where something is missing, a plain one stands in.
fn ty(context: &mut Context<'_>, at: &At<'_>, entity: usize, field: &design::Field) -> Type {
    match field.r#type {
        FieldType::String => Type::String,
        FieldType::Text => Type::Text,
        FieldType::Integer => Type::Integer,
        FieldType::Bigint => Type::Bigint,
        FieldType::Boolean => Type::Boolean,
        FieldType::Date => Type::Date,
        FieldType::Datetime => Type::Datetime,
        FieldType::Duration => Type::Duration,
        FieldType::Uuid => Type::Uuid,
        FieldType::Email => Type::Email,
        FieldType::Url => Type::Url,
        FieldType::Phone => Type::Phone,
        FieldType::Json => Type::Json,
        FieldType::Decimal => decimal(context, at, field),
        FieldType::Money => money(context, at, field),
        FieldType::Enum => enumeration(context, at, field),
        FieldType::Slug => slug(context, at, entity, field),
    }
}

fn decimal(context: &mut Context<'_>, at: &At<'_>, field: &design::Field) -> Type {
    let (Some(precision), Some(scale)) = (field.precision, field.scale) else {
        let missing = if field.precision.is_none() { "precision" } else { "scale" };
        context.problem(at, format!("A field of type `decimal` needs `{missing}`: `precision` is the number of all digits, `scale` of those after the point."));
        return Type::Decimal { precision: 38, scale: 0 };
    };
    if !(1..=38).contains(&precision) {
        context.problem(&at.key("precision"), format!("`{precision}` was found; accepted is 1 to 38."));
        return Type::Decimal { precision: 38, scale: 0 };
    }
    if scale > precision {
        context.problem(&at.key("scale"), format!("`{scale}` was found; accepted is 0 to {precision}, the `precision`."));
    }
    Type::Decimal { precision, scale: scale.min(precision) }
}

fn money(context: &mut Context<'_>, at: &At<'_>, field: &design::Field) -> Type {
    let code = field.currency.as_deref().unwrap_or_default();
    let digits = currency::digits(code);
    if field.currency.is_none() {
        context.problem(at, "A field of type `money` needs `currency`, an ISO 4217 code such as `EUR`.");
    } else if digits.is_none() {
        context.problem(&at.key("currency"), format!("`{}` is no currency; accepted is an ISO 4217 code such as `EUR`, in capitals.", shown(code)));
    }
    Type::Money { currency: digits.map_or("EUR", |_| code).to_owned(), digits: digits.unwrap_or(2) }
}

fn enumeration(context: &mut Context<'_>, at: &At<'_>, field: &design::Field) -> Type {
    let Some(id) = field.r#enum.as_deref() else {
        context.problem(at, "A field of type `enum` needs `enum`, the id of one.");
        return Type::Boolean;
    };
    if let Some(Element::Enum(index)) = context.element(id) {
        return Type::Enum { index };
    }
    let design = context.design;
    context.unresolved(&at.key("enum"), "an enum", id, design.enums.iter().map(|set| set.id.as_str()));
    Type::Boolean
}

fn slug(context: &mut Context<'_>, at: &At<'_>, entity: usize, field: &design::Field) -> Type {
    let Some(id) = field.from.as_deref() else {
        context.problem(at, "A field of type `slug` needs `from`, the id of the string field that it is made from.");
        return Type::Slug { from: 0 };
    };
    let from_at = at.key("from");
    let Some(from) = context.field(&from_at, entity, id) else { return Type::Slug { from: 0 } };
    let source = &context.designed(entity).fields[from];
    if source.r#type != FieldType::String || source.list || source.write_only {
        context
            .problem(&from_at, format!("A slug is made from a field of type `string` that is no list and not `writeOnly`; `{}` is none.", shown(&source.name)));
    }
    if field.required && !source.required && field.read_only {
        context.problem(&from_at, format!("This slug is `required` and `readOnly`, so `{}` must be `required` too.", shown(&source.name)));
    }
    Type::Slug { from }
}

fn lengths(context: &mut Context<'_>, at: &At<'_>, design: &design::Field, field: &Field) {
    let most = match design.r#type {
        _ if design.list => MOST_ITEMS,
        FieldType::String => STRING_CHARACTERS,
        _ => limits::TEXT_CHARACTERS,
    };
    if let Some(max) = design.max_length.filter(|max| !(1..=most).contains(max)) {
        context.problem(&at.key("maxLength"), format!("`{max}` was found; accepted is 1 to {most}."));
    }
    if let (Some(min), Some(max)) = (design.min_length, field.max_length)
        && min > max
    {
        context.problem(&at.key("minLength"), format!("`minLength` {min} is above `maxLength` {max}."));
    }
    if design.r#type == FieldType::String && !design.list && field.max_length > Some(INDEXED_CHARACTERS) && (design.unique || design.indexed) {
        let key = if design.unique { "unique" } else { "indexed" };
        context.problem(&at.key(key), format!("An index holds strings of at most {INDEXED_CHARACTERS} characters; give the field a `maxLength` up to that."));
    }
}

/// Whether an index can hold the field.
pub fn is_indexable(field: &Field) -> bool {
    !field.list
        && match field.ty {
            Type::Json | Type::Text => false,
            Type::String => field.max_length <= Some(INDEXED_CHARACTERS),
            _ => true,
        }
}

fn bounds(context: &mut Context<'_>, at: &At<'_>, design: &design::Field, field: &mut Field, enums: &[Enum]) {
    if !applies(design.r#type).bounds {
        return;
    }
    let mut bound = |key: &str, given: &Option<Value>| {
        let value = given.as_ref()?;
        match values::scalar(&field.ty, enums, value) {
            Ok(normal) => Some(normal),
            Err(detail) => {
                context.problem(&at.key(key), format!("`{key}` does not fit the field: {detail}"));
                None
            }
        }
    };
    let (min, max) = (bound("min", &design.min), bound("max", &design.max));
    if let (Some(least), Some(most)) = (&min, &max)
        && values::compare(&field.ty, least, most) == Some(std::cmp::Ordering::Greater)
    {
        context.problem(&at.key("min"), "`min` is above `max`, so no value would fit.");
        return;
    }
    (field.min, field.max) = (min, max);
}
