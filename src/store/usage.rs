//! How many requests of an organization were answered, day by day in UTC.

use crate::domain::OrganizationId;
use chrono::NaiveDate;
use sqlx::{PgConnection, PgPool};
use std::collections::BTreeMap;

/// How long days are kept: a whole year can be compared with the one before.
pub const KEPT_DAYS: i32 = 400;

/// A day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Day {
    pub day: NaiveDate,
    pub requests: i64,
}

/// Requests of organizations on days.
pub type Counts = BTreeMap<(OrganizationId, NaiveDate), i64>;

/// Adds what was counted elsewhere, all of it or nothing. In order, so that two processes do not wait for each other; what belongs to an
/// organization that is gone is dropped.
pub async fn add(pool: &PgPool, counts: &Counts) -> sqlx::Result<()> {
    let mut tx = super::begin(pool).await?;
    let mut tenant = None;
    for (&(organization, day), &requests) in counts {
        if tenant.replace(organization) != Some(organization) {
            sqlx::query!("select set_config('slipform.organization', $1, true)", organization.to_string()).fetch_one(&mut *tx).await?;
        }
        sqlx::query!(
            "insert into usage_days (organization_id, day, requests) select id, $2, $3 from organizations where id = $1
             on conflict (organization_id, day) do update set requests = usage_days.requests + excluded.requests",
            organization.0,
            day,
            requests,
        )
        .execute(&mut *tx)
        .await?;
    }
    tx.commit().await
}

/// From the first day to the last, those without a request too.
pub async fn days(conn: &mut PgConnection, organization: OrganizationId, first: NaiveDate, last: NaiveDate) -> sqlx::Result<Vec<Day>> {
    sqlx::query_as!(
        Day,
        "select d.day::date as \"day!\", coalesce(u.requests, 0) as \"requests!\"
         from generate_series($2::date::timestamp, $3::date::timestamp, interval '1 day') as d (day)
         left join usage_days u on u.organization_id = $1 and u.day = d.day::date order by d.day",
        organization.0,
        first,
        last,
    )
    .fetch_all(conn)
    .await
}

/// Forgets days that are longer ago than they are kept. Needs a connection of a worker.
pub async fn sweep(conn: &mut PgConnection) -> sqlx::Result<()> {
    sqlx::query!("delete from usage_days where day < (now() at time zone 'utc')::date - $1::int", KEPT_DAYS).execute(conn).await.map(drop)
}
