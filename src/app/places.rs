//! Places of those who follow: a stream holds one as long as it is open, so that one organization cannot take all connections.

use crate::domain::OrganizationId;
use crate::domain::error::{Error, Result};
use crate::telemetry::metrics;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How many streams of each organization are open in this process.
#[derive(Debug, Default)]
pub struct Places(Mutex<HashMap<OrganizationId, u32>>);

/// A place that is taken until it is dropped.
#[derive(Debug)]
pub struct Place {
    places: Arc<Places>,
    organization: OrganizationId,
}

impl Places {
    /// Takes one of `most`.
    pub fn take(self: &Arc<Self>, organization: OrganizationId, most: u32) -> Result<Place> {
        let mut open = self.open();
        let taken = open.entry(organization).or_default();
        if *taken >= most {
            let detail = format!("{most} streams of this organization are open, as many as are answered at once. Close one, or ask with `Prefer: wait`.");
            return Err(Error::TooMany { detail, retry_after: 5 });
        }
        *taken += 1;
        metrics::stream_began();
        Ok(Place { places: self.clone(), organization })
    }

    fn open(&self) -> MutexGuard<'_, HashMap<OrganizationId, u32>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        metrics::stream_ended();
        let mut open = self.places.open();
        if let Some(taken) = open.get_mut(&self.organization) {
            *taken -= 1;
            if *taken == 0 {
                open.remove(&self.organization);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_free_again_when_its_stream_ends() {
        let (places, one, other) = (Arc::new(Places::default()), OrganizationId::new(), OrganizationId::new());
        let held = places.take(one, 2).unwrap();
        let _second = places.take(one, 2).unwrap();
        assert!(matches!(places.take(one, 2), Err(Error::TooMany { .. })));
        assert!(places.take(other, 2).is_ok(), "others have their own");
        drop(held);
        assert!(places.take(one, 2).is_ok());
        assert_eq!(places.open().len(), 1, "who has none open is forgotten");
    }
}
