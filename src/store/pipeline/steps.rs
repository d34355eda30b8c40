use crate::domain::{BuildId, StepName, StepState};
use serde_json::Value;
use sqlx::PgConnection;

/// A step as it is stored.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct StepRow {
    pub name: StepName,
    pub state: StepState,
    pub attempt: i32,
    pub output: Option<Value>,
}

/// All steps of a build, in order.
pub async fn steps(conn: &mut PgConnection, build: BuildId) -> sqlx::Result<Vec<StepRow>> {
    sqlx::query_as!(
        StepRow,
        "select name as \"name: StepName\", state as \"state: StepState\", attempt, output from steps where build_id = $1 order by position",
        build.0,
    )
    .fetch_all(conn)
    .await
}

/// A step begins, or begins again. Returns its attempt, from 1; none when the fence is no longer good.
pub async fn start_step(conn: &mut PgConnection, build: BuildId, fence: i64, name: StepName) -> sqlx::Result<Option<i32>> {
    sqlx::query_scalar!(
        "with held as (
             select id from builds where id = $1 and fence = $2 and state = 'running' for no key update
         ), step as (
             update steps s set state = 'running', attempt = attempt + 1, started_at = clock_timestamp(), finished_at = null, output = null, error = null
             from held where s.build_id = held.id and s.name = $3
             returning s.build_id, s.organization_id, s.attempt
         ), event as (
             insert into build_events (build_id, organization_id, type, step, data)
             select build_id, organization_id, 'step', $3, jsonb_build_object('name', $3::text, 'state', 'running', 'attempt', attempt) from step
         )
         select attempt from step",
        build.0,
        fence,
        name.as_str(),
    )
    .fetch_optional(conn)
    .await
}

/// A step ends, with its output or its error. False: the fence is no longer good, and the caller rolls back.
pub async fn end_step(
    conn: &mut PgConnection,
    build: BuildId,
    fence: i64,
    name: StepName,
    state: StepState,
    output: Option<&Value>,
    error: Option<&Value>,
) -> sqlx::Result<bool> {
    let ended = sqlx::query_scalar!(
        "with held as (
             select id from builds where id = $1 and fence = $2 and state = 'running' for no key update
         ), step as (
             update steps s set state = $4, output = $5, error = $6, finished_at = clock_timestamp()
             from held where s.build_id = held.id and s.name = $3
             returning s.build_id, s.organization_id, s.attempt, (extract(epoch from s.finished_at - s.started_at) * 1000)::bigint as duration
         ), event as (
             insert into build_events (build_id, organization_id, type, step, data)
             select build_id, organization_id, 'step', $3, jsonb_strip_nulls(jsonb_build_object(
                 'name', $3::text, 'state', $4::text, 'attempt', attempt, 'durationMs', duration, 'error', $6::jsonb))
             from step
         )
         select attempt from step",
        build.0,
        fence,
        name.as_str(),
        state.as_str(),
        output,
        error,
    )
    .fetch_optional(conn)
    .await?;
    Ok(ended.is_some())
}

/// Adds lines to a step's log, as pairs of level and line. False: the fence is no longer good.
pub async fn log(conn: &mut PgConnection, build: BuildId, fence: i64, step: StepName, levels: &[String], lines: &[String]) -> sqlx::Result<bool> {
    let added = sqlx::query!(
        "with held as (
             select id, organization_id from builds where id = $1 and fence = $2 and state = 'running' for no key update
         )
         insert into build_events (build_id, organization_id, type, step, data)
         select held.id, held.organization_id, 'log', $3, jsonb_build_object('level', l.level, 'line', l.line)
         from held cross join unnest($4::text[], $5::text[]) with ordinality as l (level, line, position) order by l.position",
        build.0,
        fence,
        step.as_str(),
        levels,
        lines,
    )
    .execute(conn)
    .await?;
    Ok(added.rows_affected() > 0 || lines.is_empty())
}
