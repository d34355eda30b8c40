use super::{OrganizationBody, OrganizationPath};
use crate::app::{App, organizations};
use crate::http::documented::{Conditional, Reading};
use crate::http::extract::In;
use crate::http::reply::{self, Answer};
use axum::extract::State;
use std::sync::Arc;

/// Show an organization
///
/// With the role of the caller.
#[utoipa::path(get, path = "/v1/organizations/{org}", operation_id = "showOrganization", tag = "Organizations", params(OrganizationPath, Conditional),
    responses((status = 200, description = "The organization.", body = OrganizationBody), (status = 304, description = "Nothing has changed."), Reading))]
pub async fn show(State(app): State<Arc<App>>, In(actor): In) -> Answer {
    let found = organizations::show(&app, &actor).await?;
    reply::ok(&OrganizationBody::new(found, actor.role))
}
