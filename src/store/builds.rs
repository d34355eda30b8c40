//! Builds and their steps, for reading; the queue writes them.

use super::Slice;
use crate::domain::{AppId, BuildId, BuildKind, BuildState, DesignVersionId, EnvironmentId, OrganizationId, ReleaseId, StepName, StepState, UserId};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::Value;
use sqlx::PgConnection;
use sqlx::types::Json;

/// A build.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct Build {
    pub id: BuildId,
    pub number: i32,
    pub kind: BuildKind,
    pub environment_id: EnvironmentId,
    pub environment: String,
    pub design_version_id: DesignVersionId,
    pub design_version: i32,
    pub release_id: Option<ReleaseId>,
    /// Number of the release that it made or goes back to.
    pub release: Option<i32>,
    pub state: BuildState,
    pub reason: Option<String>,
    /// `{step, code, title, detail, hint, elements}`
    pub error: Option<Value>,
    pub attempt: i32,
    pub cancel_requested: bool,
    pub superseded_by: Option<i32>,
    pub created_by: Option<UserId>,
    pub created_at: DateTime<Utc>,
    pub started_at: Option<DateTime<Utc>>,
    pub finished_at: Option<DateTime<Utc>>,
}

/// A step of a build.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(missing_docs)]
pub struct Step {
    pub name: StepName,
    pub state: StepState,
    pub attempt: i32,
    pub started_at: Option<DateTime<Utc>>,
    pub finished_at: Option<DateTime<Utc>>,
    pub output: Option<Value>,
    pub error: Option<Value>,
}

/// Builds of an app, the newest first.
pub async fn list(
    conn: &mut PgConnection,
    organization: OrganizationId,
    app: AppId,
    environment: Option<&str>,
    state: Option<BuildState>,
    slice: Slice,
) -> sqlx::Result<Vec<Build>> {
    sqlx::query_as!(
        Build,
        "select b.id as \"id: BuildId\", b.number, b.kind as \"kind: BuildKind\", b.environment_id as \"environment_id: EnvironmentId\", e.slug as environment,
             b.design_version_id as \"design_version_id: DesignVersionId\", d.number as design_version,
             r.id as \"release_id?: ReleaseId\", r.number as \"release?\", b.state as \"state: BuildState\", b.reason, b.error, b.attempt,
             b.cancel_requested, s.number as \"superseded_by?\", b.created_by as \"created_by: UserId\", b.created_at, b.started_at, b.finished_at
         from builds b
         join environments e on e.id = b.environment_id
         join design_versions d on d.id = b.design_version_id
         left join releases r on r.id = b.release_id
         left join builds s on s.id = b.superseded_by
         where b.organization_id = $1 and b.app_id = $2 and ($3::text is null or e.slug = $3) and ($4::text is null or b.state = $4)
             and ($5::timestamptz is null or (b.created_at, b.id) < ($5, $6))
         order by b.created_at desc, b.id desc limit $7",
        organization.0,
        app.0,
        environment,
        state.map(BuildState::as_str),
        slice.at(),
        slice.id(),
        slice.limit,
    )
    .fetch_all(conn)
    .await
}

/// The build of an app with this number, and its steps in order.
pub async fn find(conn: &mut PgConnection, organization: OrganizationId, app: AppId, number: i32) -> sqlx::Result<Option<(Build, Vec<Step>)>> {
    let found = sqlx::query!(
        "select b.id as \"id: BuildId\", b.number, b.kind as \"kind: BuildKind\", b.environment_id as \"environment_id: EnvironmentId\", e.slug as environment,
             b.design_version_id as \"design_version_id: DesignVersionId\", d.number as design_version,
             r.id as \"release_id?: ReleaseId\", r.number as \"release?\", b.state as \"state: BuildState\", b.reason, b.error, b.attempt,
             b.cancel_requested, s.number as \"superseded_by?\", b.created_by as \"created_by: UserId\", b.created_at, b.started_at, b.finished_at,
             coalesce((select jsonb_agg(jsonb_build_object('name', t.name, 'state', t.state, 'attempt', t.attempt, 'startedAt', t.started_at,
                 'finishedAt', t.finished_at, 'output', t.output, 'error', t.error) order by t.position) from steps t where t.build_id = b.id
                 and t.organization_id = b.organization_id), '[]') as \"steps!: Json<Vec<Step>>\"
         from builds b
         join environments e on e.id = b.environment_id
         join design_versions d on d.id = b.design_version_id
         left join releases r on r.id = b.release_id
         left join builds s on s.id = b.superseded_by
         where b.organization_id = $1 and b.app_id = $2 and b.number = $3",
        organization.0,
        app.0,
        number,
    )
    .fetch_optional(conn)
    .await?;
    Ok(found.map(|row| {
        let build = Build {
            id: row.id,
            number: row.number,
            kind: row.kind,
            environment_id: row.environment_id,
            environment: row.environment,
            design_version_id: row.design_version_id,
            design_version: row.design_version,
            release_id: row.release_id,
            release: row.release,
            state: row.state,
            reason: row.reason,
            error: row.error,
            attempt: row.attempt,
            cancel_requested: row.cancel_requested,
            superseded_by: row.superseded_by,
            created_by: row.created_by,
            created_at: row.created_at,
            started_at: row.started_at,
            finished_at: row.finished_at,
        };
        (build, row.steps.0)
    }))
}

/// What a build is now.
pub async fn state(conn: &mut PgConnection, organization: OrganizationId, id: BuildId) -> sqlx::Result<Option<BuildState>> {
    sqlx::query_scalar!("select state as \"state: BuildState\" from builds where organization_id = $1 and id = $2", organization.0, id.0)
        .fetch_optional(conn)
        .await
}
