//! What operators see of a running installation: metrics, which Prometheus fetches, and traces, which are sent to a collector.
//! `docs/operating.md` lists both.
//!
//! Both follow the semantic conventions of OpenTelemetry where these have a name for it. What a metric is labelled with comes from a
//! list that this program knows: nothing that a tenant names, no id, no path.

pub mod metrics;
mod outage;
#[cfg(test)]
pub mod testing;
pub mod traces;

pub use traces::{Span, current};
