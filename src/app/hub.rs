//! Who waits for which build. One LISTEN connection of the process tells any number of waiting clients, and what has come is read once
//! for all of them.

use crate::domain::error::Result;
use crate::domain::{BuildId, OrganizationId};
use crate::store::events::{self, Event, Listener};
use crate::store::{Pool, TenantTx};
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{Mutex as AsyncMutex, watch};
use tokio_util::sync::CancellationToken;

/// Events that are read at once.
const BATCH: usize = 500;
/// Events of a build that are kept for those who wait; whoever is further behind reads for themselves.
const KEPT: usize = 1_000;
/// Everybody looks at least so often, should a notice have been lost without anybody noticing.
const LOOK: Duration = Duration::from_mins(1);
/// While nobody hears notices, everybody looks so often.
const DEAF: Duration = Duration::from_secs(1);

/// Who waits for which build.
#[derive(Debug, Default)]
pub struct Hub(Mutex<HashMap<BuildId, Arc<Watched>>>);

/// A build that somebody waits for.
#[derive(Debug)]
struct Watched {
    /// How often there was a notice.
    notices: watch::Sender<u64>,
    tail: AsyncMutex<Tail>,
}

/// The newest events of a build, in order and without a gap.
#[derive(Debug, Default)]
struct Tail {
    /// All that came behind this id is here; `None`: nothing was read yet.
    since: Option<i64>,
    /// The notice that was followed by the last reading.
    notice: u64,
    events: VecDeque<Arc<Event>>,
    more: bool,
    ended: bool,
}

/// What came behind an event.
#[derive(Debug)]
pub struct Read {
    /// In order.
    pub events: Vec<Arc<Event>>,
    /// There is more already.
    pub more: bool,
    /// Nothing will come behind these.
    pub ended: bool,
}

/// Waits for one build.
#[derive(Debug)]
pub struct Subscription {
    hub: Arc<Hub>,
    organization: OrganizationId,
    build: BuildId,
    watched: Arc<Watched>,
    notices: watch::Receiver<u64>,
}

impl Hub {
    /// From now on every notice of the build is seen: who looks afterwards misses nothing. The build is one of the organization.
    pub fn subscribe(self: &Arc<Self>, organization: OrganizationId, build: BuildId) -> Subscription {
        let new = || Arc::new(Watched { notices: watch::Sender::new(0), tail: AsyncMutex::default() });
        // Subscribed while the map is locked, so that the last one who leaves sees it.
        let mut builds = self.builds();
        let watched = builds.entry(build).or_insert_with(new).clone();
        let notices = watched.notices.subscribe();
        Subscription { hub: self.clone(), organization, build, watched, notices }
    }

    /// Listens until `shutdown`. A lost connection is made again; meanwhile everybody looks now and then, and once it is back.
    pub async fn run(self: Arc<Self>, pool: Pool, shutdown: CancellationToken) {
        let looking = async {
            loop {
                tokio::time::sleep(LOOK).await;
                self.tell_all();
            }
        };
        let listening = async {
            loop {
                self.listen(&pool).await;
                self.tell_all();
                tokio::time::sleep(DEAF).await;
            }
        };
        tokio::select! {
            () = looking => {}
            () = listening => {}
            () = shutdown.cancelled() => {}
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
        if let Some(watched) = self.builds().get(&build) {
            watched.notices.send_modify(|notice| *notice += 1);
        }
    }

    fn tell_all(&self) {
        for watched in self.builds().values() {
            watched.notices.send_modify(|notice| *notice += 1);
        }
    }

    fn builds(&self) -> MutexGuard<'_, HashMap<BuildId, Arc<Watched>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Subscription {
    /// Returns at the next notice, at once if there was one since the last call or the last reading.
    pub async fn changed(&mut self) {
        // The sender lives as long as this subscription.
        let _ = self.notices.changed().await;
    }

    /// What came behind the event `after`. The first who asks after a notice reads it from the database, for all who ask after the same.
    pub async fn read(&mut self, pool: &Pool, after: i64) -> Result<Read> {
        let notice = *self.notices.borrow_and_update();
        let mut tail = self.watched.tail.lock().await;
        let known = tail.since.is_some_and(|since| since <= after);
        if known && tail.notice < notice {
            let last = tail.events.back().map_or_else(|| tail.since.unwrap_or_default(), |event| event.id);
            let read = self.read_alone(pool, last).await?;
            tail.add(read, notice);
        }
        if known && tail.since.is_some_and(|since| since <= after) {
            return Ok(tail.behind(after));
        }
        if tail.since.is_some() {
            drop(tail);
            return self.read_alone(pool, after).await;
        }
        let read = self.read_alone(pool, after).await?;
        if !read.more {
            tail.since = Some(after);
            tail.add(Read { events: read.events.clone(), ..read }, notice);
        }
        Ok(read)
    }

    /// The state is read first: if it is final, its event is there too.
    async fn read_alone(&self, pool: &Pool, after: i64) -> Result<Read> {
        let mut tx = TenantTx::begin(pool, self.organization).await?;
        let state = crate::store::builds::state(tx.connection(), self.organization, self.build).await?;
        let events = events::list(tx.connection(), self.organization, self.build, after, BATCH).await?;
        let more = events.len() == BATCH;
        let ended = !more && state.is_none_or(crate::domain::BuildState::is_final);
        Ok(Read { events: events.into_iter().map(Arc::new).collect(), more, ended })
    }
}

impl Tail {
    fn add(&mut self, read: Read, notice: u64) {
        self.events.extend(read.events);
        (self.more, self.ended) = (read.more, read.ended);
        // With more to come the notice is not done with.
        if !read.more {
            self.notice = notice;
        }
        while self.events.len() > KEPT {
            self.since = self.events.pop_front().map(|event| event.id);
        }
    }

    fn behind(&self, after: i64) -> Read {
        let first = self.events.partition_point(|event| event.id <= after);
        let events: Vec<_> = self.events.range(first..).cloned().collect();
        Read { events, more: self.more, ended: self.ended }
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        let mut builds = self.hub.builds();
        // This receiver still counts.
        if self.watched.notices.receiver_count() <= 1 {
            builds.remove(&self.build);
        }
    }
}
