//! The integration tests: one binary, a module a resource. Each test owns a database and tells a story.
#![allow(missing_docs, clippy::unwrap_used)]

mod harness;

mod api;
mod architecture;
mod architecture_view;
mod at_once;
#[cfg(feature = "aws")]
mod aws;
mod bad_days;
mod boot;
mod browser;
mod cancel;
mod cli;
mod clients;
mod confine;
mod docs;
mod domains;
mod drain;
mod edge;
mod first_start;
mod full_disk;
mod generated;
mod host;
mod host_killed;
mod machine;
mod names;
mod openapi;
mod openapi_fuzz;
mod outage;
mod parts;
mod pipeline;
mod pipeline_faults;
mod private_postgres;
mod queue;
mod quotas;
mod schema;
mod site;
mod story;
mod telemetry;
mod webhooks;
