//! `shared/gen/<entity>.ts`: the record's type, its validation and what an interface needs to know.

use super::literal::{Object, texts};
use crate::design::{RelationKind, Tone};
use crate::generate::escape;
use crate::generate::render::Code;
use crate::model::{Display, Entity, Field, Model, Owner, Relation, Target, Type};
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeSet;

/// The plan of an entity's shared file.
#[derive(Debug, Serialize)]
pub struct SharedPlan {
    /// Import lines.
    imports: Vec<Code>,
    /// Properties of the record's interface.
    properties: Vec<Code>,
    /// Entries of the validated input.
    inputs: Vec<Code>,
    /// Entries that differ when a record is created.
    creation: Vec<Code>,
    /// The union of transition names, or `never`.
    transitions: Code,
    meta: Code,
}

impl SharedPlan {
    /// Makes it.
    pub fn new(model: &Model, index: usize) -> Self {
        let entity = &model.entities[index];
        let mut properties = implicit_properties(entity);
        properties.extend(entity.fields.iter().filter(|field| !field.write_only).map(|field| property(model, field)));
        let mut imported = BTreeSet::new();
        for relation in &entity.relations {
            properties.extend(relation_properties(model, index, relation, &mut imported));
        }
        for inverse in &entity.inverses {
            let Some(names) = &inverse.names else { continue };
            imported.insert(inverse.entity);
            let of = import_name(model, index, inverse.entity);
            let single = model.entities[inverse.entity].relations[inverse.relation].kind == RelationKind::OneToOne;
            properties.push(Code::new(if single { format!("{}?: {of} | null;", names.name) } else { format!("{}?: {of}[];", names.name) }));
        }
        let writable = entity.fields.iter().filter(|field| !field.read_only && field.states.is_none());
        let mut inputs: Vec<_> =
            writable.clone().map(|field| Code::new(format!("{}: {}{}", field.names.name, schema(model, field), optional(field)))).collect();
        let mut creation: Vec<_> = writable
            .filter_map(|field| {
                let default = escape::ts_value(field.default.as_ref()?);
                Some(Code::new(format!("{0}: fields.{0}.default({default})", field.names.name)))
            })
            .collect();
        for relation in entity.relations.iter().filter(|relation| !relation.read_only) {
            inputs.push(Code::new(relation_schema(relation)));
            let owned = Owner::Relation(entity.relations.iter().position(|other| other.id == relation.id).unwrap_or_default());
            if relation.required && entity.create.iter().any(|grant| grant.owner == Some(owned)) {
                creation.push(Code::new(format!("{0}: fields.{0}.optional()", relation.key)));
            }
        }
        let transitions: Vec<_> = entity.states.iter().flat_map(|states| &states.transitions).map(|transition| escape::ts(&transition.names.name)).collect();
        Self {
            imports: imports(model, index, &imported),
            properties,
            inputs,
            creation,
            transitions: Code::new(if transitions.is_empty() { "never".to_owned() } else { transitions.join(" | ") }),
            meta: meta(model, entity).block_code(0),
        }
    }
}

fn imports(model: &Model, index: usize, imported: &BTreeSet<usize>) -> Vec<Code> {
    let entity = &model.entities[index];
    let mut lines = Vec::new();
    if entity.fields.iter().any(|field| matches!(field.ty, Type::Enum { .. })) {
        lines.push(Code::new("import * as enums from \"./enums.ts\";"));
    }
    if entity.fields.iter().any(|field| !field.read_only && field.states.is_none()) || entity.relations.iter().any(|relation| !relation.read_only) {
        lines.push(Code::new("import * as scalars from \"./scalars.ts\";"));
    }
    for target in imported.iter().filter(|target| **target != index) {
        let names = &model.entities[*target].names;
        let alias = import_name(model, index, *target);
        let name = if alias == names.pascal { alias } else { format!("{} as {alias}", names.pascal) };
        lines.push(Code::new(format!("import type {{ {name} }} from \"./{}.ts\";", names.kebab)));
    }
    lines
}

/// The name under which the file of one entity knows the record of another.
fn import_name(model: &Model, index: usize, target: usize) -> String {
    let own = &model.entities[index].names.pascal;
    let other = &model.entities[target].names.pascal;
    let taken = target != index && ["", "Create", "Update", "Transition"].iter().any(|suffix| format!("{own}{suffix}") == *other);
    if taken { format!("{other}Record") } else { other.clone() }
}

fn implicit_properties(entity: &Entity) -> Vec<Code> {
    let mut lines = vec!["id: string;", "createdAt: string;", "updatedAt: string;"];
    if entity.created_by {
        lines.push("createdBy: api.Reference | null;");
    }
    if entity.version {
        lines.push("version: number;");
    }
    lines.into_iter().map(Code::new).collect()
}

fn property(model: &Model, field: &Field) -> Code {
    let optional = if field.read.is_some() { "?" } else { "" };
    let list = if field.list { "[]" } else { "" };
    let null = if field.required { "" } else { " | null" };
    Code::new(format!("{}{optional}: {}{list}{null};", field.names.name, type_name(model, &field.ty)))
}

fn type_name(model: &Model, ty: &Type) -> String {
    match ty {
        Type::Integer | Type::Duration => "number".into(),
        Type::Boolean => "boolean".into(),
        Type::Enum { index } => format!("enums.{}", model.enums[*index].names.pascal),
        Type::Json => "api.JsonValue".into(),
        _ => "string".into(),
    }
}

fn relation_properties(model: &Model, index: usize, relation: &Relation, imported: &mut BTreeSet<usize>) -> [Code; 2] {
    let optional = if relation.read.is_some() { "?" } else { "" };
    let target = match relation.target {
        Target::User => "api.Included<api.User>".to_owned(),
        Target::Entity(target) => {
            imported.insert(target);
            format!("api.Included<{}>", import_name(model, index, target))
        }
    };
    let (key, value) = match (relation.kind, relation.required) {
        (RelationKind::ManyToMany, _) => ("string[]".to_owned(), format!("{target}[]")),
        (_, true) => ("string".to_owned(), target),
        (_, false) => ("string | null".to_owned(), format!("{target} | null")),
    };
    [Code::new(format!("{}{optional}: {key};", relation.key)), Code::new(format!("{}{optional}: {value};", relation.names.name))]
}

fn relation_schema(relation: &Relation) -> String {
    match (relation.kind, relation.required) {
        (RelationKind::ManyToMany, _) => format!("{}: scalars.list(scalars.id()).optional()", relation.key),
        (_, true) => format!("{}: scalars.id()", relation.key),
        (_, false) => format!("{}: scalars.id().nullish()", relation.key),
    }
}

fn optional(field: &Field) -> &'static str {
    match (&field.ty, field.required) {
        (Type::Slug { .. }, _) => ".optional()",
        (_, true) => "",
        (_, false) => ".nullish()",
    }
}

/// The zod schema of a field's value.
fn schema(model: &Model, field: &Field) -> String {
    let item = scalar(model, field);
    if !field.list {
        return item;
    }
    let limits = Object::default().maybe("min", field.min_length, |min| min.to_string()).maybe("max", field.max_length, |max| max.to_string());
    if limits.is_empty() { format!("scalars.list({item})") } else { format!("scalars.list({item}, {})", limits.inline()) }
}

fn scalar(model: &Model, field: &Field) -> String {
    let text = |default_max: Option<u32>| {
        let (min, max) = if field.list { (None, None) } else { (field.min_length, field.max_length) };
        let min = min.or((field.required || field.list).then_some(1)).filter(|min| *min > 0);
        Object::default().maybe("min", min, |min| min.to_string()).maybe("max", max.or(default_max), |max| max.to_string()).maybe(
            "pattern",
            field.pattern.as_deref(),
            escape::ts,
        )
    };
    let form = || {
        let (min, max) = if field.list { (None, None) } else { (field.min_length, field.max_length) };
        Object::default().maybe("min", min, |min| min.to_string()).maybe("max", max, |max| max.to_string()).maybe(
            "pattern",
            field.pattern.as_deref(),
            escape::ts,
        )
    };
    let range = || Object::default().maybe("min", field.min.as_ref(), escape::ts_value).maybe("max", field.max.as_ref(), escape::ts_value);
    let call = |name: &str, first: &[String], rules: Object| {
        let rules = (!rules.is_empty()).then(|| rules.inline());
        let arguments: Vec<_> = first.iter().cloned().chain(rules).collect();
        format!("scalars.{name}({})", arguments.join(", "))
    };
    match &field.ty {
        Type::String => call("text", &[], text(Some(255))),
        Type::Text => call("text", &[], text(None)),
        Type::Integer => call("integer", &[], range()),
        Type::Bigint => call("bigint", &[], range()),
        Type::Decimal { precision, scale } => call("decimal", &[precision.to_string(), scale.to_string()], range()),
        Type::Money { digits, .. } => call("money", &[digits.to_string()], range()),
        Type::Boolean => "scalars.boolean()".into(),
        Type::Date => call("date", &[], range()),
        Type::Datetime => call("datetime", &[], range()),
        Type::Duration => call("duration", &[], range()),
        Type::Enum { index } => format!("scalars.choice(enums.{}Values)", model.enums[*index].names.camel),
        Type::Uuid => "scalars.uuid()".into(),
        Type::Email => call("email", &[], form()),
        Type::Url => call("url", &[], form()),
        Type::Phone => call("phone", &[], form()),
        Type::Slug { .. } => call("slug", &[], form()),
        Type::Json => "scalars.json()".into(),
    }
}

/// The name of a type in the design and in `FieldType`.
pub fn type_word(ty: &Type) -> &'static str {
    match ty {
        Type::String => "string",
        Type::Text => "text",
        Type::Integer => "integer",
        Type::Bigint => "bigint",
        Type::Decimal { .. } => "decimal",
        Type::Money { .. } => "money",
        Type::Boolean => "boolean",
        Type::Date => "date",
        Type::Datetime => "datetime",
        Type::Duration => "duration",
        Type::Enum { .. } => "enum",
        Type::Uuid => "uuid",
        Type::Email => "email",
        Type::Url => "url",
        Type::Phone => "phone",
        Type::Slug { .. } => "slug",
        Type::Json => "json",
    }
}

fn meta(model: &Model, entity: &Entity) -> Object {
    let mut fields = Object::default();
    for field in &entity.fields {
        fields = fields.code(&field.names.name, field_meta(model, field).fitting(2, field.names.name.len() + 2));
    }
    let mut relations = Object::default();
    for relation in &entity.relations {
        let (target, path) = match relation.target {
            Target::User => ("user", "/api/users".to_owned()),
            Target::Entity(index) => (model.entities[index].names.name.as_str(), path(&model.entities[index])),
        };
        let kind = match relation.kind {
            RelationKind::ManyToOne => "manyToOne",
            RelationKind::OneToOne => "oneToOne",
            RelationKind::ManyToMany => "manyToMany",
        };
        let line = Object::default()
            .text("label", &relation.names.label)
            .text("kind", kind)
            .text("key", &relation.key)
            .text("target", target)
            .text("path", &path)
            .flag("required", relation.required)
            .flag("readOnly", relation.read_only);
        relations = relations.code(&relation.names.name, line.fitting(2, relation.names.name.len() + 2));
    }
    let mut transitions = Object::default();
    for states in &entity.states {
        let field = &entity.fields[states.field];
        let Type::Enum { index } = field.ty else { continue };
        let value = |value: usize| model.enums[index].values[value].names.name.as_str();
        for transition in &states.transitions {
            let line = Object::default()
                .text("label", &transition.names.label)
                .text("path", &transition.names.kebab)
                .text("field", &field.names.name)
                .code("from", texts(transition.from.iter().map(|from| value(*from))))
                .text("to", value(transition.to));
            transitions = transitions.code(&transition.names.name, line.fitting(2, transition.names.name.len() + 2));
        }
    }
    let display = match entity.display {
        Display::Field(index) => entity.fields[index].names.name.as_str(),
        Display::Id => "id",
    };
    Object::default()
        .text("name", &entity.names.name)
        .text("path", &path(entity))
        .text("label", &entity.names.label)
        .text("labelPlural", &entity.plural.label)
        .text("display", display)
        .code("search", entity.fields.iter().any(|field| field.searchable).to_string())
        .code("fields", fields.block(1))
        .code("relations", relations.block(1))
        .code("transitions", transitions.block(1))
}

fn path(entity: &Entity) -> String {
    format!("/api/{}", entity.plural.kebab)
}

fn field_meta(model: &Model, field: &Field) -> Object {
    let object = Object::default()
        .text("label", &field.names.label)
        .text("type", type_word(&field.ty))
        .maybe("help", field.help.as_deref(), escape::ts)
        .flag("list", field.list)
        .flag("required", field.required)
        .flag("readOnly", field.read_only)
        .flag("writeOnly", field.write_only)
        .flag("sensitive", field.sensitive)
        .flag("states", field.states.is_some());
    let object = match &field.ty {
        Type::Enum { index } => object.code("options", format!("enums.{}Options", model.enums[*index].names.camel)),
        Type::Money { currency, digits } => object.text("currency", currency).code("digits", digits.to_string()),
        Type::Decimal { scale, .. } => object.code("digits", scale.to_string()),
        _ => object,
    };
    let max_length = field.max_length.or((field.ty == Type::String && !field.list).then_some(255));
    object
        .maybe("min", field.min.as_ref(), escape::ts_value)
        .maybe("max", field.max.as_ref(), escape::ts_value)
        .maybe("minLength", field.min_length, |min| min.to_string())
        .maybe("maxLength", max_length, |max| max.to_string())
        .maybe("pattern", field.pattern.as_deref(), escape::ts)
        .maybe("default", field.default.as_ref().filter(|value| **value != Value::Null), escape::ts_value)
}

/// The word for a tone.
pub fn tone(tone: Tone) -> &'static str {
    match tone {
        Tone::Neutral => "neutral",
        Tone::Info => "info",
        Tone::Success => "success",
        Tone::Warning => "warning",
        Tone::Danger => "danger",
    }
}
