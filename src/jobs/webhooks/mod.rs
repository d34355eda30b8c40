//! Delivers events to the webhooks of organizations.

pub mod failure;
pub mod guard;
mod lane;
pub mod schedule;
pub mod send;

pub use lane::{SLOTS, run};
