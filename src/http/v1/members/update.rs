use super::{MemberBody, MemberPath};
use crate::app::App;
use crate::app::members::{self, Member};
use crate::domain::{MemberRole, UserId};
use crate::http::documented::{Changing, Meant};
use crate::http::extract::{IfMatch, In, Json, Path};
use crate::http::reply::{self, Answer};
use axum::extract::State;
use serde::Deserialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// What shall change.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "role": "editor" }))]
pub struct MemberChange {
    /// What they may do from now on.
    role: MemberRole,
}

/// Give a member another role
///
/// Nobody changes those above themselves, and the last owner stays one.
#[utoipa::path(patch, path = "/v1/organizations/{org}/members/{user}", operation_id = "updateMember", tag = "Members", params(MemberPath, Meant),
    request_body = MemberChange, responses((status = 200, description = "Changed.", body = MemberBody), Changing))]
pub async fn update(State(app): State<Arc<App>>, In(actor): In, Path(path): Path<MemberPath>, meant: IfMatch, Json(body): Json<MemberChange>) -> Answer {
    let fresh = |now: &Member| meant.check(&MemberBody::new(now.clone()));
    reply::ok(&MemberBody::new(members::update(&app, &actor, UserId(path.user), body.role, fresh).await?))
}
