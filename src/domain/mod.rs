//! Ids, newtypes, state machines, errors. No I/O.

pub mod error;
pub mod ids;
pub mod local;
pub mod media;
pub mod proxies;
pub mod seal;
pub mod states;

pub use error::Error;
pub use ids::*;
pub use states::*;
