//! The published JSON Schema is the one that the types give. `UPDATE=1` rewrites it.
#![allow(clippy::unwrap_used, missing_docs)]

mod common;

use slipform_codegen::design;
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
