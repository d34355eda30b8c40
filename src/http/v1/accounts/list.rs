use super::AccountBody;
use crate::app::{App, accounts};
use crate::http::documented::{Conditional, Reading};
use crate::http::extract::{In, Query};
use crate::http::reply::{self, Answer, List};
use crate::http::v1::Paging;
use crate::http::v1::organizations::OrganizationPath;
use axum::extract::State;
use axum::http::Uri;
use std::sync::Arc;

/// List AWS accounts
///
/// The newest first.
#[utoipa::path(get, path = "/v1/organizations/{org}/accounts", operation_id = "listAccounts", tag = "AWS accounts", params(OrganizationPath, Paging, Conditional),
    responses((status = 200, description = "The accounts.", body = List<AccountBody>), (status = 304, description = "Nothing has changed."), Reading))]
pub async fn list(State(app): State<Arc<App>>, In(actor): In, Query(paging): Query<Paging>, uri: Uri) -> Answer {
    reply::page(&uri, accounts::list(&app, &actor, &paging.into()).await?, |account| AccountBody::new(&account))
}
