use super::MemberBody;
use crate::app::{App, members};
use crate::http::documented::{Conditional, Reading};
use crate::http::extract::{In, Query};
use crate::http::reply::{self, Answer, List};
use crate::http::v1::Paging;
use crate::http::v1::organizations::OrganizationPath;
use axum::extract::State;
use axum::http::Uri;
use std::sync::Arc;

/// List members
///
/// The newest first.
#[utoipa::path(get, path = "/v1/organizations/{org}/members", operation_id = "listMembers", tag = "Members", params(OrganizationPath, Paging, Conditional),
    responses((status = 200, description = "The members.", body = List<MemberBody>), (status = 304, description = "Nothing has changed."), Reading))]
pub async fn list(State(app): State<Arc<App>>, In(actor): In, Query(paging): Query<Paging>, uri: Uri) -> Answer {
    reply::page(&uri, members::list(&app, &actor, &paging.into()).await?, MemberBody::new)
}
