use super::{DomainBody, DomainPath};
use crate::app::App;
use crate::app::domains::{self, Record};
use crate::http::documented::{Deleting, Meant};
use crate::http::extract::{IfMatch, In, Path};
use crate::http::reply::{self, Answer};
use axum::extract::State;
use axum::http::StatusCode;
use std::sync::Arc;

/// Remove a custom domain
///
/// The answer comes at once; the domain is detached when showing it answers 404. The environment keeps its own address.
#[utoipa::path(delete, path = "/v1/organizations/{org}/apps/{app}/environments/{env}/domains/{domain}", operation_id = "removeDomain", tag = "Domains", params(DomainPath, Meant),
    responses((status = 202, description = "Its removal has begun.", body = DomainBody, example = json!({ "state": "deleting", "updatedAt": "2026-11-27T10:00:00Z" })), Deleting))]
pub async fn remove(State(app): State<Arc<App>>, In(actor): In, Path(path): Path<DomainPath>, meant: IfMatch) -> Answer {
    let left = domains::remove(&app, &actor, (&path.app, &path.env), &path.domain, |now: &Record| meant.check(&DomainBody::new(now))).await?;
    reply::json(StatusCode::ACCEPTED, &DomainBody::new(&left))
}
