use super::{DeliveryBody, DeliveryPath};
use crate::app::App;
use crate::app::webhooks::{self, Delivery};
use crate::domain::{DeliveryId, WebhookId};
use crate::http::documented::{Repeatable, Starting};
use crate::http::extract::{In, Keyed, Path};
use crate::http::reply::{self, Answer};
use axum::extract::State;
use axum::http::StatusCode;
use std::sync::Arc;

/// Send an event once more
///
/// The same event with the same `webhook-id`, whatever became of it, with all attempts before it.
#[utoipa::path(post, path = "/v1/organizations/{org}/webhooks/{webhook}/deliveries/{delivery}/redeliver", operation_id = "redeliver", tag = "Webhooks", params(DeliveryPath, Repeatable),
    responses((status = 202, description = "It goes out.", body = DeliveryBody, example = json!({ "attempts": 0, "nextAttemptAt": "2026-11-26T10:00:00Z" })), Starting))]
pub async fn redeliver(State(app): State<Arc<App>>, In(actor): In, Path(path): Path<DeliveryPath>, Keyed((), once): Keyed<()>) -> Answer {
    let which = (WebhookId(path.webhook), DeliveryId(path.delivery));
    let render = |delivery: &Delivery| reply::made(StatusCode::ACCEPTED, &DeliveryBody::new(delivery), None);
    reply::answered(webhooks::redeliver(&app, &actor, which, once.as_ref(), render).await?)
}
