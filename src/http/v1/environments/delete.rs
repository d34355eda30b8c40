use super::{EnvironmentBody, EnvironmentPath};
use crate::app::App;
use crate::app::environments::{self, Detail};
use crate::http::documented::{Deleting, Meant};
use crate::http::extract::{IfMatch, In, Path};
use crate::http::reply::{self, Answer};
use axum::extract::State;
use axum::http::StatusCode;
use std::sync::Arc;

/// Delete a preview
///
/// With its data. Its builds are cancelled. The answer comes at once; it is gone when showing it answers 404. Production ends
/// with its app.
#[utoipa::path(delete, path = "/v1/organizations/{org}/apps/{app}/environments/{env}", operation_id = "deleteEnvironment", tag = "Environments", params(EnvironmentPath, Meant),
    responses((status = 202, description = "Its deletion has begun.", body = EnvironmentBody, example = json!({"id": "01a21715-4680-7cc1-8d5e-3f1f6f0f8f22", "slug": "blue", "kind": "preview", "url": "http://blue--car-rental.localhost:8480", "createdAt": "2026-11-26T09:05:00Z", "updatedAt": "2026-11-27T10:00:00Z",
        "state": "deleting", "liveRelease": 1 })), Deleting))]
pub async fn delete(State(app): State<Arc<App>>, In(actor): In, Path(path): Path<EnvironmentPath>, meant: IfMatch) -> Answer {
    let left = environments::delete(&app, &actor, &path.app, &path.env, |now: &Detail| meant.check(&EnvironmentBody::new(now))).await?;
    reply::json(StatusCode::ACCEPTED, &EnvironmentBody::new(&left))
}
