//! Each request is counted and timed by the template of its route, and is a span of its caller's trace.

use crate::domain::TraceParent;
use crate::telemetry::metrics;
use crate::telemetry::traces::{Kind, Span, names};
use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderMap, Method};
use axum::middleware::Next;
use axum::response::Response;
use std::time::Instant;

/// What anything else is called, since callers may name a method as they like.
const OTHER: &str = "_OTHER";

/// How much of its own name is told then, in bytes: as long as any method that is in use somewhere.
const METHOD: usize = 32;

/// The outermost layer. An answer that is followed has its head at once: that is what is timed.
pub async fn observe(request: Request, next: Next) -> Response {
    let (start, method) = (Instant::now(), known(request.method()));
    let route = request.extensions().get::<MatchedPath>().cloned();
    let route = route.as_ref().map(MatchedPath::as_str);
    let _active = metrics::request_began(method);
    let span = begin(&request, method, route);
    let response = span.around(next.run(request)).await;
    let status = response.status();
    metrics::request_ended(method, route, status.as_str(), start.elapsed());
    if span.records() {
        span.tell(names::HTTP_RESPONSE_STATUS_CODE, i64::from(status.as_u16()));
        if status.is_server_error() {
            span.fail(status.as_str().to_owned());
        }
    }
    response
}

/// The path is told where it leads somewhere, the query is not: nothing secret stands in the one, and the other is the caller's own, as is an
/// address of nothing.
fn begin(request: &Request, method: &'static str, route: Option<&str>) -> Span {
    let span = Span::begin(Kind::Server, caller(request.headers()), || {
        let method = if method == OTHER { "HTTP" } else { method };
        route.map_or(method.into(), |route| format!("{method} {route}").into())
    });
    if span.records() {
        span.tell(names::HTTP_REQUEST_METHOD, method);
        span.tell(names::URL_SCHEME, "http");
        if let Some(route) = route {
            span.tell(names::HTTP_ROUTE, route.to_owned());
            span.tell(names::URL_PATH, request.uri().path().to_owned());
        }
        if method == OTHER {
            let original = request.method().as_str();
            span.tell(names::HTTP_REQUEST_METHOD_ORIGINAL, original[..original.floor_char_boundary(METHOD)].to_owned());
        }
    }
    span
}

/// Where the caller stands in its trace. What is malformed, or said twice, is not there (W3C Trace Context, 3.2).
fn caller(headers: &HeaderMap) -> Option<TraceParent> {
    let mut all = headers.get_all("traceparent").iter();
    match (all.next(), all.next()) {
        (Some(only), None) => only.to_str().ok()?.parse().ok(),
        _ => None,
    }
}

fn known(method: &Method) -> &'static str {
    match *method {
        Method::CONNECT => "CONNECT",
        Method::DELETE => "DELETE",
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::OPTIONS => "OPTIONS",
        Method::PATCH => "PATCH",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::TRACE => "TRACE",
        _ => OTHER,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::telemetry::current;
    use crate::telemetry::testing::Log;
    use axum::Router;
    use axum::body::Body;
    use axum::routing::get;
    use tower::ServiceExt as _;

    const PARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    /// What a handler sees of the trace of a request with these headers.
    async fn seen(traceparents: &[&str]) -> String {
        let router =
            Router::new().route("/at/{id}", get(async || current().map(|at| at.to_string()).unwrap_or_default())).layer(axum::middleware::from_fn(observe));
        let mut request = Request::builder().uri("/at/1");
        for value in traceparents {
            request = request.header("traceparent", *value);
        }
        let response = router.oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        String::from_utf8(axum::body::to_bytes(response.into_body(), 1_000).await.unwrap().to_vec()).unwrap()
    }

    #[tokio::test]
    async fn a_handler_stands_in_the_trace_of_its_caller_if_that_is_well_formed_and_one() {
        assert_eq!(seen(&[PARENT]).await, PARENT);
        assert_eq!(seen(&[]).await, "");
        assert_eq!(seen(&[PARENT, PARENT]).await, "");
        assert_eq!(seen(&["00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331"]).await, "");
        assert_eq!(seen(&["'; drop table builds; --"]).await, "");
    }

    #[tokio::test]
    async fn the_log_line_of_a_request_names_its_trace() {
        let log = Log::default();
        let _here = tracing::subscriber::set_default(log.subscriber(tracing::Level::DEBUG));
        let router =
            Router::new().route("/", get(async || ())).layer(axum::middleware::from_fn(super::super::frame::frame)).layer(axum::middleware::from_fn(observe));
        let request = Request::builder().uri("/").header("traceparent", PARENT).body(Body::empty()).unwrap();
        router.oneshot(request).await.unwrap();
        let lines = log.lines();
        let named = |line: &String| line.contains("trace_id=0af7651916cd43dd8448eb211c80319c") && line.contains("answered");
        assert!(lines.iter().any(named), "{lines:?}");
    }

    #[test]
    fn a_method_that_nobody_knows_is_no_label() {
        assert_eq!(known(&Method::PATCH), "PATCH");
        assert_eq!(known(&Method::from_bytes(b"TENANT-4711").unwrap()), "_OTHER");
    }
}
