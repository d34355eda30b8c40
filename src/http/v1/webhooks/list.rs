use super::WebhookBody;
use crate::app::{App, webhooks};
use crate::http::documented::{Conditional, Reading};
use crate::http::extract::{In, Query};
use crate::http::reply::{self, Answer, List};
use crate::http::v1::Paging;
use crate::http::v1::organizations::OrganizationPath;
use axum::extract::State;
use axum::http::Uri;
use std::sync::Arc;

/// List webhooks
///
/// The newest first, without their secrets.
#[utoipa::path(get, path = "/v1/organizations/{org}/webhooks", operation_id = "listWebhooks", tag = "Webhooks", params(OrganizationPath, Paging, Conditional),
    responses((status = 200, description = "The webhooks.", body = List<WebhookBody>), (status = 304, description = "Nothing has changed."), Reading))]
pub async fn list(State(app): State<Arc<App>>, In(actor): In, Query(paging): Query<Paging>, uri: Uri) -> Answer {
    reply::page(&uri, webhooks::list(&app, &actor, &paging.into()).await?, WebhookBody::new)
}
