//! The AWS target against MiniStack, a public emulator: a process of its own for each test, on loopback.
#![allow(missing_docs, clippy::unwrap_used)]

mod conflicts;
mod doctor;
mod domains;
mod drift;
mod emulator;
mod environment;
mod faults;
mod hostile;
mod policy;
mod processes;
mod rollout;
mod scaling;
mod scripted;
