//! Delivers events to the webhook endpoints of an organization.

pub mod failure;
pub mod guard;
pub mod schedule;
pub mod send;
