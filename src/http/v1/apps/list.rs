use super::AppSummaryBody;
use crate::app::{App, apps};
use crate::http::documented::{Conditional, Reading};
use crate::http::extract::{In, Query};
use crate::http::reply::{self, Answer, List};
use crate::http::v1::Paging;
use crate::http::v1::organizations::OrganizationPath;
use axum::extract::State;
use axum::http::Uri;
use std::sync::Arc;

/// List apps
///
/// The newest first.
#[utoipa::path(get, path = "/v1/organizations/{org}/apps", operation_id = "listApps", tag = "Apps", params(OrganizationPath, Paging, Conditional),
    responses((status = 200, description = "The apps.", body = List<AppSummaryBody>), (status = 304, description = "Nothing has changed."), Reading))]
pub async fn list(State(app): State<Arc<App>>, In(actor): In, Query(paging): Query<Paging>, uri: Uri) -> Answer {
    reply::page(&uri, apps::list(&app, &actor, &paging.into()).await?, |listed| AppSummaryBody::listed(&listed))
}
