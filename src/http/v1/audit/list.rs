use super::{AuditBody, Which};
use crate::app::App;
use crate::app::audit;
use crate::http::documented::{Conditional, Reading};
use crate::http::extract::{Filtered, In};
use crate::http::reply::{self, Answer, List};
use crate::http::v1::Paging;
use crate::http::v1::organizations::OrganizationPath;
use axum::extract::State;
use axum::http::Uri;
use std::sync::Arc;

/// Read the audit log
///
/// Who did what, the newest first. No role of the program can change a line, nor take one away: the owner of the tables only by disabling a trigger.
#[utoipa::path(get, path = "/v1/organizations/{org}/audit", operation_id = "listAudit", tag = "Audit log", params(OrganizationPath, Which, Paging, Conditional),
    responses((status = 200, description = "The lines.", body = List<AuditBody>), (status = 304, description = "Nothing has changed."), Reading))]
pub async fn list(State(app): State<Arc<App>>, In(actor): In, Filtered(which, paging): Filtered<Which>, uri: Uri) -> Answer {
    reply::page(&uri, audit::list(&app, &actor, &which.into(), &paging.into()).await?, AuditBody::new)
}
