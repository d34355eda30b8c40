//! What happened in builds, in order, and who listens for it.

use crate::domain::{BuildId, OrganizationId};
use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::PgConnection;
use sqlx::postgres::{PgListener, PgPool};

/// One event of a build.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct Event {
    /// Grows within a build in the order in which events become visible.
    pub id: i64,
    pub at: DateTime<Utc>,
    /// `build`, `step` or `log`.
    pub kind: String,
    pub step: Option<String>,
    pub data: Value,
}

/// Events of a build behind `after`.
pub async fn list(conn: &mut PgConnection, organization: OrganizationId, build: BuildId, after: i64, limit: usize) -> sqlx::Result<Vec<Event>> {
    sqlx::query_as!(
        Event,
        "select id, at, type as kind, step, data from build_events
         where organization_id = $1 and build_id = $2 and id > $3 order by id limit $4",
        organization.0,
        build.0,
        after,
        i64::try_from(limit).unwrap_or(i64::MAX),
    )
    .fetch_all(conn)
    .await
}

/// Log lines of a build, or of one of its steps, behind `after`.
pub async fn list_log(
    conn: &mut PgConnection,
    organization: OrganizationId,
    build: BuildId,
    step: Option<&str>,
    after: i64,
    limit: usize,
) -> sqlx::Result<Vec<Event>> {
    sqlx::query_as!(
        Event,
        "select id, at, type as kind, step, data from build_events
         where organization_id = $1 and build_id = $2 and id > $3 and type = 'log' and ($4::text is null or step = $4) order by id limit $5",
        organization.0,
        build.0,
        after,
        step,
        i64::try_from(limit).unwrap_or(i64::MAX),
    )
    .fetch_all(conn)
    .await
}

/// Hears which builds have new events.
#[derive(Debug)]
pub struct Listener(PgListener);

impl Listener {
    /// Takes a connection of the pool for itself.
    pub async fn start(pool: &PgPool) -> sqlx::Result<Self> {
        let mut listener = PgListener::connect_with(pool).await?;
        listener.listen("slipform_events").await?;
        Ok(Self(listener))
    }

    /// The next build that has new events. `None`: the connection was lost and made anew, so any build may have.
    pub async fn next(&mut self) -> sqlx::Result<Option<BuildId>> {
        loop {
            let Some(notice) = self.0.try_recv().await? else { return Ok(None) };
            if let Ok(build) = notice.payload().parse() {
                return Ok(Some(build));
            }
        }
    }
}
