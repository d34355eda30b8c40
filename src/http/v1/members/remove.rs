use super::{MemberBody, MemberPath};
use crate::app::App;
use crate::app::members::{self, Member};
use crate::domain::UserId;
use crate::http::documented::{Deleting, Meant};
use crate::http::extract::{IfMatch, In, Path};
use crate::http::reply::Answer;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use std::sync::Arc;

/// Remove a member
///
/// The API tokens that they have made here are revoked, because they know the secrets. Nobody removes those above themselves, and the last
/// owner stays.
#[utoipa::path(delete, path = "/v1/organizations/{org}/members/{user}", operation_id = "removeMember", tag = "Members", params(MemberPath, Meant),
    responses((status = 204, description = "Removed."), Deleting))]
pub async fn remove(State(app): State<Arc<App>>, In(actor): In, Path(path): Path<MemberPath>, meant: IfMatch) -> Answer {
    members::remove(&app, &actor, UserId(path.user), |now: &Member| meant.check(&MemberBody::new(now.clone()))).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
