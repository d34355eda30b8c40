//! What the tests of this crate share.
#![allow(dead_code, clippy::unwrap_used, missing_docs)]

pub mod arbitrary;
pub mod combinations;
pub mod hostile;

use serde_json::Value;
use slipform_codegen::design::{self, Design};
use slipform_codegen::model::{Model, Problem};

/// Parses and checks, as the API does.
pub fn check(value: &Value) -> Result<Model, Vec<Problem>> {
    Model::check(parse(value)?)
}

pub fn parse(value: &Value) -> Result<Design, Vec<Problem>> {
    design::parse(&serde_json::to_vec(value).unwrap())
}

/// A design that uses every key of the format at least once, and every type and kind. It is the base of the table of
/// bad inputs: each changes one place of it.
pub fn maximal() -> Value {
    serde_json::from_str(include_str!("maximal.json")).unwrap()
}

/// Puts `value` at a JSON Pointer, whose last part may be new; `-` at the end of a list appends.
pub fn put(document: &mut Value, pointer: &str, value: Value) {
    let (parent, last) = pointer.rsplit_once('/').unwrap();
    let last = last.replace("~1", "/").replace("~0", "~");
    match document.pointer_mut(parent).unwrap_or_else(|| panic!("no {parent}")) {
        Value::Object(members) => drop(members.insert(last, value)),
        Value::Array(items) if last == "-" => items.push(value),
        Value::Array(items) => items[last.parse::<usize>().unwrap()] = value,
        other => panic!("{parent} is {other}"),
    }
}

/// Takes out the member at a JSON Pointer.
pub fn take(document: &mut Value, pointer: &str) {
    let (parent, last) = pointer.rsplit_once('/').unwrap();
    match document.pointer_mut(parent).unwrap() {
        Value::Object(members) => drop(members.remove(last).unwrap()),
        Value::Array(items) => drop(items.remove(last.parse::<usize>().unwrap())),
        other => panic!("{parent} is {other}"),
    }
}
