use super::{AccountBody, AccountPath};
use crate::app::{App, accounts};
use crate::http::documented::{Conditional, Reading};
use crate::http::extract::{In, Path};
use crate::http::reply::{self, Answer};
use axum::extract::State;
use std::sync::Arc;

/// Show an AWS account
///
/// Its `ETag` is what changing or forgetting it is meant for.
#[utoipa::path(get, path = "/v1/organizations/{org}/accounts/{account}", operation_id = "showAccount", tag = "AWS accounts", params(AccountPath, Conditional),
    responses((status = 200, description = "The account.", body = AccountBody), (status = 304, description = "Nothing has changed."), Reading))]
pub async fn show(State(app): State<Arc<App>>, In(actor): In, Path(path): Path<AccountPath>) -> Answer {
    reply::ok(&AccountBody::new(&accounts::show(&app, &actor, &path.account).await?))
}
