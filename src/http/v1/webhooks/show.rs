use super::{WebhookBody, WebhookPath};
use crate::app::{App, webhooks};
use crate::domain::WebhookId;
use crate::http::documented::{Conditional, Reading};
use crate::http::extract::{In, Path};
use crate::http::reply::{self, Answer};
use axum::extract::State;
use std::sync::Arc;

/// Show a webhook
///
/// Without its secret. `message` says why it was disabled, where nobody wished that.
#[utoipa::path(get, path = "/v1/organizations/{org}/webhooks/{webhook}", operation_id = "showWebhook", tag = "Webhooks", params(WebhookPath, Conditional),
    responses((status = 200, description = "The webhook.", body = WebhookBody), (status = 304, description = "Nothing has changed."), Reading))]
pub async fn show(State(app): State<Arc<App>>, In(actor): In, Path(path): Path<WebhookPath>) -> Answer {
    reply::ok(&WebhookBody::new(webhooks::show(&app, &actor, WebhookId(path.webhook)).await?))
}
