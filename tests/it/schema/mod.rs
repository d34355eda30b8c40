//! The schema planner against a real Postgres: what it plans is applied, and old and new releases go on working.

mod changes;
mod create;
mod hostile;
mod refusals;
mod releases;
mod seeds;
mod sequences;
mod support;
