//! Asks the host for a release and waits until it is live, or until the host says why it cannot be.

use super::{HOST_LIMIT, LocalTarget, ROLLOUT_LIMIT, database_failed};
use crate::deploy::{EnvironmentRef, Rollout};
use crate::stages::{Level, Log, StageError};
use crate::store::runtimes::{self, Change, Ear, Progress};
use std::time::Duration;
use tokio::time::Instant;

/// Behind the notifications, which can be lost.
pub(super) const POLL: Duration = Duration::from_millis(250);

/// The words for everybody who waits for a host that does not run.
pub(super) const NO_HOST: &str = "no host process is running; start `slipform host` or `slipform up`";

pub(super) async fn run(target: &LocalTarget, env: &EnvironmentRef, rollout: &Rollout, log: &Log) -> Result<String, StageError> {
    let failed = |e: sqlx::Error| database_failed(&e);
    // Listening before asking: an answer cannot be missed.
    let mut ear = Ear::of_observed(&target.worker).await.map_err(failed)?;
    let label = LocalTarget::label(env);
    let change = Change {
        organization: env.organization,
        app: env.app,
        environment: env.environment,
        host_label: &label,
        release: rollout.release,
        build: rollout.build,
        fence: rollout.fence,
    };
    let mut conn = target.worker.acquire().await.map_err(failed)?;
    let generation = runtimes::desire(&mut conn, &change).await.map_err(failed)?.ok_or_else(overtaken)?;
    drop(conn);
    log.info("The new release starts beside the one that is live.");

    let outcome = tokio::select! {
        outcome = wait(target, env, generation, rollout, &mut ear) => outcome,
        () = rollout.cancel.cancelled() => Err(StageError::cancelled()),
    };
    match outcome {
        Ok(()) => {
            let address = target.address(env);
            log.info(format!("It is healthy, and {address} shows it."));
            Ok(address)
        }
        Err(error) => {
            if error.code != "overtaken" {
                go_back(target, env, generation, rollout, log).await;
            }
            Err(error)
        }
    }
}

async fn wait(target: &LocalTarget, env: &EnvironmentRef, generation: i64, rollout: &Rollout, ear: &mut Ear) -> Result<(), StageError> {
    let end = Instant::now() + ROLLOUT_LIMIT;
    let mut host_seen = Instant::now();
    let mut pause = Duration::ZERO;
    loop {
        // Whatever is heard, or the poll, leads to the same look at the row; an ear that fails leaves the poll.
        if !pause.is_zero() && matches!(tokio::time::timeout(pause, ear.next()).await, Ok(Err(_))) {
            tokio::time::sleep(pause).await;
        }
        pause = POLL;
        // Postgres may be restarting: only the time limit ends the wait.
        let Ok(progress) = runtimes::progress(&target.worker, env.environment).await else {
            tokio::time::sleep(POLL).await;
            if Instant::now() > end {
                return Err(StageError::retry("database-unavailable", "The database did not answer", "It was away for too long while the release started."));
            }
            continue;
        };
        let progress = progress.ok_or_else(overtaken)?;
        if progress.generation != generation {
            return Err(overtaken());
        }
        if progress.observed_generation >= generation {
            return judge(progress, rollout);
        }
        if runtimes::host_is_running(&target.worker).await.unwrap_or(true) {
            host_seen = Instant::now();
        }
        if host_seen.elapsed() > HOST_LIMIT {
            return Err(StageError::retry("no-host", "Nothing runs the apps of this machine", NO_HOST));
        }
        if Instant::now() > end {
            return Err(StageError::retry(
                "rollout-timeout",
                "The release did not start in time",
                format!("The host did not bring it live within {} seconds.", ROLLOUT_LIMIT.as_secs()),
            ));
        }
    }
}

fn judge(progress: Progress, rollout: &Rollout) -> Result<(), StageError> {
    if progress.observed == "running" && progress.observed_release == Some(rollout.release) {
        return Ok(());
    }
    let message = progress.message.unwrap_or_else(|| "The server did not become healthy.".to_owned());
    let detail = match progress.log_tail.filter(|tail| !tail.is_empty()) {
        Some(tail) => format!("{message}\n\nIts last lines were:\n{tail}"),
        None => message,
    };
    Err(StageError::fail("start-failed", "The new release does not start", detail)
        .hint("What was live before still is. Mend the cause that the last lines name, and build again."))
}

/// What was live becomes desired again. If this cannot be written now, the next rollout or the rescued build writes its own.
async fn go_back(target: &LocalTarget, env: &EnvironmentRef, generation: i64, rollout: &Rollout, log: &Log) {
    let result = async {
        let mut conn = target.worker.acquire().await?;
        runtimes::desire_live_again(&mut conn, env.environment, generation, rollout.fence).await
    };
    match result.await {
        Ok(true) => log.line(Level::Warn, "What was live before stays."),
        Ok(false) => {}
        Err(error) => tracing::error!(environment = %env.environment, %error, "could not go back to what was live"),
    }
}

fn overtaken() -> StageError {
    StageError::fail("overtaken", "A newer build has taken over", "The environment was changed by a newer build, or is being deleted.")
}
