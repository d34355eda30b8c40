//! Errors as the client sees them: RFC 9457. What the log says is separate.

use crate::domain::{Error, Quota};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

/// The media type of every error.
pub const MEDIA_TYPE: &str = "application/problem+json";

/// An error (RFC 9457).
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Problem {
    /// What kind of error it is: `urn:slipform:problem:` and a stable word. All words stand in `docs/api.md`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The kind in words; the same for every error of it.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What happened here, and what to do next.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub detail: String,
    /// `urn:uuid:` and the id of the request, which also stands in the log.
    #[schema(format = "uri")]
    pub instance: String,
    /// Each place of the input that is wrong.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
    /// With `quota-exceeded`: what is used up.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub quota: Option<UsedUp>,
    #[serde(skip)]
    #[schema(ignore)]
    retry_after: Option<u64>,
}

/// A quota that is used up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({ "name": "apps", "used": 100, "limit": 100 }))]
pub struct UsedUp {
    /// Which.
    pub name: Quota,
    /// How much the organization has.
    pub used: i64,
    /// How much it may have.
    pub limit: i64,
}

/// One place of the input that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({ "pointer": "/entities/0/fields/2/type", "detail": "`strin` is no type; did you mean `string`?" }))]
pub struct FieldError {
    /// JSON Pointer (RFC 6901) into the body; below `/query` a parameter of the address.
    pub pointer: String,
    /// What was found, and what would be accepted.
    pub detail: String,
}

impl Problem {
    /// A problem of a kind.
    pub fn new(status: StatusCode, word: &str, title: &str, detail: impl Into<String>) -> Self {
        Self {
            kind: format!("urn:slipform:problem:{word}"),
            title: title.to_owned(),
            status: status.as_u16(),
            detail: detail.into(),
            instance: String::new(),
            errors: Vec::new(),
            quota: None,
            retry_after: None,
        }
    }

    /// Whether nobody is signed in.
    pub fn is_unauthenticated(&self) -> bool {
        self.status == StatusCode::UNAUTHORIZED.as_u16()
    }

    /// A problem that a bare status stands for: what the router and the reading of bodies answer.
    pub fn of_status(status: StatusCode) -> Self {
        let (word, title, detail) = match status.as_u16() {
            400 => ("bad-request", "The request cannot be read", "The request is not well formed."),
            404 => ("no-such-address", "Nothing answers at this address", "Look at /docs for what there is."),
            405 => ("method-not-allowed", "This address does not answer this method", "The header Allow names the methods it answers."),
            408 => ("request-timeout", "The body did not arrive in time", "Nothing was done. Send it again, over a faster connection if there is one."),
            412 => ("stale", "It was changed meanwhile", "Read it again, then decide again."),
            413 => ("too-large", "The body is too large", "A design may have 5 MiB, any other body 64 KiB."),
            415 => ("unsupported-media-type", "The body has another media type", "Send JSON with Content-Type: application/json."),
            503 => ("unavailable", "Slipform cannot answer now", "Try again in a few seconds."),
            500.. => ("internal", "Something went wrong in Slipform", "The log of the server says more under the id of this request."),
            _ => ("refused", "The request was refused", ""),
        };
        Self::new(status, word, title, detail)
    }

    /// A state that passes: the client may ask again in five seconds.
    pub fn unavailable(detail: impl Into<String>) -> Self {
        Self { retry_after: Some(5), ..Self::of_status(StatusCode::SERVICE_UNAVAILABLE).detail(detail) }
    }

    /// With another detail.
    #[must_use]
    pub fn detail(self, detail: impl Into<String>) -> Self {
        Self { detail: detail.into(), ..self }
    }

    /// Input that is wrong at one place.
    pub fn invalid(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Error::invalid(pointer, detail).into()
    }

    /// The answer, once the id of the request is known. `headers` of an answer that it replaces (such as Allow) stay.
    pub fn respond(mut self, request_id: uuid::Uuid, mut response: Response) -> Response {
        self.instance = format!("urn:uuid:{request_id}");
        let body = serde_json::to_vec(&self).unwrap_or_default();
        let headers = response.headers_mut();
        for name in [header::CONTENT_LENGTH, header::ETAG, header::CONTENT_ENCODING] {
            headers.remove(name);
        }
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        if self.status == 401 {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        *response.body_mut() = body.into();
        response
    }
}

/// The answer carries the problem beside it; the outermost layer knows the request's id and writes the body.
impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR).into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::NotFound { what } => Self::new(StatusCode::NOT_FOUND, "not-found", "It does not exist", format!("The {what} was not found.")),
            Error::Invalid { detail, problems } => Self {
                errors: problems.into_iter().map(|p| FieldError { pointer: p.pointer, detail: p.detail }).collect(),
                ..Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", "The input is wrong", detail)
            },
            Error::Conflict { code, detail } => Self::new(StatusCode::CONFLICT, code, "This contradicts the present state", detail),
            Error::Stale { detail } => Self::of_status(StatusCode::PRECONDITION_FAILED).detail(detail),
            Error::Unconditional { detail } => {
                Self::new(StatusCode::PRECONDITION_REQUIRED, "precondition-required", "It does not say which version it is meant for", detail)
            }
            Error::Unauthenticated { detail } => Self::new(StatusCode::UNAUTHORIZED, "unauthenticated", "Nobody is signed in", detail),
            Error::Forbidden { detail } => Self::new(StatusCode::FORBIDDEN, "forbidden", "This is not allowed", detail),
            Error::TooMany { detail, retry_after } => {
                Self { retry_after: Some(retry_after), ..Self::new(StatusCode::TOO_MANY_REQUESTS, "too-many-requests", "Too often", detail) }
            }
            Error::QuotaExceeded { quota, used, limit, detail, retry_after } => {
                let status = if retry_after.is_some() { StatusCode::TOO_MANY_REQUESTS } else { StatusCode::CONFLICT };
                let quota = Some(UsedUp { name: quota, used, limit });
                Self { quota, retry_after, ..Self::new(status, "quota-exceeded", "A quota of the organization is used up", detail) }
            }
            Error::Unavailable { detail, cause } => {
                tracing::warn!(cause = cause.as_deref().map(tracing::field::display), "{detail}");
                Self::unavailable(detail)
            }
            Error::Internal(cause) => {
                tracing::error!(%cause, ?cause, "a request failed");
                Self::of_status(StatusCode::INTERNAL_SERVER_ERROR)
            }
        }
    }
}
