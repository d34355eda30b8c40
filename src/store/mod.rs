//! Product SQL, one file an aggregate. Plain functions that take a connection; absence is `Option`; an update
//! says how many rows it changed. The tenant leads every query.

pub mod accounts;
pub mod apps;
pub mod audit;
pub mod builds;
pub mod deliveries;
pub mod designs;
pub mod domains;
pub mod environments;
pub mod events;
pub mod idempotency;
pub mod identities;
pub mod invitations;
pub mod locks;
pub mod members;
pub mod oidc_issuers;
pub mod organizations;
pub mod pipeline;
pub mod polls;
pub mod quotas;
pub mod releases;
pub mod resources;
pub mod runtimes;
pub mod sessions;
pub mod signing_keys;
pub mod tokens;
pub mod usage;
pub mod users;
pub mod webhooks;

use crate::domain::{OrganizationId, TraceParent, UserId};
use chrono::{DateTime, Utc};
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
        Ok(Self { tx: begin_as(pool, "slipform.organization", organization.0).await?, organization })
    }

    /// Begins a change: what follows from it is found in this trace.
    pub async fn begin_traced(pool: &PgPool, organization: OrganizationId, trace: Option<TraceParent>) -> sqlx::Result<Self> {
        let Some(trace) = trace else { return Self::begin(pool, organization).await };
        // Neither has anything that could end the text.
        let statement = format!("begin; set local slipform.organization = '{organization}'; set local slipform.trace_parent = '{trace}'");
        Ok(Self { tx: begin_whole(pool, statement).await?, organization })
    }

    /// The organization that is visible.
    pub fn organization(&self) -> OrganizationId {
        self.organization
    }

    /// The connection, for a query of this room or of the queue.
    pub fn connection(&mut self) -> &mut PgConnection {
        &mut self.tx
    }

    /// Undoes everything, before anybody else waits for what it holds; dropping it does so a little later.
    pub async fn rollback(self) -> sqlx::Result<()> {
        self.tx.rollback().await
    }

    /// Commits.
    pub async fn commit(self) -> sqlx::Result<()> {
        self.tx.commit().await
    }
}

/// A transaction of the application in which one person's own memberships and organizations are visible, before an
/// organization is chosen.
#[derive(Debug)]
pub struct PersonTx {
    tx: Transaction<'static, Postgres>,
    user: UserId,
}

impl PersonTx {
    /// Begins.
    pub async fn begin(pool: &PgPool, user: UserId) -> sqlx::Result<Self> {
        Ok(Self { tx: begin_as(pool, "slipform.\"user\"", user.0).await?, user })
    }

    /// The person.
    pub fn user(&self) -> UserId {
        self.user
    }

    /// The connection, for a query of this room.
    pub fn connection(&mut self) -> &mut PgConnection {
        &mut self.tx
    }

    /// From now on one of the person's organizations is visible as a tenant, or one that they make.
    pub async fn enter(&mut self, organization: OrganizationId) -> sqlx::Result<()> {
        sqlx::query!("select set_config('slipform.organization', $1, true)", organization.to_string()).fetch_one(&mut *self.tx).await.map(drop)
    }

    /// Undoes everything, before anybody else asks for what it holds; dropping it does so a little later.
    pub async fn rollback(self) -> sqlx::Result<()> {
        self.tx.rollback().await
    }

    /// Commits.
    pub async fn commit(self) -> sqlx::Result<()> {
        self.tx.commit().await
    }
}

/// Begins a transaction with a setting of its own, in one round trip.
async fn begin_as(pool: &PgPool, setting: &'static str, id: uuid::Uuid) -> sqlx::Result<Transaction<'static, Postgres>> {
    // `set` takes no parameters, and a UUID has nothing that could end the text.
    begin_whole(pool, format!("begin; set local {setting} = '{id}'")).await
}

/// Begins, although whoever asked for it may go away meanwhile: sqlx knows of a transaction when the server has answered. One that is dropped
/// before goes back to the pool with a transaction that nobody ends, and with what was set in it.
async fn begin_whole(pool: &PgPool, statement: String) -> sqlx::Result<Transaction<'static, Postgres>> {
    let pool = pool.clone();
    let begun = tokio::spawn(async move { pool.begin_with(sqlx::AssertSqlSafe(statement)).await });
    begun.await.unwrap_or(Err(sqlx::Error::WorkerCrashed))
}

/// A connection of the application without a transaction, in which no tenant's row is visible: for one statement.
pub async fn acquire(pool: &PgPool) -> sqlx::Result<Connection> {
    pool.acquire().await
}

/// A transaction without a tenant: of the application, to which people, sessions and signing keys are visible then; of a worker, which crosses
/// organizations.
pub async fn begin(pool: &PgPool) -> sqlx::Result<Transaction<'static, Postgres>> {
    begin_whole(pool, "begin".to_owned()).await
}

/// The same for a change: what follows from it is found in this trace.
pub async fn begin_traced(pool: &PgPool, trace: Option<TraceParent>) -> sqlx::Result<Transaction<'static, Postgres>> {
    // It has nothing that could end the text.
    begin_whole(pool, trace.map_or("begin".to_owned(), |trace| format!("begin; set local slipform.trace_parent = '{trace}'"))).await
}

/// Whether the database answers.
pub async fn ping(pool: &PgPool) -> sqlx::Result<()> {
    sqlx::query!("select 1 as one").fetch_one(pool).await.map(drop)
}

/// Where a page of a list ends and the next one goes on: lists are ordered by time and id, most of them the newest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Position {
    pub at: DateTime<Utc>,
    pub id: uuid::Uuid,
}

/// A part of a list.
#[derive(Debug, Clone, Copy)]
pub struct Slice {
    /// Goes on behind this one; none: begins.
    pub after: Option<Position>,
    /// How many at most.
    pub limit: i64,
}

impl Slice {
    /// Everything, of a list that never becomes long.
    pub const WHOLE: Self = Self { after: None, limit: i64::MAX };

    fn at(self) -> Option<DateTime<Utc>> {
        self.after.map(|position| position.at)
    }

    fn id(self) -> Option<uuid::Uuid> {
        self.after.map(|position| position.id)
    }
}
