use super::super::pool::{Bell, panic_message};
use super::super::reins::{Reins, Stop};
use super::Halt;
use crate::domain::error::Result;
use crate::domain::{Error, StepName, StepState};
use crate::stages::{Level, Log, LogLine, StageError};
use crate::store::{Connection, OpenTransaction, Pool, begin, pipeline};
use crate::telemetry::metrics::{self, StepOutcome};
use crate::telemetry::traces::{Span, names};
use serde::Serialize;
use serde_json::Value;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// How often a step is tried when its failure may pass by itself.
const ATTEMPTS: u32 = 3;
/// How long to wait before the second attempt; twice as long before the third.
const BACKOFF: Duration = Duration::from_millis(500);
/// How long log lines are collected before they are stored.
const LOG_EVERY: Duration = Duration::from_millis(100);
/// How many lines of one attempt are stored; what a runaway program prints beyond is dropped.
const LOG_LINES: usize = 20_000;
/// How long a line can be, in bytes.
const LINE_BYTES: usize = 8_192;
/// How often a write is tried again while Postgres does not answer.
const PERSIST_EVERY: Duration = Duration::from_millis(200);
/// How often a write is tried that fails for another reason, such as a deadlock.
const PERSIST_FAULTS: u32 = 4;

/// Stores what happens in a build, under its fencing token.
#[derive(Clone)]
pub struct Recorder {
    pool: Pool,
    reins: Arc<Reins>,
    bell: Bell,
}

impl Recorder {
    pub fn new(pool: Pool, reins: Arc<Reins>, bell: Bell) -> Self {
        Self { pool, reins, bell }
    }

    /// Fires when the build is to stop.
    pub fn token(&self) -> CancellationToken {
        self.reins.token.clone()
    }

    /// Runs one piece of SQL on a connection, as [`Self::again`] says.
    pub async fn persist<R, E, F>(&self, write: impl Fn(Connection) -> F + Sync) -> Result<R, Halt>
    where
        E: Into<Error>,
        F: Future<Output = Result<R, E>> + Send,
    {
        let write = &write;
        self.again(|| async move { write(self.pool.acquire().await?).await.map_err(Into::into) }).await
    }

    /// Does something in the control plane's database, again and again while Postgres does not answer, as long as the lease lasts.
    async fn again<R, F>(&self, write: impl Fn() -> F) -> Result<R, Halt>
    where
        F: Future<Output = Result<R>> + Send,
    {
        let mut faults = 0;
        loop {
            match write().await {
                Ok(result) => return Ok(result),
                Err(error) => {
                    faults += u32::from(!matches!(error, Error::Unavailable { .. }));
                    if faults == PERSIST_FAULTS {
                        return Err(Halt::Fault(error));
                    }
                    tracing::warn!(build = %self.reins.hold.build, error = &error as &dyn std::error::Error, "could not store what happened in a build");
                }
            }
            tokio::time::sleep(PERSIST_EVERY).await;
            if self.reins.why() == Some(Stop::Lost) {
                return Err(Halt::Stopped);
            }
        }
    }

    /// The answer of a write under the fence: false means that somebody else holds the build.
    fn held(&self, accepted: bool) -> Result<(), Halt> {
        if accepted {
            self.bell.ring(self.reins.hold.build);
            return Ok(());
        }
        self.reins.stop(Stop::Lost);
        Err(Halt::Stopped)
    }

    /// Runs the work of a step, several times if its failure may pass, as one span of the build. The caller stores its success. A cancel or a
    /// drain between two steps, or between two attempts, is seen here.
    pub async fn attempts<R, F>(&self, name: StepName, work: impl Fn(Log) -> F) -> Result<R, Halt>
    where
        F: Future<Output = Result<R, StageError>> + Send,
    {
        let (span, begun) = (Span::below(name.as_str()), Instant::now());
        span.tell(names::CICD_PIPELINE_TASK_NAME, name.as_str());
        let result = span.around(self.tries(name, work)).await;
        let (outcome, words) = match &result {
            Ok(_) => (StepOutcome::Succeeded, "success"),
            Err(Halt::Failed(_, error)) => {
                span.fail(error.code.clone());
                (StepOutcome::Failed, "failure")
            }
            Err(Halt::Fault(_)) => {
                span.fail("internal-error");
                (StepOutcome::Failed, "error")
            }
            Err(Halt::Stopped | Halt::Gone(_)) => (StepOutcome::Stopped, "cancellation"),
        };
        span.tell(names::CICD_PIPELINE_TASK_RUN_RESULT, words);
        metrics::step_ended(name, outcome, begun.elapsed());
        result
    }

    async fn tries<R, F>(&self, name: StepName, work: impl Fn(Log) -> F) -> Result<R, Halt>
    where
        F: Future<Output = Result<R, StageError>> + Send,
    {
        let mut tried = 0;
        loop {
            if self.reins.why().is_some() || self.reins.draining.is_cancelled() {
                return Err(Halt::Stopped);
            }
            let hold = self.reins.hold;
            let attempt = self.persist(|mut conn| async move { pipeline::start_step(&mut conn, hold.build, hold.fence, name).await }).await?;
            self.held(attempt.is_some())?;
            tried += 1;
            let error = match self.once(name, &work).await? {
                Ok(result) => return Ok(result),
                Err(error) => error,
            };
            if self.reins.why().is_some() {
                return Err(Halt::Stopped);
            }
            if !error.retry || tried == ATTEMPTS {
                self.fail(name, &error).await?;
                return Err(Halt::Failed(name, error));
            }
            tracing::info!(build = %hold.build, step = %name, code = error.code, "a step failed and is tried again");
            self.say(name, Level::Warn, format!("{}: {} Trying again.", error.title, error.detail)).await?;
            tokio::select! {
                () = tokio::time::sleep(BACKOFF * (1 << (tried - 1))) => {}
                () = self.reins.token.cancelled() => {}
            }
        }
    }

    /// One attempt, with its log. A panic is a failure of the step, not of the worker.
    async fn once<R, F>(&self, name: StepName, work: &impl Fn(Log) -> F) -> Result<Result<R, StageError>, Halt>
    where
        F: Future<Output = Result<R, StageError>> + Send,
    {
        let (log, lines) = Log::new();
        let work = async { work(log).await };
        let ended = CancellationToken::new();
        let work = async {
            let result = futures::FutureExt::catch_unwind(AssertUnwindSafe(work)).await;
            ended.cancel();
            result
        };
        let (result, stored) = tokio::join!(work, self.store_log(name, lines, &ended));
        stored?;
        match result {
            Ok(result) => Ok(result),
            Err(panic) => {
                let message = panic_message(&*panic);
                tracing::error!(build = %self.reins.hold.build, step = %name, message, "a step panicked");
                self.say(name, Level::Error, format!("panic: {message}")).await?;
                Ok(Err(StageError::fail("internal-error", "Slipform itself has a fault", format!("The step `{name}` ended unexpectedly: {message}"))
                    .hint("This is not about your design alone: please report it to the operator with the log of this step.")))
            }
        }
    }

    /// Stores lines in batches until the step has ended and all are stored.
    async fn store_log(&self, name: StepName, mut lines: mpsc::UnboundedReceiver<LogLine>, ended: &CancellationToken) -> Result<(), Halt> {
        let mut stored = 0;
        loop {
            let first = tokio::select! {
                biased;
                line = lines.recv() => line,
                // Somebody may keep the log for longer than the step; what is said after its end is not part of it.
                () = ended.cancelled() => { lines.close(); lines.recv().await }
            };
            let Some(first) = first else { return Ok(()) };
            tokio::select! {
                () = tokio::time::sleep(LOG_EVERY) => {}
                () = ended.cancelled() => {}
            }
            let mut batch = vec![first];
            while batch.len() < 1_000
                && let Ok(line) = lines.try_recv()
            {
                batch.push(line);
            }
            let room = LOG_LINES.saturating_sub(stored);
            let overflows = batch.len() > room && room > 0;
            batch.truncate(room);
            if overflows {
                batch.push(LogLine { level: Level::Warn, line: format!("More than {LOG_LINES} lines; the rest is not kept.") });
            }
            stored += batch.len();
            self.store_lines(name, &batch).await?;
        }
    }

    async fn say(&self, name: StepName, level: Level, line: String) -> Result<(), Halt> {
        self.store_lines(name, &[LogLine { level, line }]).await
    }

    async fn store_lines(&self, name: StepName, batch: &[LogLine]) -> Result<(), Halt> {
        if batch.is_empty() {
            return Ok(());
        }
        let levels: &Vec<String> = &batch.iter().map(|line| line.level.as_str().to_owned()).collect();
        let lines: &Vec<String> = &batch.iter().map(|line| clean(&line.line)).collect();
        let hold = self.reins.hold;
        let accepted = self.persist(|mut conn| async move { pipeline::log(&mut conn, hold.build, hold.fence, name, levels, lines).await }).await?;
        self.held(accepted)
    }

    /// A step did its work. `also` changes product rows in the same transaction, before the fence is proved, and may add to the output.
    pub async fn succeed<F>(&self, name: StepName, output: &impl Serialize, also: impl Fn(OpenTransaction, Value) -> F + Sync) -> Result<(), Halt>
    where
        F: Future<Output = Result<(OpenTransaction, Value)>> + Send,
    {
        let output = serde_json::to_value(output).map_err(|error| Halt::Fault(Error::internal(error)))?;
        let hold = self.reins.hold;
        let (also, output) = (&also, &output);
        let accepted = self
            .again(|| async move {
                let (mut tx, output) = also(begin(&self.pool).await?, output.clone()).await?;
                let accepted = pipeline::end_step(&mut tx, hold.build, hold.fence, name, StepState::Succeeded, Some(&output), None).await?;
                if accepted {
                    tx.commit().await?;
                }
                Ok(accepted)
            })
            .await?;
        self.held(accepted)
    }

    /// The same where nothing else is stored with it.
    pub async fn succeeded(&self, name: StepName, output: &impl Serialize) -> Result<(), Halt> {
        self.succeed(name, output, |tx, output| async move { Ok((tx, output)) }).await
    }

    async fn fail(&self, name: StepName, error: &StageError) -> Result<(), Halt> {
        let value = &serde_json::to_value(super::failure(None, error)).map_err(|error| Halt::Fault(Error::internal(error)))?;
        let hold = self.reins.hold;
        let accepted = self
            .persist(|mut conn| async move { pipeline::end_step(&mut conn, hold.build, hold.fence, name, StepState::Failed, None, Some(value)).await })
            .await?;
        self.held(accepted)
    }
}

/// Text as Postgres can keep it: without NUL, and of bounded length.
pub fn clean(text: &str) -> String {
    let end = text.floor_char_boundary(LINE_BYTES);
    let mut clean = text[..end].replace('\0', "\u{fffd}");
    if end < text.len() {
        clean.push('…');
    }
    clean
}
