use crate::domain::error::{Error, Result};
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// How long a failure is remembered.
const MEMORY: Duration = Duration::from_mins(15);
/// Keys that are remembered; the oldest go first.
const ROOM: usize = 10_000;

/// Slows down whoever guesses, in the memory of this process: with the same credentials from one network address, and with any from one
/// address. Nobody can lock a person out from another address.
#[derive(Debug, Default)]
pub struct Throttle(Mutex<HashMap<Key, Failures>>);

/// Credentials are an e-mail address, a person's id, or the hash of a secret: a client that goes on sending what is over is slow before
/// its neighbours are.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Key {
    Credentials(String, IpAddr),
    Address(IpAddr),
}

impl Key {
    /// Failures that are free. An office behind one address has many people.
    fn free(&self) -> u32 {
        match self {
            Self::Credentials(..) => 5,
            Self::Address(_) => 50,
        }
    }
}

#[derive(Debug, Clone, Copy)]
struct Failures {
    count: u32,
    last: Instant,
}

impl Failures {
    /// The first are free; then each one doubles the wait, from one second to a quarter of an hour.
    fn wait(self, free: u32) -> Duration {
        if self.count < free { Duration::ZERO } else { Duration::from_secs(1 << (self.count - free).min(10)).min(MEMORY) }
    }
}

impl Throttle {
    /// Counts an attempt as a failure before it is known to be one, so that many at once are no way around it.
    pub fn attempt(&self, credentials: &str, address: IpAddr) -> Result<()> {
        self.attempt_at(credentials, address, Instant::now())
    }

    fn attempt_at(&self, credentials: &str, address: IpAddr, now: Instant) -> Result<()> {
        let mut known = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let keys = keys(credentials, address);
        for key in &keys {
            let Some(failures) = known.get_mut(key) else { continue };
            let passed = now.duration_since(failures.last);
            if passed >= MEMORY {
                failures.count = 0;
            } else if let Some(left) = failures.wait(key.free()).checked_sub(passed).filter(|left| !left.is_zero()) {
                let whose = if matches!(key, Key::Credentials(..)) { "with the same credentials" } else { "from this network address" };
                return Err(Error::TooMany { detail: format!("Too many attempts {whose} have failed."), retry_after: left.as_secs() + 1 });
            }
        }
        for key in keys {
            make_room(&mut known, now);
            let failures = known.entry(key).or_insert(Failures { count: 0, last: now });
            failures.count += 1;
            failures.last = now;
        }
        Ok(())
    }

    /// Forgets the failures with these credentials after a success, and that this attempt was counted against the address.
    pub fn succeeded(&self, credentials: &str, address: IpAddr) {
        let mut known = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let [credentials, address] = keys(credentials, address);
        known.remove(&credentials);
        uncount(&mut known, &address);
    }

    /// Takes back that an attempt was counted: whether it was right could not be found out.
    pub fn undecided(&self, credentials: &str, address: IpAddr) {
        let mut known = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        for key in keys(credentials, address) {
            uncount(&mut known, &key);
        }
    }
}

fn keys(credentials: &str, address: IpAddr) -> [Key; 2] {
    [Key::Credentials(credentials.to_owned(), address), Key::Address(address)]
}

fn uncount(known: &mut HashMap<Key, Failures>, key: &Key) {
    if let Some(failures) = known.get_mut(key) {
        failures.count = failures.count.saturating_sub(1);
    }
}

fn make_room(known: &mut HashMap<Key, Failures>, now: Instant) {
    if known.len() < ROOM {
        return;
    }
    known.retain(|_, failures| now.duration_since(failures.last) < MEMORY);
    if known.len() >= ROOM
        && let Some(oldest) = known.iter().min_by_key(|(_, failures)| failures.last).map(|(key, _)| key.clone())
    {
        known.remove(&oldest);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guessing_becomes_slow_and_a_success_or_time_forgives() {
        let (throttle, address, start) = (Throttle::default(), IpAddr::from([127, 0, 0, 1]), Instant::now());
        for _ in 0..5 {
            throttle.attempt_at("a@b.c", address, start).unwrap();
        }
        assert!(matches!(throttle.attempt_at("a@b.c", address, start), Err(Error::TooMany { retry_after: 1..=2, .. })));
        throttle.attempt_at("other@b.c", address, start).unwrap();
        throttle.attempt_at("a@b.c", address, start + Duration::from_secs(1)).unwrap();
        assert!(throttle.attempt_at("a@b.c", address, start + Duration::from_secs(2)).is_err());
        throttle.attempt_at("a@b.c", address, start + MEMORY * 2).unwrap();
        throttle.succeeded("a@b.c", address);
        for _ in 0..5 {
            throttle.attempt_at("a@b.c", address, start + MEMORY * 2).unwrap();
        }
    }

    #[test]
    fn guessing_for_many_people_becomes_slow_too_and_locks_nobody_out_elsewhere() {
        let (throttle, start) = (Throttle::default(), Instant::now());
        let (guesser, office) = (IpAddr::from([192, 0, 2, 1]), IpAddr::from([192, 0, 2, 2]));
        for i in 0..50 {
            throttle.attempt_at(&format!("{i}@b.c"), guesser, start).unwrap();
        }
        assert!(throttle.attempt_at("a@b.c", guesser, start).is_err());
        throttle.attempt_at("a@b.c", office, start).unwrap();
        for _ in 0..500 {
            throttle.attempt_at("b@b.c", office, start).unwrap();
            throttle.succeeded("b@b.c", office);
        }
        for _ in 0..500 {
            throttle.attempt_at("b@b.c", office, start).unwrap();
            throttle.undecided("b@b.c", office);
        }
    }
}
