//! How much waits.

/// What waits and runs in the whole installation. Ages are in seconds, and 0 where nothing waits.
#[derive(Debug, Clone, Copy, PartialEq)]
#[allow(missing_docs)]
pub struct QueueDepth {
    /// Those that could run, if a worker took them.
    pub builds_waiting: i64,
    /// Those that must wait: for a build of their environment, or because their organization runs as many as it may.
    pub builds_blocked: i64,
    pub builds_running: i64,
    /// Of those that could run, since they were asked for.
    pub oldest_build_seconds: f64,
    /// Jobs beside builds, and deliveries to webhooks, whose time has come.
    pub jobs_due: i64,
    pub deliveries_due: i64,
    pub oldest_delivery_seconds: f64,
}
