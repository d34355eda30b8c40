//! One file a kind of thing: read, create if absent, correct if different, and how it goes away.

pub mod access_point;
pub mod alarm;
pub mod bucket;
pub mod certificate;
pub mod distribution;
pub mod function;
pub mod log_group;
pub mod record;
pub mod role;
pub mod scaling;
pub mod secret;
pub mod target_group;

use crate::error::{Error, Kind, Result};
use std::time::Duration;

/// Tries again while AWS says that the thing, or something that it needs, is not ready; a new role reaches Lambda after seconds.
pub(crate) async fn patiently<T, F: Future<Output = Result<T>>>(mut attempt: impl FnMut() -> F) -> Result<T> {
    let mut pause = Duration::from_millis(500);
    for _ in 0..12 {
        match attempt().await {
            Err(error) if error.kind == Kind::Busy => {
                tokio::time::sleep(pause + Duration::from_millis(rand::random_range(0..250))).await;
                pause = (pause * 2).min(Duration::from_secs(8));
            }
            answer => return answer,
        }
    }
    attempt().await
}

/// For calls that make a second thing when they are repeated: whoever sends one looks again instead of trying again.
pub(crate) fn once() -> aws_config::retry::RetryConfig {
    aws_config::retry::RetryConfig::disabled()
}

/// Whether it may have had its effect after all, or may have it later: a reason to look again, a few times.
pub(crate) fn look_again(error: &Error, failures: &mut u32) -> Option<Duration> {
    if !matches!(error.kind, Kind::Unreachable | Kind::Throttled) || *failures >= 5 {
        return None;
    }
    *failures += 1;
    Some(Duration::from_millis(200 << *failures))
}
