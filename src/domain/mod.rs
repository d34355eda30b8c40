//! Ids, newtypes, state machines, errors. No I/O.

pub mod certificate;
pub mod depth;
pub mod destination;
pub mod domain_name;
pub mod error;
pub mod event;
pub mod ids;
pub mod local;
pub mod media;
pub mod networks;
pub mod origins;
pub mod proxies;
pub mod quotas;
pub mod seal;
pub mod sign;
pub mod states;
pub mod trace;

pub use depth::QueueDepth;
pub use domain_name::DomainName;
pub use error::Error;
pub use ids::*;
pub use states::*;
pub use trace::TraceParent;
