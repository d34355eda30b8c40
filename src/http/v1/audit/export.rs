use super::{AuditBody, Which, example};
use crate::app::App;
use crate::app::audit;
use crate::http::documented::Reading;
use crate::http::extract::{In, Query};
use crate::http::reply::Answer;
use crate::http::v1::organizations::OrganizationPath;
use crate::http::v1::streams::{self, Form};
use axum::extract::State;
use futures::StreamExt as _;
use std::sync::Arc;

/// Export the audit log
///
/// All lines up to the beginning of the answer, the newest first, one JSON object a line, as the list has them. An answer that breaks off is
/// not ended in order.
#[utoipa::path(get, path = "/v1/organizations/{org}/audit/export", operation_id = "exportAudit", tag = "Audit log", params(OrganizationPath, Which),
    responses((status = 200, description = "The lines.", content((String = "application/x-ndjson", example = json!(format!("{}\n", example()))))), Reading))]
pub async fn export(State(app): State<Arc<App>>, In(actor): In, Query(which): Query<Which>) -> Answer {
    let lines = audit::export(&app, &actor, &which.into()).await?;
    Ok(streams::lines(Form::Json, lines.map(|line| line.map(AuditBody::new)), |_| String::new()))
}
