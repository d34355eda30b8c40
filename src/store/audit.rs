//! The audit log. Lines are added and read; nobody can change them.

use super::Slice;
use crate::domain::OrganizationId;
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

/// What was done.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct Line {
    pub id: Uuid,
    pub at: DateTime<Utc>,
    /// `user`, `token`, `worker` or `operator`.
    pub actor_kind: String,
    pub actor_id: Option<Uuid>,
    /// As it was then.
    pub actor_name: String,
    pub operation: String,
    pub subject_kind: String,
    pub subject_id: Option<Uuid>,
    pub subject_name: String,
    pub before: Option<Value>,
    pub after: Option<Value>,
    pub request_id: Option<Uuid>,
    pub address: Option<String>,
    pub user_agent: Option<String>,
}

/// A line that shall be added. The time is the database's.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct NewLine<'a> {
    pub actor_kind: &'a str,
    pub actor_id: Option<Uuid>,
    pub operation: &'a str,
    pub subject_kind: &'a str,
    pub subject_id: Option<Uuid>,
    pub subject_name: &'a str,
    pub before: Option<&'a Value>,
    pub after: Option<&'a Value>,
    pub request_id: Option<Uuid>,
    pub address: Option<&'a str>,
    pub user_agent: Option<&'a str>,
}

/// Which lines are wanted.
#[derive(Debug, Clone, Default, Serialize)]
#[allow(missing_docs)]
pub struct Filter {
    pub actor: Option<Uuid>,
    pub operation: Option<String>,
    pub subject: Option<Uuid>,
    pub since: Option<DateTime<Utc>>,
    pub until: Option<DateTime<Utc>>,
}

/// The clock that dates lines.
pub async fn now(conn: &mut PgConnection) -> sqlx::Result<DateTime<Utc>> {
    sqlx::query_scalar!("select clock_timestamp() as \"now!\"").fetch_one(conn).await
}

/// Adds a line, with the name that the actor has now.
pub async fn insert(conn: &mut PgConnection, organization: OrganizationId, new: &NewLine<'_>) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into audit_log (id, organization_id, actor_kind, actor_id, actor_name, operation, subject_kind, subject_id, subject_name, before, after,
             request_id, address, user_agent)
         values ($1, $2, $3, $4,
             coalesce(case $3 when 'user' then (select email from users where id = $4)
                 when 'token' then (select name from api_tokens where organization_id = $2 and id = $4) end, $3),
             $5, $6, $7, $8, $9, $10, $11, $12, left($13, 300))",
        Uuid::now_v7(),
        organization.0,
        new.actor_kind,
        new.actor_id,
        new.operation,
        new.subject_kind,
        new.subject_id,
        new.subject_name,
        new.before,
        new.after,
        new.request_id,
        new.address,
        new.user_agent,
    )
    .execute(conn)
    .await
    .map(drop)
}

/// Adds a line about what a worker did by itself: it has a role that sees no API tokens, and no name of its own.
pub async fn insert_of_worker(
    conn: &mut PgConnection,
    organization: OrganizationId,
    operation: &str,
    (subject_kind, subject_id, subject_name): (&str, Uuid, &str),
    (before, after): (&Value, &Value),
) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into audit_log (id, organization_id, actor_kind, actor_name, operation, subject_kind, subject_id, subject_name, before, after)
         values ($1, $2, 'worker', 'worker', $3, $4, $5, $6, $7, $8)",
        Uuid::now_v7(),
        organization.0,
        operation,
        subject_kind,
        subject_id,
        subject_name,
        before,
        after,
    )
    .execute(conn)
    .await
    .map(drop)
}

/// Lines, the newest first.
pub async fn list(conn: &mut PgConnection, organization: OrganizationId, filter: &Filter, slice: Slice) -> sqlx::Result<Vec<Line>> {
    sqlx::query_as!(
        Line,
        "select id, at, actor_kind, actor_id, actor_name, operation, subject_kind, subject_id, subject_name, before, after, request_id, address, user_agent
         from audit_log
         where organization_id = $1 and ($2::uuid is null or actor_id = $2) and ($3::text is null or operation = $3)
             and ($4::uuid is null or subject_id = $4) and ($5::timestamptz is null or at >= $5) and ($6::timestamptz is null or at < $6)
             and ($7::timestamptz is null or (at, id) < ($7, $8))
         order by at desc, id desc limit $9",
        organization.0,
        filter.actor,
        filter.operation.as_deref(),
        filter.subject,
        filter.since,
        filter.until,
        slice.at(),
        slice.id(),
        slice.limit,
    )
    .fetch_all(conn)
    .await
}
