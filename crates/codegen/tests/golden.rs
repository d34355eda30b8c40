//! Golden apps: designs whose whole generated tree is kept under `golden/<name>/expected`, so that a change of a generator
//! is read as a diff. `make golden` rewrites the trees.
//!
//! A generated file that is a byte-for-byte copy of one in `templates/app` is not kept a second time: `copied.txt` lists them.
//! Designs under `history/` were deployed before, in order: the tree then holds the migrations between them.
#![allow(clippy::unwrap_used, missing_docs)]

mod common;

use common::combinations;
use serde_json::Value;
use slipform_codegen::design;
use slipform_codegen::files::Files;
use slipform_codegen::generate::{self, Input};
use slipform_codegen::model::Model;
use slipform_codegen::schema::{self, PlanOptions, SchemaState};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

fn names() -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(root()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// The designs of a golden app, oldest first; the last one is `design.json`.
fn designs(name: &str) -> Vec<Value> {
    let mut paths: Vec<PathBuf> = fs::read_dir(root().join(name).join("history")).into_iter().flatten().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.push(root().join(name).join("design.json"));
    paths.iter().map(|path| serde_json::from_slice(&fs::read(path).unwrap()).unwrap_or_else(|error| panic!("{}: {error}", path.display()))).collect()
}

/// What the stages would write, each version deployed once. What a change would lose is confirmed in these designs.
fn generated(name: &str) -> Files {
    let mut state = SchemaState::default();
    let mut migrations = Vec::new();
    let mut files = None;
    for design in designs(name) {
        let parsed = design::parse(&serde_json::to_vec(&design).unwrap()).unwrap_or_else(|problems| panic!("{name}: {problems:#?}"));
        let model = Model::check(parsed).unwrap_or_else(|problems| panic!("{name}: {problems:#?}"));
        let oldest_release = (state.position > 0).then_some(state.position);
        let (plan, refusals) = schema::plan(&state, &model, PlanOptions { oldest_release, production: true });
        // The others count records, and are void where there are none that would lose anything.
        let refusals: Vec<_> = refusals.into_iter().filter(|refusal| refusal.count_sql.is_none()).collect();
        assert!(refusals.is_empty(), "{name}: {refusals:#?}");
        migrations.extend(plan.migration);
        state = plan.after;
        files = Some(generate::all(Input { model: &model, schema: &state, migrations: &migrations }));
    }
    files.unwrap()
}

/// What is kept: the files that are no copies, and the list of the copies.
fn kept(files: &Files) -> BTreeMap<String, Vec<u8>> {
    let templates = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates/app");
    let mut copied = String::new();
    let mut kept = BTreeMap::new();
    for (path, content) in files.iter() {
        if fs::read(templates.join(path)).is_ok_and(|template| template == content) {
            copied.push_str(path);
            copied.push('\n');
        } else {
            kept.insert(format!("expected/{path}"), content.to_vec());
        }
    }
    kept.insert("copied.txt".into(), copied.into_bytes());
    kept
}

fn on_disk(name: &str) -> BTreeMap<String, Vec<u8>> {
    let folder = root().join(name);
    let mut files = BTreeMap::new();
    let mut waiting = vec![folder.join("expected")];
    while let Some(next) = waiting.pop() {
        for entry in fs::read_dir(&next).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                waiting.push(path);
            } else {
                files.insert(path.strip_prefix(&folder).unwrap().to_str().unwrap().to_owned(), fs::read(&path).unwrap());
            }
        }
    }
    files.extend(fs::read(folder.join("copied.txt")).ok().map(|content| ("copied.txt".to_owned(), content)));
    files
}

fn rewrite(name: &str, files: &BTreeMap<String, Vec<u8>>) {
    let folder = root().join(name);
    let _ = fs::remove_dir_all(folder.join("expected"));
    for (path, content) in files {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
}

/// The first line that differs, which says more than two whole files.
fn difference(expected: &[u8], actual: &[u8]) -> String {
    let (expected, actual) = (String::from_utf8_lossy(expected), String::from_utf8_lossy(actual));
    let line = expected.lines().zip(actual.lines()).take_while(|(a, b)| a == b).count();
    let at = |text: &str| text.lines().nth(line).unwrap_or("(the file ends)").to_owned();
    format!("line {}:\n  expected  {}\n  generated {}", line + 1, at(&expected), at(&actual))
}

#[test]
fn golden_apps_are_generated_as_expected() {
    let mut wrong = Vec::new();
    for name in names() {
        let actual = kept(&generated(&name));
        if std::env::var_os("UPDATE").is_some() {
            rewrite(&name, &actual);
            continue;
        }
        let expected = on_disk(&name);
        for path in expected.keys().chain(actual.keys()).collect::<BTreeSet<_>>() {
            match (expected.get(path), actual.get(path)) {
                (Some(a), Some(b)) if a == b => {}
                (Some(a), Some(b)) => wrong.push(format!("{name}/{path} differs in {}", difference(a, b))),
                (None, _) => wrong.push(format!("{name}/{path} is generated and not expected")),
                (_, None) => wrong.push(format!("{name}/{path} is expected and not generated")),
            }
        }
    }
    assert!(wrong.is_empty(), "{} differences; `make golden` accepts them:\n{}", wrong.len(), wrong[..wrong.len().min(20)].join("\n"));
}

#[test]
fn the_same_design_gives_the_same_bytes() {
    for name in names() {
        assert!(generated(&name) == generated(&name), "{name}");
    }
}

#[test]
fn every_construct_of_the_format_is_in_a_golden_app() {
    let schema = design::json_schema();
    let mut constructs = BTreeSet::new();
    for (name, definition) in definitions(&schema) {
        constructs.extend(properties(definition).map(|(key, _)| format!("{name}.{key}")));
        constructs.extend(variants(definition).map(|value| format!("{name} = {value}")));
    }
    assert!(
        constructs.len() > 100 && constructs.contains("FieldType = slug") && constructs.contains("Design.migration"),
        "the walk misses the schema: {constructs:#?}"
    );
    constructs.extend(permission_forms());

    for name in names() {
        for design in designs(&name) {
            visit(&schema, &schema, "Design", &design, &mut |used| {
                constructs.remove(&used);
            });
        }
    }
    assert!(constructs.is_empty(), "no golden app uses: {constructs:#?}");
}

/// Each setting for itself may be right for every type and wrong for a list of one of them.
#[test]
fn every_combination_of_settings_is_in_a_golden_app() {
    let schema = design::json_schema();
    let types: BTreeSet<String> = variants(&schema["$defs"]["FieldType"]).map(str::to_owned).collect();
    assert_eq!(types, combinations::type_names(), "all types are tried");
    let accepted = combinations::accepted();
    for known in ["list of decimal: min", "list of string: minLength", "manyToOne to itself: onDelete cascade", "manyToOne to user: required"] {
        assert!(accepted.contains(known), "{known} is not tried: {accepted:#?}");
    }
    let used: BTreeSet<String> = names().iter().flat_map(|name| designs(name)).flat_map(|design| combinations::used(&design)).collect();
    let unused: Vec<_> = accepted.difference(&used).collect();
    assert!(unused.is_empty(), "no golden app uses {} of {}: {unused:#?}", unused.len(), accepted.len());
}

fn definitions(schema: &Value) -> impl Iterator<Item = (&str, &Value)> {
    schema["$defs"].as_object().unwrap().iter().map(|(name, definition)| (name.as_str(), definition)).chain([("Design", schema)])
}

fn properties(definition: &Value) -> impl Iterator<Item = (&String, &Value)> {
    definition["properties"].as_object().into_iter().flatten()
}

/// The values of an enum: `enum: […]`, or `oneOf` of `const`s when they are documented one by one.
fn variants(definition: &Value) -> impl Iterator<Item = &str> {
    let listed = definition["enum"].as_array().into_iter().flatten();
    let documented = definition["oneOf"].as_array().into_iter().flatten().flat_map(|one| one["enum"].as_array().into_iter().flatten().chain(one.get("const")));
    listed.chain(documented).filter_map(Value::as_str)
}

/// Reports every construct that `value`, described by `schema`, uses.
fn visit(root: &Value, schema: &Value, name: &str, value: &Value, used: &mut impl FnMut(String)) {
    if let Some(reference) = schema["$ref"].as_str() {
        let name = reference.rsplit('/').next().unwrap();
        return visit(root, &root["$defs"][name], name, value, used);
    }
    for part in ["anyOf", "allOf"].iter().flat_map(|key| schema[key].as_array().into_iter().flatten()).filter(|part| part["type"] != "null") {
        visit(root, part, name, value, used);
    }
    if let Some(word) = value.as_str() {
        used(format!("{name} = {word}"));
    }
    if name == "Grant" {
        used(grant_form(value));
    }
    match value {
        Value::Object(members) => {
            for (key, member) in members {
                if let Some(described) = schema["properties"].get(key) {
                    used(format!("{name}.{key}"));
                    visit(root, described, "", member, used);
                } else if let Some(described) = schema.get("additionalProperties").filter(|d| d.is_object()) {
                    visit(root, described, "", member, used);
                }
            }
        }
        Value::Array(items) => {
            for item in items {
                visit(root, &schema["items"], "", item, used);
            }
        }
        _ => {}
    }
}

/// Each kind of person with each kind of owner. Nobody owns anything before signing in.
fn permission_forms() -> impl Iterator<Item = String> {
    ["everyone", "signedIn/any", "signedIn/createdBy", "signedIn/relation", "role/any", "role/createdBy", "role/relation"]
        .into_iter()
        .map(|form| format!("Grant: {form}"))
}

fn grant_form(grant: &Value) -> String {
    let who = match grant["role"].as_str().unwrap() {
        "everyone" => return "Grant: everyone".into(),
        "signedIn" => "signedIn",
        _ => "role",
    };
    let owner = match grant["owner"].as_str() {
        None => "any",
        Some("createdBy") => "createdBy",
        Some(_) => "relation",
    };
    format!("Grant: {who}/{owner}")
}
