//! What a task says: it goes to the function's own log at once, to the bucket every second, and back with the answer.

use crate::stages::remote::Said;
use crate::stages::{Level, LogLine};
use serde_json::Value;
use slipform_aws::Account;
use slipform_aws::objects::{self, Headers};
use std::sync::OnceLock;
use std::time::Duration;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio_util::sync::CancellationToken;

/// How often the bucket is told what is new.
const TELL: Duration = Duration::from_secs(1);
/// How long that may take; the answer waits for it.
const PATIENCE: Duration = Duration::from_secs(3);
/// Marks the lines of tasks in the function's own log.
const TARGET: &str = "slipform::task";

/// Where the lines of a call are told.
#[derive(Debug)]
pub struct Place<'a> {
    pub account: &'a Account,
    /// The artifact bucket.
    pub bucket: &'a str,
    pub key: String,
}

/// Listens until the task has `ended`. The place is known once the call is understood.
pub async fn listen(mut lines: UnboundedReceiver<LogLine>, place: &OnceLock<Place<'_>>, ended: &CancellationToken) -> Said {
    let mut said = Said::default();
    let mut told = 0;
    let mut beat = tokio::time::interval_at(tokio::time::Instant::now() + TELL, TELL);
    beat.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        let line = tokio::select! {
            biased;
            line = lines.recv() => line,
            () = ended.cancelled() => { lines.close(); lines.recv().await }
            _ = beat.tick() => {
                if let Some(place) = place.get().filter(|_| said.count() > told) {
                    told = said.count();
                    tell(place, &said.recent()).await;
                }
                continue;
            }
        };
        let Some(line) = line else { return said };
        let (number, line) = said.push(line);
        tracing::info!(target: TARGET, number, level = line.level.as_str(), "{}", line.line);
    }
}

/// Whoever does not hear it now hears it with the answer.
async fn tell(place: &Place<'_>, said: &Said) {
    let Ok(content) = serde_json::to_vec(said) else { return };
    let headers = Headers { content_type: Some("application/json"), cache_control: None };
    let put = objects::put(place.account, place.bucket, &place.key, content, headers);
    match tokio::time::timeout(PATIENCE, put).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::warn!(error = &error as &dyn std::error::Error, "could not tell what the task says"),
        Err(_) => tracing::warn!("telling what the task says took too long"),
    }
}

/// A line of the function's own log that a task has said, and its number.
pub fn spoken(line: &str) -> Option<(usize, LogLine)> {
    let value: Value = serde_json::from_str(line).ok()?;
    let fields = value.get("fields").filter(|_| value["target"] == TARGET)?;
    let level = match fields["level"].as_str()? {
        "warn" => Level::Warn,
        "error" => Level::Error,
        _ => Level::Info,
    };
    Some((usize::try_from(fields["number"].as_u64()?).ok()?, LogLine { level, line: fields["message"].as_str()?.to_owned() }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stages::Log;
    use std::io::Write;
    use std::sync::{Arc, Mutex};

    #[derive(Clone, Default)]
    struct Written(Arc<Mutex<Vec<u8>>>);

    impl Write for Written {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[tokio::test]
    async fn what_a_task_says_is_in_the_functions_log_and_is_known_again_there() {
        let written = Written::default();
        let to = written.clone();
        let subscriber = tracing_subscriber::fmt().json().with_writer(move || to.clone()).finish();
        let _guard = tracing::subscriber::set_default(subscriber);
        let (log, lines) = Log::new();
        log.info("first");
        log.line(Level::Warn, "second \"quoted\"");
        let ended = CancellationToken::new();
        ended.cancel();
        let said = listen(lines, &OnceLock::new(), &ended).await;
        assert_eq!(said.count(), 2);
        tracing::info!("of the program itself");
        let text = String::from_utf8(written.0.lock().unwrap().clone()).unwrap();
        let again: Vec<_> = text.lines().map(spoken).collect();
        assert_eq!(again.len(), 3, "{text}");
        assert_eq!(again[1], Some((1, LogLine { level: Level::Warn, line: "second \"quoted\"".into() })));
        assert_eq!(again[2], None);
        assert_eq!(spoken("RequestId: 1 Error: Runtime exited with error: signal: killed"), None);
    }
}
