//! What the edge says itself: a page for people, problem details for programs.

use super::body::{Body, full};
use http::{HeaderValue, Request, Response, StatusCode, header};

/// Whether a person looks at the answer.
pub fn wants_page<B>(request: &Request<B>) -> bool {
    let accepts = request.headers().get_all(header::ACCEPT).iter().filter_map(|v| v.to_str().ok());
    accepts.flat_map(|v| v.split(',')).any(|kind| kind.trim_start().starts_with("text/html"))
}

/// No app has this name.
pub fn unknown_host<B>(request: &Request<B>) -> Response<Body> {
    let detail = "No app answers at this address. It may have been removed, or nothing has been built for it yet.";
    speak(request, StatusCode::NOT_FOUND, "There is no app here", detail, None)
}

/// The app's process is being started again.
pub fn starting<B>(request: &Request<B>, retry_after: u64) -> Response<Body> {
    let detail = "The app is starting. Please try again in a moment.";
    speak(request, StatusCode::SERVICE_UNAVAILABLE, "One moment", detail, Some(retry_after))
}

/// No such file.
pub fn not_found<B>(request: &Request<B>) -> Response<Body> {
    speak(request, StatusCode::NOT_FOUND, "Not found", "The app has nothing at this address.", None)
}

/// The request cannot be understood.
pub fn bad_request(detail: &str) -> Response<Body> {
    problem(StatusCode::BAD_REQUEST, "Bad request", detail)
}

/// Problem details, RFC 9457.
pub fn problem(status: StatusCode, title: &str, detail: &str) -> Response<Body> {
    let json = serde_json::json!({ "type": "about:blank", "title": title, "status": status.as_u16(), "detail": detail });
    respond(status, "application/problem+json", json.to_string())
}

fn speak<B>(request: &Request<B>, status: StatusCode, title: &str, detail: &str, retry_after: Option<u64>) -> Response<Body> {
    let mut response = if wants_page(request) {
        let refresh = retry_after.map_or(String::new(), |s| format!("<meta http-equiv=\"refresh\" content=\"{}\">", s.clamp(1, 5)));
        respond(status, "text/html; charset=utf-8", page(title, detail, &refresh))
    } else {
        problem(status, title, detail)
    };
    if let Some(seconds) = retry_after {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds.max(1)));
    }
    response
}

fn respond(status: StatusCode, kind: &'static str, content: String) -> Response<Body> {
    let mut response = Response::new(full(content));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"),
    );
    response
}

/// Both texts are ours: nothing of the request appears.
fn page(title: &str, detail: &str, head: &str) -> String {
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">{head}<title>{title}</title>\
         <style>:root{{color-scheme:light dark}}body{{font:16px/1.5 system-ui,sans-serif;display:grid;place-content:center;min-height:90vh;margin:0 1.5rem;\
         text-align:center}}h1{{font-size:1.5rem;margin:0 0 .5rem}}p{{margin:0;max-width:32rem;opacity:.75}}</style></head>\
         <body><main><h1>{title}</h1><p>{detail}</p></main></body></html>"
    )
}
