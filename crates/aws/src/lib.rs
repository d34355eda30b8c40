//! AWS as a place where apps run: what one environment consists of there, made, corrected and removed.
//!
//! Everything converges. *Ensure* reads what is there, creates what is absent, corrects what differs, and adopts what a lost
//! answer left behind; so every call may be repeated after a kill anywhere. What is meant and what is seen goes into a [`Ledger`]
//! before and after each change. The crate knows neither the queue nor the control plane's database.

pub mod account;
pub mod bootstrap;
pub mod doctor;
pub mod drift;
pub mod ensure;
pub mod environment;
pub mod error;
pub mod foundation;
pub mod invoke;
pub mod ledger;
pub mod logs;
pub mod names;
pub mod objects;
pub mod policies;
pub mod preflight;
pub mod server;

pub use account::{Account, Connection, Foundation};
pub use environment::Environment;
pub use error::{Error, Kind, Result};
pub use ledger::{Entry, Ledger};
pub use names::{Names, Scope};
