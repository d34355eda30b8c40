//! The published JSON Schema: the Rust types with their documentation, and the limits that JSON Schema can say.

use super::{Design, FORMAT_VERSION};
use crate::model::limits;
use serde_json::{Map, Value, json};

/// An id, as [`super::Id`] says.
const ID: &str = "^[a-z0-9][a-z0-9_-]{0,39}$";
/// An id, or one of the words that stand for what every app has: `createdBy`, `signedIn` …
const REFERENCE: &str = "^[a-z0-9][A-Za-z0-9_-]{0,39}$";
/// A name, as [`super::Name`] says.
const NAME: &str = "^[A-Za-z][A-Za-z0-9]{0,39}$";

/// The JSON Schema (draft 2020-12) of the document. A document that it refuses is refused by [`super::parse`] or by
/// [`crate::model::Model::check`]; these refuse more, because references and meanings are beyond a schema.
pub fn json_schema() -> Value {
    let mut schema = schemars::schema_for!(Design).to_value();
    schema["$id"] = json!("https://slipform.dev/design/1/schema.json");
    schema["title"] = json!("Slipform design, format 1");
    each_definition(&mut schema);
    schema
}

fn each_definition(schema: &mut Value) {
    if let Some(definitions) = schema.get_mut("$defs").and_then(Value::as_object_mut) {
        for (name, definition) in definitions {
            narrow(name, definition);
        }
    }
    narrow("Design", schema);
}

fn narrow(definition: &str, schema: &mut Value) {
    let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) else { return };
    for (key, property) in properties {
        for (keyword, value) in keywords(definition, key) {
            set(property, &keyword, value);
        }
    }
}

/// Puts a keyword where it applies: what concerns a text goes to the items of a list.
fn set(property: &mut Value, keyword: &str, value: Value) {
    let of_items = matches!(keyword, "pattern" | "minLength" | "maxLength");
    if of_items && property.get("items").is_some() {
        property["items"][keyword] = value;
    } else {
        property[keyword] = value;
    }
}

fn keywords(definition: &str, key: &str) -> Map<String, Value> {
    let keywords = match (definition, key) {
        ("Design", "formatVersion") => json!({"const": FORMAT_VERSION}),
        ("Design", "roles") => json!({"maxItems": limits::ROLES}),
        ("Design", "enums") => json!({"maxItems": limits::ENUMS}),
        ("Design", "entities") => json!({"maxItems": limits::ENTITIES}),
        ("Design", "pages") => json!({"maxItems": limits::PAGES}),
        ("Design", "navigation") => json!({"maxItems": limits::NAVIGATION}),
        ("App", "name") => json!({"minLength": 1, "maxLength": limits::APP_NAME}),
        ("SeedUser", "name") | (_, "label" | "labelPlural" | "title") => json!({"minLength": 1, "maxLength": limits::LABEL}),
        (_, "description" | "help" | "message") => json!({"minLength": 1, "maxLength": limits::SENTENCE}),
        (_, "id") => json!({"pattern": ID}),
        (_, "name") => json!({"pattern": NAME}),
        ("EnumType", "values") => json!({"minItems": 1, "maxItems": limits::ENUM_VALUES}),
        ("Entity", "fields") => json!({"maxItems": limits::FIELDS}),
        ("Entity", "relations") => json!({"maxItems": limits::RELATIONS}),
        ("Entity", "constraints") => json!({"maxItems": limits::CONSTRAINTS}),
        ("Entity", "states") => json!({"maxItems": limits::STATES}),
        ("States", "transitions") => json!({"maxItems": limits::TRANSITIONS}),
        (_, "read" | "create" | "update" | "delete" | "write" | "allow") => json!({"maxItems": limits::GRANTS}),
        ("Field", "precision") => json!({"minimum": 1, "maximum": 38}),
        ("Field", "scale") => json!({"maximum": 38}),
        ("Field", "currency") => json!({"pattern": "^[A-Z]{3}$"}),
        ("Field", "pattern") => json!({"minLength": 1, "maxLength": limits::PATTERN}),
        ("Field", "maxLength") => json!({"minimum": 1, "maximum": limits::TEXT_CHARACTERS}),
        ("Theme", "primary" | "neutral") => json!({"pattern": "^#[0-9A-Fa-f]{6}$"}),
        ("Page", "path") => json!({"pattern": "^(/[a-z0-9]([a-z0-9-]*[a-z0-9])?){1,8}(/:id)?$", "maxLength": limits::PATH}),
        ("Page", "pageSize") => json!({"minimum": 1, "maximum": 100}),
        ("Page", "fields") => json!({"minItems": 1, "maxItems": limits::PAGE_MEMBERS, "pattern": REFERENCE}),
        ("Page", "filters" | "related") => json!({"maxItems": limits::PAGE_MEMBERS, "pattern": REFERENCE}),
        ("Page", "actions") => json!({"maxItems": limits::PAGE_MEMBERS}),
        ("Constraint", "fields" | "by") => json!({"maxItems": limits::INDEX_MEMBERS, "pattern": REFERENCE}),
        ("Transition", "from") => json!({"minItems": 1, "pattern": REFERENCE}),
        ("Seeds", "users") => json!({"maxItems": limits::SEED_USERS}),
        ("Seeds", "records") => json!({"maxItems": limits::SEED_RECORDS}),
        ("SeedUser", "email") => json!({"format": "email", "maxLength": 254}),
        ("SeedRecord", "values") | ("MigrationHints", "backfill") => json!({"propertyNames": {"pattern": REFERENCE}}),
        ("SeedUser", "roles")
        | ("Constraint", "except")
        | ("MigrationHints", "confirmLoss")
        | (
            _,
            "home" | "role" | "owner" | "display" | "enum" | "from" | "target" | "start" | "end" | "field" | "initial" | "to" | "entity" | "page" | "relation",
        ) => {
            json!({"pattern": REFERENCE})
        }
        _ => json!({}),
    };
    match keywords {
        Value::Object(keywords) => keywords,
        _ => Map::new(),
    }
}
