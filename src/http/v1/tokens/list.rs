use super::TokenBody;
use crate::app::{App, tokens};
use crate::http::documented::{Conditional, Reading};
use crate::http::extract::{In, Query};
use crate::http::reply::{self, Answer, List};
use crate::http::v1::Paging;
use crate::http::v1::organizations::OrganizationPath;
use axum::extract::State;
use axum::http::Uri;
use std::sync::Arc;

/// List API tokens
///
/// Those that are not revoked, the newest first.
#[utoipa::path(get, path = "/v1/organizations/{org}/tokens", operation_id = "listTokens", tag = "API tokens", params(OrganizationPath, Paging, Conditional),
    responses((status = 200, description = "The tokens.", body = List<TokenBody>), (status = 304, description = "Nothing has changed."), Reading))]
pub async fn list(State(app): State<Arc<App>>, In(actor): In, Query(paging): Query<Paging>, uri: Uri) -> Answer {
    reply::page(&uri, tokens::list(&app, &actor, &paging.into()).await?, TokenBody::new)
}
