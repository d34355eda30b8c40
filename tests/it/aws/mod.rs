//! Apps on AWS, on emulators of it: the functions really run, and so do the servers.

mod accounts;
mod bootstrap;
mod doctor;
mod ecs;
mod emulator;
mod faults;
mod lambda;
#[path = "../../../crates/aws/tests/emulated/processes.rs"]
mod processes;
mod repair;
mod story;
mod way;
