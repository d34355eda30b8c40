//! The catalogue of events in the OpenAPI document: `webhooks`, one entry for each kind, with the schema of its data. The triggers of the
//! database write the data; a test holds what they write against these schemas.
#![allow(dead_code)]

use super::polish::{SCHEMAS, example, overlay};
use crate::domain::{BuildKind, BuildState, DomainState, EnvironmentKind, EventKind, StepName};
use serde_json::{Value, json};
use utoipa::{OpenApi, ToSchema};
use uuid::Uuid;

/// Ids in examples: of the release before the live one, and of a preview.
const EARLIER: &str = "01a21715-4680-7cc1-8d5e-3f1f6f0f8f25";
const PREVIEW: &str = "01a21715-4680-7cc1-8d5e-3f1f6f0f8f22";

/// The app that an event is about.
#[derive(ToSchema)]
#[schema(example = json!({ "id": "01a21715-4680-7cc1-8d5e-3f1f6f0f8f13", "slug": "car-rental", "name": "Car rental" }))]
struct EventApp {
    /// Id.
    id: Uuid,
    /// Slug.
    slug: String,
    /// Name.
    name: String,
}

/// The environment that an event is about.
#[derive(ToSchema)]
#[schema(example = json!({ "id": "01a21715-4680-7cc1-8d5e-3f1f6f0f8f14", "slug": "production", "kind": "production" }))]
struct EventEnvironment {
    /// Id.
    id: Uuid,
    /// Slug.
    slug: String,
    /// Whether it is the app's production.
    kind: EnvironmentKind,
}

/// A release that an event is about.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase", example = json!({ "id": "01a21715-4680-7cc1-8d5e-3f1f6f0f8f15", "number": 7, "designVersion": 12 }))]
struct EventRelease {
    /// Id.
    id: Uuid,
    /// Number in its environment.
    number: i32,
    /// What it was made of.
    design_version: i32,
}

/// The build that an event is about.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase", example = json!({ "id": "01a21715-4680-7cc1-8d5e-3f1f6f0f8f16", "number": 31, "kind": "build", "state": "succeeded",
    "attempt": 1, "designVersion": 12, "reason": null, "error": null }))]
struct EventBuild {
    /// Id.
    id: Uuid,
    /// Number in its app.
    number: i32,
    /// What it is for.
    kind: BuildKind,
    /// What became of it.
    state: BuildState,
    /// How many workers have begun it.
    attempt: i32,
    /// What it is made of.
    design_version: i32,
    /// Why it is so, for people; null: nothing to be said.
    reason: Option<String>,
    /// Why it failed; null: it has not.
    error: Option<EventError>,
}

/// Why a build failed, in short; the build itself has all of it.
#[derive(ToSchema)]
#[schema(example = json!({ "step": "database", "code": "data-would-be-lost", "title": "The change would lose data" }))]
struct EventError {
    /// Where; null: outside of the steps.
    step: Option<StepName>,
    /// For programs.
    code: String,
    /// For people.
    title: String,
}

/// About a build.
#[derive(ToSchema)]
struct BuildEvent {
    /// The app.
    app: EventApp,
    /// The environment.
    environment: EventEnvironment,
    /// The build.
    build: EventBuild,
}

/// About what is live.
#[derive(ToSchema)]
struct ReleaseEvent {
    /// The app.
    app: EventApp,
    /// The environment.
    environment: EventEnvironment,
    /// What is live now.
    release: EventRelease,
    /// What was live before; null: nothing.
    previous: Option<EventRelease>,
}

/// About an environment.
#[derive(ToSchema)]
struct EnvironmentEvent {
    /// The app.
    app: EventApp,
    /// The environment.
    environment: EventEnvironment,
}

/// About whether a live app answers.
#[derive(ToSchema)]
struct HealthEvent {
    /// The app.
    app: EventApp,
    /// The environment.
    environment: EventEnvironment,
    /// What is live.
    release: EventRelease,
    /// Why it does not answer; null: it does.
    #[schema(example = "Its process ended with exit status 1.")]
    message: Option<String>,
    /// How often it was started again since it went live.
    #[schema(example = 1)]
    restarts: i32,
}

/// About an environment that differs from what was made.
#[derive(ToSchema)]
struct DriftEvent {
    /// The app.
    app: EventApp,
    /// The environment.
    environment: EventEnvironment,
    /// What differs; the first ten.
    differences: Vec<EventDifference>,
}

/// A difference.
#[derive(ToSchema)]
#[schema(example = json!({ "kind": "bucket", "name": "slipform-car-rental", "detail": "It is gone." }))]
struct EventDifference {
    /// What kind of thing.
    kind: String,
    /// Its name.
    name: String,
    /// What is different.
    detail: String,
}

/// About an app.
#[derive(ToSchema)]
struct AppEvent {
    /// The app.
    app: EventApp,
}

/// About a design version.
#[derive(ToSchema)]
struct DesignEvent {
    /// The app.
    app: EventApp,
    /// The design version.
    design: EventDesign,
}

/// The design version that an event is about.
#[derive(ToSchema)]
#[schema(example = json!({ "version": 12, "hash": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", "message": "Prices" }))]
struct EventDesign {
    /// Number in its app.
    version: i32,
    /// SHA-256 of the document.
    hash: String,
    /// What changed, as its maker said; null: nothing was said.
    message: Option<String>,
}

/// About a custom domain.
#[derive(ToSchema)]
struct DomainEvent {
    /// The app.
    app: EventApp,
    /// The environment.
    environment: EventEnvironment,
    /// The domain.
    domain: EventDomain,
}

/// The custom domain that an event is about.
#[derive(ToSchema)]
#[schema(example = json!({ "id": "01a21715-4680-7cc1-8d5e-3f1f6f0f8f17", "name": "www.example.com", "state": "active", "message": null }))]
struct EventDomain {
    /// Id.
    id: Uuid,
    /// Name.
    name: String,
    /// Whether it leads to the environment.
    state: DomainState,
    /// Why not; null: it does.
    message: Option<String>,
}

/// About a webhook that was disabled.
#[derive(ToSchema)]
struct EndpointEvent {
    /// The webhook.
    webhook: EventDisabled,
}

/// A webhook that was disabled.
#[derive(ToSchema)]
#[schema(example = json!({ "id": "01a21715-4680-7cc1-8d5e-3f1f6f0f8f18", "description": "Chat", "message": "The receiver answered 410 Gone." }))]
struct EventDisabled {
    /// Id.
    id: Uuid,
    /// What it is for.
    description: String,
    /// Why it was disabled.
    message: String,
}

/// A test.
#[derive(ToSchema)]
struct TestEvent {
    /// The webhook.
    webhook: EventWebhook,
}

/// The webhook that is tried.
#[derive(ToSchema)]
#[schema(example = json!({ "id": "01a21715-4680-7cc1-8d5e-3f1f6f0f8f18", "description": "Chat" }))]
struct EventWebhook {
    /// Id.
    id: Uuid,
    /// What it is for.
    description: String,
}

#[derive(OpenApi)]
#[openapi(components(schemas(
    BuildEvent,
    ReleaseEvent,
    EnvironmentEvent,
    HealthEvent,
    DriftEvent,
    AppEvent,
    DesignEvent,
    DomainEvent,
    EndpointEvent,
    TestEvent
)))]
struct Schemas;

/// The schema of the data of events of a kind.
fn data(kind: EventKind) -> &'static str {
    use EventKind as K;
    match kind {
        K::BuildQueued | K::BuildRunning | K::BuildSucceeded | K::BuildFailed | K::BuildCancelled | K::BuildSuperseded => "BuildEvent",
        K::ReleaseLive | K::ReleaseRolledBack => "ReleaseEvent",
        K::EnvironmentCreated | K::EnvironmentDeleted => "EnvironmentEvent",
        K::EnvironmentUnhealthy | K::EnvironmentRecovered => "HealthEvent",
        K::EnvironmentDrifted => "DriftEvent",
        K::AppCreated | K::AppDeleted => "AppEvent",
        K::DesignPushed => "DesignEvent",
        K::DomainActive | K::DomainFailed => "DomainEvent",
        K::EndpointDisabled => "EndpointEvent",
        K::Test => "TestEvent",
    }
}

/// In what an event of a kind differs from the example of its data.
fn otherwise(kind: EventKind) -> Value {
    use EventKind as K;
    let build = |own: Value| json!({ "build": own });
    match kind {
        K::BuildQueued => build(json!({ "state": "queued", "attempt": 0 })),
        K::BuildRunning => build(json!({ "state": "running" })),
        K::BuildFailed => build(json!({
            "state": "failed", "reason": "The change would lose data",
            "error": { "step": "database", "code": "data-would-be-lost", "title": "The change would lose data" }
        })),
        K::BuildCancelled => build(json!({ "state": "cancelled", "attempt": 0, "reason": "Cancelled on request, before it began." })),
        K::BuildSuperseded => build(json!({ "state": "superseded", "attempt": 0, "reason": "Build 32 took its place before it began." })),
        K::ReleaseLive => json!({ "previous": { "id": EARLIER, "number": 6, "designVersion": 11 } }),
        K::ReleaseRolledBack => json!({ "release": { "id": EARLIER, "number": 6, "designVersion": 11 } }),
        K::EnvironmentCreated | K::EnvironmentDeleted => json!({ "environment": { "id": PREVIEW, "slug": "blue", "kind": "preview" } }),
        K::EnvironmentRecovered => json!({ "message": null }),
        K::DomainFailed => {
            json!({ "domain": { "state": "failed", "message": "It did not become active within three days. Remove it, and add it once more when its records are set." } })
        }
        _ => json!({}),
    }
}

/// Adds the catalogue to the document.
pub fn describe(document: &mut Value) {
    let schemas = serde_json::to_value(Schemas::openapi()).expect("a document is JSON");
    if let (Some(all), Some(own)) = (document["components"]["schemas"].as_object_mut(), schemas["components"]["schemas"].as_object()) {
        all.extend(own.clone());
    }
    let entries = EventKind::ALL.iter().map(|kind| (kind.to_string(), json!({ "post": entry(document, *kind) })));
    document["webhooks"] = entries.collect::<serde_json::Map<_, _>>().into();
}

fn entry(document: &Value, kind: EventKind) -> Value {
    let about = json!({ "$ref": format!("{SCHEMAS}{}", data(kind)) });
    let mut shown = example(document, &about, "");
    overlay(&mut shown, &otherwise(kind));
    let header = |name: &str, description: &str, example: &str| json!({ "name": name, "in": "header", "required": true, "description": description, "schema": { "type": "string" }, "example": example });
    let mut trace = header(
        "traceparent",
        "Where the request that caused it stands in its trace (W3C Trace Context).",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    );
    trace["required"] = json!(false);
    json!({
        "tags": ["Webhooks"],
        "operationId": format!("on{}", kind.as_str().split(['.', '_']).map(capitalized).collect::<String>()),
        "summary": kind.as_str(),
        "description": kind.meaning(),
        "security": [],
        "parameters": [
            header("webhook-id", "Id of the event, the same in every attempt: whoever has seen it has the event already.", "msg_01a21715-4680-7cc1-8d5e-3f1f6f0f8f12"),
            header("webhook-timestamp", "When this attempt was made, in seconds since 1970. Refuse what is older than five minutes.", "1795683600"),
            header("webhook-signature", "`v1,` and the base64 of HMAC-SHA256 over `<webhook-id>.<webhook-timestamp>.<body>`; after a rotation, one for each secret, with a space between them.", "v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4="),
            trace,
        ],
        "requestBody": { "required": true, "content": { "application/json": {
            "schema": {
                "type": "object",
                "required": ["type", "timestamp", "data"],
                "properties": {
                    "type": { "type": "string", "enum": [kind.as_str()], "description": "What happened." },
                    "timestamp": { "type": "string", "format": "date-time", "description": "When it happened." },
                    "data": about,
                },
            },
            "example": { "type": kind.as_str(), "timestamp": "2026-11-26T09:00:00.000000Z", "data": shown },
        } } },
        "responses": {
            "2XX": { "description": "The receiver has it. Answer within 15 seconds, and do the work afterwards." },
            "410": { "description": "The receiver wants no more events: the webhook is disabled." },
            "default": { "description": "It did not arrive; it is sent again later. Redirects are not followed." },
        },
    })
}

fn capitalized(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
