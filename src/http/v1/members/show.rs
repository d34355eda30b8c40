use super::{MemberBody, MemberPath};
use crate::app::{App, members};
use crate::domain::UserId;
use crate::http::documented::{Conditional, Reading};
use crate::http::extract::{In, Path};
use crate::http::reply::{self, Answer};
use axum::extract::State;
use std::sync::Arc;

/// Show a member
///
/// With their role.
#[utoipa::path(get, path = "/v1/organizations/{org}/members/{user}", operation_id = "showMember", tag = "Members", params(MemberPath, Conditional),
    responses((status = 200, description = "The member.", body = MemberBody), (status = 304, description = "Nothing has changed."), Reading))]
pub async fn show(State(app): State<Arc<App>>, In(actor): In, Path(path): Path<MemberPath>) -> Answer {
    reply::ok(&MemberBody::new(members::show(&app, &actor, UserId(path.user)).await?))
}
