//! How requests are refused: one answer for each status in the OpenAPI document, shown by what the code that refuses makes of it.

use super::extract::{self, IfMatch};
use super::problem::{MEDIA_TYPE, Problem};
use super::v1::apps::create::NewApp;
use crate::domain::{Error, Quota};
use axum::http::StatusCode;
use std::collections::BTreeMap;
use utoipa::openapi::example::ExampleBuilder;
use utoipa::openapi::response::{Response, ResponseBuilder};
use utoipa::openapi::{ContentBuilder, HeaderBuilder, Ref, RefOr};

/// Status, name and description.
const REFUSALS: [(u16, &str, &str); 14] = [
    (400, "Malformed", "The body cannot be read."),
    (401, "Unauthenticated", "No credentials, or they are wrong, over or revoked."),
    (403, "Forbidden", "The role in this organization does not include this."),
    (404, "NotFound", "It does not exist, or belongs to somebody else."),
    (408, "RequestTimeout", "The body did not arrive in time."),
    (409, "Conflict", "It contradicts the present state; `type` says how."),
    (412, "Stale", "It was changed since it was read; see If-Match."),
    (413, "TooLarge", "The body is too large."),
    (415, "UnsupportedMediaType", "The body is not declared as JSON."),
    (422, "Invalid", "The input is wrong; `errors` names each place."),
    (428, "Unconditional", "It does not say which version is meant; see If-Match."),
    (429, "TooManyRequests", "Too often; see Retry-After."),
    (500, "Internal", "Something went wrong in Slipform."),
    (503, "Unavailable", "Slipform cannot answer now; see Retry-After."),
];

/// All of them by their names.
pub fn all() -> impl Iterator<Item = (&'static str, Response)> {
    REFUSALS.into_iter().map(|(status, name, description)| (name, refusal(status, description)))
}

/// References to those with these statuses.
pub fn with(statuses: &[u16]) -> BTreeMap<String, RefOr<Response>> {
    let shared = REFUSALS.into_iter().filter(|(status, ..)| statuses.contains(status));
    shared.map(|(status, name, _)| (status.to_string(), RefOr::Ref(Ref::from_response_name(name)))).collect()
}

fn refusal(status: u16, description: &str) -> Response {
    let shown = examples(status).into_iter().map(|mut problem| {
        problem.instance = "urn:uuid:01a21715-4680-7cc1-8d5e-3f1f6f0f8f11".into();
        let word = problem.kind.rsplit(':').next().unwrap_or_default().to_owned();
        (word, ExampleBuilder::new().value(serde_json::to_value(problem).ok()).build())
    });
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).examples_from_iter(shown).build();
    let mut response = ResponseBuilder::new().description(description).content(MEDIA_TYPE, content);
    if matches!(status, 429 | 503) {
        let seconds = HeaderBuilder::new().schema(Some(utoipa::schema!(u32))).description(Some("Seconds after which to try again.")).build();
        response = response.header("Retry-After", seconds);
    }
    response.build()
}

/// What is refused with this status, refused by whoever does so: shown is what a client gets.
fn examples(status: u16) -> Vec<Problem> {
    let new_app = |body: &[u8]| extract::parse::<NewApp>(body).err().into_iter().collect();
    let one = |error: Error| vec![error.into()];
    match status {
        400 => new_app(br#"{ "slug": "car-rental", "name": "#),
        401 => one(Error::Unauthenticated { detail: "The access token or API token is wrong, over or revoked.".into() }),
        403 => one(Error::Forbidden { detail: "This needs the role `editor` or more in this organization; yours is `viewer`.".into() }),
        404 => one(Error::NotFound { what: "app" }),
        409 => {
            let taken = "This organization has an app `car-rental` already. Choose another slug.";
            let many = "This organization has 100 apps, and may have 100. Delete apps that are not needed any more, or ask the operator for more.";
            let quota = Error::QuotaExceeded { quota: Quota::Apps, used: 100, limit: 100, detail: many.into(), retry_after: None };
            vec![Error::Conflict { code: "app-slug-taken", detail: taken.into() }.into(), quota.into()]
        }
        412 => IfMatch(vec!["\"0c3c4f2d6a7b8e9f0a1b2c3d4e5f6071\"".into()]).check(&()).err().into_iter().map(Problem::from).collect(),
        422 => new_app(br#"{ "slug": "car-rental", "name": 7 }"#),
        428 => IfMatch(Vec::new()).check(&()).err().into_iter().map(Problem::from).collect(),
        429 => {
            let often = "1200 requests a minute are answered; these are more. Send fewer, as RateLimit in each answer tells, or ask the operator for more.";
            let many =
                "100 builds of this organization wait, and it may have 100 that do. Try again when one has begun, cancel one, or ask the operator for more.";
            let quota = Error::QuotaExceeded { quota: Quota::WaitingBuilds, used: 100, limit: 100, detail: many.into(), retry_after: Some(15) };
            vec![Error::TooMany { detail: often.into(), retry_after: 3 }.into(), quota.into()]
        }
        _ => StatusCode::from_u16(status).map(Problem::of_status).into_iter().collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_shown_as_it_is_answered() {
        for (status, name, _) in REFUSALS {
            let shown = examples(status);
            assert!(!shown.is_empty(), "{name}");
            for problem in shown {
                assert_eq!(problem.status, status, "{name}: {problem:?}");
                assert!(!problem.kind.ends_with(":refused") && !problem.detail.is_empty(), "{name}: {problem:?}");
                assert_eq!(problem.errors.is_empty(), status != 422, "{name}: {problem:?}");
                assert_eq!(problem.quota.is_some(), problem.kind.ends_with(":quota-exceeded"), "{name}: {problem:?}");
            }
        }
    }
}
