use super::AccountPath;
use crate::app::{App, accounts};
use crate::http::documented::Doing;
use crate::http::extract::{In, Path};
use crate::http::reply::Answer;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use std::sync::Arc;

/// Forget an AWS account
///
/// Refused while apps run there. Nothing is changed in the account.
#[utoipa::path(delete, path = "/v1/organizations/{org}/accounts/{account}", operation_id = "deleteAccount", tag = "AWS accounts", params(AccountPath),
    responses((status = 204, description = "Forgotten."), Doing))]
pub async fn delete(State(app): State<Arc<App>>, In(actor): In, Path(path): Path<AccountPath>) -> Answer {
    accounts::delete(&app, &actor, &path.account).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
