use super::{CANCEL, EVENTS, Hold, build_event};
use crate::domain::{BuildId, BuildState, EnvironmentId, OrganizationId};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sqlx::PgConnection;

/// Why a build failed; stored with it, and what the API answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct Failure {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<String>,
    pub code: String,
    pub title: String,
    pub detail: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub elements: Vec<String>,
}

/// How a worker ends a build that it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Ending {
    Succeeded,
    Failed(Failure),
    /// With the reason, for people.
    Cancelled(String),
}

/// What became of a build that ran.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Ended {
    pub build: BuildId,
    pub environment: EnvironmentId,
    /// `Queued`: it waits again.
    pub state: BuildState,
    /// Whether [`super::wake`] is due after the commit.
    pub wake: bool,
}

/// What a request to cancel did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CancelOutcome {
    /// It still waited, and is cancelled.
    Cancelled,
    /// It runs; its worker will see the request soon.
    Requested,
    /// It had ended before.
    AlreadyFinal(BuildState),
}

enum Wish {
    End(Ending),
    GiveBack,
    Rescue { max_attempts: i32 },
}

/// Ends a build. `None`: the hold is no longer good, nothing changed here, and the caller rolls its transaction back.
/// A build that fails after somebody asked to cancel it ends as cancelled; one that succeeds all the same has succeeded.
pub async fn finish(conn: &mut PgConnection, hold: Hold, ending: Ending) -> sqlx::Result<Option<Ended>> {
    leave(conn, hold, Wish::End(ending)).await
}

/// Puts a running build back in line, before everything else of its organization, because its worker stops. That
/// does not count as an attempt. If a newer build waits, that one takes over and this one ends as superseded.
pub async fn give_back(conn: &mut PgConnection, hold: Hold) -> sqlx::Result<Option<Ended>> {
    leave(conn, hold, Wish::GiveBack).await
}

/// Builds whose lease is over, to be passed to [`rescue`] one by one, each in a transaction of its own.
pub async fn expired(conn: &mut PgConnection) -> sqlx::Result<Vec<Hold>> {
    sqlx::query_as!(
        Hold,
        "select id as \"build: BuildId\", fence as \"fence!\" from builds
         where state = 'running' and lease_until < clock_timestamp() order by sequence limit 100"
    )
    .fetch_all(conn)
    .await
}

/// Takes a build from a worker that no longer answers: it goes back in line, or ends as cancelled where that was
/// requested, as superseded where a newer one waits, as failed after `max_attempts`. `None`: somebody else did, or the worker lives.
pub async fn rescue(conn: &mut PgConnection, hold: Hold, max_attempts: i32) -> sqlx::Result<Option<Ended>> {
    leave(conn, hold, Wish::Rescue { max_attempts }).await
}

async fn lock(conn: &mut PgConnection, build: BuildId) -> sqlx::Result<Option<Line>> {
    let Some(ids) = sqlx::query!("select organization_id, environment_id from builds where id = $1", build.0).fetch_optional(&mut *conn).await? else {
        return Ok(None);
    };
    let wheel = sqlx::query!(
        "select running < max_running and ready > 0 as \"runnable!\" from queue_organizations where organization_id = $1 for no key update",
        ids.organization_id,
    )
    .fetch_optional(&mut *conn)
    .await?;
    let line = sqlx::query!(
        "select running_build as \"running: BuildId\", queued_build as \"queued: BuildId\" from queue_environments
         where environment_id = $1 for no key update",
        ids.environment_id,
    )
    .fetch_optional(conn)
    .await?;
    Ok(wheel.zip(line).map(|(wheel, line)| Line {
        organization: ids.organization_id.into(),
        environment: ids.environment_id.into(),
        runnable: wheel.runnable,
        running: line.running,
        queued: line.queued,
    }))
}

/// The locked rows of the wheel and of the environment.
struct Line {
    organization: OrganizationId,
    environment: EnvironmentId,
    runnable: bool,
    running: Option<BuildId>,
    queued: Option<BuildId>,
}

struct Fate {
    state: BuildState,
    reason: Option<String>,
    failure: Option<Failure>,
    superseded_by: Option<BuildId>,
}

impl Fate {
    fn of(state: BuildState, reason: impl Into<String>) -> Self {
        Self { state, reason: Some(reason.into()), failure: None, superseded_by: None }
    }

    fn failed(failure: Failure) -> Self {
        Self { state: BuildState::Failed, reason: Some(failure.title.clone()), failure: Some(failure), superseded_by: None }
    }

    fn superseded(newer: BuildId, reason: &str) -> Self {
        Self { superseded_by: Some(newer), ..Self::of(BuildState::Superseded, reason) }
    }
}

async fn leave(conn: &mut PgConnection, hold: Hold, wish: Wish) -> sqlx::Result<Option<Ended>> {
    let Some(line) = lock(conn, hold.build).await? else { return Ok(None) };
    let build = sqlx::query!(
        "select attempt, cancel_requested, sequence, coalesce(lease_until < clock_timestamp(), true) as \"expired!\" from builds
         where id = $1 and fence = $2 and state = 'running' for no key update",
        hold.build.0,
        hold.fence,
    )
    .fetch_optional(&mut *conn)
    .await?;
    let Some(build) = build.filter(|_| line.running == Some(hold.build)) else { return Ok(None) };
    let rescued = matches!(wish, Wish::Rescue { .. });
    if rescued && !build.expired {
        return Ok(None);
    }
    let cancelled = || Fate::of(BuildState::Cancelled, "Cancelled on request.");
    let fate = match (wish, line.queued) {
        (Wish::End(Ending::Succeeded), _) => Fate { state: BuildState::Succeeded, reason: None, failure: None, superseded_by: None },
        (Wish::End(Ending::Cancelled(reason)), _) => Fate::of(BuildState::Cancelled, reason),
        _ if build.cancel_requested => cancelled(),
        (Wish::End(Ending::Failed(failure)), _) => Fate::failed(failure),
        (Wish::GiveBack, Some(newer)) => Fate::superseded(newer, "Its worker stopped while a newer build was waiting, which takes over."),
        (Wish::GiveBack, None) => Fate::of(BuildState::Queued, "Its worker stopped; another one goes on where it was."),
        (Wish::Rescue { .. }, Some(newer)) => Fate::superseded(newer, "Its worker was lost while a newer build was waiting, which takes over."),
        (Wish::Rescue { max_attempts }, None) if build.attempt >= max_attempts => Fate::failed(Failure {
            step: None,
            code: "worker-lost".into(),
            title: "The build's worker was lost".into(),
            detail: format!("{max_attempts} workers in a row stopped answering while they ran this build."),
            hint: Some("Look at the workers' logs, most likely the machine ran out of memory, then build again.".into()),
            elements: Vec::new(),
        }),
        (Wish::Rescue { .. }, None) => Fate::of(BuildState::Queued, "Its worker was lost; another one goes on where it was."),
    };
    let requeued = fate.state == BuildState::Queued;
    let failure = fate.failure.as_ref().map(serde_json::to_value).transpose().map_err(|error| sqlx::Error::Encode(error.into()))?;
    sqlx::query!(
        "update builds set state = $2, reason = $3, error = $4, superseded_by = $5, worker = null, lease_until = null,
             fence = case when $6 then null else fence end, attempt = attempt - $7,
             finished_at = case when $6 then null else clock_timestamp() end
         where id = $1",
        hold.build.0,
        fate.state.as_str(),
        fate.reason,
        failure,
        fate.superseded_by.map(|b| b.0),
        requeued,
        i32::from(requeued && !rescued),
    )
    .execute(&mut *conn)
    .await?;
    let waits = requeued || line.queued.is_some();
    sqlx::query!(
        "update queue_environments set running_build = null,
             queued_build = case when $2 then $3 else queued_build end,
             queued_priority = case when $2 then -1 else queued_priority end,
             queued_sequence = case when $2 then $4 else queued_sequence end
         where environment_id = $1",
        line.environment.0,
        requeued,
        hold.build.0,
        build.sequence,
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!("update queue_organizations set running = running - 1, ready = ready + $2 where organization_id = $1", line.organization.0, i32::from(waits),)
        .execute(&mut *conn)
        .await?;
    close_steps(conn, hold.build, fate.state).await?;
    let mut data = json!({ "state": fate.state });
    if let Some(reason) = fate.reason {
        data["reason"] = reason.into();
    }
    if let Some(failure) = failure {
        data["error"] = failure;
    }
    build_event(conn, hold.build, data).await?;
    Ok(Some(Ended { build: hold.build, environment: line.environment, state: fate.state, wake: !line.runnable }))
}

/// Steps follow their build: when it waits again, a running one is pending again; when it has ended, none runs or pends.
pub(super) async fn close_steps(conn: &mut PgConnection, build: BuildId, state: BuildState) -> sqlx::Result<()> {
    let (running, pending) = match state {
        BuildState::Queued => ("pending", "pending"),
        BuildState::Failed => ("failed", "skipped"),
        _ => ("cancelled", "skipped"),
    };
    sqlx::query!(
        "with before as (
             select name, state from steps where build_id = $1 and state in ('running', 'pending') for no key update
         ), changed as (
             update steps s set state = case b.state when 'running' then $2 else $3 end,
                 finished_at = case when b.state = 'running' and $2 <> 'pending' then clock_timestamp() end
             from before b
             where s.build_id = $1 and s.name = b.name and s.state <> case b.state when 'running' then $2 else $3 end
             returning s.build_id, s.organization_id, s.name, s.state, s.attempt, s.position
         )
         insert into build_events (build_id, organization_id, type, step, data)
         select build_id, organization_id, 'step', name, jsonb_build_object('name', name, 'state', state, 'attempt', attempt)
         from changed order by position",
        build.0,
        running,
        pending,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Cancels a build that waits, and asks the worker of one that runs to stop. `None`: the organization has no such build.
pub async fn cancel(conn: &mut PgConnection, organization: OrganizationId, build: BuildId) -> sqlx::Result<Option<CancelOutcome>> {
    let known = sqlx::query_scalar!("select exists (select from builds where organization_id = $1 and id = $2) as \"known!\"", organization.0, build.0)
        .fetch_one(&mut *conn)
        .await?;
    if !known {
        return Ok(None);
    }
    let line = lock(conn, build).await?;
    let outcome = if let Some(line) = line.filter(|line| line.queued == Some(build)) {
        let reason = "Cancelled on request, before it began.";
        sqlx::query!(
            "update builds set state = 'cancelled', reason = $2, finished_at = clock_timestamp() where id = $1 and organization_id = $3",
            build.0,
            reason,
            organization.0,
        )
        .execute(&mut *conn)
        .await?;
        sqlx::query!(
            "update queue_environments set queued_build = null, queued_sequence = null where environment_id = $1 and organization_id = $2",
            line.environment.0,
            organization.0,
        )
        .execute(&mut *conn)
        .await?;
        if line.running.is_none() {
            sqlx::query!("update queue_organizations set ready = ready - 1 where organization_id = $1", organization.0).execute(&mut *conn).await?;
        }
        close_steps(conn, build, BuildState::Cancelled).await?;
        build_event(conn, build, json!({ "state": "cancelled", "reason": reason })).await?;
        CancelOutcome::Cancelled
    } else {
        let running = sqlx::query!(
            "update builds b set cancel_requested = true
             from (select id, cancel_requested from builds where id = $1 and organization_id = $2 for no key update) as before
             where b.id = before.id and b.state = 'running' returning before.cancel_requested as \"again!\"",
            build.0,
            organization.0,
        )
        .fetch_optional(&mut *conn)
        .await?;
        let Some(running) = running else {
            let state =
                sqlx::query_scalar!("select state as \"state: BuildState\" from builds where id = $1 and organization_id = $2", build.0, organization.0,)
                    .fetch_one(conn)
                    .await?;
            return Ok(Some(CancelOutcome::AlreadyFinal(state)));
        };
        if !running.again {
            build_event(conn, build, json!({ "state": "running", "cancelRequested": true })).await?;
        }
        // Cancels are rare enough for a NOTIFY inside the transaction; it is sent by the commit.
        sqlx::query!("select pg_notify($1, $2)", CANCEL, build.to_string()).fetch_one(&mut *conn).await?;
        CancelOutcome::Requested
    };
    sqlx::query!("select pg_notify($1, $2)", EVENTS, build.to_string()).fetch_one(conn).await?;
    Ok(Some(outcome))
}
