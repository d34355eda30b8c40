//! What the tests of this crate share.
#![allow(dead_code, clippy::unwrap_used, missing_docs)]

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
