//! A design in, files out. Pure: no I/O, no clock, no randomness; the same input gives the same bytes.
//!
//! ```text
//! bytes ── design::parse ──▶ Design ── Model::check ──▶ Model ─┬─ schema::plan ──▶ SchemaPlan (SQL, losses)
//!                                                             ├─ generate::backend  ──▶ Files
//!                                                             └─ generate::frontend ──▶ Files
//! ```

pub mod design;
pub mod files;
pub mod generate;
pub mod model;
pub mod names;
pub mod schema;
