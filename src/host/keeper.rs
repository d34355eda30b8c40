//! Keeps one environment as it is desired: brings releases up beside the live one, switches, drains, starts again
//! what crashed, and removes everything in the end. One task an environment.

use super::log::AppLog;
use super::pauses::Pauses;
use super::start::{Failure, Identity, Running, start};
use super::{World, folders};
use crate::domain::ReleaseId;
use crate::edge::{Assets, Live};
use crate::store::runtimes::{self, Observed};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};
use tokio_util::sync::CancellationToken;

/// How long an old process may still answer what it has begun.
const DRAIN: Duration = Duration::from_secs(10);
/// When Postgres or a folder refused something, it is tried again.
const AGAIN: Duration = Duration::from_secs(1);

/// What is desired now.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Wanted {
    pub label: String,
    /// `None`: nothing of it may be left.
    pub release: Option<ReleaseId>,
    pub generation: i64,
}

/// What a host before this one observed.
#[derive(Debug, Clone, Copy)]
#[allow(missing_docs)]
pub struct Before {
    pub generation: i64,
    pub release: Option<ReleaseId>,
    pub restarts: i32,
}

/// A release that is coming up.
struct Candidate {
    release: ReleaseId,
    task: JoinHandle<Result<Running, Failure>>,
    /// Tells it to give up.
    cancel: CancellationToken,
}

impl Candidate {
    /// Gives it up; nothing of it runs when this returns.
    async fn end(self) {
        self.cancel.cancel();
        if let Ok(Ok(running)) = self.task.await {
            running.process.stop_now().await;
        }
    }
}

pub struct Keeper {
    world: Arc<World>,
    who: Identity,
    wanted: watch::Receiver<Wanted>,
    log: AppLog,
    /// The release that traffic reaches, or would if its process were not down.
    release: Option<ReleaseId>,
    running: Option<Running>,
    candidate: Option<Candidate>,
    /// Web assets of the release before the live one.
    before: Option<(ReleaseId, Arc<Assets>)>,
    /// The label that leads here now.
    label: Option<String>,
    /// The newest generation that has an answer.
    answered: i64,
    restarts: i32,
    pauses: Pauses,
    restart_at: Instant,
    retiring: JoinSet<()>,
    /// What could not be written to Postgres yet.
    unsaid: Option<Observed>,
}

impl Keeper {
    pub fn new(world: Arc<World>, who: Identity, wanted: watch::Receiver<Wanted>, before: Before) -> std::io::Result<Self> {
        folders::make_passage(&world.places.environment(who.environment))?;
        let logs = world.places.logs(who.environment);
        folders::make_private(&logs)?;
        let log = AppLog::open(&logs)?;
        Ok(Self {
            world,
            who,
            wanted,
            log,
            // After a restart what was live comes first, also when a newer release is asked for meanwhile.
            release: before.release,
            running: None,
            candidate: None,
            before: None,
            label: None,
            answered: before.generation,
            restarts: before.restarts,
            pauses: Pauses::default(),
            restart_at: Instant::now(),
            retiring: JoinSet::new(),
            unsaid: None,
        })
    }

    /// Until nothing is desired any more, or Slipform ends.
    pub async fn keep(mut self, shutdown: CancellationToken) {
        if self.release.is_some() {
            // It was live before this host: people see that it comes back.
            let label = self.wanted.borrow().label.clone();
            self.show_down(label);
        }
        loop {
            let wanted = self.wanted.borrow_and_update().clone();
            let Some(release) = wanted.release else {
                let gone = self.leave_nothing(&wanted);
                // The next host goes on where this one ends.
                let _ = shutdown.run_until_cancelled(gone).await;
                return self.end().await;
            };
            self.converge(&wanted, release).await;
            let again = self.unsaid.as_ref().map(|_| Instant::now() + AGAIN);
            let restart = (self.candidate.is_none() && self.running.is_none() && self.release.is_some()).then_some(self.restart_at);
            let wake = again.into_iter().chain(restart).min();

            tokio::select! {
                changed = self.wanted.changed() => if changed.is_err() {
                    return self.end().await;
                },
                outcome = outcome(&mut self.candidate) => self.came_up(&wanted, outcome).await,
                why = ended(self.running.as_ref()) => self.crashed(&wanted, why).await,
                () = sleep_until(wake) => {}
                Some(_) = self.retiring.join_next() => {}
                () = shutdown.cancelled() => return self.end().await,
            }
        }
    }

    /// Begins whatever brings us nearer to what is desired, and answers when we are there.
    async fn converge(&mut self, wanted: &Wanted, release: ReleaseId) {
        if let Some(unsaid) = self.unsaid.take() {
            self.say(unsaid).await;
        }
        if self.label.as_ref().is_some_and(|label| *label != wanted.label) {
            self.unroute();
        }
        if self.running.is_some() && self.label.is_none() {
            self.route(&wanted.label);
        }
        // Somebody changed their mind, or another build came.
        if self.candidate.as_ref().is_some_and(|c| c.release != release && self.release != Some(c.release)) {
            self.give_up_candidate();
        }
        let open = self.answered < wanted.generation;
        if open && self.running.as_ref().is_some_and(|running| running.release == release) {
            self.answer(wanted, "running", None).await;
            return;
        }
        if self.candidate.is_some() {
            return;
        }
        if self.running.is_none()
            && let Some(live) = self.release
        {
            // A new wish is worth an attempt at once.
            if self.restart_at <= Instant::now() || open && live == release && self.pauses.waits() {
                self.begin(wanted, live);
                return;
            }
        }
        if open && self.release != Some(release) {
            self.begin(wanted, release);
        } else if self.release.is_none() && self.restart_at <= Instant::now() {
            // The answer was given by a host that was killed before anything was live.
            self.begin(wanted, release);
        }
    }

    fn begin(&mut self, wanted: &Wanted, release: ReleaseId) {
        let (world, who, label, log) = (self.world.clone(), self.who, wanted.label.clone(), self.log.clone());
        let cancel = CancellationToken::new();
        let given_up = cancel.clone();
        let task = tokio::spawn(async move { start(&world, who, &label, release, &log, &given_up).await });
        self.candidate = Some(Candidate { release, task, cancel });
    }

    fn give_up_candidate(&mut self) {
        if let Some(candidate) = self.candidate.take() {
            self.retiring.spawn(candidate.end());
        }
    }

    /// A candidate is healthy, or is not to be.
    async fn came_up(&mut self, wanted: &Wanted, (release, outcome): (ReleaseId, Result<Running, Failure>)) {
        self.candidate = None;
        match outcome {
            Ok(running) => {
                self.switch(wanted, running);
                if wanted.release == Some(release) {
                    self.answer(wanted, "running", None).await;
                }
            }
            Err(failure) => {
                self.log.event("error", &format!("release {release} did not come up: {}", failure.message));
                let is_live = self.release == Some(release);
                if is_live || self.release.is_none() {
                    self.postpone();
                }
                if is_live && self.running.is_none() {
                    self.show_down(wanted.label.clone());
                }
                if wanted.release == Some(release) {
                    self.answer(wanted, "failed", Some(failure)).await;
                } else if is_live {
                    let down = self.observed(None, "failed", Some(failure));
                    self.say(down).await;
                }
            }
        }
    }

    /// Traffic goes to the new process; the old one finishes what it has begun.
    fn switch(&mut self, wanted: &Wanted, running: Running) {
        let release = running.release;
        if self.release.is_some_and(|old| old != release) {
            // What crashed was the other one.
            self.pauses = Pauses::default();
            self.before = self.running.as_ref().map(|old| (old.release, old.assets.clone()));
        }
        let old = self.running.replace(running);
        self.release = Some(release);
        self.route(&wanted.label);
        if let Some(old) = old {
            self.retire(old);
        }
        let keep: Vec<_> = [Some(release), wanted.release, self.before.as_ref().map(|(before, _)| *before)].into_iter().flatten().collect();
        if let Err(error) = folders::sweep(&self.world.places, self.who.environment, &keep) {
            tracing::warn!(environment = %self.who.environment, %error, "old copies of releases could not be removed");
        }
    }

    fn route(&mut self, label: &str) {
        if let Some(running) = &self.running {
            let before = self.before.as_ref().map(|(_, assets)| assets.clone());
            self.world.routes.set_live(label, Live { upstream: running.upstream.clone(), assets: running.assets.clone(), before });
            self.label = Some(label.to_owned());
        }
    }

    fn unroute(&mut self) {
        if let Some(label) = self.label.take() {
            self.world.routes.remove(&label);
        }
    }

    fn retire(&mut self, old: Running) {
        self.retiring.spawn(async move {
            let _ = tokio::time::timeout(DRAIN, old.upstream.drained()).await;
            old.process.stop().await;
            let _ = std::fs::remove_file(old.upstream.socket());
        });
    }

    /// The live process ended by itself.
    async fn crashed(&mut self, wanted: &Wanted, why: String) {
        let Some(old) = self.running.take() else { return };
        let _ = std::fs::remove_file(old.upstream.socket());
        self.pauses.was_healthy_for(old.since.elapsed());
        self.restarts = self.restarts.saturating_add(1);
        self.postpone();
        let wait = self.restart_at.saturating_duration_since(Instant::now());
        self.log.event("error", &format!("the live process is gone: {why} It is started again in {} ms.", wait.as_millis()));
        tracing::warn!(environment = %self.who.environment, %why, "an app's process is gone");
        self.show_down(wanted.label.clone());
        let down = self.observed(None, "starting", Some(Failure { message: why, tail: Some(old.process.tail.text()) }));
        self.say(down).await;
    }

    /// Visitors hear when to try again.
    fn show_down(&mut self, label: String) {
        let wait = self.restart_at.saturating_duration_since(Instant::now());
        self.world.routes.set_down(&label, wait.as_secs() + 1);
        self.label = Some(label);
    }

    fn postpone(&mut self) {
        self.restart_at = Instant::now() + self.pauses.next();
    }

    /// Answers what is desired.
    async fn answer(&mut self, wanted: &Wanted, state: &'static str, failure: Option<Failure>) {
        self.answered = wanted.generation;
        let observed = self.observed(Some(wanted.generation), state, failure);
        self.say(observed).await;
    }

    fn observed(&self, generation: Option<i64>, state: &'static str, failure: Option<Failure>) -> Observed {
        let (message, log_tail) = failure.map_or((None, None), |f| (Some(f.message), f.tail));
        Observed { generation, state, release: self.release, message, log_tail, restarts: self.restarts }
    }

    async fn say(&mut self, mut observed: Observed) {
        // An answer that is still owed is not lost to a later observation.
        observed.generation = observed.generation.max(self.unsaid.as_ref().and_then(|unsaid| unsaid.generation));
        self.unsaid = None;
        if let Err(error) = runtimes::observe(&self.world.pool, self.who.environment, &observed).await {
            tracing::warn!(environment = %self.who.environment, %error, "an observation could not be written; it is tried again");
            self.unsaid = Some(observed);
        }
    }

    /// Slipform ends: the process does too, after what it has begun.
    async fn end(mut self) {
        self.retire_all().await;
    }

    /// Returns when no process of the environment is left.
    async fn retire_all(&mut self) {
        self.give_up_candidate();
        if let Some(running) = self.running.take() {
            self.retire(running);
        }
        while self.retiring.join_next().await.is_some() {}
    }

    /// The environment is deleted: its process, sockets and folders go.
    async fn leave_nothing(&mut self, wanted: &Wanted) {
        self.unroute();
        self.retire_all().await;
        self.release = None;
        loop {
            let sockets = folders::sockets(&self.world.socket_root, self.who.environment);
            let removed = [sockets, self.world.places.environment(self.who.environment)].iter().try_for_each(|folder| folders::remove(folder));
            let (state, failure) = match &removed {
                Ok(()) => ("absent", None),
                Err(error) => ("failed", Some(Failure::because("Its folders cannot be removed.", error))),
            };
            self.answer(wanted, state, failure).await;
            if removed.is_ok() && self.unsaid.is_none() {
                return;
            }
            tokio::time::sleep(AGAIN).await;
        }
    }
}

/// The candidate's outcome; never returns while there is none.
async fn outcome(candidate: &mut Option<Candidate>) -> (ReleaseId, Result<Running, Failure>) {
    let Some(candidate) = candidate else { return std::future::pending().await };
    let outcome = (&mut candidate.task).await;
    (candidate.release, outcome.unwrap_or_else(|error| Err(Failure::because("Slipform has a fault.", &error))))
}

/// Why the process ended; never returns while there is none.
async fn ended(running: Option<&Running>) -> String {
    match running {
        Some(running) => running.process.ended().await.why,
        None => std::future::pending().await,
    }
}

async fn sleep_until(at: Option<Instant>) {
    match at {
        Some(at) => tokio::time::sleep_until(at.into()).await,
        None => std::future::pending().await,
    }
}
