//! Which name leads where.

use super::Assets;
use super::upstream::{InFlight, Upstream};
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

/// What answers for a name.
#[derive(Clone, Debug)]
pub struct Live {
    /// The process.
    pub upstream: Arc<Upstream>,
    /// The release's web assets.
    pub assets: Arc<Assets>,
    /// Those of the release before: a page that was loaded from it may still ask for its parts.
    pub before: Option<Arc<Assets>>,
}

/// What became of a name.
#[derive(Clone, Debug)]
enum State {
    Live(Live),
    /// The process ended and is being started again.
    Down {
        retry_after: u64,
        assets: Option<(Arc<Assets>, Option<Arc<Assets>>)>,
    },
}

/// The web assets of a name, and whether its process is up.
#[derive(Debug)]
pub struct Found {
    /// The release's own, and those of the one before.
    pub assets: Option<(Arc<Assets>, Option<Arc<Assets>>)>,
    /// Seconds after which trying again makes sense, when it is down.
    pub retry_after: Option<u64>,
}

/// Where a request of the API goes.
#[derive(Debug)]
pub enum Entry {
    /// To this process, which is not ended before the request is answered.
    Up(InFlight),
    /// Nowhere now; the process is being started again.
    Down {
        /// Seconds after which trying again makes sense.
        retry_after: u64,
    },
}

/// All names, shared between the host, which changes them, and the edge.
#[derive(Clone, Debug, Default)]
pub struct Routes(Arc<RwLock<HashMap<String, State>>>);

impl Routes {
    /// From now on the name leads here. What entered before still goes where it led.
    pub fn set_live(&self, label: &str, live: Live) {
        self.set(label, State::Live(live));
    }

    /// The process ended: its web assets stay for pages that are open.
    pub fn set_down(&self, label: &str, retry_after: u64) {
        let assets = self.read(|routes| match routes.get(label)? {
            State::Live(live) => Some((live.assets.clone(), live.before.clone())),
            State::Down { assets, .. } => assets.clone(),
        });
        self.set(label, State::Down { retry_after, assets });
    }

    /// The name leads nowhere.
    pub fn remove(&self, label: &str) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).remove(label);
    }

    /// Where a request goes. The lock is what makes a switch safe: whoever got the old process before the switch is
    /// counted by the time the switch is done.
    pub fn enter(&self, label: &str) -> Option<Entry> {
        self.read(|routes| {
            Some(match routes.get(label)? {
                State::Live(live) => Entry::Up(live.upstream.enter()),
                State::Down { retry_after, .. } => Entry::Down { retry_after: *retry_after },
            })
        })
    }

    /// The web assets of a name.
    pub fn assets(&self, label: &str) -> Option<Found> {
        self.read(|routes| {
            Some(match routes.get(label)? {
                State::Live(live) => Found { assets: Some((live.assets.clone(), live.before.clone())), retry_after: None },
                State::Down { retry_after, assets } => Found { assets: assets.clone(), retry_after: Some(*retry_after) },
            })
        })
    }

    fn set(&self, label: &str, state: State) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).insert(label.to_owned(), state);
    }

    fn read<T>(&self, look: impl FnOnce(&HashMap<String, State>) -> T) -> T {
        look(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }
}
