use super::OrganizationPath;
use crate::app::{App, members};
use crate::http::documented::Doing;
use crate::http::extract::{Path, Signed};
use crate::http::reply::Answer;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use std::sync::Arc;

/// Leave an organization
///
/// The API tokens that you have made there are revoked. The last owner stays.
#[utoipa::path(delete, path = "/v1/me/organizations/{org}", operation_id = "leaveOrganization", tag = "Identity", params(OrganizationPath),
    responses((status = 204, description = "Left."), Doing))]
pub async fn leave(State(app): State<Arc<App>>, Signed(caller, origin): Signed, Path(path): Path<OrganizationPath>) -> Answer {
    members::leave(&app, (caller, origin), &path.org).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
