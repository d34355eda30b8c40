//! Product SQL, one file an aggregate. Plain functions that take a connection; absence is `Option`; an update
//! says how many rows it changed. The tenant leads every query.

pub mod pipeline;

use crate::domain::OrganizationId;
use sqlx::postgres::{PgPool, Postgres};
use sqlx::{PgConnection, Transaction};

/// A connection of a pool, for the rooms that do not name the driver.
pub type Connection = sqlx::pool::PoolConnection<Postgres>;
/// A transaction, for the same.
pub type OpenTransaction = Transaction<'static, Postgres>;
/// A pool of connections, for the same.
pub type Pool = PgPool;

/// The pools of the three roles; a process makes those it needs.
#[derive(Debug, Clone)]
pub struct Database {
    /// Connects as a member of `slipform_application`: answers the API, one organization a transaction.
    pub application: PgPool,
    /// Connects as a member of `slipform_worker`: crosses organizations.
    pub worker: PgPool,
    /// Connects as a member of `slipform_host`.
    pub host: PgPool,
}

/// A transaction of the application in which one organization is visible and no other.
#[derive(Debug)]
pub struct TenantTx {
    tx: Transaction<'static, Postgres>,
    organization: OrganizationId,
}

impl TenantTx {
    /// Begins. The setting is local to the transaction, so nothing of it stays on the pooled connection,
    /// however the transaction ends.
    pub async fn begin(pool: &PgPool, organization: OrganizationId) -> sqlx::Result<Self> {
        let mut tx = pool.begin().await?;
        sqlx::query!("select set_config('slipform.organization', $1, true)", organization.to_string()).fetch_one(&mut *tx).await?;
        Ok(Self { tx, organization })
    }

    /// The organization that is visible.
    pub fn organization(&self) -> OrganizationId {
        self.organization
    }

    /// The connection, for a query of this room or of the queue.
    pub fn connection(&mut self) -> &mut PgConnection {
        &mut self.tx
    }

    /// Commits.
    pub async fn commit(self) -> sqlx::Result<()> {
        self.tx.commit().await
    }
}
