use super::IdentityPath;
use crate::app::{App, identities};
use crate::domain::IdentityId;
use crate::http::documented::Doing;
use crate::http::extract::{Path, Signed};
use crate::http::reply::Answer;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use std::sync::Arc;

/// Remove an identity
///
/// The sessions that came by it end at once. Who has no password keeps one identity.
#[utoipa::path(delete, path = "/v1/me/identities/{identity}", operation_id = "removeIdentity", tag = "Identity", params(IdentityPath),
    responses((status = 204, description = "Removed."), Doing))]
pub async fn remove(State(app): State<Arc<App>>, Signed(caller, origin): Signed, Path(path): Path<IdentityPath>) -> Answer {
    identities::remove(&app, (&caller, &origin), IdentityId(path.identity)).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
