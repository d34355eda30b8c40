//! Locks that are held across work outside of the database: each on a connection of its own, so that it ends with its holder,
//! however that ends.

use crate::domain::AppId;
use sqlx::PgConnection;
use sqlx::postgres::PgPool;

/// The first of the two numbers of an advisory lock on what the environments of an app share.
const SHARED_BY_ENVIRONMENTS: i32 = 0x511b_f0a9;

/// Holds what the environments of one app share, until it is dropped.
#[derive(Debug)]
pub struct AppLock(#[allow(dead_code)] PgConnection);

impl AppLock {
    /// Beside others who need it to stay.
    pub async fn shared(pool: &PgPool, app: AppId) -> sqlx::Result<Self> {
        let mut conn = pool.acquire().await?.detach();
        sqlx::query!("select pg_advisory_lock_shared($1, hashtext($2))", SHARED_BY_ENVIRONMENTS, app.to_string()).fetch_one(&mut conn).await?;
        Ok(Self(conn))
    }

    /// Alone: to remove it, if nobody else needs it.
    pub async fn alone(pool: &PgPool, app: AppId) -> sqlx::Result<Self> {
        let mut conn = pool.acquire().await?.detach();
        sqlx::query!("select pg_advisory_lock($1, hashtext($2))", SHARED_BY_ENVIRONMENTS, app.to_string()).fetch_one(&mut conn).await?;
        Ok(Self(conn))
    }

    /// Alone, unless somebody holds it now.
    pub async fn try_alone(pool: &PgPool, app: AppId) -> sqlx::Result<Option<Self>> {
        let mut conn = pool.acquire().await?.detach();
        let held = sqlx::query_scalar!("select pg_try_advisory_lock($1, hashtext($2)) as \"held!\"", SHARED_BY_ENVIRONMENTS, app.to_string());
        Ok(held.fetch_one(&mut conn).await?.then_some(Self(conn)))
    }
}
