use super::{AccountBody, AccountPath};
use crate::app::App;
use crate::app::accounts::{self, Account};
use crate::http::documented::{Deleting, Meant};
use crate::http::extract::{IfMatch, In, Path};
use crate::http::reply::Answer;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use std::sync::Arc;

/// Forget an AWS account
///
/// Refused while apps run there. Nothing is changed in the account.
#[utoipa::path(delete, path = "/v1/organizations/{org}/accounts/{account}", operation_id = "deleteAccount", tag = "AWS accounts", params(AccountPath, Meant),
    responses((status = 204, description = "Forgotten."), Deleting))]
pub async fn delete(State(app): State<Arc<App>>, In(actor): In, Path(path): Path<AccountPath>, meant: IfMatch) -> Answer {
    accounts::delete(&app, &actor, &path.account, |now: &Account| meant.check(&AccountBody::new(now))).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
