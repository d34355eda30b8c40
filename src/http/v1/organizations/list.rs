use super::OrganizationBody;
use crate::app::{App, organizations};
use crate::http::documented::{Conditional, Personal};
use crate::http::extract::Signed;
use crate::http::reply::{self, Answer, List};
use axum::extract::State;
use std::sync::Arc;

/// List organizations
///
/// All that the caller belongs to, by slug.
#[utoipa::path(get, path = "/v1/organizations", operation_id = "listOrganizations", tag = "Organizations", params(Conditional),
    responses((status = 200, description = "The organizations.", body = List<OrganizationBody>), (status = 304, description = "Nothing has changed."), Personal))]
pub async fn list(State(app): State<Arc<App>>, Signed(caller, _): Signed) -> Answer {
    let items = organizations::list(&app, &caller).await?.into_iter().map(|(o, role)| OrganizationBody::new(o, role)).collect();
    reply::ok(&List::<OrganizationBody> { items, next_cursor: None })
}
