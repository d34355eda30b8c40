use super::{EVENTS, build_event};
use crate::domain::{AppId, BuildId, BuildKind, DesignVersionId, EnvironmentId, OrganizationId, ReleaseId, StepName, TraceParent, UserId};
use serde_json::json;
use sqlx::PgConnection;

/// A build that shall be queued.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct NewBuild {
    pub id: BuildId,
    pub organization: OrganizationId,
    pub app: AppId,
    pub environment: EnvironmentId,
    pub kind: BuildKind,
    pub design_version: DesignVersionId,
    /// The release that a rollback goes back to; none for a build.
    pub release: Option<ReleaseId>,
    pub created_by: Option<UserId>,
    /// Where the request that asked for it stands in its trace.
    pub trace_parent: Option<TraceParent>,
    /// Smaller comes first among the environments of one organization; 0 as a rule.
    pub priority: i16,
}

/// What queueing did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enqueued {
    /// The build's number in its app.
    pub number: i32,
    /// The build whose place in line it took.
    pub superseded: Option<BuildId>,
    /// Whether [`super::wake`] is due after the commit: the organization has just become able to run something.
    pub wake: bool,
}

/// Queues a build with its steps. An older build of the environment that still waits ends as superseded, and this
/// one takes its place in line. Refuses nothing: whether the app may be built is the caller's question.
pub async fn enqueue(conn: &mut PgConnection, new: &NewBuild) -> sqlx::Result<Enqueued> {
    sqlx::query!("insert into queue_organizations (organization_id) values ($1) on conflict do nothing", new.organization.0).execute(&mut *conn).await?;
    let wheel = sqlx::query!(
        "select running < max_running as \"free!\", ready from queue_organizations where organization_id = $1 for no key update",
        new.organization.0,
    )
    .fetch_one(&mut *conn)
    .await?;
    sqlx::query!(
        "insert into queue_environments (environment_id, organization_id) values ($1, $2) on conflict do nothing",
        new.environment.0,
        new.organization.0,
    )
    .execute(&mut *conn)
    .await?;
    let line = sqlx::query!(
        "select running_build, queued_build as \"queued_build: BuildId\" from queue_environments
         where environment_id = $1 and organization_id = $2 for no key update",
        new.environment.0,
        new.organization.0,
    )
    .fetch_one(&mut *conn)
    .await?;

    let (number, sequence) = insert(conn, new).await?;
    if let Some(older) = line.queued_build {
        supersede(conn, new, older, number).await?;
        sqlx::query!(
            "update queue_environments set queued_build = $2, queued_priority = least(queued_priority, $3)
             where environment_id = $1 and organization_id = $4",
            new.environment.0,
            new.id.0,
            new.priority,
            new.organization.0,
        )
        .execute(&mut *conn)
        .await?;
        return Ok(Enqueued { number, superseded: Some(older), wake: false });
    }
    sqlx::query!(
        "update queue_environments set queued_build = $2, queued_priority = $3, queued_sequence = $4 where environment_id = $1 and organization_id = $5",
        new.environment.0,
        new.id.0,
        new.priority,
        sequence,
        new.organization.0,
    )
    .execute(&mut *conn)
    .await?;
    let idle = line.running_build.is_none();
    if idle {
        sqlx::query!("update queue_organizations set ready = ready + 1 where organization_id = $1", new.organization.0).execute(&mut *conn).await?;
    }
    Ok(Enqueued { number, superseded: None, wake: idle && wheel.free && wheel.ready == 0 })
}

/// The build's row, its steps and its first event. The organization's row is locked, so that no other build takes the number.
async fn insert(conn: &mut PgConnection, new: &NewBuild) -> sqlx::Result<(i32, i64)> {
    let names: Vec<String> = StepName::ALL.iter().map(ToString::to_string).collect();
    let pending = |name: StepName| match new.kind {
        BuildKind::Build => true,
        BuildKind::Rollback => name == StepName::Rollout,
        BuildKind::Repair => matches!(name, StepName::Provision | StepName::Rollout),
    };
    let states: Vec<String> = StepName::ALL.iter().map(|name| if pending(*name) { "pending" } else { "skipped" }.to_owned()).collect();
    let row = sqlx::query!(
        "with build as (
             insert into builds (id, organization_id, app_id, environment_id, number, kind, design_version_id, release_id, created_by, trace_parent)
             select $1, $2, $3, $4, greatest(a.builds_gone, (select max(number) from builds where app_id = a.id)) + 1, $5, $6, $7, $8, $9
             from apps a where a.id = $3 and a.organization_id = $2
             returning id, organization_id, number, sequence
         ), step as (
             insert into steps (build_id, organization_id, name, state, position)
             select b.id, b.organization_id, s.name, s.state, s.position
             from build b cross join unnest($10::text[], $11::text[]) with ordinality as s (name, state, position)
         ), event as (
             insert into build_events (build_id, organization_id, type, data)
             select id, organization_id, 'build', '{\"state\": \"queued\"}' from build
         )
         select number, sequence from build",
        new.id.0,
        new.organization.0,
        new.app.0,
        new.environment.0,
        new.kind.as_str(),
        new.design_version.0,
        new.release.map(|r| r.0),
        new.created_by.map(|u| u.0),
        new.trace_parent.map(|trace| trace.to_string()),
        &names,
        &states,
    )
    .fetch_one(conn)
    .await?;
    Ok((row.number, row.sequence))
}

/// The build `older` of the same environment gives its place to the new one.
async fn supersede(conn: &mut PgConnection, new: &NewBuild, older: BuildId, number: i32) -> sqlx::Result<()> {
    let reason = format!("Build {number} took its place before it began.");
    sqlx::query!(
        "update builds set state = 'superseded', superseded_by = $2, reason = $3, finished_at = clock_timestamp() where id = $1 and organization_id = $4",
        older.0,
        new.id.0,
        reason,
        new.organization.0,
    )
    .execute(&mut *conn)
    .await?;
    super::ending::close_steps(conn, older, crate::domain::BuildState::Superseded).await?;
    build_event(conn, older, json!({ "state": "superseded", "reason": reason })).await?;
    // Rare enough for a NOTIFY inside the transaction.
    sqlx::query!("select pg_notify($1, $2)", EVENTS, older.to_string()).fetch_one(conn).await?;
    Ok(())
}
