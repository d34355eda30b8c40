use super::{AccountBody, AccountPath};
use crate::app::App;
use crate::app::accounts::{self, Account};
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
#[schema(example = json!({ "default": true }))]
pub struct AccountChange {
    /// Whether new apps run there. Apps that exist stay where they are.
    default: bool,
}

/// Choose the AWS account of new apps
///
/// At most one is chosen. Apps that exist stay where they are.
#[utoipa::path(patch, path = "/v1/organizations/{org}/accounts/{account}", operation_id = "updateAccount", tag = "AWS accounts", params(AccountPath, Meant), request_body = AccountChange,
    responses((status = 200, description = "Changed.", body = AccountBody), Changing))]
pub async fn update(State(app): State<Arc<App>>, In(actor): In, Path(path): Path<AccountPath>, meant: IfMatch, Json(body): Json<AccountChange>) -> Answer {
    let fresh = |now: &Account| meant.check(&AccountBody::new(now));
    reply::ok(&AccountBody::new(&accounts::update(&app, &actor, &path.account, body.default, fresh).await?))
}
