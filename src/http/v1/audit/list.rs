use super::{AuditBody, Which};
use crate::app::App;
use crate::app::audit;
use crate::http::documented::{Conditional, Reading};
use crate::http::extract::{In, Query};
use crate::http::reply::{self, Answer, List};
use crate::http::typed::{Instant, Text};
use crate::http::v1::Paging;
use crate::http::v1::organizations::OrganizationPath;
use axum::extract::State;
use axum::http::Uri;
use serde::Deserialize;
use std::sync::Arc;
use uuid::Uuid;

/// Both, since a query is read as one.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    limit: Option<u32>,
    cursor: Option<String>,
    actor: Option<Uuid>,
    operation: Option<Text<40>>,
    subject: Option<Uuid>,
    since: Option<Instant>,
    until: Option<Instant>,
}

/// Read the audit log
///
/// Who did what, the newest first. No role of the program can change a line, nor take one away: the owner of the tables only by disabling a trigger.
#[utoipa::path(get, path = "/v1/organizations/{org}/audit", operation_id = "listAudit", tag = "Audit log", params(OrganizationPath, Which, Paging, Conditional),
    responses((status = 200, description = "The lines.", body = List<AuditBody>), (status = 304, description = "Nothing has changed."), Reading))]
pub async fn list(State(app): State<Arc<App>>, In(actor): In, Query(asked): Query<Asked>, uri: Uri) -> Answer {
    let which = Which { actor: asked.actor, operation: asked.operation, subject: asked.subject, since: asked.since, until: asked.until };
    let paging = Paging { limit: asked.limit, cursor: asked.cursor };
    reply::page(&uri, audit::list(&app, &actor, &which.into(), &paging.into()).await?, AuditBody::new)
}
