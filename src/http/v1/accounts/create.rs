use super::AccountBody;
use crate::app::App;
use crate::app::accounts::{self, Account, Wish};
use crate::http::documented::{Making, Repeatable};
use crate::http::extract::{In, Json, Keyed, Path};
use crate::http::reply::{self, Answer};
use crate::http::v1::organizations::OrganizationPath;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// An AWS account that is wanted.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(example = json!({ "name": "production", "region": "eu-central-1", "domain": "apps.example.com", "roleArn": "arn:aws:iam::111122223333:role/slipform" }))]
pub struct NewAccount {
    /// Short name: 1 to 40 of a–z, 0–9 and single hyphens between them.
    #[schema(min_length = 1, max_length = 40, pattern = "^[a-z0-9]+(-[a-z0-9]+)*$")]
    name: String,
    /// Where everything is made.
    #[schema(min_length = 5, max_length = 25, pattern = "^[a-z0-9-]+$")]
    region: String,
    /// The name of the foundation's stack there.
    #[serde(default = "usual_stack")]
    #[schema(default = "slipform", max_length = 32, pattern = "^[A-Za-z][A-Za-z0-9-]*$")]
    stack: String,
    /// The domain of that foundation.
    #[schema(max_length = 180, pattern = r"^[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})+$")]
    domain: String,
    /// The role that Slipform assumes.
    #[schema(max_length = 600, pattern = "^arn:aws[^:]*:iam::[0-9]{12}:role/[A-Za-z0-9+=,.@_/-]{1,512}$")]
    role_arn: String,
    /// Whether new apps run there.
    #[serde(default)]
    default: bool,
}

fn usual_stack() -> String {
    "slipform".into()
}

/// Add an AWS account
///
/// Answers with the external id that the role must demand. The account itself is prepared by its owner with `slipform aws bootstrap`.
#[utoipa::path(post, path = "/v1/organizations/{org}/accounts", operation_id = "createAccount", tag = "AWS accounts", params(OrganizationPath, Repeatable), request_body = NewAccount,
    responses((status = 201, description = "Added.", body = AccountBody, headers(("Location" = String, description = "Its address."))), Making))]
pub async fn create(
    State(app): State<Arc<App>>,
    In(actor): In,
    Path(path): Path<OrganizationPath>,
    Keyed(Json(body), once): Keyed<Json<NewAccount>>,
) -> Answer {
    let wish = Wish { name: body.name, region: body.region, stack: body.stack, domain: body.domain, role_arn: body.role_arn, default: body.default };
    let location = format!("/v1/organizations/{}/accounts/{}", path.org, wish.name);
    let render = |made: &Account| reply::made(StatusCode::CREATED, &AccountBody::new(made), Some(location));
    reply::answered(accounts::create(&app, &actor, &wish, once.as_ref(), render).await?)
}
