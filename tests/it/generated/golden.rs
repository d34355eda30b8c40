//! The golden apps and the examples: type-checked, linted, built, and tested by their own tests on a database of their own.

use super::Workshop;
use crate::harness::{TestDatabase, checkout, example};
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::Path;

async fn holds(history: &[Value], design: &Value) {
    let workshop = Workshop::generate_after(history, design).await.unwrap_or_else(|error| panic!("{error}"));
    let migrations = std::fs::read_dir(workshop.code().join("server/migrations")).unwrap().count();
    assert_eq!(migrations, 2 + history.len(), "the bookkeeping, and one for each design");
    let database = TestDatabase::create().await;
    workshop.bundle().await.unwrap_or_else(|error| panic!("{error}"));
    workshop.run("node_modules/.bin/oxlint", &["--deny-warnings"], &[]).await;
    workshop.run("npm", &["test", "--silent"], &[("DATABASE_URL", &database.url)]).await;
}

pub(super) fn golden(name: &str) -> Value {
    read(&checkout().join("crates/codegen/tests/golden").join(name).join("design.json"))
}

/// The designs that were deployed before a golden app's, oldest first.
fn history(name: &str) -> Vec<Value> {
    let folder = checkout().join("crates/codegen/tests/golden").join(name).join("history");
    let mut files: Vec<_> = std::fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.iter().map(|file| read(file)).collect()
}

fn read(file: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap()
}

macro_rules! apps {
    ($read:ident after $before:expr; $($name:ident = $file:literal),* $(,)?) => {
        $(
            #[tokio::test]
            async fn $name() {
                holds(&$before($file), &$read($file)).await;
            }
        )*
    };
}

apps! { golden after history;
    golden_changing = "changing",
    golden_combinations = "combinations",
    golden_constraints = "constraints",
    golden_evolved = "evolved",
    golden_minimal = "minimal",
    golden_names = "names",
    golden_permissions = "permissions",
    golden_relations = "relations",
    golden_removal = "removal",
    golden_scalars = "scalars",
}

apps! { example after |_| Vec::new();
    example_blog = "blog",
    example_car_rental = "car-rental",
    example_crm = "crm",
    example_todo = "todo",
}

#[test]
fn no_app_is_forgotten() {
    let source = include_str!("golden.rs");
    let mut expected = BTreeSet::new();
    for (folder, prefix) in [("crates/codegen/tests/golden", "golden"), ("examples", "example")] {
        for entry in std::fs::read_dir(checkout().join(folder)).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            let name = name.trim_end_matches(".json");
            expected.insert(format!("{prefix}_{} = \"{name}\"", name.replace('-', "_")));
        }
    }
    let forgotten: Vec<_> = expected.iter().filter(|line| !source.contains(*line)).collect();
    assert!(forgotten.is_empty(), "not tested here: {forgotten:?}");
}

#[tokio::test]
async fn an_app_names_the_versions_of_the_toolkit() {
    let workshop = Workshop::generate(&golden("minimal")).await.unwrap();
    let (app, toolkit) = (read(&workshop.code().join("package.json")), read(&checkout().join("toolkit/package.json")));
    let mut named = 0;
    for part in ["dependencies", "devDependencies"] {
        for (package, version) in app[part].as_object().unwrap() {
            assert_eq!(Some(version), toolkit["dependencies"].get(package), "{package}");
            named += 1;
        }
    }
    assert_eq!(named, toolkit["dependencies"].as_object().unwrap().len());
}
