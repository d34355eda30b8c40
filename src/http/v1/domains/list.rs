use super::DomainBody;
use crate::app::{App, domains};
use crate::http::documented::{Conditional, Reading};
use crate::http::extract::{In, Path};
use crate::http::reply::{self, Answer, List};
use crate::http::v1::environments::EnvironmentPath;
use axum::extract::State;
use std::sync::Arc;

/// List custom domains
///
/// All of an environment, by name. Its own address is not among them. There are nine at most, so the list never goes on.
#[utoipa::path(get, path = "/v1/organizations/{org}/apps/{app}/environments/{env}/domains", operation_id = "listDomains", tag = "Domains", params(EnvironmentPath, Conditional),
    responses((status = 200, description = "The domains.", body = List<DomainBody>), (status = 304, description = "Nothing has changed."), Reading))]
pub async fn list(State(app): State<Arc<App>>, In(actor): In, Path(path): Path<EnvironmentPath>) -> Answer {
    let found = domains::list(&app, &actor, &path.app, &path.env).await?;
    reply::ok(&List { items: found.iter().map(DomainBody::new).collect(), next_cursor: None })
}
