//! The control plane of Slipform. `ARCHITECTURE.md` is the map.

pub mod domain;
pub mod stages;
pub mod store;
