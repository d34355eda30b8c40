//! What apps keep that do not run on this machine: the code bases of their releases, and the logs of their servers.

use super::App;
use crate::domain::error::{Error, Result};
use crate::domain::{EnvironmentId, ReleaseId};
use futures::future::BoxFuture;
use std::collections::BTreeSet;
use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How often a followed log is asked for new lines.
const ASK: Duration = Duration::from_secs(2);
/// How much later than a line of one server an older one of another may arrive, in milliseconds: each sends its lines in batches.
const LATE: i64 = 10_000;

/// Reads there. Whoever asks has made sure that the environment is the actor's.
pub trait Elsewhere: Debug + Send + Sync {
    /// The code base of a release as a zip archive; `None` where it is not there.
    fn code(&self, environment: EnvironmentId, release: ReleaseId) -> BoxFuture<'_, Result<Option<Vec<u8>>>>;

    /// Lines of an environment's log, in order. None where nothing has run yet.
    fn log(&self, environment: EnvironmentId, wanted: Wanted) -> BoxFuture<'_, Result<Vec<Line>>>;
}

/// Which lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// The newest: at least so many, where there are so many.
    Last(usize),
    /// All since a time, in milliseconds since 1970.
    Since(i64),
}

/// A line of a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// When it was written, in milliseconds since 1970.
    pub at: i64,
    /// Tells it apart from all others.
    pub id: String,
    /// What was written.
    pub text: String,
}

impl App {
    /// How what is elsewhere is read.
    pub(super) fn elsewhere(&self) -> Result<Arc<dyn Elsewhere>> {
        self.settings.elsewhere.clone().ok_or_else(|| Error::Unavailable {
            detail: "This app runs on AWS, and the process that answers the API does not reach it. Ask the operator to start that process \
                     with SLIPFORM_AWS_REGION and a program that was built with the feature `aws`."
                .into(),
            cause: None,
        })
    }
}

/// Reads a log that grows.
pub(super) struct Tail {
    elsewhere: Arc<dyn Elsewhere>,
    environment: EnvironmentId,
    /// Since when lines are asked for.
    since: i64,
    /// The lines since then that were told.
    told: BTreeSet<(i64, String)>,
}

impl Tail {
    /// The last lines, and what reads on from there.
    pub(super) async fn start(elsewhere: Arc<dyn Elsewhere>, environment: EnvironmentId, wanted: usize) -> Result<(Vec<String>, Self)> {
        let now = chrono::Utc::now().timestamp_millis();
        let lines = elsewhere.log(environment, Wanted::Last(wanted)).await?;
        // What is older than the oldest of these is not asked for: nobody wanted it.
        let (oldest, newest) = lines.first().zip(lines.last()).map_or((i64::MIN, now), |(first, last)| (first.at, last.at));
        let mut tail = Self { elsewhere, environment, since: oldest, told: BTreeSet::new() };
        let skipped = lines.len().saturating_sub(wanted);
        let last = tail.untold(lines, newest).into_iter().skip(skipped).collect();
        Ok((last, tail))
    }

    /// The lines that have come since; waits until there is one. `None`: the program ends, or the environment is gone.
    pub(super) async fn next(&mut self, shutdown: &CancellationToken) -> Option<Vec<String>> {
        loop {
            shutdown.run_until_cancelled(tokio::time::sleep(ASK)).await?;
            match self.ask().await {
                Ok(lines) if !lines.is_empty() => return Some(lines),
                // A failure passes as a rule, and then no line is missing.
                Ok(_) | Err(Error::Unavailable { .. }) => {}
                Err(_) => return None,
            }
        }
    }

    async fn ask(&mut self) -> Result<Vec<String>> {
        let lines = self.elsewhere.log(self.environment, Wanted::Since(self.since)).await?;
        let newest = lines.last().map_or(self.since, |line| line.at);
        Ok(self.untold(lines, newest))
    }

    /// The texts of the lines that were not told, which they are from now on.
    fn untold(&mut self, lines: Vec<Line>, newest: i64) -> Vec<String> {
        let untold = lines.into_iter().filter_map(|line| self.told.insert((line.at, line.id)).then_some(line.text)).collect();
        self.since = self.since.max(newest.saturating_sub(LATE));
        self.told = self.told.split_off(&(self.since, String::new()));
        untold
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::future::FutureExt as _;
    use std::sync::Mutex;

    /// A log that answers more than was wanted, as CloudWatch does.
    #[derive(Debug, Default)]
    struct Log(Mutex<Vec<Line>>);

    impl Log {
        fn write(&self, at: i64, text: &str) {
            let mut lines = self.0.lock().unwrap();
            lines.push(Line { at, id: text.to_owned(), text: text.to_owned() });
            lines.sort_by_key(|line| line.at);
        }
    }

    impl Elsewhere for Log {
        fn code(&self, _: EnvironmentId, _: ReleaseId) -> BoxFuture<'_, Result<Option<Vec<u8>>>> {
            async { Ok(None) }.boxed()
        }

        fn log(&self, _: EnvironmentId, wanted: Wanted) -> BoxFuture<'_, Result<Vec<Line>>> {
            let lines = self.0.lock().unwrap().clone();
            let since = match wanted {
                Wanted::Last(_) => 0,
                Wanted::Since(time) => time,
            };
            async move { Ok(lines.into_iter().filter(|line| line.at >= since).collect()) }.boxed()
        }
    }

    #[tokio::test]
    async fn a_followed_log_tells_every_line_once_also_one_that_comes_late() {
        let log = Arc::new(Log::default());
        for (at, text) in [(100_000, "one"), (100_001, "two"), (100_001, "three")] {
            log.write(at, text);
        }
        let (last, mut tail) = Tail::start(log.clone(), EnvironmentId::new(), 2).await.unwrap();
        assert_eq!(last, ["two", "three"]);
        log.write(100_001, "same moment");
        assert_eq!(tail.ask().await.unwrap(), ["same moment"]);
        log.write(130_000, "later");
        assert_eq!(tail.ask().await.unwrap(), ["later"]);
        log.write(125_000, "of another server");
        assert_eq!(tail.ask().await.unwrap(), ["of another server"]);
        assert_eq!(tail.ask().await.unwrap(), Vec::<String>::new());
        assert_eq!((tail.since, tail.told.len()), (120_000, 2), "what is older is forgotten");
        let shutdown = CancellationToken::new();
        shutdown.cancel();
        assert_eq!(tail.next(&shutdown).await, None);
    }

    #[tokio::test]
    async fn an_empty_log_is_followed_from_now_on() {
        let log = Arc::new(Log::default());
        let (last, mut tail) = Tail::start(log.clone(), EnvironmentId::new(), 5).await.unwrap();
        assert_eq!(last, Vec::<String>::new());
        log.write(chrono::Utc::now().timestamp_millis(), "first");
        assert_eq!(tail.ask().await.unwrap(), ["first"]);
    }
}
