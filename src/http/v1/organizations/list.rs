use super::OrganizationBody;
use crate::app::{App, organizations};
use crate::http::documented::{Conditional, PersonalList};
use crate::http::extract::{Query, Signed};
use crate::http::reply::{self, Answer, List};
use crate::http::v1::Paging;
use axum::extract::State;
use axum::http::Uri;
use std::sync::Arc;

/// List organizations
///
/// Those that the caller belongs to, the newest first.
#[utoipa::path(get, path = "/v1/organizations", operation_id = "listOrganizations", tag = "Organizations", params(Paging, Conditional),
    responses((status = 200, description = "The organizations.", body = List<OrganizationBody>), (status = 304, description = "Nothing has changed."), PersonalList))]
pub async fn list(State(app): State<Arc<App>>, Signed(caller, _): Signed, Query(paging): Query<Paging>, uri: Uri) -> Answer {
    reply::page(&uri, organizations::list(&app, &caller, &paging.into()).await?, |(o, role)| OrganizationBody::new(o, role))
}
