use crate::domain::error::{Error, Result};
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// Failures that are free.
const FREE: u32 = 5;
/// How long a failure is remembered.
const MEMORY: Duration = Duration::from_mins(15);
/// Pairs that are remembered; the oldest go first.
const ROOM: usize = 10_000;

/// Slows down whoever guesses passwords: per e-mail address and network address, in the memory of this process.
#[derive(Debug, Default)]
pub struct Throttle(Mutex<HashMap<(String, IpAddr), Failures>>);

#[derive(Debug, Clone, Copy)]
struct Failures {
    count: u32,
    last: Instant,
}

impl Failures {
    /// Five are free; then each one doubles the wait, from one second to a quarter of an hour.
    fn wait(self) -> Duration {
        if self.count < FREE { Duration::ZERO } else { Duration::from_secs(1 << (self.count - FREE).min(10)).min(MEMORY) }
    }
}

impl Throttle {
    /// Counts an attempt as a failure before it is known to be one, so that many at once are no way around it.
    pub fn attempt(&self, email: &str, address: IpAddr) -> Result<()> {
        self.attempt_at(email, address, Instant::now())
    }

    fn attempt_at(&self, email: &str, address: IpAddr, now: Instant) -> Result<()> {
        let mut known = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if known.len() >= ROOM {
            known.retain(|_, failures| now.duration_since(failures.last) < MEMORY);
            if known.len() >= ROOM
                && let Some(oldest) = known.iter().min_by_key(|(_, failures)| failures.last).map(|(key, _)| key.clone())
            {
                known.remove(&oldest);
            }
        }
        let failures = known.entry((email.to_owned(), address)).or_insert(Failures { count: 0, last: now });
        let passed = now.duration_since(failures.last);
        if passed >= MEMORY {
            failures.count = 0;
        } else if let Some(left) = failures.wait().checked_sub(passed).filter(|left| !left.is_zero()) {
            return Err(Error::TooMany { detail: "Too many failed sign-ins with this e-mail address.".into(), retry_after: left.as_secs() + 1 });
        }
        failures.count += 1;
        failures.last = now;
        Ok(())
    }

    /// Forgets the failures after a success.
    pub fn succeeded(&self, email: &str, address: IpAddr) {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner).remove(&(email.to_owned(), address));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guessing_becomes_slow_and_a_success_or_time_forgives() {
        let (throttle, address, start) = (Throttle::default(), IpAddr::from([127, 0, 0, 1]), Instant::now());
        for _ in 0..FREE {
            throttle.attempt_at("a@b.c", address, start).unwrap();
        }
        assert!(matches!(throttle.attempt_at("a@b.c", address, start), Err(Error::TooMany { retry_after: 1..=2, .. })));
        throttle.attempt_at("other@b.c", address, start).unwrap();
        throttle.attempt_at("a@b.c", address, start + Duration::from_secs(1)).unwrap();
        assert!(throttle.attempt_at("a@b.c", address, start + Duration::from_secs(2)).is_err());
        throttle.attempt_at("a@b.c", address, start + MEMORY * 2).unwrap();
        throttle.succeeded("a@b.c", address);
        for _ in 0..FREE {
            throttle.attempt_at("a@b.c", address, start + MEMORY * 2).unwrap();
        }
    }
}
