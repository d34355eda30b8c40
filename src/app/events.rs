//! Events of builds as they happen. One LISTEN connection of the process tells any number of waiting clients.

use super::{App, apps, builds, not_found};
use crate::auth::{Actor, Operation};
use crate::domain::error::Result;
use crate::domain::{BuildId, OrganizationId, StepName};
use crate::store::events::{self, Listener};
use crate::store::{Pool, TenantTx};
use futures::stream::{BoxStream, StreamExt as _};
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

pub use crate::store::events::Event;

/// Events that are read at once.
const BATCH: usize = 500;
/// A waiting client looks by itself after this time, should a notice have been lost.
const LOOK: Duration = Duration::from_secs(10);

/// Who waits for which build.
#[derive(Debug, Default)]
pub struct Hub(Mutex<HashMap<BuildId, watch::Sender<()>>>);

/// Waits for one build.
#[derive(Debug)]
pub struct Subscription {
    hub: Arc<Hub>,
    build: BuildId,
    notices: watch::Receiver<()>,
}

impl Hub {
    /// From now on every notice of the build is seen: who looks afterwards misses nothing.
    pub fn subscribe(self: &Arc<Self>, build: BuildId) -> Subscription {
        let notices = self.builds().entry(build).or_insert_with(|| watch::Sender::new(())).subscribe();
        Subscription { hub: self.clone(), build, notices }
    }

    /// Listens until `shutdown`. A lost connection is made again, and then everybody looks, because notices may have been lost.
    pub async fn run(self: Arc<Self>, pool: Pool, shutdown: CancellationToken) {
        while shutdown.run_until_cancelled(self.listen(&pool)).await.is_some() {
            if shutdown.run_until_cancelled(tokio::time::sleep(Duration::from_millis(500))).await.is_none() {
                return;
            }
        }
    }

    async fn listen(&self, pool: &Pool) {
        let lost = async {
            let mut listener = Listener::start(pool).await?;
            self.tell_all();
            loop {
                match listener.next().await? {
                    Some(build) => self.tell(build),
                    None => self.tell_all(),
                }
            }
        };
        let lost: Result<std::convert::Infallible> = lost.await;
        let Err(error) = lost;
        tracing::warn!(%error, "the connection that hears of events was lost; clients look by themselves until it is back");
    }

    fn tell(&self, build: BuildId) {
        if let Some(waiting) = self.builds().get(&build) {
            waiting.send_replace(());
        }
    }

    fn tell_all(&self) {
        for waiting in self.builds().values() {
            waiting.send_replace(());
        }
    }

    fn builds(&self) -> MutexGuard<'_, HashMap<BuildId, watch::Sender<()>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Subscription {
    /// Returns at the next notice, at once if there was one since the last call; and after some seconds without any.
    pub async fn changed(&mut self) {
        // The sender lives as long as this subscription.
        let _ = tokio::time::timeout(LOOK, self.notices.changed()).await;
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        let mut builds = self.hub.builds();
        // This receiver still counts.
        if builds.get(&self.build).is_some_and(|waiting| waiting.receiver_count() <= 1) {
            builds.remove(&self.build);
        }
    }
}

/// Events of a build behind `after` (0: from the first), as they come, until the build has ended. `None`: it has ended and
/// nothing comes behind `after`.
pub async fn follow(app: &Arc<App>, actor: &Actor, name: &str, number: i32, after: i64) -> Result<Option<BoxStream<'static, Result<Event>>>> {
    actor.may(Operation::ShowBuilds)?;
    let mut tx = app.tenant(actor).await?;
    let record = apps::find(&mut tx, name).await?;
    let build = builds::find(&mut tx, &record, number).await?.id;
    drop(tx);
    let mut following = Following {
        subscription: app.hub.subscribe(build),
        app: app.clone(),
        organization: actor.organization,
        build,
        after,
        read: VecDeque::new(),
        more: false,
        ended: false,
    };
    following.look().await?;
    if following.ended && following.read.is_empty() {
        return Ok(None);
    }
    let stream = futures::stream::unfold(following, async |mut following| {
        let event = following.next().await?;
        Some((event, following))
    });
    Ok(Some(stream.boxed()))
}

struct Following {
    app: Arc<App>,
    organization: OrganizationId,
    build: BuildId,
    after: i64,
    subscription: Subscription,
    read: VecDeque<Event>,
    /// There is more to read than was read at once.
    more: bool,
    ended: bool,
}

impl Following {
    async fn next(&mut self) -> Option<Result<Event>> {
        loop {
            if let Some(event) = self.read.pop_front() {
                return Some(Ok(event));
            }
            if self.ended {
                return None;
            }
            if !self.more {
                tokio::select! {
                    () = self.subscription.changed() => {}
                    () = self.app.shutdown.cancelled() => return None,
                }
            }
            if let Err(error) = self.look().await {
                self.ended = true;
                return Some(Err(error));
            }
        }
    }

    /// Reads what has come, a batch at a time. The state is read first: if it is final, its event is there too.
    async fn look(&mut self) -> Result<()> {
        let mut tx = TenantTx::begin(&self.app.pool, self.organization).await?;
        let state = crate::store::builds::state(tx.connection(), self.organization, self.build).await?;
        let read = events::list(tx.connection(), self.organization, self.build, self.after, BATCH).await?;
        self.more = read.len() == BATCH;
        self.ended = !self.more && state.is_none_or(crate::domain::BuildState::is_final);
        self.after = read.last().map_or(self.after, |event| event.id);
        self.read.extend(read);
        Ok(())
    }
}

/// The log lines of a build so far, or of one of its steps.
pub async fn log(app: &Arc<App>, actor: &Actor, name: &str, number: i32, step: Option<StepName>) -> Result<BoxStream<'static, Result<Event>>> {
    actor.may(Operation::ShowBuilds)?;
    let mut tx = app.tenant(actor).await?;
    let record = apps::find(&mut tx, name).await?;
    let build = crate::store::builds::find(tx.connection(), actor.organization, record.id, number).await?.ok_or_else(|| not_found("build"))?.id;
    drop(tx);
    let (app, organization) = (app.clone(), actor.organization);
    let batches = futures::stream::unfold(Some(0), move |after| {
        let app = app.clone();
        async move {
            let read = read_log(&app, organization, build, step, after?).await;
            let next = read.as_ref().ok().filter(|lines| lines.len() == BATCH).and_then(|lines| lines.last()).map(|line| line.id);
            Some((read, next))
        }
    });
    let lines = batches.flat_map(|read| match read {
        Ok(lines) => futures::stream::iter(lines.into_iter().map(Ok).collect::<Vec<_>>()),
        Err(error) => futures::stream::iter(vec![Err(error)]),
    });
    Ok(lines.boxed())
}

async fn read_log(app: &App, organization: OrganizationId, build: BuildId, step: Option<StepName>, after: i64) -> Result<Vec<Event>> {
    let mut tx = TenantTx::begin(&app.pool, organization).await?;
    Ok(events::list_log(tx.connection(), organization, build, step.map(StepName::as_str), after, BATCH).await?)
}
