use super::{DeliveryBody, DeliveryPath};
use crate::app::App;
use crate::app::webhooks::{self, Attempt, Logged};
use crate::domain::error::{Error, Result};
use crate::domain::{DeliveryId, WebhookId};
use crate::http::documented::{Conditional, Reading};
use crate::http::extract::{In, Path};
use crate::http::reply::{self, Answer};
use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::{Deserialize as _, Serialize};
use serde_json::Value;
use std::sync::Arc;
use utoipa::ToSchema;

/// A header of a request or of an answer.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({ "name": "content-type", "value": "application/json" }))]
pub struct HeaderBody {
    /// Name, in lower case.
    name: String,
    /// Value.
    value: String,
}

/// An attempt to deliver an event.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({
    "at": "2026-11-26T09:00:00Z",
    "requestHeaders": [{ "name": "webhook-timestamp", "value": "1795683600" }, { "name": "webhook-signature", "value": "v1,***" }],
    "status": 503, "responseHeaders": [{ "name": "retry-after", "value": "60" }], "responseBody": "busy",
    "error": "It answered 503 Service Unavailable.", "durationMs": 31
}))]
pub struct AttemptBody {
    /// When it began.
    at: DateTime<Utc>,
    /// What was sent beside the body; the signatures are not kept.
    request_headers: Vec<HeaderBody>,
    /// What was answered; null: nothing.
    status: Option<i16>,
    /// Headers of the answer, the first ones if there were many.
    response_headers: Vec<HeaderBody>,
    /// The first 4 KiB of the body of the answer.
    response_body: String,
    /// Why it failed, or why the answer is not whole; null: neither.
    error: Option<String>,
    /// How long it took, in milliseconds.
    duration_ms: i32,
}

/// The delivery of an event with everything that was sent and answered.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LoggedDeliveryBody {
    /// The body of the request, the same in every attempt.
    #[schema(
        example = r#"{"type":"build.succeeded","timestamp":"2026-11-26T09:00:00.000000Z","data":{"app":{"id":"01a21715-4680-7cc1-8d5e-3f1f6f0f8f13","name":"Car rental","slug":"car-rental"},"build":{"id":"01a21715-4680-7cc1-8d5e-3f1f6f0f8f16","kind":"build","error":null,"state":"succeeded","number":31,"reason":null,"attempt":1,"designVersion":12},"environment":{"id":"01a21715-4680-7cc1-8d5e-3f1f6f0f8f14","kind":"production","slug":"production"}}}"#
    )]
    body: String,
    /// Attempts in order; the newest hundred.
    log: Vec<AttemptBody>,
    /// Everything else.
    #[serde(flatten)]
    delivery: DeliveryBody,
}

impl LoggedDeliveryBody {
    fn new(logged: Logged) -> Result<Self> {
        let Logged { delivery, event, attempts } = logged;
        Ok(Self { body: event.body(), log: attempts.into_iter().map(AttemptBody::new).collect::<Result<_>>()?, delivery: DeliveryBody::new(&delivery) })
    }
}

impl AttemptBody {
    fn new(attempt: Attempt) -> Result<Self> {
        let Attempt { at, request_headers, status, response_headers, response_body, error, duration_ms } = attempt;
        Ok(Self { at, request_headers: headers(request_headers)?, status, response_headers: headers(response_headers)?, response_body, error, duration_ms })
    }
}

/// Kept as pairs.
fn headers(kept: Value) -> Result<Vec<HeaderBody>> {
    let pairs = Vec::<(String, String)>::deserialize(kept).map_err(Error::internal)?;
    Ok(pairs.into_iter().map(|(name, value)| HeaderBody { name, value }).collect())
}

/// Show a delivery
///
/// With the request as it was sent, and what was answered to each attempt.
#[utoipa::path(get, path = "/v1/organizations/{org}/webhooks/{webhook}/deliveries/{delivery}", operation_id = "showDelivery", tag = "Webhooks",
    params(DeliveryPath, Conditional),
    responses((status = 200, description = "The delivery.", body = LoggedDeliveryBody), (status = 304, description = "Nothing has changed."), Reading))]
pub async fn delivery(State(app): State<Arc<App>>, In(actor): In, Path(path): Path<DeliveryPath>) -> Answer {
    let logged = webhooks::show_delivery(&app, &actor, WebhookId(path.webhook), DeliveryId(path.delivery)).await?;
    reply::ok(&LoggedDeliveryBody::new(logged)?)
}
