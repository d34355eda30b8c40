use crate::app::{App, invitations};
use crate::domain::InvitationId;
use crate::http::documented::Doing;
use crate::http::extract::{In, Path};
use crate::http::reply::Answer;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use serde::Deserialize;
use std::sync::Arc;
use utoipa::IntoParams;
use uuid::Uuid;

/// An invitation of an organization.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
#[allow(dead_code)]
pub struct InvitationPath {
    /// Id or slug of the organization.
    #[param(max_length = 40, example = "default")]
    org: String,
    /// Id of the invitation.
    invitation: Uuid,
}

/// Take an invitation back
///
/// Nobody can accept it any more.
#[utoipa::path(delete, path = "/v1/organizations/{org}/invitations/{invitation}", operation_id = "revokeInvitation", tag = "Members", params(InvitationPath),
    responses((status = 204, description = "Taken back."), Doing))]
pub async fn revoke(State(app): State<Arc<App>>, In(actor): In, Path(path): Path<InvitationPath>) -> Answer {
    invitations::revoke(&app, &actor, InvitationId(path.invitation)).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
