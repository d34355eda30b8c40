//! The generated code base.

pub mod backend;
pub mod escape;
pub mod frontend;
pub mod render;

use crate::files::Files;
use crate::model::Model;
use crate::schema::{Migration, SchemaState};

/// What the generators need.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// The checked design.
    pub model: &'a Model,
    /// The database that the code will run on: physical names by id.
    pub schema: &'a SchemaState,
    /// All migrations of the environment up to `schema.position`, in order.
    pub migrations: &'a [Migration],
}

/// Everything: what both stages write.
pub fn all(input: Input<'_>) -> Files {
    let mut files = backend::generate(input);
    files.merge(frontend::generate(input));
    files
}
