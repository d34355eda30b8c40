use crate::domain::BuildId;
use crate::queue::Hold;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;

/// Why a running build stops before its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// Somebody asked for it.
    Cancel,
    /// The lease is over, or somebody else holds a newer one: nothing may be written any more.
    Lost,
    /// This worker stops.
    Drain,
}

/// Holds one running build.
#[derive(Debug)]
pub struct Reins {
    /// The right to write.
    pub hold: Hold,
    /// Fires when the build is to stop at once.
    pub token: CancellationToken,
    /// Fires when this worker is to stop: no further step begins.
    pub draining: CancellationToken,
    why: OnceLock<Stop>,
    lost: OnceLock<()>,
    renewed: Mutex<Instant>,
}

impl Reins {
    /// For a claim that was asked for at `since`: the lease runs at least from then.
    pub fn new(hold: Hold, draining: CancellationToken, since: Instant) -> Arc<Self> {
        Arc::new(Self { hold, token: CancellationToken::new(), draining, why: OnceLock::new(), lost: OnceLock::new(), renewed: Mutex::new(since) })
    }

    /// Stops it. The first reason counts, except that a lost lease outweighs every other.
    pub fn stop(&self, why: Stop) {
        if why == Stop::Lost {
            let _ = self.lost.set(());
        }
        let _ = self.why.set(why);
        self.token.cancel();
    }

    /// Why it was stopped, if it was.
    pub fn why(&self) -> Option<Stop> {
        if self.lost.get().is_some() { Some(Stop::Lost) } else { self.why.get().copied() }
    }

    /// The lease was prolonged by a request that was sent at `since`.
    fn renew(&self, since: Instant) {
        *self.renewed.lock().unwrap_or_else(PoisonError::into_inner) = since;
    }

    /// Whether the lease can have ended, by this machine's own monotonic clock.
    fn over(&self, lease: Duration) -> bool {
        self.renewed.lock().unwrap_or_else(PoisonError::into_inner).elapsed() >= lease
    }
}

/// As long as it exists, heartbeats keep the lease of a build.
#[derive(Debug)]
pub struct Kept {
    held: Held,
    build: BuildId,
}

impl Drop for Kept {
    fn drop(&mut self) {
        self.held.map().remove(&self.build);
    }
}

/// The builds that this process runs.
#[derive(Debug, Clone, Default)]
pub struct Held(Arc<Mutex<HashMap<BuildId, Arc<Reins>>>>);

impl Held {
    fn map(&self) -> std::sync::MutexGuard<'_, HashMap<BuildId, Arc<Reins>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps its lease until the answer is dropped, however that comes about: a lease that nobody works for would keep
    /// the build from everybody else.
    pub fn keep(&self, reins: Arc<Reins>) -> Kept {
        let build = reins.hold.build;
        self.map().insert(build, reins);
        Kept { held: self.clone(), build }
    }

    /// Stops one.
    pub fn stop(&self, build: BuildId, why: Stop) {
        if let Some(reins) = self.map().get(&build) {
            reins.stop(why);
        }
    }

    /// Stops all.
    pub fn stop_all(&self, why: Stop) {
        self.map().values().for_each(|reins| reins.stop(why));
    }

    /// What is held now.
    pub fn holds(&self) -> Vec<Hold> {
        self.map().values().map(|reins| reins.hold).collect()
    }

    /// Takes the answer to a heartbeat for `asked`, sent at `since`: what is missing from it is lost.
    pub fn beat(&self, asked: &[Hold], answer: &[crate::queue::Beat], since: Instant) {
        let map = self.map();
        for hold in asked {
            let Some(reins) = map.get(&hold.build).filter(|reins| reins.hold == *hold) else { continue };
            match answer.iter().find(|beat| beat.build == hold.build) {
                None => reins.stop(Stop::Lost),
                Some(beat) => {
                    reins.renew(since);
                    if beat.cancel {
                        reins.stop(Stop::Cancel);
                    }
                }
            }
        }
    }

    /// Stops what has had no heartbeat for a whole lease: this process was frozen, or Postgres does not answer.
    pub fn stop_overdue(&self, lease: Duration) {
        self.map().values().filter(|reins| reins.over(lease)).for_each(|reins| reins.stop(Stop::Lost));
    }
}
