//! When a delivery is tried again, and when it is given up: the schedule of Standard Webhooks 1.0.

use chrono::{DateTime, NaiveDateTime, Utc};
use std::time::Duration;

/// How long after the event, and then after each failure, the next attempt is made: the last one 75.6 hours after the first.
pub const SCHEDULE: [Duration; 10] = [
    Duration::ZERO,
    Duration::from_secs(5),
    Duration::from_mins(5),
    Duration::from_mins(30),
    Duration::from_hours(2),
    Duration::from_hours(5),
    Duration::from_hours(10),
    Duration::from_hours(14),
    Duration::from_hours(20),
    Duration::from_hours(24),
];

/// The longest that a receiver can put an attempt off with `Retry-After`.
pub const LONGEST: Duration = Duration::from_hours(24);

/// How far a pause may differ, so that what failed together does not come back together.
const JITTER: f64 = 0.1;

/// What follows from an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The receiver has it.
    Succeeded,
    /// The receiver wants nothing any more: its endpoint is disabled.
    Gone,
    /// Again after this long.
    Later(Duration),
    /// That was the last attempt.
    GivenUp,
}

impl Verdict {
    /// Of the attempt with this `number`, which counts from 1. No `status`: no answer came. Redirects are failures, because they are not
    /// followed: whoever is redirected to was never agreed on.
    pub fn of(number: u32, status: Option<u16>, retry_after: Option<&str>, now: DateTime<Utc>) -> Self {
        match status {
            Some(200..=299) => Self::Succeeded,
            Some(410) => Self::Gone,
            _ => after(number, rand::random_range(-JITTER..=JITTER)).map_or(Self::GivenUp, |pause| {
                // A receiver can ask for more time, never for more attempts.
                let asked = retry_after.and_then(|value| parse_retry_after(value, now)).unwrap_or_default();
                Self::Later(pause.max(asked))
            }),
        }
    }
}

fn after(number: u32, jitter: f64) -> Option<Duration> {
    let pause = SCHEDULE.get(usize::try_from(number).ok()?)?;
    Some(pause.mul_f64(1.0 + jitter))
}

/// The header `Retry-After` (RFC 9110, 10.2.3): seconds or a date; at most [`LONGEST`].
fn parse_retry_after(value: &str, now: DateTime<Utc>) -> Option<Duration> {
    let value = value.trim();
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        // What is too long for a number is too long for us.
        return Some(value.parse().map_or(LONGEST, Duration::from_secs).min(LONGEST));
    }
    let date = http_date(value)?;
    Some((date - now).to_std().unwrap_or_default().min(LONGEST))
}

/// A date in one of the three forms of RFC 9110, 5.6.7: of today, of RFC 850, and of `asctime`.
fn http_date(text: &str) -> Option<DateTime<Utc>> {
    let forms = ["%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"];
    forms.iter().find_map(|form| NaiveDateTime::parse_from_str(text, form).ok()).map(|date| date.and_utc())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn now() -> DateTime<Utc> {
        "2026-03-01T12:00:00Z".parse().unwrap()
    }

    fn later(number: u32, retry_after: Option<&str>) -> Duration {
        match Verdict::of(number, Some(503), retry_after, now()) {
            Verdict::Later(pause) => pause,
            other => panic!("{other:?} after attempt {number}"),
        }
    }

    #[test]
    fn each_failure_is_followed_by_the_pause_of_the_schedule_and_the_tenth_by_none() {
        for number in 1..10 {
            let exact = SCHEDULE[number as usize];
            for _ in 0..100 {
                let pause = later(number, None);
                assert!(pause >= exact.mul_f64(0.9) && pause <= exact.mul_f64(1.1), "{pause:?} after attempt {number}");
            }
        }
        for number in [10, 11, u32::MAX] {
            assert_eq!(Verdict::of(number, None, None, now()), Verdict::GivenUp);
            assert_eq!(Verdict::of(number, Some(503), Some("60"), now()), Verdict::GivenUp, "more time is not more attempts");
        }
        assert_eq!(SCHEDULE.iter().sum::<Duration>(), Duration::from_secs(75 * 3600 + 35 * 60 + 5));
        let pauses: std::collections::BTreeSet<_> = (0..100).map(|_| later(5, None)).collect();
        assert!(pauses.len() > 50, "they are spread");
    }

    #[test]
    fn an_answer_of_success_or_of_the_end_is_final_and_every_other_is_a_failure() {
        for status in [200, 201, 202, 204, 299] {
            assert_eq!(Verdict::of(10, Some(status), Some("60"), now()), Verdict::Succeeded, "{status}");
        }
        for number in [1, 10] {
            assert_eq!(Verdict::of(number, Some(410), None, now()), Verdict::Gone);
        }
        for status in [
            None,
            Some(101),
            Some(199),
            Some(300),
            Some(301),
            Some(302),
            Some(304),
            Some(308),
            Some(400),
            Some(401),
            Some(404),
            Some(429),
            Some(500),
            Some(999),
        ] {
            assert!(matches!(Verdict::of(1, status, None, now()), Verdict::Later(_)), "{status:?}");
        }
    }

    #[test]
    fn a_receiver_that_asks_for_time_gets_it_up_to_a_day() {
        let seconds = Duration::from_secs;
        for (value, pause) in [
            ("120", seconds(120)),
            (" 120 ", seconds(120)),
            ("86400", LONGEST),
            ("86401", LONGEST),
            ("99999999999999999999999999", LONGEST),
            ("Sun, 01 Mar 2026 12:10:00 GMT", seconds(600)),
            ("Sunday, 01-Mar-26 12:10:00 GMT", seconds(600)),
            ("Sun Mar  1 12:10:00 2026", seconds(600)),
            ("Sun, 01 Mar 2099 12:00:00 GMT", LONGEST),
        ] {
            assert_eq!(later(1, Some(value)), pause, "{value}");
        }
        for value in ["0", "", "-1", "1.5", "soon", "Sun, 01 Mar 2026 11:59:59 GMT", "Mon, 01 Mar 2026 12:10:00 GMT", "Sun, 01 Mar 2026 12:10:00", "١٢٠"] {
            assert!(later(1, Some(value)) < seconds(6), "{value}");
        }
        assert!(later(4, Some("120")) > Duration::from_mins(100), "the schedule is the least");
    }

    proptest! {
        #[test]
        fn whatever_a_receiver_sends_the_pause_is_bounded(number in 1u32..10, status in proptest::option::of(0u16..1000), value in "\\PC{0,40}") {
            if let Verdict::Later(pause) = Verdict::of(number, status, Some(&value), now()) {
                prop_assert!(pause >= Duration::from_millis(4500) && pause <= LONGEST.mul_f64(1.0 + JITTER));
            }
        }
    }
}
