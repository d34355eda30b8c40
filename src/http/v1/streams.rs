//! Answers that come piece by piece.

use crate::domain::error::Result;
use axum::body::Body;
use axum::http::{HeaderMap, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse as _, Response};
use futures::{Stream, StreamExt as _};
use serde::Serialize;
use std::time::Duration;

/// How lines are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// One JSON object a line.
    Json,
    /// The lines themselves.
    Plain,
    /// Server-sent events.
    Events,
}

impl Form {
    /// What `Accept` asks for.
    pub fn wanted(headers: &HeaderMap) -> Self {
        let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
        if accept.contains("text/event-stream") {
            Self::Events
        } else if accept.contains("text/plain") {
            Self::Plain
        } else {
            Self::Json
        }
    }
}

/// Lines as they come. An answer that breaks off is not ended in order, so that the client notices.
pub fn lines<T: Serialize + Send + 'static>(form: Form, lines: impl Stream<Item = Result<T>> + Send + 'static, plain: fn(&T) -> String) -> Response {
    let json = |line: &T| serde_json::to_string(line).unwrap_or_default();
    match form {
        Form::Events => events(lines.map(move |line| line.map(|line| Event::default().event("log").data(json(&line))))),
        Form::Json => text("application/x-ndjson", lines.map(move |line| line.map(|line| json(&line) + "\n"))),
        Form::Plain => text("text/plain; charset=utf-8", lines.map(move |line| line.map(|line| plain(&line) + "\n"))),
    }
}

/// Server-sent events, with a comment now and then so that nobody between takes the connection for dead.
pub fn events(events: impl Stream<Item = Result<Event>> + Send + 'static) -> Response {
    let alive = KeepAlive::new().interval(Duration::from_secs(15)).text("keep-alive");
    Sse::new(events.map(logged)).keep_alive(alive).into_response()
}

fn text(media: &'static str, lines: impl Stream<Item = Result<String>> + Send + 'static) -> Response {
    ([(header::CONTENT_TYPE, media)], Body::from_stream(lines.map(logged))).into_response()
}

fn logged<T>(piece: Result<T>) -> Result<T> {
    piece.inspect_err(|error| tracing::warn!(%error, "a stream broke off"))
}
