//! How many requests somebody may send: a bucket for each organization, person or network address, in the memory of this process.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use uuid::Uuid;

/// The time that a limit is about.
pub const WINDOW: Duration = Duration::from_mins(1);
/// How many buckets are remembered before those that are full again are forgotten.
const MOST: usize = 50_000;

/// Whose bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Whose {
    Organization(Uuid),
    Person(Uuid),
    Address(IpAddr),
}

/// What is left of a limit, as the headers `RateLimit-Policy` and `RateLimit` say it (draft-ietf-httpapi-ratelimit-headers-10).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Left {
    /// Requests a minute.
    pub limit: u32,
    /// How many more are answered now.
    pub remaining: u32,
    /// After how many seconds all are there again.
    pub reset: u64,
    /// Whether this one is refused, and after how many seconds it is worth a try.
    pub retry_after: Option<u64>,
}

/// All buckets. A bucket is one instant, at which it will be full again (the generic cell rate algorithm, ITU-T I.371).
#[derive(Debug, Default)]
pub struct Limits(Mutex<HashMap<Whose, Instant>>);

impl Limits {
    /// Takes one of `limit` requests a minute.
    pub fn take(&self, whose: Whose, limit: u32) -> Left {
        self.take_at(whose, limit, Instant::now())
    }

    /// What is left, without taking any.
    pub fn look(&self, whose: Whose, limit: u32) -> Left {
        let now = Instant::now();
        let full = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&whose).copied().unwrap_or(now).max(now);
        left(limit, full - now, Duration::ZERO)
    }

    fn take_at(&self, whose: Whose, limit: u32, now: Instant) -> Left {
        let each = WINDOW / limit.max(1);
        let mut buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= MOST {
            buckets.retain(|_, full| *full > now);
        }
        let full = buckets.get(&whose).copied().unwrap_or(now).max(now);
        let wanted = full + each;
        let over = (wanted - now).saturating_sub(WINDOW);
        let full = if over.is_zero() { wanted } else { full };
        buckets.insert(whose, full);
        left(limit, full - now, over)
    }
}

/// Of a bucket that will be full again after `missing`; the request came too early by `over`.
fn left(limit: u32, missing: Duration, over: Duration) -> Left {
    let each = WINDOW / limit.max(1);
    let remaining = WINDOW.saturating_sub(missing).as_nanos() / each.as_nanos().max(1);
    Left {
        limit,
        remaining: u32::try_from(remaining).unwrap_or(u32::MAX).min(limit),
        reset: ceil(missing),
        retry_after: (!over.is_zero()).then(|| ceil(over).max(1)),
    }
}

fn ceil(time: Duration) -> u64 {
    time.as_secs() + u64::from(time.subsec_nanos() > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minutes_worth_can_come_at_once_and_then_as_fast_as_it_flows() {
        let (limits, start, whose) = (Limits::default(), Instant::now(), Whose::Person(Uuid::nil()));
        for n in 0..60 {
            let left = limits.take_at(whose, 60, start);
            assert_eq!((left.retry_after, left.remaining, left.reset), (None, 59 - n, u64::from(n) + 1));
        }
        let refused = limits.take_at(whose, 60, start);
        assert_eq!((refused.retry_after, refused.remaining), (Some(1), 0));
        // What was refused costs nothing; a second brings one more.
        let later = start + Duration::from_secs(1);
        assert_eq!(limits.take_at(whose, 60, later).retry_after, None);
        assert_eq!(limits.take_at(whose, 60, later).retry_after, Some(1));
        assert_eq!(limits.take_at(whose, 60, start + Duration::from_mins(5)).remaining, 59);
        assert_eq!(limits.take_at(Whose::Person(Uuid::max()), 60, start).remaining, 59, "others have their own");
        // A look costs nothing; what is taken is counted in the measure of who looks.
        let (limits, whose) = (Limits::default(), Whose::Organization(Uuid::nil()));
        assert_eq!((limits.look(whose, 7).remaining, limits.look(whose, 7).remaining), (7, 7));
        limits.take(whose, 60);
        assert_eq!(limits.look(whose, 60).remaining, 59);
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let (limits, start) = (Limits::default(), Instant::now());
        for n in 0..u128::try_from(MOST).unwrap() + 10 {
            limits.take_at(Whose::Organization(Uuid::from_u128(n)), 600, start + Duration::from_secs(u64::from(n > 1000)));
        }
        limits.take_at(Whose::Organization(Uuid::nil()), 600, start + WINDOW * 2);
        assert!(limits.0.lock().unwrap().len() <= MOST);
    }
}
