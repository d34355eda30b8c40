use super::{WebhookBody, WebhookSecretBody};
use crate::app::App;
use crate::app::change::Answered;
use crate::app::webhooks::{self, Webhook, Wish};
use crate::domain::EventKind;
use crate::http::documented::{Making, Repeatable};
use crate::http::extract::{In, Json, Keyed, Path};
use crate::http::reply::{self, Answer};
use crate::http::typed::given;
use crate::http::v1::organizations::OrganizationPath;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// A webhook that is wanted.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(example = json!({ "url": "https://example.com/hooks", "description": "Chat", "types": ["build.failed", "release.live"] }))]
pub struct NewWebhook {
    /// Where events are sent: https, on the public internet.
    #[schema(max_length = 2000, pattern = r"^[!-\[\]-~]+$")]
    url: String,
    /// What it is for: at most 200 characters on one line, without spaces at its ends.
    #[serde(default, deserialize_with = "given")]
    #[schema(
        nullable = false,
        max_length = 200,
        pattern = r"^([^\s\u0000-\u001f\u007f-\u009f]([^\u0000-\u001f\u007f-\u009f]*[^\s\u0000-\u001f\u007f-\u009f])?)?$"
    )]
    description: Option<String>,
    /// Which events are sent; all without it.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false, max_items = 30)]
    types: Option<Vec<EventKind>>,
}

/// Add a webhook
///
/// Events that happen from now on are sent to it. Each is signed with the secret in this answer, which is nowhere else: keep it where the
/// receiver finds it.
#[utoipa::path(post, path = "/v1/organizations/{org}/webhooks", operation_id = "createWebhook", tag = "Webhooks", params(OrganizationPath, Repeatable), request_body = NewWebhook,
    responses((status = 201, description = "Added.", body = WebhookSecretBody, headers(("Location" = String, description = "Its address."))), Making))]
pub async fn create(
    State(app): State<Arc<App>>,
    In(actor): In,
    Path(path): Path<OrganizationPath>,
    Keyed(Json(body), once): Keyed<Json<NewWebhook>>,
) -> Answer {
    let wish = Wish { url: Some(body.url), description: body.description, types: body.types, state: None };
    let render = |webhook: Webhook, secret| {
        let location = format!("/v1/organizations/{}/webhooks/{}", path.org, webhook.id);
        let made = reply::made(StatusCode::CREATED, &WebhookSecretBody { secret, webhook: WebhookBody::new(webhook) }, Some(location))?;
        Ok(Answered { secret: true, ..made })
    };
    reply::answered(webhooks::create(&app, &actor, wish, once.as_ref(), render).await?)
}
