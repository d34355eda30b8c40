//! What handlers answer with.

use super::problem::Problem;
use super::tags;
use crate::app::change::Answered;
use crate::app::page::Page;
use crate::app::polls::Body;
use crate::domain::Error;
use axum::http::{HeaderName, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

/// The type of a picture.
pub const SVG: &str = "image/svg+xml";

/// What a handler gives.
pub type Answer = Result<Response, Problem>;

/// JSON with a strong tag of its content.
pub fn json(status: StatusCode, body: &impl Serialize) -> Answer {
    Ok(whole(status, self::body(body)?))
}

/// JSON with a strong tag of its content, to be sent now and later.
pub fn body(body: &impl Serialize) -> Result<Body, Error> {
    Ok(written(serde_json::to_vec(body).map_err(Error::internal)?))
}

/// The same, of what is JSON already.
pub fn written(bytes: Vec<u8>) -> Body {
    let tag = tags::of_bytes(&bytes);
    Body { bytes: bytes.into(), tag }
}

/// JSON that is there already.
pub fn whole(status: StatusCode, body: Body) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json".to_owned()), (header::ETAG, body.tag)], body.bytes).into_response()
}

/// JSON with a strong tag of its content.
pub fn ok(body: &impl Serialize) -> Answer {
    json(StatusCode::OK, body)
}

/// JSON that nobody keeps and asks for again: it carries a secret, or tells of the moment in which it was asked for. It has no tag.
pub fn untagged(status: StatusCode, body: &impl Serialize) -> Answer {
    let bytes = serde_json::to_vec(body).map_err(Error::internal)?;
    let headers = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-store")];
    Ok((status, headers, bytes).into_response())
}

/// The answer to something that was made or started, with the address of it.
pub fn made(status: StatusCode, body: &impl Serialize, location: Option<String>) -> crate::domain::error::Result<Answered> {
    let body = serde_json::to_vec(body).map_err(Error::internal)?;
    Ok(Answered { status: status.as_u16(), location, body, secret: false, replayed: false })
}

/// An answer as it goes out; one that was given before says so.
pub fn answered(answered: Answered) -> Answer {
    let status = StatusCode::from_u16(answered.status).map_err(Error::internal)?;
    let tag = tags::of_bytes(&answered.body);
    let mut response = (status, [(header::CONTENT_TYPE, "application/json")], answered.body).into_response();
    let headers = response.headers_mut();
    if answered.secret {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    } else {
        headers.insert(header::ETAG, HeaderValue::from_str(&tag).map_err(Error::internal)?);
    }
    if let Some(location) = answered.location {
        headers.insert(header::LOCATION, HeaderValue::from_str(&location).map_err(Error::internal)?);
    }
    if answered.replayed {
        headers.insert("idempotency-replayed", HeaderValue::from_static("true"));
    }
    Ok(response)
}

/// A picture with a strong tag of its content.
pub fn svg(picture: String) -> Response {
    let tag = tags::of_bytes(picture.as_bytes());
    ([(header::CONTENT_TYPE, SVG.to_owned()), (header::ETAG, tag)], picture).into_response()
}

/// With one more header.
pub fn with(answer: Answer, name: HeaderName, value: &str) -> Answer {
    let mut response = answer?;
    response.headers_mut().insert(name, HeaderValue::from_str(value).map_err(Error::internal)?);
    Ok(response)
}

/// A part of a list.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct List<T> {
    /// In order.
    pub items: Vec<T>,
    /// Where the list goes on, for `cursor`; null: it ends here. The header Link says the same.
    #[schema(example = "AAZhFq4dMEABohcVRoB8wY1ePx9vD48TXV7R1cBXJJcHF4nl")]
    pub next_cursor: Option<String>,
}

/// A page of a list, with `Link: rel="next"` (RFC 8288) where it goes on.
pub fn page<T, U: Serialize>(uri: &Uri, page: Page<T>, each: impl FnMut(T) -> U) -> Answer {
    let page = page.map(each);
    let link = page.next.as_ref().map(|cursor| {
        let kept = uri.query().unwrap_or_default().split('&').filter(|part| !part.is_empty() && !part.starts_with("cursor="));
        let query: Vec<&str> = kept.collect();
        let and = if query.is_empty() { "" } else { "&" };
        format!("<{}?{}{and}cursor={cursor}>; rel=\"next\"", uri.path(), query.join("&"))
    });
    let answer = ok(&List { items: page.items, next_cursor: page.next });
    match link {
        Some(link) => with(answer, header::LINK, &link),
        None => answer,
    }
}
