//! Keys and kinds of values, by the published JSON Schema itself: what is published and what is accepted cannot differ.
//!
//! Reads the keywords that [`super::json_schema`] writes about structure. Lengths, patterns and everything else that
//! needs the field's words for a good message is left to [`crate::model::Model::check`].

use super::later;
use super::schema::json_schema;
use crate::model::{Problem, pointer_token, shown};
use serde_json::{Map, Value};
use std::sync::LazyLock;

/// At most so many problems are reported.
const MOST_PROBLEMS: usize = 100;

static SCHEMA: LazyLock<Value> = LazyLock::new(json_schema);

/// Checks a document against the schema.
pub fn check(document: &Value) -> Result<(), Vec<Problem>> {
    let mut shape = Shape { path: String::new(), problems: Vec::new() };
    shape.value(&SCHEMA, "Design", document);
    if shape.problems.is_empty() { Ok(()) } else { Err(shape.problems) }
}

struct Shape {
    /// JSON Pointer of the value at hand.
    path: String,
    problems: Vec<Problem>,
}

impl Shape {
    fn problem(&mut self, detail: String) {
        if self.problems.len() < MOST_PROBLEMS {
            self.problems.push(Problem { pointer: self.path.clone(), detail });
        }
    }

    fn within(&mut self, token: &str, check: impl FnOnce(&mut Self)) {
        let length = self.path.len();
        self.path.push('/');
        self.path.push_str(&pointer_token(token));
        check(self);
        self.path.truncate(length);
    }

    /// `definition`: name of the type that the schema describes, to know what later work will add to it.
    fn value(&mut self, schema: &Value, definition: &str, value: &Value) {
        let (schema, definition) = followed(schema, definition);
        if let Some(choices) = choices(schema) {
            return self.choice(&choices, definition, value);
        }
        if !is_of_type(schema, value) {
            return self.problem(format!("{} was found; accepted is {}.", described(value), accepted_types(schema)));
        }
        match value {
            Value::Object(members) => self.object(schema, definition, members),
            Value::Array(items) => {
                if let Some(of) = schema.get("items") {
                    for (index, item) in items.iter().enumerate() {
                        self.within(&index.to_string(), |shape| shape.value(of, definition, item));
                    }
                }
            }
            Value::Number(number) => {
                let beyond = |key: &str, outside: fn(f64, f64) -> bool| {
                    schema.get(key).and_then(Value::as_f64).filter(|bound| number.as_f64().is_some_and(|number| outside(number, *bound)))
                };
                if let Some(bound) = beyond("minimum", |number, bound| number < bound) {
                    self.problem(format!("`{number}` was found; accepted is {bound} or more."));
                } else if let Some(bound) = beyond("maximum", |number, bound| number > bound) {
                    self.problem(format!("`{number}` was found; accepted is {bound} or less."));
                }
            }
            _ => {}
        }
    }

    fn choice(&mut self, choices: &[&str], definition: &str, value: &Value) {
        if value.as_str().is_some_and(|text| choices.contains(&text)) {
            return;
        }
        let accepted = choices.iter().map(|choice| format!("`{choice}`")).collect::<Vec<_>>().join(", ");
        let found = match value.as_str() {
            Some(text) if later::values(definition).contains(&text) => format!("`{text}` is not supported yet"),
            _ => format!("{} was found", described(value)),
        };
        self.problem(format!("{found}; accepted here: {accepted}."));
    }

    fn object(&mut self, schema: &Value, definition: &str, members: &Map<String, Value>) {
        let none = Map::new();
        let known = schema.get("properties").and_then(Value::as_object).unwrap_or(&none);
        let closed = schema.get("additionalProperties") == Some(&Value::Bool(false));
        for required in schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str) {
            if !members.contains_key(required) {
                let about = known.get(required).and_then(|schema| schema.get("description")).and_then(Value::as_str).unwrap_or_default();
                let about = about.split(". ").next().unwrap_or_default().trim_end_matches('.');
                self.problem(format!("The key `{required}` is missing{}{about}.", if about.is_empty() { "" } else { ": " }));
            }
        }
        for (key, member) in members {
            match known.get(key) {
                Some(schema) => self.within(key, |shape| shape.value(schema, definition, member)),
                None if closed => self.within(key, |shape| shape.unknown(definition, key, known)),
                None => {}
            }
        }
    }

    fn unknown(&mut self, definition: &str, key: &str, known: &Map<String, Value>) {
        let accepted = known.keys().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", ");
        let found = if later::keys(definition).contains(&key) {
            format!("`{key}` is not supported yet")
        } else {
            match known.keys().find(|known| is_near(known, key)) {
                Some(near) => format!("There is no key `{}` here; did you mean `{near}`?", shown(key)),
                None => format!("There is no key `{}` here", shown(key)),
            }
        };
        let separator = if found.ends_with('?') { " Accepted" } else { "; accepted" };
        self.problem(format!("{found}{separator} are {accepted}."));
    }
}

/// Follows references, and passes by `null` where a value may be left out.
fn followed<'s>(mut schema: &'s Value, mut definition: &'s str) -> (&'s Value, &'s str) {
    loop {
        if let Some(name) = schema.get("$ref").and_then(Value::as_str).and_then(|path| path.strip_prefix("#/$defs/")) {
            definition = name;
            schema = &SCHEMA["$defs"][name];
            continue;
        }
        let alternatives = schema.get("anyOf").and_then(Value::as_array);
        match alternatives.and_then(|all| all.iter().find(|one| one.get("type").and_then(Value::as_str) != Some("null"))) {
            Some(one) => schema = one,
            None => return (schema, definition),
        }
    }
}

/// The words of an enumeration.
fn choices(schema: &Value) -> Option<Vec<&str>> {
    if let Some(words) = schema.get("enum").and_then(Value::as_array) {
        return Some(words.iter().filter_map(Value::as_str).collect());
    }
    let alternatives = schema.get("oneOf")?.as_array()?;
    let words = alternatives.iter().flat_map(|one| match one.get("const").and_then(Value::as_str) {
        Some(word) => vec![word],
        None => choices(one).unwrap_or_default(),
    });
    Some(words.collect())
}

fn types(schema: &Value) -> Vec<&str> {
    match schema.get("type") {
        Some(Value::String(one)) => vec![one.as_str()],
        Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

fn is_of_type(schema: &Value, value: &Value) -> bool {
    let types = types(schema);
    types.is_empty()
        || types.iter().any(|ty| match *ty {
            "object" => value.is_object(),
            "array" => value.is_array(),
            "string" => value.is_string(),
            "boolean" => value.is_boolean(),
            "integer" => value.is_i64() || value.is_u64(),
            "number" => value.is_number(),
            "null" => value.is_null(),
            _ => false,
        })
}

fn accepted_types(schema: &Value) -> String {
    let words = types(schema).into_iter().filter(|ty| *ty != "null").map(|ty| match ty {
        "object" => "an object",
        "array" => "a list",
        "string" => "a text",
        "boolean" => "true or false",
        "integer" => "a whole number",
        other => other,
    });
    words.collect::<Vec<_>>().join(" or ")
}

fn described(value: &Value) -> String {
    match value {
        Value::Null => "Nothing (null)".into(),
        Value::Bool(_) | Value::Number(_) => format!("`{value}`"),
        Value::String(text) => format!("The text `{}`", shown(text)),
        Value::Array(_) => "A list".into(),
        Value::Object(_) => "An object".into(),
    }
}

/// Whether one is likely a misspelling of the other: at most two letters differ (Levenshtein, without regard to case).
fn is_near(a: &str, b: &str) -> bool {
    let (a, b) = (a.to_ascii_lowercase(), b.to_ascii_lowercase());
    if a.len().abs_diff(b.len()) > 2 || b.len() > 40 || a.len() < 4 {
        return a == b;
    }
    let mut row: Vec<usize> = (0..=b.chars().count()).collect();
    for (i, left) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, right) in b.chars().enumerate() {
            let changed = diagonal + usize::from(left != right);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row.last().is_some_and(|distance| *distance <= 2)
}
