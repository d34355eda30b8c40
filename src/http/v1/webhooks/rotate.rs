use super::{WebhookBody, WebhookPath, WebhookSecretBody};
use crate::app::change::Answered;
use crate::app::{App, webhooks};
use crate::domain::WebhookId;
use crate::http::documented::{Repeatable, Starting};
use crate::http::extract::{In, Keyed, Path};
use crate::http::reply::{self, Answer};
use axum::extract::State;
use axum::http::StatusCode;
use std::sync::Arc;

/// Give a webhook another secret
///
/// For a day the secret before signs too: each event has both signatures, and a receiver with either verifies it. One from before that signs
/// no more.
#[utoipa::path(post, path = "/v1/organizations/{org}/webhooks/{webhook}/rotate", operation_id = "rotateWebhookSecret", tag = "Webhooks", params(WebhookPath, Repeatable),
    responses((status = 200, description = "Rotated.", body = WebhookSecretBody, example = json!({ "previousSecretUntil": "2026-11-27T10:00:00Z", "updatedAt": "2026-11-26T10:00:00Z" })), Starting))]
pub async fn rotate(State(app): State<Arc<App>>, In(actor): In, Path(path): Path<WebhookPath>, Keyed((), once): Keyed<()>) -> Answer {
    let render = |webhook, secret| {
        let made = reply::made(StatusCode::OK, &WebhookSecretBody { secret, webhook: WebhookBody::new(webhook) }, None)?;
        Ok(Answered { secret: true, ..made })
    };
    reply::answered(webhooks::rotate(&app, &actor, WebhookId(path.webhook), once.as_ref(), render).await?)
}
