//! One attempt to deliver an event.

use super::failure;
use super::guard::Guard;
use crate::domain::destination::Destination;
use crate::domain::sign::{Secret, sign};
use crate::telemetry;
use chrono::{DateTime, Utc};
use reqwest::Response;
use reqwest::header::{CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use std::time::{Duration, Instant};

/// How much of an answer is read, in bytes. A receiver that says more has no other use of its connection.
pub const READ: usize = 64 << 10;
/// How much of it is kept, in bytes.
pub const KEPT: usize = 4 << 10;
/// How many of its headers are kept, and how many bytes of names and values together.
pub const HEADERS: (usize, usize) = (50, 4 << 10);

/// What is sent.
#[derive(Debug, Clone, Copy)]
pub struct Message<'a> {
    /// `webhook-id`, the same in every attempt: `msg_<id of the event>`.
    pub id: &'a str,
    /// JSON.
    pub body: &'a str,
}

/// The record of an attempt, to be kept and shown to its organization. Its texts fit Postgres: none has U+0000.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// When it began.
    pub at: DateTime<Utc>,
    /// What was sent; `webhook-signature` without the signatures, with which it could be sent once more.
    pub request_headers: Vec<(String, String)>,
    /// `None`: no answer came.
    pub status: Option<u16>,
    /// At most [`HEADERS`]; what does not fit is left out.
    pub response_headers: Vec<(String, String)>,
    /// The first [`KEPT`] bytes; what is not UTF-8 is replaced.
    pub response_body: String,
    /// Why it failed, or why the body is not whole.
    pub error: Option<String>,
    /// How long it took, the body of the answer included.
    pub duration: Duration,
    /// When the receiver wants the next one, as it says.
    pub retry_after: Option<String>,
}

impl Attempt {
    /// One that was not made, because the destination is not allowed any more.
    pub fn refused(at: DateTime<Utc>, why: impl Into<String>) -> Self {
        Self {
            at,
            request_headers: Vec::new(),
            status: None,
            response_headers: Vec::new(),
            response_body: String::new(),
            error: Some(why.into()),
            duration: Duration::ZERO,
            retry_after: None,
        }
    }
}

/// Sends the message once, at `at`, with where it stands in its trace. Signed with each of the secrets: while an endpoint's secret is rotated, with the new and the old one.
pub async fn send(guard: &Guard, destination: &Destination, message: Message<'_>, secrets: &[Secret], at: DateTime<Utc>) -> Attempt {
    let timestamp = at.timestamp();
    let own = [("content-type", "application/json".to_owned()), ("webhook-id", message.id.to_owned()), ("webhook-timestamp", timestamp.to_string())];
    let trace = telemetry::current().map(|trace| ("traceparent", trace.to_string()));
    let shown = [("webhook-signature", vec!["v1,***"; secrets.len()].join(" "))];
    let request_headers = own.iter().chain(&shown).chain(&trace).map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    let mut attempt = Attempt { request_headers, ..Attempt::refused(at, "") };

    let mut request = guard
        .post(destination)
        .header(CONTENT_TYPE, "application/json")
        .header("webhook-id", message.id)
        .header("webhook-timestamp", timestamp)
        .header("webhook-signature", sign(message.id, timestamp, message.body, secrets))
        .body(message.body.to_owned());
    if let Some((name, value)) = trace {
        request = request.header(name, value);
    }
    let begun = Instant::now();
    match request.send().await {
        Ok(response) => hear(response, &mut attempt).await,
        Err(error) => attempt.error = Some(failure::words(&error, false)),
    }
    attempt.duration = begun.elapsed();
    attempt
}

/// Writes down what was answered.
async fn hear(mut response: Response, attempt: &mut Attempt) {
    let status = response.status();
    attempt.status = Some(status.as_u16());
    attempt.response_headers = headers(response.headers());
    attempt.retry_after = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let (body, broken) = read(&mut response).await;
    attempt.response_body = text(&body);
    attempt.error = match status.as_u16() {
        // It has the event, whatever becomes of its answer.
        200..=299 => broken,
        300..=399 => Some(format!("It answered {status}. Redirects are not followed: give the endpoint the address that it redirects to.")),
        _ => Some(format!("It answered {status}.")),
    };
}

/// At most [`READ`] bytes, of which [`KEPT`] are returned, and why it is not whole.
async fn read(response: &mut Response) -> (Vec<u8>, Option<String>) {
    let (mut kept, mut length) = (Vec::new(), 0);
    while length < READ {
        match response.chunk().await {
            Ok(Some(chunk)) => {
                kept.extend_from_slice(&chunk[..chunk.len().min(KEPT - kept.len())]);
                length += chunk.len();
            }
            Ok(None) => break,
            Err(error) => return (kept, Some(failure::words(&error, true))),
        }
    }
    (kept, None)
}

fn headers(all: &HeaderMap) -> Vec<(String, String)> {
    let (most, mut room) = HEADERS;
    let texts = all.iter().map(|(name, value)| (name.to_string(), text(value.as_bytes())));
    let fits = |(name, value): &(String, String)| {
        let left = room.checked_sub(name.len() + value.len());
        room = left.unwrap_or(room);
        left.is_some()
    };
    texts.filter(fits).take(most).collect()
}

/// As text that Postgres can hold, of at most [`KEPT`] bytes.
fn text(bytes: &[u8]) -> String {
    let mut text = String::from_utf8_lossy(bytes).replace('\0', "\u{fffd}");
    text.truncate(text.floor_char_boundary(KEPT));
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::header::{HeaderName, HeaderValue};

    #[test]
    fn what_is_kept_of_an_answer_is_bounded_and_fits_postgres() {
        assert_eq!(text(b"a\0b\xffc"), "a\u{fffd}b\u{fffd}c");
        assert_eq!(text("ä".repeat(3000).as_bytes()).len(), KEPT);
        assert_eq!(text(format!("x{}", "ä".repeat(3000)).as_bytes()).len(), KEPT - 1, "no half letter");
        assert!(text(&[0xff; KEPT]).len() <= KEPT, "three bytes stand for one that is wrong");
    }

    #[test]
    fn of_too_many_headers_those_that_fit_are_kept() {
        let header = |at: usize, bytes: usize| {
            let name = HeaderName::try_from(format!("x-{at:03}")).unwrap();
            (name, HeaderValue::try_from("v".repeat(bytes)).unwrap())
        };
        let many: HeaderMap = (0..90).map(|at| header(at, 10)).collect();
        assert_eq!(headers(&many).len(), 50);
        let large: HeaderMap = [(0, 10), (1, 5000), (2, 2000), (3, 3000), (4, 10)].into_iter().map(|(at, bytes)| header(at, bytes)).collect();
        let mut kept: Vec<_> = headers(&large).into_iter().map(|(name, _)| name).collect();
        kept.sort();
        assert!(kept.contains(&"x-000".to_owned()) && !kept.contains(&"x-001".to_owned()), "{kept:?}");
        let total: usize = headers(&large).iter().map(|(name, value)| name.len() + value.len()).sum();
        assert!(total <= HEADERS.1);
    }
}
