//! What stands around every handler: the request's id, time limit, panics, errors as problems, tags, security headers.

use super::extract::BODY_LIMIT;
use super::problem::Problem;
use super::{reply, tags};
use crate::auth::{Left, WINDOW};
use crate::telemetry::traces;
use axum::body::{Body, HttpBody as _};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use futures::FutureExt as _;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};
use tracing::Instrument as _;
use uuid::Uuid;

/// A request is answered within this time, apart from what the client itself asks to wait, and needs to send its body.
const LIMIT: Duration = Duration::from_secs(30);
/// What it has changed may have been committed just then.
const TOO_LONG: &str = "The answer took too long, and it is not known whether the request took effect. Try again in a few seconds: with the same \
    Idempotency-Key it takes effect once; without one, look first.";
/// The most that `Prefer: wait` can ask for.
pub const MOST_WAIT: Duration = Duration::from_mins(1);

const API_POLICY: &str = "default-src 'none'; frame-ancestors 'none'";
/// The documentation is a page: its own scripts, and styles that it writes itself.
const DOCS_POLICY: &str = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'";

/// A picture may style itself, and do nothing else.
const PICTURE_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";

/// The id of a request, as its answer and the log have it.
#[derive(Debug, Clone, Copy)]
pub struct RequestId(pub Uuid);

/// What is left of the caller's limit, once somebody has counted the request.
#[derive(Debug, Clone, Default)]
pub struct Counted(Arc<OnceLock<Left>>);

impl Counted {
    /// Notes it.
    pub fn note(&self, left: Left) {
        let _ = self.0.set(left);
    }

    fn tell(&self, headers: &mut HeaderMap) {
        let Some(left) = self.0.get() else { return };
        let policy = format!("\"requests\";q={};w={}", left.limit, WINDOW.as_secs());
        let now = format!("\"requests\";r={};t={}", left.remaining, left.reset);
        for (name, value) in [("ratelimit-policy", policy), ("ratelimit", now)] {
            if let Ok(value) = HeaderValue::from_str(&value) {
                headers.insert(name, value);
            }
        }
    }
}

/// The outermost layer.
pub async fn frame(mut request: Request, next: Next) -> Response {
    let body = if request.body().is_end_stream() { Duration::ZERO } else { BODY_LIMIT };
    let limit = LIMIT + body + wait(request.headers()).unwrap_or_default();
    let (id, start) = (Uuid::now_v7(), Instant::now());
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let span = tracing::info_span!("request", %id, %method, path, trace_id = traces::trace_id());
    let counted = Counted::default();
    request.extensions_mut().insert(RequestId(id));
    request.extensions_mut().insert(counted.clone());
    let known = tags::list(request.headers(), &header::IF_NONE_MATCH);
    tags::forget_encoding(request.headers_mut());
    let answer = AssertUnwindSafe(next.run(request)).catch_unwind().instrument(span.clone());
    let response = match tokio::time::timeout(limit, answer).await {
        Ok(Ok(response)) => response,
        Ok(Err(panic)) => {
            let words = panic.downcast_ref::<&str>().map(|s| (*s).to_owned()).or_else(|| panic.downcast_ref::<String>().cloned());
            span.in_scope(|| tracing::error!(panic = words.unwrap_or_default(), "a handler panicked"));
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
        Err(_) => Problem::unavailable(TOO_LONG).into_response(),
    };
    let mut response = finish(response, id, &method, &known);
    if let Ok(id) = HeaderValue::from_str(&id.to_string()) {
        response.headers_mut().insert("x-request-id", id);
    }
    protect(response.headers_mut(), &path);
    counted.tell(response.headers_mut());
    span.in_scope(|| tracing::debug!(status = response.status().as_u16(), ms = start.elapsed().as_millis(), "answered"));
    response
}

/// The seconds of `Prefer: wait=…` (RFC 7240), at most [`MOST_WAIT`].
pub fn wait(headers: &HeaderMap) -> Option<Duration> {
    let preferences = headers.get_all("prefer").iter().filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(','));
    let seconds = preferences.filter_map(|p| p.trim().split_once('=')).find(|(name, _)| name.trim().eq_ignore_ascii_case("wait"));
    let seconds = seconds?.1.trim().trim_matches('"').parse().ok()?;
    Some(Duration::from_secs(seconds).min(MOST_WAIT))
}

/// Every error is a problem, and what the client has already is not sent again.
fn finish(mut response: Response, id: Uuid, method: &Method, known: &[String]) -> Response {
    let status = response.status();
    if status.is_client_error() || status.is_server_error() {
        let problem = response.extensions_mut().remove::<Problem>().unwrap_or_else(|| Problem::of_status(status));
        return problem.respond(id, response);
    }
    let tag = response.headers().get(header::ETAG).and_then(|tag| tag.to_str().ok()).map(str::to_owned);
    let Some(tag) = tag else { return response };
    let reads = method == Method::GET || method == Method::HEAD;
    let matched = tags::matching(known, &tag).filter(|_| reads && status == StatusCode::OK);
    if let Some(matched) = matched {
        // The tag that a 200 would have had (RFC 9110, 15.4.5): that of the form that the client holds.
        if let Ok(matched) = HeaderValue::from_str(matched) {
            response.headers_mut().insert(header::ETAG, matched);
        }
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        *response.body_mut() = Body::empty();
        for name in [header::CONTENT_LENGTH, header::CONTENT_TYPE, header::CONTENT_ENCODING] {
            response.headers_mut().remove(name);
        }
    } else if let Some(encoding) = response.headers().get(header::CONTENT_ENCODING).and_then(|encoding| encoding.to_str().ok()) {
        // Strong tags differ where bytes differ (RFC 9110, 8.8.3.3).
        if let Ok(tag) = HeaderValue::from_str(&tags::of_encoding(&tag, encoding)) {
            response.headers_mut().insert(header::ETAG, tag);
        }
    }
    response
}

fn protect(headers: &mut HeaderMap, path: &str) {
    let picture = headers.get(header::CONTENT_TYPE).is_some_and(|media| media == reply::SVG);
    let policy = match path {
        _ if picture => PICTURE_POLICY,
        path if path == "/docs" || path.starts_with("/docs/") => DOCS_POLICY,
        _ => API_POLICY,
    };
    let cache = if headers.contains_key(header::ETAG) { "private, no-cache" } else { "no-store" };
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CONTENT_SECURITY_POLICY, policy),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.insert("cross-origin-resource-policy", HeaderValue::from_static("same-origin"));
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static(cache));
}

#[cfg(test)]
mod tests {
    use super::super::extract::Document;
    use super::*;
    use axum::Router;
    use axum::routing::{get, post};
    use futures::StreamExt as _;
    use tower::ServiceExt as _;

    async fn ask(request: Request) -> (HeaderMap, serde_json::Value) {
        let router = Router::new()
            .route("/panic", get(async || -> Response { panic!("secret words") }))
            .route("/sleep", get(async || tokio::time::sleep(Duration::from_hours(1)).await))
            .route("/plain", get(async || (StatusCode::IM_A_TEAPOT, "secret words")))
            .route("/body", post(async |_: Document| ()))
            .layer(axum::middleware::from_fn(frame));
        let response = router.oneshot(request).await.unwrap();
        let (head, body) = response.into_parts();
        assert_eq!(head.headers[header::CONTENT_TYPE], "application/problem+json");
        let body: serde_json::Value = serde_json::from_slice(&axum::body::to_bytes(body, 1 << 16).await.unwrap()).unwrap();
        assert!(body["status"] == head.status.as_u16() && body["instance"].as_str().unwrap().starts_with("urn:uuid:"), "{body}");
        (head.headers, body)
    }

    #[tokio::test(start_paused = true)]
    async fn panics_slow_handlers_and_plain_refusals_become_problems_that_show_nothing() {
        let of = |path: &str| Request::builder().uri(path).body(Body::empty()).unwrap();
        for (path, status, word) in [("/panic", 500, "internal"), ("/sleep", 503, "unavailable"), ("/plain", 418, "refused"), ("/none", 404, "no-such-address")]
        {
            let (headers, body) = ask(of(path)).await;
            assert_eq!((&body["status"], &body["type"]), (&status.into(), &format!("urn:slipform:problem:{word}").into()), "{path}");
            assert!(!body.to_string().contains("secret"), "{body}");
            assert_eq!(headers.contains_key(header::RETRY_AFTER), status == 503, "{path}");
        }
    }

    /// It is the client's line that is slow, not the server: it learns so, while the answer would still be waited for.
    #[tokio::test(start_paused = true)]
    async fn a_body_that_does_not_come_is_not_waited_for() {
        let begun = futures::stream::iter([Ok::<_, std::io::Error>("{")]).chain(futures::stream::pending());
        let request = Request::post("/body").header(header::CONTENT_TYPE, "application/json").body(Body::from_stream(begun)).unwrap();
        let start = tokio::time::Instant::now();
        assert_eq!(ask(request).await.1["type"], "urn:slipform:problem:request-timeout");
        assert!((BODY_LIMIT..BODY_LIMIT + LIMIT).contains(&start.elapsed()), "{:?}", start.elapsed());
    }

    #[test]
    fn a_preference_to_wait_is_read_and_bounded() {
        let of = |value: &'static str| wait(&HeaderMap::from_iter([("prefer".parse().unwrap(), HeaderValue::from_static(value))]));
        assert_eq!(of("wait=5"), Some(Duration::from_secs(5)));
        assert_eq!(of("respond-async, Wait = 10"), Some(Duration::from_secs(10)));
        assert_eq!(of("wait=100000"), Some(MOST_WAIT));
        assert_eq!(of("wait=soon"), None);
        assert_eq!(of("return=minimal"), None);
    }
}
