//! The build queue: who waits, who runs, and whose turn it is. It knows nothing of what a build does.
//!
//! Three hot tables: one row per organization (a round-robin wheel), one per environment (at most one waiting
//! and one running build, by construction) and one per build. A claim is two index probes and three row updates,
//! whatever the backlog. Locks are always taken in the order `queue_organizations`, `queue_environments`, `builds`, so
//! nothing deadlocks; a transaction that also changes product rows (`apps`, `environments`, `releases`) changes them first.
//!
//! A claim hands out a fencing token that is larger than every earlier one. Whoever holds an older one can change
//! nothing any more. Every change writes its `build_events` row in the same transaction, after the build's row is
//! locked, so that the events of one build become visible in the order of their ids.

mod claim;
pub mod deliveries;
mod depth;
mod ending;
mod enqueue;
pub mod jobs;
mod listen;
mod waiting;

pub use crate::domain::BuildKind;
pub use claim::{Beat, Claim, Hold, claim, heartbeat};
pub use depth::depth;
pub use ending::{CancelOutcome, Ended, Ending, Failure, cancel, expired, finish, give_back, rescue};
pub use enqueue::{Enqueued, NewBuild, enqueue};
pub use listen::{Listener, Signal, announce, forget};
pub use waiting::{Waiting, waiting};

use crate::domain::BuildId;
use sqlx::{PgConnection, PgPool};

/// The channel that says: there is work.
pub const WORK: &str = "slipform_queue";
/// The channel that says which running build shall be cancelled.
pub const CANCEL: &str = "slipform_cancel";
/// The channel that says: events are to be delivered to webhooks. The triggers that make them name it too.
pub const DELIVERIES: &str = "slipform_deliveries";
/// The channel that says which build has new events.
pub const EVENTS: &str = "slipform_events";

/// Tells idle workers that there is work. To be called after the commit of what made it, and only where that says so
/// ([`Enqueued::wake`], [`Ended::wake`]): a NOTIFY inside the transaction would serialize commits. A failure is no
/// harm, because workers also look every second.
pub async fn wake(pool: &PgPool) {
    if let Err(error) = sqlx::query!("select pg_notify($1, '')", WORK).fetch_one(pool).await {
        tracing::warn!(%error, "could not wake the workers; they will look by themselves");
    }
}

/// Adds what became of a build to its events. The caller holds the build's row.
async fn build_event(conn: &mut PgConnection, build: BuildId, data: serde_json::Value) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into build_events (build_id, organization_id, type, data)
         select id, organization_id, 'build', $2 from builds where id = $1",
        build.0,
        data,
    )
    .execute(conn)
    .await?;
    Ok(())
}
