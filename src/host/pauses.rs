//! How long to wait before a crashed process is started again: longer each time, until it has been healthy for a while.

use std::time::Duration;

/// The first pause; doubled each time.
const FIRST: Duration = Duration::from_millis(100);
/// The longest.
const LONGEST: Duration = Duration::from_secs(30);
/// After this time in health the next crash counts as the first.
const STEADY: Duration = Duration::from_mins(1);

/// The pauses of one environment.
#[derive(Debug)]
pub struct Pauses(Duration);

impl Default for Pauses {
    fn default() -> Self {
        Self(FIRST)
    }
}

impl Pauses {
    /// Whether there was a crash that still counts.
    pub fn waits(&self) -> bool {
        self.0 > FIRST
    }

    /// The pause that is due now.
    pub fn next(&mut self) -> Duration {
        let pause = self.0;
        self.0 = (pause * 2).min(LONGEST);
        pause
    }

    /// The process that has just ended had answered for so long.
    pub fn was_healthy_for(&mut self, time: Duration) {
        if time >= STEADY {
            self.0 = FIRST;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_half_a_minute_and_begin_anew_after_a_minute_in_health() {
        let mut pauses = Pauses::default();
        assert!(!pauses.waits());
        let mut first = |count: usize| -> Vec<u128> { (0..count).map(|_| pauses.next().as_millis()).collect() };
        assert_eq!(first(11), [100, 200, 400, 800, 1_600, 3_200, 6_400, 12_800, 25_600, 30_000, 30_000]);
        // One that crashes again and again after some seconds is no healthy one.
        pauses.was_healthy_for(Duration::from_secs(59));
        assert!(pauses.waits());
        assert_eq!(pauses.next(), LONGEST);
        pauses.was_healthy_for(Duration::from_mins(1));
        assert!(!pauses.waits());
        assert_eq!((pauses.next(), pauses.next()), (FIRST, FIRST * 2));
    }
}
