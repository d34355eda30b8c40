//! What a design wants of a table's columns: the checked model in the words of the database.

use super::naming::snake;
use super::shape;
use super::sql::literal;
use super::state::Shape;
use crate::design::RelationKind;
use crate::model::{Entity, Field, Model, Relation, Type};
use serde_json::Value;

/// Longest value of a `string` that says nothing else.
const STRING_LENGTH: u32 = 255;

/// A column that the design wants.
#[derive(Debug)]
pub struct WantedColumn<'a> {
    /// Id of the field or relation.
    pub id: &'a str,
    /// Its human name.
    pub label: &'a str,
    /// Its name in kebab-case.
    pub kebab: &'a str,
    /// What the column is made for.
    pub source: Source<'a>,
    pub shape: Shape,
    pub required: bool,
    /// SQL expression.
    pub default: Option<String>,
    /// What existing records get, as a SQL expression: `migration.backfill`.
    pub backfill: Option<Result<String, String>>,
    /// For enums: the ids it may hold, sorted.
    pub values: Vec<String>,
}

/// What a column is made for.
#[derive(Debug, Clone, Copy)]
pub enum Source<'a> {
    Field(&'a Field),
    Relation(&'a Relation),
}

impl WantedColumn<'_> {
    /// The name that a new column would like to have.
    pub fn stem(&self) -> (String, &'static str) {
        (snake(self.kebab), if matches!(self.source, Source::Relation(_)) { "_id" } else { "" })
    }

    /// The field, if it is one.
    pub fn field(&self) -> Option<&Field> {
        match self.source {
            Source::Field(field) => Some(field),
            Source::Relation(_) => None,
        }
    }
}

/// The columns that an entity wants, fields first.
pub fn columns<'a>(model: &'a Model, entity: &'a Entity) -> Vec<WantedColumn<'a>> {
    let hints = &model.design.migration.backfill;
    let fields = entity.fields.iter().enumerate().map(|(index, field)| {
        let mut values = match &field.ty {
            Type::Enum { index } => model.enums[*index].values.iter().map(|value| value.id.clone()).collect(),
            _ => Vec::new(),
        };
        values.sort();
        WantedColumn {
            id: &field.id,
            label: &field.names.label,
            kebab: &field.names.kebab,
            source: Source::Field(field),
            shape: shape::of_field(model, field),
            required: field.required || field.states.is_some(),
            default: default(model, entity, index),
            backfill: hints.get(&field.id).filter(|value| !value.is_null()).map(|value| shape::value(model, field, value)),
            values,
        }
    });
    let relations = entity.relations.iter().filter(|relation| relation.kind != RelationKind::ManyToMany).map(|relation| WantedColumn {
        id: &relation.id,
        label: &relation.names.label,
        kebab: &relation.names.kebab,
        source: Source::Relation(relation),
        shape: shape::of_target(model, relation.target),
        required: relation.required,
        default: None,
        backfill: hints.get(&relation.id).filter(|value| !value.is_null()).map(|value| seed_key(model, relation, value)),
        values: Vec::new(),
    });
    fields.chain(relations).collect()
}

/// The default of a new record; the initial state for a field with states.
fn default(model: &Model, entity: &Entity, index: usize) -> Option<String> {
    let field = &entity.fields[index];
    if let (Some(states), Type::Enum { index }) = (field.states.map(|states| &entity.states[states]), &field.ty) {
        return Some(literal(&model.enums[*index].values[states.initial].id));
    }
    let value = field.default.as_ref().filter(|value| !value.is_null())?;
    shape::value(model, field, value).ok()
}

/// The key of the seed that a backfill names.
fn seed_key(model: &Model, relation: &Relation, value: &Value) -> Result<String, String> {
    let wanted = shape::target_id(model, relation.target);
    let id = value.as_str().ok_or_else(|| format!("the id of a seed is wanted, not {value}"))?;
    let users = model.seed_users.iter().filter(|_| wanted == "user").find(|seed| seed.id == id).map(|seed| seed.uuid);
    let record = || model.seed_records.iter().find(|seed| seed.id == id && model.entities[seed.entity].id == wanted).map(|seed| seed.uuid);
    users.or_else(record).map(|uuid| format!("'{uuid}'::uuid")).ok_or_else(|| format!("the id of a seed of {wanted:?} is wanted, not {id:?}"))
}

/// A check of one column.
#[derive(Debug)]
pub struct Check {
    /// Suffix of its id: `min`, `max`, `length`, `pattern`, `form`, `values`.
    pub suffix: &'static str,
    /// The boolean expression.
    pub sql: String,
    /// What it demands, in words: `at least 0`.
    pub words: String,
}

/// The checks that a field demands of an expression.
pub fn checks(model: &Model, field: &Field, value: &str) -> Vec<Check> {
    let mut checks = Vec::new();
    let mut add = |suffix, sql: String, words: String| checks.push(Check { suffix, sql, words });
    for (suffix, bound, scalar, list, words) in [("min", &field.min, ">=", "<=", "at least"), ("max", &field.max, "<=", ">=", "at most")] {
        let Some(json) = bound else { continue };
        let single = Field { list: false, ..field.clone() };
        let Ok(sql) = shape::value(model, &single, json) else { continue };
        let sql = if field.list { format!("{sql} {list} ALL ({value})") } else { format!("{value} {scalar} {sql}") };
        add(suffix, sql, format!("{words} {}", plain(json)));
    }
    let measure = if field.list { format!("cardinality({value})") } else { format!("char_length({value})") };
    let unit = if field.list { "items" } else { "characters" };
    let longest = field.max_length.or((field.ty == Type::String && !field.list).then_some(STRING_LENGTH));
    match (field.min_length, longest) {
        (Some(min), Some(max)) => add("length", format!("{measure} BETWEEN {min} AND {max}"), format!("{min} to {max} {unit}")),
        (Some(min), None) => add("length", format!("{measure} >= {min}"), format!("at least {min} {unit}")),
        (None, Some(max)) => add("length", format!("{measure} <= {max}"), format!("at most {max} {unit}")),
        (None, None) => {}
    }
    let matches = |pattern: &str| {
        if field.list { format!("\"_slipform\".\"every_matches\"({value}, {})", literal(pattern)) } else { format!("{value} ~ {}", literal(pattern)) }
    };
    if let Some(pattern) = &field.pattern {
        add("pattern", matches(&format!("^(?:{pattern})$")), format!("a text of the form {pattern}"));
    }
    match &field.ty {
        Type::Email if field.list => add("form", matches("^[^A-Z]*$"), "an e-mail address in lower case".to_owned()),
        Type::Email => add("form", format!("{value} = lower({value} COLLATE \"C\")"), "an e-mail address in lower case".to_owned()),
        Type::Url => add("form", matches("^https?://"), "a http or https address".to_owned()),
        Type::Phone => add("form", matches("^[+][1-9][0-9]{1,14}$"), "a telephone number such as +4930123456".to_owned()),
        Type::Slug { .. } => add("form", matches("^[a-z0-9]+(-[a-z0-9]+)*$"), "lower-case words joined by hyphens".to_owned()),
        Type::Enum { index } => {
            let mut ids: Vec<_> = model.enums[*index].values.iter().map(|value| value.id.as_str()).collect();
            ids.sort_unstable();
            let ids = super::sql::literals(ids);
            let sql = if field.list { format!("{value} <@ ARRAY[{ids}]::text[]") } else { format!("{value} IN ({ids})") };
            add("values", sql, "one of the values of its enum".to_owned());
        }
        _ => {}
    }
    checks
}

/// A JSON value as a maker would write it.
fn plain(json: &Value) -> String {
    json.as_str().map_or_else(|| json.to_string(), str::to_owned)
}
