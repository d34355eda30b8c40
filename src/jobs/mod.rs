//! What runs in the background: builds, and the small jobs beside them. A pool takes work from the queue, keeps the leases
//! of what it runs, and gives back what it cannot finish before it must stop.

mod build;
mod domains;
mod pool;
mod reins;
mod remove;
mod sweep;
mod watch;
pub mod webhooks;

pub use build::environment_ref;
pub use pool::run;

use crate::config::Config;
use crate::domain::seal::Keyring;
use crate::store::{self, Database, OpenTransaction, Pool};
use crate::telemetry;
use std::sync::Arc;
use std::time::Duration;

/// How long a worker may be silent before its builds go to others.
pub const LEASE: Duration = Duration::from_secs(15);
/// How often leases are prolonged, and expired ones looked for.
pub const HEARTBEAT: Duration = Duration::from_secs(5);
/// How often a worker looks for work of which it was not told.
pub const POLL: Duration = Duration::from_secs(1);
/// How many workers may be lost over one build before it fails.
pub const MAX_ATTEMPTS: i32 = 3;
/// How long a running step may go on after the worker was asked to stop.
pub const GRACE: Duration = Duration::from_secs(10);

/// What a pool needs.
#[derive(Debug)]
pub struct Deps<T> {
    /// The settings.
    pub config: Arc<Config>,
    /// Connections as `slipform_worker`.
    pub database: Database,
    /// Opens the secrets of webhooks.
    pub keyring: Keyring,
    /// Where apps run.
    pub target: T,
}

/// Begins a transaction of a job: what follows from it stands in the job's trace. Builds do without: their events name their trace themselves, and
/// what a build leaves to do (a sweep, a look every few hours) is no part of it.
async fn begin(pool: &Pool) -> sqlx::Result<OpenTransaction> {
    store::begin_traced(pool, telemetry::current()).await
}
