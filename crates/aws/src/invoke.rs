//! Calls a function and tells apart how it can fail: AWS answers a program that was killed with 200.

use crate::account::Account;
use crate::error::{Error, Kind, Result, failed};
use aws_config::timeout::TimeoutConfig;
use aws_sdk_lambda::types::LogType;
use aws_smithy_types::Blob;
use serde_json::Value;
use std::time::Duration;

/// How long a function may be busy with others before the caller gives up.
const BUSY: Duration = Duration::from_secs(90);

/// Why a function gave no answer of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Breakdown {
    /// It ran into its time limit.
    TimedOut,
    /// It was killed; as a rule for want of memory.
    OutOfMemory,
    /// Its program ended or could not be started.
    Exited,
    /// It refused with an error of its own.
    Refused,
}

/// What an invocation came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Invoked {
    /// It answered, in bytes of JSON.
    Answered(Vec<u8>),
    /// It did not.
    BrokeDown {
        /// How.
        breakdown: Breakdown,
        /// In Lambda's words.
        message: String,
        /// The last lines of its log.
        tail: Vec<String>,
    },
}

/// Invokes a function and waits for its answer, at most `limit`. Waits, with growing pauses, while the function's share of the
/// concurrency is used up. An invocation whose answer was lost is not repeated here: the function may still run.
pub async fn invoke(account: &Account, function: &str, payload: Vec<u8>, limit: Duration) -> Result<Invoked> {
    let begin = tokio::time::Instant::now();
    let mut pause = Duration::from_millis(200);
    loop {
        let error = match once(account, function, &payload, limit).await {
            Ok(invoked) => return Ok(invoked),
            Err(error) => error,
        };
        if !matches!(error.kind, Kind::Throttled | Kind::Busy) || begin.elapsed() > BUSY {
            return Err(error);
        }
        tokio::time::sleep(pause + Duration::from_millis(rand::random_range(0..200))).await;
        pause = (pause * 2).min(Duration::from_secs(5));
    }
}

async fn once(account: &Account, function: &str, payload: &[u8], limit: Duration) -> Result<Invoked> {
    let timeouts = TimeoutConfig::builder().connect_timeout(Duration::from_secs(5)).operation_attempt_timeout(limit).build();
    let config = aws_sdk_lambda::Config::builder().retry_config(crate::ensure::once()).timeout_config(timeouts);
    let invoke = account.lambda.invoke().function_name(function).log_type(LogType::Tail).payload(Blob::new(payload));
    let done = invoke.customize().config_override(config).send().await.map_err(failed("lambda:InvokeFunction"))?;
    let answer = done.payload().map(|blob| blob.as_ref().to_vec()).unwrap_or_default();
    let Some(kind) = done.function_error() else { return Ok(Invoked::Answered(answer)) };
    let tail = done.log_result().and_then(|encoded| aws_smithy_types::base64::decode(encoded).ok()).unwrap_or_default();
    let tail = String::from_utf8_lossy(&tail).lines().map(str::to_owned).filter(|line| !line.trim().is_empty()).collect();
    let (breakdown, message) = classify(kind, &answer);
    Ok(Invoked::BrokeDown { breakdown, message, tail })
}

/// Lambda's payload of an error: `errorType` and `errorMessage` (AWS Lambda developer guide, "Understanding retry behavior").
fn classify(kind: &str, payload: &[u8]) -> (Breakdown, String) {
    let error: Value = serde_json::from_slice(payload).unwrap_or_default();
    let text = |name: &str| error[name].as_str().unwrap_or_default();
    let (name, message) = (text("errorType"), text("errorMessage"));
    let breakdown = if name == "Sandbox.Timedout" || message.contains("Task timed out") {
        Breakdown::TimedOut
    } else if name == "Runtime.OutOfMemory" || message.contains("signal: killed") {
        Breakdown::OutOfMemory
    } else if name.starts_with("Runtime.") || name.starts_with("Sandbox.") || name.starts_with("Extension.") || kind == "Unhandled" && message.is_empty() {
        Breakdown::Exited
    } else {
        Breakdown::Refused
    };
    let message = match (name, message) {
        ("", "") => "it gave no reason".to_owned(),
        ("", message) => message.to_owned(),
        (name, message) => format!("{name}: {message}"),
    };
    (breakdown, message)
}

/// Makes an error of a function that does not belong to any stage, such as one that the operator's account lacks.
pub fn broke_down(call: &'static str, breakdown: Breakdown, message: &str) -> Error {
    let (kind, code) = match breakdown {
        Breakdown::TimedOut => (Kind::Unreachable, "timed-out"),
        Breakdown::OutOfMemory => (Kind::Refused, "out-of-memory"),
        Breakdown::Exited => (Kind::Unreachable, "exited"),
        Breakdown::Refused => (Kind::Refused, "refused"),
    };
    Error::new(kind, call, code, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ways_in_which_a_function_breaks_down_are_told_apart() {
        for (kind, payload, expected) in [
            ("Unhandled", r#"{"errorType":"Sandbox.Timedout","errorMessage":"RequestId: 1 Error: Task timed out after 120.00 seconds"}"#, Breakdown::TimedOut),
            ("Unhandled", r#"{"errorMessage":"2026-01-01T00:00:00Z 1 Task timed out after 3.01 seconds"}"#, Breakdown::TimedOut),
            (
                "Unhandled",
                r#"{"errorType":"Runtime.ExitError","errorMessage":"RequestId: 1 Error: Runtime exited with error: signal: killed"}"#,
                Breakdown::OutOfMemory,
            ),
            (
                "Unhandled",
                r#"{"errorType":"Runtime.ExitError","errorMessage":"RequestId: 1 Error: Runtime exited with error: exit status 1"}"#,
                Breakdown::Exited,
            ),
            ("Unhandled", r#"{"errorType":"Runtime.InvalidEntrypoint","errorMessage":"no such file"}"#, Breakdown::Exited),
            ("Unhandled", "", Breakdown::Exited),
            ("Unhandled", r#"{"errorType":"&'static str","errorMessage":"no such secret"}"#, Breakdown::Refused),
        ] {
            assert_eq!(classify(kind, payload.as_bytes()).0, expected, "{payload}");
        }
    }
}
