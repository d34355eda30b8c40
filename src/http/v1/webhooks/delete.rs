use super::{WebhookBody, WebhookPath};
use crate::app::App;
use crate::app::webhooks::{self, Webhook};
use crate::domain::WebhookId;
use crate::http::documented::{Deleting, Meant};
use crate::http::extract::{IfMatch, In, Path};
use crate::http::reply::Answer;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use std::sync::Arc;

/// Remove a webhook
///
/// With its log; what waits is not sent any more.
#[utoipa::path(delete, path = "/v1/organizations/{org}/webhooks/{webhook}", operation_id = "deleteWebhook", tag = "Webhooks", params(WebhookPath, Meant),
    responses((status = 204, description = "Removed."), Deleting))]
pub async fn delete(State(app): State<Arc<App>>, In(actor): In, Path(path): Path<WebhookPath>, meant: IfMatch) -> Answer {
    webhooks::delete(&app, &actor, WebhookId(path.webhook), |now: &Webhook| meant.check(&WebhookBody::new(now.clone()))).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
