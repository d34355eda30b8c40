//! The published JSON Schema is the one that the types give. `UPDATE=1` rewrites it.
#![allow(clippy::unwrap_used, missing_docs)]

use serde_json::Value;
use slipform_codegen::design;
use std::fmt::Write as _;
use std::path::PathBuf;

fn published() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../openapi/design.schema.json")
}

#[test]
fn the_published_schema_is_current() {
    let current = serde_json::to_string_pretty(&design::json_schema()).unwrap() + "\n";
    if std::env::var_os("UPDATE").is_some() {
        std::fs::create_dir_all(published().parent().unwrap()).unwrap();
        std::fs::write(published(), &current).unwrap();
    }
    let written = std::fs::read_to_string(published()).unwrap_or_default();
    assert!(written == current, "openapi/design.schema.json is not current: run this test with UPDATE=1");
}

const MARKER: &str = "<!-- What follows is written by `UPDATE=1 cargo test -p slipform-codegen --test schema`. -->\n";

/// The types in the order in which the document leads to them.
fn reachable(schema: &Value, at: &Value, found: &mut Vec<String>) {
    let mut inner = Vec::new();
    match at {
        Value::Object(members) => {
            if let Some(name) = members.get("$ref").and_then(Value::as_str).and_then(|path| path.strip_prefix("#/$defs/"))
                && !found.iter().any(|known| known == name)
            {
                found.push(name.to_owned());
                inner.push(&schema["$defs"][name]);
            }
            inner.extend(members.iter().filter(|(key, _)| *key != "$defs").map(|(_, member)| member));
        }
        Value::Array(items) => inner.extend(items),
        _ => {}
    }
    for value in inner {
        reachable(schema, value, found);
    }
}

/// The kind of a value, in words, with its limits.
fn kind(property: &Value) -> String {
    if let Some(path) = property["$ref"].as_str() {
        let name = path.rsplit('/').next().unwrap();
        return format!("[{name}](#{})", name.to_ascii_lowercase());
    }
    if let Some(one) = property["anyOf"].as_array().and_then(|all| all.iter().find(|one| one["type"] != "null")) {
        return kind(one);
    }
    if let Some(constant) = property.get("const") {
        return format!("`{constant}`");
    }
    let ty = match &property["type"] {
        Value::Array(types) => types.iter().find_map(|ty| ty.as_str().filter(|ty| *ty != "null")).unwrap_or("any").to_owned(),
        Value::String(ty) => ty.clone(),
        _ => return "any JSON".into(),
    };
    let limit = |least: &str, most: &str, what: &str| match (&property[least], &property[most]) {
        (Value::Null, Value::Null) => String::new(),
        (Value::Null, most) => format!(", at most {most}{what}"),
        (least, Value::Null) => format!(", at least {least}{what}"),
        (least, most) => format!(", {least} to {most}{what}"),
    };
    match ty.as_str() {
        "array" => format!("list of {}{}", kind(&property["items"]), limit("minItems", "maxItems", "")),
        "string" if property["pattern"].as_str().is_some_and(|pattern| pattern.starts_with("^[a-z0-9][A-Za-z0-9")) => "id".into(),
        "string" => format!("string{}", limit("minLength", "maxLength", " characters")),
        "integer" => format!("integer{}", limit("minimum", "maximum", "")),
        "object" => "object by id".into(),
        other => other.into(),
    }
}

fn cell(text: &str) -> String {
    text.replace('\n', " ").replace('|', "\\|")
}

/// Every type of the document with every key.
fn reference() -> String {
    let schema = design::json_schema();
    let mut names = vec!["Design".to_owned()];
    reachable(&schema, &schema, &mut names);
    let mut text = String::from("\n## Reference\n");
    for name in names {
        let definition = if name == "Design" { &schema } else { &schema["$defs"][&name] };
        let _ = write!(text, "\n### {name}\n\n{}\n\n", cell(definition["description"].as_str().unwrap()));
        if let Some(properties) = definition["properties"].as_object() {
            text.push_str("| key | value | meaning |\n|---|---|---|\n");
            let required: Vec<&str> = definition["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
            for (key, property) in properties {
                let must = if required.contains(&key.as_str()) { " (required)" } else { "" };
                let _ = writeln!(text, "| `{key}`{must} | {} | {} |", kind(property), cell(property["description"].as_str().unwrap_or("")));
            }
            continue;
        }
        for word in definition["enum"].as_array().into_iter().flatten() {
            let _ = writeln!(text, "- `{}`", word.as_str().unwrap());
        }
        for one in definition["oneOf"].as_array().into_iter().flatten() {
            for word in one["enum"].as_array().into_iter().flatten() {
                let _ = writeln!(text, "- `{}`", word.as_str().unwrap());
            }
            if let Some(word) = one["const"].as_str() {
                let _ = writeln!(text, "- `{word}`: {}", cell(one["description"].as_str().unwrap_or("")));
            }
        }
    }
    text
}

#[test]
fn the_reference_has_every_key() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/design-format.md");
    let document = std::fs::read_to_string(&path).unwrap();
    let (prose, written) = document.split_once(MARKER).unwrap();
    let current = reference();
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, format!("{prose}{MARKER}{current}")).unwrap();
        return;
    }
    assert!(written == current, "docs/design-format.md is not current: run this test with UPDATE=1");
}

#[test]
fn the_example_of_the_documentation_is_accepted() {
    let document = include_str!("../../../docs/design-format.md");
    let example = document.split("```json\n").nth(1).unwrap().split("```").next().unwrap();
    let model = design::parse(example.as_bytes()).and_then(slipform_codegen::model::Model::check);
    assert!(model.is_ok(), "{:#?}", model.err());
}
