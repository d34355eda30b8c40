use super::reins::{Held, Reins, Stop};
use super::{Deps, GRACE, HEARTBEAT, LEASE, MAX_ATTEMPTS, POLL, build, domains, remove, sweep, watch, webhooks};
use crate::deploy::Target;
use crate::domain::BuildId;
use crate::domain::error::Result;
use crate::queue::{self, Listener, Signal, deliveries, jobs as small};
use crate::store::{begin, deliveries as delivered, idempotency, pipeline, usage};
use crate::telemetry::metrics;
use crate::telemetry::traces::{self, Kind, Span};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::{Notify, mpsc};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tracing::Instrument as _;

/// How many small jobs run at once.
const SMALL_JOBS: usize = 2;
/// How long news of events are collected before followers are told.
const ANNOUNCE_EVERY: Duration = Duration::from_millis(10);
/// How long ended small jobs are kept.
const KEEP_JOBS: Duration = Duration::from_hours(7 * 24);
/// How long events and their deliveries are kept.
const KEEP_EVENTS: Duration = Duration::from_hours(30 * 24);
/// How long a heartbeat may wait for its answer.
const PATIENCE: Duration = Duration::from_secs(4);

/// Tells followers of builds about new events, a few milliseconds later and once for many.
#[derive(Debug, Clone)]
pub struct Bell(mpsc::UnboundedSender<BuildId>);

impl Bell {
    /// The build has new events, and they are committed.
    pub fn ring(&self, build: BuildId) {
        let _ = self.0.send(build);
    }
}

/// Runs builds and jobs until `shutdown`, then drains: running steps may end within [`GRACE`], and what is not
/// finished is given back to other workers.
pub async fn run<T: Target + Send + Sync + 'static>(deps: Deps<T>, shutdown: CancellationToken) {
    let pool = Pool {
        worker: format!("{}-{}", std::process::id(), &uuid::Uuid::new_v4().simple().to_string()[..8]),
        deps: Arc::new(deps),
        held: Held::default(),
        work: Arc::new(Notify::new()),
        deliveries: Arc::new(Notify::new()),
        shutdown,
    };
    let (sender, receiver) = mpsc::unbounded_channel();
    let bell = tokio::spawn(announce(pool.deps.clone(), receiver));
    // Ends after everything else: what drains still needs its leases.
    let service = CancellationToken::new();
    let mut services = JoinSet::new();
    let wake = (pool.work.clone(), pool.deliveries.clone());
    services.spawn(service.clone().run_until_cancelled_owned(listen(pool.deps.clone(), pool.held.clone(), wake)));
    services.spawn(service.clone().run_until_cancelled_owned(keep_leases(pool.deps.clone(), pool.held.clone())));
    services.spawn(service.clone().run_until_cancelled_owned(rescue(pool.deps.clone(), Bell(sender.clone()))));
    let lane = tokio::spawn(webhooks::run(pool.deps.clone(), pool.worker.clone(), pool.deliveries.clone(), pool.shutdown.clone()));
    pool.work(Bell(sender)).await;
    if let Err(error) = lane.await {
        tracing::error!(%error, "delivering webhooks panicked");
    }
    service.cancel();
    services.join_all().await;
    if let Err(error) = bell.await {
        tracing::error!(%error, "announcing events panicked");
    }
}

struct Pool<T> {
    worker: String,
    deps: Arc<Deps<T>>,
    held: Held,
    work: Arc<Notify>,
    deliveries: Arc<Notify>,
    shutdown: CancellationToken,
}

impl<T: Target + Send + Sync + 'static> Pool<T> {
    async fn work(&self, bell: Bell) {
        let mut builds = JoinSet::new();
        let mut jobs = JoinSet::new();
        let mut lo = 0;
        let mut full_look = Instant::now();
        while !self.shutdown.is_cancelled() {
            if let Err(error) = self.take(&mut builds, &mut jobs, &mut lo, &bell).await {
                tracing::warn!(error = &error as &dyn std::error::Error, "could not look for work");
                tokio::time::sleep(POLL / 4).await;
            }
            tokio::select! {
                () = self.shutdown.cancelled() => {}
                () = self.work.notified() => lo = 0,
                () = tokio::time::sleep(POLL) => {}
                Some(_) = builds.join_next(), if !builds.is_empty() => lo = 0,
                Some(_) = jobs.join_next(), if !jobs.is_empty() => {}
            }
            if full_look.elapsed() >= POLL {
                (lo, full_look) = (0, Instant::now());
            }
        }
        let drained = async { while builds.join_next().await.is_some() || jobs.join_next().await.is_some() {} };
        let hurry = async {
            tokio::time::sleep(GRACE).await;
            self.held.stop_all(Stop::Drain);
            tokio::time::sleep(GRACE).await;
            tracing::error!("builds did not stop in time; other workers take them when their leases are over");
        };
        tokio::select! {
            () = drained => {}
            () = hurry => {}
        }
    }

    /// Fills the free slots.
    async fn take(&self, builds: &mut JoinSet<()>, jobs: &mut JoinSet<()>, lo: &mut i64, bell: &Bell) -> Result<()> {
        let pool = &self.deps.database.worker;
        while builds.len() < self.deps.config.workers.concurrency && !self.shutdown.is_cancelled() {
            let since = Instant::now();
            let Some(claim) = queue::claim(pool, &self.worker, LEASE, *lo).await? else { break };
            *lo = claim.turn;
            bell.ring(claim.build);
            let reins = Reins::new(claim.hold(), self.shutdown.clone(), since);
            let kept = self.held.keep(reins.clone());
            let (deps, bell) = (self.deps.clone(), bell.clone());
            builds.spawn(async move {
                build::run(&deps, claim, reins, &bell).await;
                drop(kept);
            });
        }
        while jobs.len() < SMALL_JOBS && !self.shutdown.is_cancelled() {
            let Some(job) = small::claim(pool, &self.worker, LEASE).await? else { break };
            let (deps, shutdown, bell) = (self.deps.clone(), self.shutdown.clone(), bell.clone());
            jobs.spawn(async move {
                let span = Span::begin(Kind::Internal, job.trace_parent, || job.kind.clone().into());
                let work = async {
                    let log = tracing::info_span!("job", trace_id = traces::trace_id());
                    small_job(&deps, &job, &shutdown, &bell).instrument(log).await;
                };
                span.around(work).await;
            });
        }
        Ok(())
    }
}

/// What became of a small job.
#[derive(Debug)]
pub enum Done {
    /// It did its work.
    Yes,
    /// Something must happen first; look again after this time.
    NotYet(&'static str, Duration),
    /// It failed; try again later.
    Failed(String),
}

async fn small_job<T: Target + Send + Sync + 'static>(deps: &Deps<T>, job: &small::Job, shutdown: &CancellationToken, bell: &Bell) {
    let pool = &deps.database.worker;
    let keep = async {
        loop {
            tokio::time::sleep(HEARTBEAT).await;
            if matches!(small::heartbeat(pool, job, LEASE).await, Ok(false)) {
                return;
            }
        }
    };
    let work = async {
        match job.kind.as_str() {
            "delete_app" => remove::app(deps, &job.payload, bell).await,
            "delete_environment" => remove::environment(deps, &job.payload, bell).await,
            "sweep" => sweep::run(deps, &job.payload).await,
            "watch" => watch::run(deps, &job.payload).await,
            domains::KIND => domains::run(deps, &job.payload).await,
            // A newer Slipform shares this database; its own workers take it.
            _ => Ok(Done::NotYet("this worker does not know this kind of job", Duration::from_secs(30))),
        }
    };
    let work = futures::FutureExt::catch_unwind(std::panic::AssertUnwindSafe(work));
    let result = tokio::select! {
        result = work => result,
        () = keep => {
            tracing::warn!(job = %job.id, kind = job.kind, "lost the lease of a job");
            return;
        }
        // Every job can be repeated from its beginning.
        () = shutdown.cancelled() => {
            if let Err(error) = small::give_back(pool, job).await {
                tracing::warn!(%error, job = %job.id, "could not give a job back; it will be taken over");
            }
            return;
        }
    };
    let done = match result {
        Ok(Ok(done)) => done,
        Ok(Err(error)) => Done::Failed(match std::error::Error::source(&error) {
            Some(source) => format!("{error}: {source}"),
            None => error.to_string(),
        }),
        Err(panic) => Done::Failed(format!("panic: {}", panic_message(&*panic))),
    };
    let stored = match done {
        Done::Yes => small::succeed(pool, job).await,
        Done::NotYet(why, later) => small::put_off(pool, job, why, Some(later)).await,
        Done::Failed(error) => {
            tracing::error!(job = %job.id, kind = job.kind, attempt = job.attempt, error, "a job failed and will be tried again");
            let pause = Duration::from_secs(1u64 << job.attempt.clamp(0, 8));
            small::put_off(pool, job, &error, Some(pause)).await
        }
    };
    if let Err(error) = stored {
        tracing::warn!(%error, job = %job.id, "could not store how a job ended; it will be repeated");
    }
}

/// What a panic said.
pub fn panic_message(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "no message".to_owned())
}

/// Passes signals on. Whoever subscribes before looking misses nothing, so every new connection is also a signal to look.
async fn listen<T>(deps: Arc<Deps<T>>, held: Held, (work, deliveries): (Arc<Notify>, Arc<Notify>)) {
    loop {
        match Listener::connect(&deps.database.worker).await {
            Ok(mut listener) => {
                work.notify_one();
                deliveries.notify_one();
                loop {
                    match listener.next().await {
                        Ok(Signal::Work) => work.notify_one(),
                        Ok(Signal::Deliveries) => deliveries.notify_one(),
                        Ok(Signal::Cancel(build)) => held.stop(build, Stop::Cancel),
                        Err(error) => {
                            tracing::debug!(%error, "the listening connection was lost");
                            break;
                        }
                    }
                }
            }
            Err(error) => tracing::debug!(%error, "cannot listen; looking every second meanwhile"),
        }
        tokio::time::sleep(POLL).await;
    }
}

async fn keep_leases<T>(deps: Arc<Deps<T>>, held: Held) {
    loop {
        tokio::time::sleep(HEARTBEAT).await;
        // A process that was frozen past its lease wakes up here, and must not write before it has asked.
        held.stop_overdue(LEASE);
        let holds = held.holds();
        if holds.is_empty() {
            continue;
        }
        let since = Instant::now();
        match tokio::time::timeout(PATIENCE, queue::heartbeat(&deps.database.worker, &holds, LEASE)).await {
            Ok(Ok(answer)) => held.beat(&holds, &answer, since),
            Ok(Err(error)) => tracing::warn!(%error, "a heartbeat failed"),
            Err(_) => tracing::warn!("a heartbeat had no answer in time"),
        }
    }
}

/// Takes builds from workers that no longer answer, and clears away old jobs.
async fn rescue<T>(deps: Arc<Deps<T>>, bell: Bell) {
    let mut pruned: Option<Instant> = None;
    loop {
        if let Err(error) = rescue_expired(&deps, &bell).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "could not look for lost workers");
        }
        if pruned.is_none_or(|at| at.elapsed() > Duration::from_hours(1)) && hourly(&deps).await.is_ok() {
            pruned = Some(Instant::now());
        }
        tokio::time::sleep(HEARTBEAT).await;
    }
}

/// What nobody waits for: what is old goes, and certificates that others renew are looked at.
async fn hourly<T>(deps: &Deps<T>) -> Result<()> {
    small::prune(&deps.database.worker, KEEP_JOBS).await?;
    idempotency::sweep(&mut *deps.database.worker.acquire().await?).await?;
    usage::sweep(&mut *deps.database.worker.acquire().await?).await?;
    delivered::sweep(&mut *deps.database.worker.acquire().await?, KEEP_EVENTS).await?;
    domains::look_at_renewals(deps).await
}

async fn rescue_expired<T>(deps: &Deps<T>, bell: &Bell) -> Result<()> {
    let pool = &deps.database.worker;
    let lost = deliveries::rescue(pool).await?;
    if lost > 0 {
        tracing::warn!(lost, "took deliveries from a worker that no longer answers");
    }
    let expired = queue::expired(&mut *pool.acquire().await?).await?;
    for hold in expired {
        let mut tx = begin(pool).await?;
        let Some(ended) = queue::rescue(&mut tx, hold, MAX_ATTEMPTS).await? else { continue };
        if ended.state.is_final() {
            pipeline::restore_runtime(&mut tx, ended.environment).await?;
        }
        tx.commit().await?;
        if ended.state.is_final() {
            metrics::build_ended(ended.state);
        }
        tracing::warn!(build = %hold.build, state = %ended.state, "took a build from a worker that no longer answers");
        bell.ring(hold.build);
        if ended.wake {
            queue::wake(pool).await;
        }
    }
    Ok(())
}

async fn announce<T>(deps: Arc<Deps<T>>, mut rung: mpsc::UnboundedReceiver<BuildId>) {
    while let Some(first) = rung.recv().await {
        tokio::time::sleep(ANNOUNCE_EVERY).await;
        let mut builds = BTreeSet::from([first]);
        while let Ok(build) = rung.try_recv() {
            builds.insert(build);
        }
        queue::announce(&deps.database.worker, &builds.into_iter().collect::<Vec<_>>()).await;
    }
}
