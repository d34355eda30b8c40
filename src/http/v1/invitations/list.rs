use super::InvitationBody;
use crate::app::{App, invitations};
use crate::http::documented::{Conditional, Reading};
use crate::http::extract::{In, Query};
use crate::http::reply::{self, Answer, List};
use crate::http::v1::Paging;
use crate::http::v1::organizations::OrganizationPath;
use axum::extract::State;
use axum::http::Uri;
use std::sync::Arc;

/// List invitations
///
/// Those that can be accepted, the newest first.
#[utoipa::path(get, path = "/v1/organizations/{org}/invitations", operation_id = "listInvitations", tag = "Members", params(OrganizationPath, Paging, Conditional),
    responses((status = 200, description = "The invitations.", body = List<InvitationBody>), (status = 304, description = "Nothing has changed."), Reading))]
pub async fn list(State(app): State<Arc<App>>, In(actor): In, Query(paging): Query<Paging>, uri: Uri) -> Answer {
    reply::page(&uri, invitations::list(&app, &actor, &paging.into()).await?, InvitationBody::new)
}
