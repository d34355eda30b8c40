use super::{CANCEL, DELIVERIES, EVENTS, WORK};
use crate::domain::{BuildId, EnvironmentId};
use sqlx::postgres::PgListener;
use sqlx::{PgConnection, PgPool};

/// What a worker hears.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// There may be work.
    Work,
    /// There may be something to deliver.
    Deliveries,
    /// A running build shall stop.
    Cancel(BuildId),
}

/// The one LISTEN connection of a process that works.
#[derive(Debug)]
pub struct Listener(PgListener);

impl Listener {
    /// Subscribes. Whoever looks for work after this misses nothing.
    pub async fn connect(pool: &PgPool) -> sqlx::Result<Self> {
        let mut listener = PgListener::connect_with(pool).await?;
        listener.listen_all([WORK, CANCEL, DELIVERIES]).await?;
        Ok(Self(listener))
    }

    /// The next signal; an error when the connection was lost, and with it perhaps signals.
    pub async fn next(&mut self) -> sqlx::Result<Signal> {
        loop {
            let Some(notification) = self.0.try_recv().await? else { return Err(sqlx::Error::PoolClosed) };
            match notification.channel() {
                CANCEL => {
                    if let Ok(build) = notification.payload().parse() {
                        return Ok(Signal::Cancel(build));
                    }
                }
                DELIVERIES => return Ok(Signal::Deliveries),
                _ => return Ok(Signal::Work),
            }
        }
    }
}

/// Tells whoever follows these builds that they have new events. After the commit.
pub async fn announce(pool: &PgPool, builds: &[BuildId]) {
    let builds: Vec<String> = builds.iter().map(ToString::to_string).collect();
    if let Err(error) = sqlx::query!("select pg_notify($1, build) from unnest($2::text[]) as b (build)", EVENTS, &builds).fetch_all(pool).await {
        tracing::debug!(%error, "could not announce events; followers look by themselves");
    }
}

/// Takes an environment out of the queue for good. False: a build of it still waits or runs, and nothing was changed.
pub async fn forget(conn: &mut PgConnection, environment: EnvironmentId) -> sqlx::Result<bool> {
    let organization =
        sqlx::query_scalar!("select organization_id from queue_environments where environment_id = $1", environment.0).fetch_optional(&mut *conn).await?;
    let Some(organization) = organization else { return Ok(true) };
    sqlx::query!("select organization_id from queue_organizations where organization_id = $1 for no key update", organization)
        .fetch_optional(&mut *conn)
        .await?;
    let gone = sqlx::query!("delete from queue_environments where environment_id = $1 and running_build is null and queued_build is null", environment.0,)
        .execute(conn)
        .await?;
    Ok(gone.rows_affected() == 1)
}
