use super::{AppBody, AppPath};
use crate::app::{App, apps};
use crate::http::documented::{Deleting, Meant};
use crate::http::extract::{IfMatch, In, Path};
use crate::http::reply::{self, Answer};
use axum::extract::State;
use axum::http::StatusCode;
use std::sync::Arc;

/// Delete an app
///
/// With everything it consists of: processes, databases, data, code and history. Its builds are cancelled. The answer comes
/// at once; the app is gone when showing it answers 404.
#[utoipa::path(delete, path = "/v1/organizations/{org}/apps/{app}", operation_id = "deleteApp", tag = "Apps", params(AppPath, Meant),
    responses((status = 202, description = "Its deletion has begun.", body = AppBody, example = json!({ "state": "deleting", "updatedAt": "2026-11-27T10:00:00Z", "environments": [{ "state": "deleting", "updatedAt": "2026-11-27T10:00:00Z" }] })), Deleting))]
pub async fn delete(State(app): State<Arc<App>>, In(actor): In, Path(path): Path<AppPath>, meant: IfMatch) -> Answer {
    let left = apps::delete(&app, &actor, &path.app, |now| meant.check(&AppBody::new(now))).await?;
    reply::json(StatusCode::ACCEPTED, &AppBody::new(&left))
}
