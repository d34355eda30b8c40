use super::{DeliveryBody, WebhookPath};
use crate::app::App;
use crate::app::webhooks::{self, Filter};
use crate::domain::{DeliveryState, EventKind, WebhookId};
use crate::http::documented::{Conditional, Reading};
use crate::http::extract::{Filtered, In, Path};
use crate::http::reply::{self, Answer, List};
use crate::http::v1::Paging;
use axum::extract::State;
use axum::http::Uri;
use serde::Deserialize;
use std::sync::Arc;
use utoipa::IntoParams;

/// Which deliveries are wanted.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Which {
    /// Those in this state.
    #[param(nullable = false, inline)]
    state: Option<DeliveryState>,
    /// Those of this kind of event.
    #[param(nullable = false, inline)]
    #[serde(rename = "type")]
    kind: Option<EventKind>,
}

/// List deliveries
///
/// What went, or shall go, to a webhook, the newest first. They are kept for 30 days.
#[utoipa::path(get, path = "/v1/organizations/{org}/webhooks/{webhook}/deliveries", operation_id = "listDeliveries", tag = "Webhooks",
    params(WebhookPath, Which, Paging, Conditional),
    responses((status = 200, description = "The deliveries.", body = List<DeliveryBody>), (status = 304, description = "Nothing has changed."), Reading))]
pub async fn deliveries(
    State(app): State<Arc<App>>,
    In(actor): In,
    Path(path): Path<WebhookPath>,
    Filtered(which, paging): Filtered<Which>,
    uri: Uri,
) -> Answer {
    let filter = Filter { state: which.state, kind: which.kind };
    let page = webhooks::deliveries(&app, &actor, WebhookId(path.webhook), &filter, &paging.into()).await?;
    reply::page(&uri, page, |delivery| DeliveryBody::new(&delivery))
}
