use super::{DeliveryBody, WebhookPath};
use crate::app::App;
use crate::app::webhooks::{self, Delivery};
use crate::domain::WebhookId;
use crate::http::documented::{Repeatable, Starting};
use crate::http::extract::{In, Keyed, Path};
use crate::http::reply::{self, Answer};
use axum::extract::State;
use axum::http::StatusCode;
use std::sync::Arc;

/// Send a test event
///
/// An event of the kind `test`, to this webhook alone, whatever its `types` are. The delivery tells what came of it.
#[utoipa::path(post, path = "/v1/organizations/{org}/webhooks/{webhook}/test", operation_id = "sendTestEvent", tag = "Webhooks", params(WebhookPath, Repeatable),
    responses((status = 202, description = "It goes out.", body = DeliveryBody, headers(("Location" = String, description = "The address of its delivery.")), example = json!({ "type": "test", "attempts": 0, "nextAttemptAt": "2026-11-26T09:00:00Z" })), Starting))]
pub async fn test(State(app): State<Arc<App>>, In(actor): In, Path(path): Path<WebhookPath>, Keyed((), once): Keyed<()>) -> Answer {
    let render = |delivery: &Delivery| {
        let location = format!("/v1/organizations/{}/webhooks/{}/deliveries/{}", path.org, path.webhook, delivery.id);
        reply::made(StatusCode::ACCEPTED, &DeliveryBody::new(delivery), Some(location))
    };
    reply::answered(webhooks::test(&app, &actor, WebhookId(path.webhook), once.as_ref(), render).await?)
}
