//! The control plane of Slipform. `ARCHITECTURE.md` is the map.

pub mod app;
pub mod auth;
pub mod boot;
pub mod cli;
pub mod config;
pub mod connections;
pub mod deploy;
pub mod domain;
pub mod edge;
pub mod host;
pub mod http;
pub mod jobs;
pub mod queue;
pub mod stages;
pub mod store;
pub mod telemetry;
