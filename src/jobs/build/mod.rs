//! The runner of builds: a small state machine over the steps, each stored as it happens, so that another worker can go on
//! wherever this one stops.

mod record;
mod stages;

use self::record::Recorder;
use super::Deps;
use super::pool::Bell;
use super::reins::{Reins, Stop};
use super::sweep::Sweep;
use super::watch;
use crate::deploy::{EnvironmentRef, Rollout, Target};
use crate::domain::error::Result;
use crate::domain::{BuildId, BuildState, Error, ReleaseId, StepName};
use crate::queue::{self, BuildKind, Claim, Ending, Failure};
use crate::stages::StageError;
use crate::store::pipeline::{self, EnvironmentRow, Subject, Switched};
use crate::store::{OpenTransaction, audit, begin};
use crate::telemetry::metrics;
use crate::telemetry::traces::{self, Kind, Span, names};
use chrono::Utc;
use serde_json::json;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};
use tracing::Instrument as _;

/// Why a build does not reach its end here and now.
#[derive(Debug)]
enum Halt {
    /// A step failed for good.
    Failed(StepName, StageError),
    /// It was stopped: by a cancel, a lost lease, or because this worker stops.
    Stopped,
    /// What it is for is going away.
    Gone(&'static str),
    /// A fault of the control plane itself.
    Fault(Error),
}

/// How often the end of a build is tried to be stored, while its lease lasts.
const STORE_PAUSE: Duration = Duration::from_millis(300);

/// Runs one build to its end, or until it must stop, and stores which. It stands in the trace of whoever asked for it.
pub async fn run<T: Target + Send + Sync>(deps: &Deps<T>, claim: Claim, reins: Arc<Reins>, bell: &Bell) {
    let waited = Utc::now() - claim.queued_at;
    if claim.first {
        metrics::build_began(claim.kind, waited.to_std().unwrap_or_default());
        Span::past("queue", claim.trace_parent, claim.queued_at.into(), SystemTime::now());
    }
    let span = Span::begin(Kind::Server, claim.trace_parent, || format!("RUN {}", claim.kind).into());
    if span.records() {
        span.tell(names::CICD_PIPELINE_NAME, claim.kind.as_str());
        span.tell(names::CICD_PIPELINE_RUN_ID, claim.build.to_string());
        span.tell("slipform.organization.id", claim.organization.to_string());
        span.tell("slipform.app.id", claim.app.to_string());
        span.tell("slipform.environment.id", claim.environment.to_string());
        span.tell("slipform.build.attempt", i64::from(claim.attempt));
    }
    let work = async {
        let log = tracing::info_span!("build", trace_id = traces::trace_id());
        run_in(deps, &claim, &reins, bell, &span).instrument(log).await;
    };
    span.around(work).await;
}

async fn run_in<T: Target + Send + Sync>(deps: &Deps<T>, claim: &Claim, reins: &Arc<Reins>, bell: &Bell, span: &Span) {
    let begun = Instant::now();
    let recorder = Recorder::new(deps.database.worker.clone(), reins.clone(), bell.clone());
    tracing::info!(build = %claim.build, attempt = claim.attempt, "a build begins");
    let driven = drive(deps, claim, &recorder);
    let result = futures::FutureExt::catch_unwind(std::panic::AssertUnwindSafe(driven)).await;
    let result = result.unwrap_or_else(|panic| Err(Halt::Fault(Error::internal(super::pool::panic_message(&*panic)))));
    // Ending takes a transaction; while Postgres does not answer it is tried as long as the lease can last.
    while reins.why() != Some(Stop::Lost) {
        match end(deps, claim, reins, bell, &result).await {
            Ok(state) => return tell_of(span, claim, state, &result, begun),
            Err(error) => tracing::warn!(build = %claim.build, error = &error as &dyn std::error::Error, "could not store how a build ended"),
        }
        tokio::time::sleep(STORE_PAUSE).await;
    }
    tell_of(span, claim, None, &result, begun);
    tracing::warn!(build = %claim.build, "lost the lease of a build; another worker goes on");
}

/// Says in the span and in the metrics what became of a build; `state`: none where another worker goes on with it.
fn tell_of(span: &Span, claim: &Claim, state: Option<BuildState>, result: &Result<ReleaseId, Halt>, begun: Instant) {
    if let Some(state) = state.filter(|state| state.is_final()) {
        metrics::build_ended(state);
        metrics::build_took(claim.kind, state, begun.elapsed());
    }
    let words = match (state, result) {
        (Some(BuildState::Succeeded), _) => "success",
        (Some(BuildState::Failed), Err(Halt::Failed(_, error))) => {
            span.fail(error.code.clone());
            "failure"
        }
        (Some(BuildState::Failed), _) => {
            span.fail("internal-error");
            "error"
        }
        (Some(BuildState::Cancelled), _) => "cancellation",
        // It is not over: it waits again, a newer one took its place, or somebody else runs it.
        _ => "skip",
    };
    span.tell(names::CICD_PIPELINE_RESULT, words);
}

async fn drive<T: Target + Send + Sync>(deps: &Deps<T>, claim: &Claim, recorder: &Recorder) -> Result<ReleaseId, Halt> {
    let subject = recorder.persist(|mut conn| async move { pipeline::subject(&mut conn, claim.build).await }).await?;
    let Some(subject) = subject else { return Err(Halt::Stopped) };
    if subject.at.deleting {
        return Err(Halt::Gone("The app or its environment is being deleted."));
    }
    let release = match (claim.kind, claim.release) {
        (BuildKind::Rollback, Some(release)) if subject.release_ready => release,
        (BuildKind::Repair, Some(release)) if subject.release_ready => {
            stages::provision(deps, &subject, recorder).await?;
            release
        }
        (BuildKind::Rollback | BuildKind::Repair, _) => {
            let error = StageError::fail("release-removed", "The release is gone", "The files of the release that this build brings back were removed.")
                .hint("Choose a newer release, or build the design version again.");
            return Err(Halt::Failed(StepName::Rollout, error));
        }
        (BuildKind::Build, _) => stages::make_release(deps, claim, subject.clone(), recorder).await?,
    };
    roll_out(deps, claim, &subject, release, recorder).await?;
    Ok(release)
}

async fn roll_out<T: Target + Send + Sync>(deps: &Deps<T>, claim: &Claim, subject: &Subject, release: ReleaseId, recorder: &Recorder) -> Result<(), Halt> {
    let at = &environment_ref(&subject.at);
    let address = recorder
        .attempts(StepName::Rollout, |log| async move {
            let rollout = Rollout { release, build: claim.build, fence: claim.fence, cancel: recorder.token() };
            deps.target.rollout(at, &rollout, &log).await
        })
        .await?;
    recorder.succeeded(StepName::Rollout, &serde_json::json!({ "address": address })).await
}

/// Stores how a build ended, in one transaction with what follows from it. The answer: its state now; none where the lease was lost.
async fn end<T>(deps: &Deps<T>, claim: &Claim, reins: &Reins, bell: &Bell, result: &Result<ReleaseId, Halt>) -> Result<Option<BuildState>> {
    let pool = &deps.database.worker;
    let mut tx = begin(pool).await?;
    let ended = match (result, reins.why()) {
        (_, Some(Stop::Lost)) => return Ok(None),
        (Ok(release), _) => {
            if let Some(switched) = pipeline::go_live(&mut tx, claim.environment, *release).await? {
                tell(&mut tx, claim, *release, &switched).await?;
            }
            let ended = queue::finish(&mut tx, claim.hold(), Ending::Succeeded).await?;
            queue::jobs::enqueue(&mut tx, Some(claim.organization), "sweep", &Sweep { environment: claim.environment }).await?;
            watch::begin(&mut tx, claim.organization, claim.environment).await?;
            ended
        }
        (Err(Halt::Stopped), None | Some(Stop::Drain)) => queue::give_back(&mut tx, claim.hold()).await?,
        (Err(Halt::Stopped), Some(Stop::Cancel)) => queue::finish(&mut tx, claim.hold(), Ending::Cancelled("Cancelled on request.".into())).await?,
        (Err(Halt::Gone(reason)), _) => queue::finish(&mut tx, claim.hold(), Ending::Cancelled((*reason).into())).await?,
        (Err(Halt::Failed(step, error)), _) => queue::finish(&mut tx, claim.hold(), Ending::Failed(failure(Some(*step), error))).await?,
        (Err(Halt::Fault(error)), _) => {
            tracing::error!(build = %claim.build, error = error as &dyn std::error::Error, "a fault of Slipform ended a build");
            let error = StageError::fail(
                "internal-error",
                "Slipform itself has a fault",
                "Something went wrong that is not about this design; the operator finds it in the worker's log.",
            );
            queue::finish(&mut tx, claim.hold(), Ending::Failed(failure(None, &error))).await?
        }
    };
    let Some(ended) = ended else {
        tx.rollback().await?;
        reins.stop(Stop::Lost);
        return Ok(None);
    };
    if ended.state.is_final() && result.is_err() {
        pipeline::restore_runtime(&mut tx, claim.environment).await?;
    }
    tx.commit().await?;
    bell.ring(claim.build);
    tracing::info!(build = %claim.build, state = %ended.state, "a build ended");
    // Otherwise this worker has a free slot and looks by itself.
    if ended.wake && reins.draining.is_cancelled() {
        queue::wake(pool).await;
    }
    Ok(Some(ended.state))
}

/// A line of the audit log: what is live is another release than before.
async fn tell(tx: &mut OpenTransaction, claim: &Claim, release: ReleaseId, switched: &Switched) -> Result<()> {
    let operation = if claim.kind == BuildKind::Rollback { "release.rolled_back" } else { "release.live" };
    let name = format!("{}/{}/{}", switched.app, switched.environment, switched.after);
    let (before, after) = (json!({ "live": switched.before }), json!({ "live": switched.after, "build": claim.build }));
    Ok(audit::insert_of_worker(tx, claim.organization, operation, ("release", release.0, &name), (&before, &after)).await?)
}

fn failure(step: Option<StepName>, error: &StageError) -> Failure {
    Failure {
        step: step.map(|step| step.to_string()),
        code: error.code.clone(),
        title: record::clean(&error.title),
        detail: record::clean(&error.detail),
        hint: error.hint.as_deref().map(record::clean),
        elements: error.elements.iter().map(|id| record::clean(id)).collect(),
    }
}

/// A build makes at most one release, and both share their uuid: a worker that goes on for another finds the same place.
fn release_of(build: BuildId) -> ReleaseId {
    ReleaseId(build.0)
}

/// An environment in the words of its target.
pub fn environment_ref(row: &EnvironmentRow) -> EnvironmentRef {
    EnvironmentRef {
        organization: row.organization,
        app: row.app,
        environment: row.environment,
        app_slug: row.app_slug.clone(),
        environment_slug: row.environment_slug.clone(),
        host_label: row.app_label.clone(),
        kind: row.kind,
        target: row.target,
        domain: row.domain.clone(),
        account: row.account,
    }
}
