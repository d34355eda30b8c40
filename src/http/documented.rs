//! Parts of the OpenAPI document that many operations share.

use super::problem::Problem;
use super::refusals;
use std::collections::BTreeMap;
use utoipa::openapi::RefOr;
use utoipa::openapi::response::Response;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::{IntoParams, IntoResponses, Modify, OpenApi};

/// The frame of the document; the router adds the operations.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Slipform",
        description = "Design in, running app out. Sign in, push a design, build it, follow its events, open its address.\n\nEvery error is a problem after RFC 9457. `docs/api.md` shows a build from start to end.",
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
    ),
    servers((url = "/", description = "This server")),
    tags(
        (name = "Identity", description = "Who is calling."),
        (name = "Organizations", description = "The tenants. Everything below belongs to exactly one."),
        (name = "Members", description = "People in an organization, and those who are invited."),
        (name = "API tokens", description = "Secrets for programs."),
        (name = "AWS accounts", description = "Accounts of an organization's own, in which its apps can run."),
        (name = "Apps", description = "What is designed, built and hosted."),
        (name = "Designs", description = "Immutable, numbered versions of an app's design document."),
        (name = "Environments", description = "Where a version runs: production, and previews with their own data."),
        (name = "Domains", description = "Names of your own at which an environment answers."),
        (name = "Releases", description = "What builds made: to go back to, and to download."),
        (name = "Builds", description = "Runs of the pipeline that bring a design version live."),
        (name = "Webhooks", description = "Receivers of your own that are told what happens, and what was delivered to them."),
        (name = "Audit log", description = "Who did what."),
        (name = "Health", description = "For who watches over this server."),
    ),
    components(schemas(Problem)),
    modifiers(&Shared),
    security(("bearer" = [])),
)]
pub struct Frame;

struct Shared;

impl Modify for Shared {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let components = document.components.get_or_insert_default();
        let mut bearer = Http::new(HttpAuthScheme::Bearer);
        bearer.description = Some("The access token of a sign-in (a JWT, good for ten minutes) or an API token (`slip_…`).".into());
        components.security_schemes.insert("bearer".into(), RefOr::T(SecurityScheme::Http(bearer)));
        components.responses.extend(refusals::all().map(|(name, refusal)| (name.to_owned(), RefOr::T(refusal))));
    }
}

macro_rules! answers {
    ($($(#[$doc:meta])* $name:ident: $($status:literal)*;)*) => {$(
        $(#[$doc])*
        pub struct $name;

        impl IntoResponses for $name {
            fn responses() -> BTreeMap<String, RefOr<Response>> {
                refusals::with(&[$($status),*])
            }
        }
    )*};
}

answers! {
    /// How something without credentials is refused.
    Open: 400 408 413 415 422 429 500 503;
    /// How what everybody may read is refused.
    Public: 429 500 503;
    /// How what everybody may read, if it is there, is refused.
    Found: 404 429 500 503;
    /// How a question about health is answered when it is not well.
    Watching: 500 503;
    /// How a sign-in is refused.
    SigningIn: 400 401 408 413 415 422 429 500 503;
    /// How a sign-up is refused.
    SigningUp: 400 401 404 408 409 413 415 422 429 500 503;
    /// How an acceptance is refused.
    Accepting: 400 401 403 404 408 409 413 415 422 429 500 503;
    /// How reading without an organization is refused.
    Personal: 401 429 500 503;
    /// How reading a list without an organization is refused.
    PersonalList: 401 422 429 500 503;
    /// How reading what only a person has is refused.
    Own: 401 403 429 500 503;
    /// How changing something without an organization is refused.
    PersonalChange: 400 401 403 408 409 413 415 422 429 500 503;
    /// How reading is refused.
    Reading: 401 403 404 422 429 500 503;
    /// How reading files is refused.
    ReadingFiles: 401 403 404 409 422 429 500 503;
    /// How checking a body is refused.
    Checking: 401 403 404 408 413 415 429 500 503;
    /// How making or starting something with a body is refused.
    Making: 400 401 403 404 408 409 413 415 422 429 500 503;
    /// How starting or ending something without a body is refused.
    Doing: 401 403 404 409 429 500 503;
    /// How starting something without a body, perhaps by a key, is refused.
    Starting: 401 403 404 409 422 429 500 503;
    /// How changing what others may have changed meanwhile is refused.
    Changing: 400 401 403 404 408 409 412 413 415 422 428 429 500 503;
    /// How deleting what others may have changed meanwhile is refused.
    Deleting: 401 403 404 409 412 428 429 500 503;
}

/// What the client has already.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[allow(dead_code)]
pub struct Conditional {
    /// Tags of what the client has: if nothing has changed since, the answer is 304 without a body.
    #[param(rename = "If-None-Match", nullable = false, example = "\"0c3c4f2d6a7b8e9f0a1b2c3d4e5f6071\"")]
    if_none_match: Option<String>,
}

/// A key by which a request can be sent again.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[allow(dead_code)]
pub struct Repeatable {
    /// Chosen by you, new for each thing that you want: 1 to 255 visible characters, such as a UUID. The same request with the same key has
    /// one effect and gets the same answer for 24 hours, then marked `Idempotency-Replayed: true`.
    #[param(
        rename = "Idempotency-Key",
        nullable = false,
        min_length = 1,
        max_length = 255,
        pattern = "^[!-~]+$",
        example = "01a21715-4680-7cc1-8d5e-3f1f6f0f8f11"
    )]
    idempotency_key: Option<String>,
}

/// The version that a change is meant for.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[allow(dead_code)]
pub struct Meant {
    /// The `ETag` of what you have read: if it was changed since, the answer is 412 and nothing happens. `*` means whatever it is now.
    #[param(rename = "If-Match", example = "\"0c3c4f2d6a7b8e9f0a1b2c3d4e5f6071\"")]
    if_match: String,
}
