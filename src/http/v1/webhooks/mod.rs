//! Webhooks.

pub mod create;
pub mod delete;
pub mod deliveries;
pub mod delivery;
pub mod list;
pub mod redeliver;
pub mod rotate;
pub mod show;
pub mod test;
pub mod update;

use crate::app::webhooks::{Delivery, Webhook};
use crate::domain::{DeliveryState, EndpointState};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// A webhook of an organization.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
#[allow(dead_code)]
pub struct WebhookPath {
    /// Id or slug of the organization.
    #[param(max_length = 40, example = "default")]
    org: String,
    /// Id of the webhook.
    webhook: Uuid,
}

/// A delivery to a webhook.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
#[allow(dead_code)]
pub struct DeliveryPath {
    /// Id or slug of the organization.
    #[param(max_length = 40, example = "default")]
    org: String,
    /// Id of the webhook.
    webhook: Uuid,
    /// Id of the delivery.
    delivery: Uuid,
}

/// A webhook without its secret.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({
    "id": "01a21715-4680-7cc1-8d5e-3f1f6f0f8f18", "url": "https://example.com/hooks", "description": "Chat", "types": ["build.failed", "release.live"],
    "state": "enabled", "message": null, "previousSecretUntil": null, "createdAt": "2026-11-26T09:00:00Z", "updatedAt": "2026-11-26T09:00:00Z"
}))]
pub struct WebhookBody {
    /// Id.
    id: Uuid,
    /// Where events are sent.
    url: String,
    /// What it is for.
    description: String,
    /// Which events are sent; empty: all.
    types: Vec<String>,
    /// Whether events are sent.
    state: EndpointState,
    /// Why it was disabled without anybody's wish; null: it was not.
    message: Option<String>,
    /// Until when the secret before signs too; null: it was never rotated.
    previous_secret_until: Option<DateTime<Utc>>,
    /// When it was added.
    created_at: DateTime<Utc>,
    /// When it was changed last.
    updated_at: DateTime<Utc>,
}

impl WebhookBody {
    fn new(webhook: Webhook) -> Self {
        let Webhook { id, url, description, types, state, message, previous_until, created_at, updated_at } = webhook;
        Self { id: id.0, url, description, types, state, message, previous_secret_until: previous_until, created_at, updated_at }
    }
}

/// A webhook with its secret.
#[derive(Serialize, ToSchema)]
pub struct WebhookSecretBody {
    /// The secret with which events are signed. It is shown here and never again.
    #[schema(example = "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    secret: String,
    /// Everything else.
    #[serde(flatten)]
    webhook: WebhookBody,
}

/// The delivery of an event to a webhook.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({
    "id": "01a21715-4680-7cc1-8d5e-3f1f6f0f8f1f", "messageId": "msg_01a21715-4680-7cc1-8d5e-3f1f6f0f8f12", "type": "build.succeeded", "state": "queued",
    "attempts": 1, "nextAttemptAt": "2026-11-26T09:01:00Z", "createdAt": "2026-11-26T09:00:00Z", "finishedAt": null
}))]
pub struct DeliveryBody {
    /// Id.
    id: Uuid,
    /// Id of the event, as in the header `webhook-id`: the same in every attempt.
    message_id: String,
    /// What the event is.
    #[serde(rename = "type")]
    kind: String,
    /// What became of it.
    state: DeliveryState,
    /// How often it was tried since it was made, or sent again on request.
    attempts: i32,
    /// When it is tried next; null: it is being sent, or nobody tries any more.
    next_attempt_at: Option<DateTime<Utc>>,
    /// When it was made.
    created_at: DateTime<Utc>,
    /// When it arrived, or was given up; null: neither yet.
    finished_at: Option<DateTime<Utc>>,
}

impl DeliveryBody {
    fn new(delivery: &Delivery) -> Self {
        Self {
            id: delivery.id.0,
            message_id: delivery.event.message_id(),
            kind: delivery.kind.clone(),
            state: delivery.state,
            attempts: delivery.attempt,
            next_attempt_at: (delivery.state == DeliveryState::Queued).then_some(delivery.run_at),
            created_at: delivery.created_at,
            finished_at: delivery.finished_at,
        }
    }
}
