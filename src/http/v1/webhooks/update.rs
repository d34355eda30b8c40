use super::{WebhookBody, WebhookPath};
use crate::app::App;
use crate::app::webhooks::{self, Webhook, Wish};
use crate::domain::{EndpointState, EventKind, WebhookId};
use crate::http::documented::{Changing, Meant};
use crate::http::extract::{IfMatch, In, Json, Path};
use crate::http::reply::{self, Answer};
use crate::http::typed::given;
use axum::extract::State;
use serde::Deserialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// What shall change; what is absent stays.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(example = json!({ "types": ["build.failed"], "state": "enabled" }))]
pub struct WebhookChange {
    /// Where events are sent: https, on the public internet.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false, max_length = 2000, pattern = r"^[!-\[\]-~]+$")]
    url: Option<String>,
    /// What it is for: at most 200 characters on one line, without spaces at its ends.
    #[serde(default, deserialize_with = "given")]
    #[schema(
        nullable = false,
        max_length = 200,
        pattern = r"^([^\s\u0000-\u001f\u007f-\u009f]([^\u0000-\u001f\u007f-\u009f]*[^\s\u0000-\u001f\u007f-\u009f])?)?$"
    )]
    description: Option<String>,
    /// Which events are sent; empty: all.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false, max_items = 30)]
    types: Option<Vec<EventKind>>,
    /// Whether events are sent.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    state: Option<EndpointState>,
}

/// Update a webhook
///
/// What happens while it is disabled is not sent later; what had waited before goes out when it is enabled again.
#[utoipa::path(patch, path = "/v1/organizations/{org}/webhooks/{webhook}", operation_id = "updateWebhook", tag = "Webhooks", params(WebhookPath, Meant),
    request_body = WebhookChange, responses((status = 200, description = "Changed.", body = WebhookBody), Changing))]
pub async fn update(State(app): State<Arc<App>>, In(actor): In, Path(path): Path<WebhookPath>, meant: IfMatch, Json(body): Json<WebhookChange>) -> Answer {
    let wish = Wish { url: body.url, description: body.description, types: body.types, state: body.state };
    let fresh = |now: &Webhook| meant.check(&WebhookBody::new(now.clone()));
    reply::ok(&WebhookBody::new(webhooks::update(&app, &actor, WebhookId(path.webhook), wish, fresh).await?))
}
