use super::{DomainBody, DomainPath};
use crate::app::{App, domains};
use crate::http::documented::{Conditional, Reading};
use crate::http::extract::{In, Path};
use crate::http::reply::{self, Answer};
use axum::extract::State;
use std::sync::Arc;

/// Show a custom domain
///
/// With the records that its owner has to set, and what it waits for.
#[utoipa::path(get, path = "/v1/organizations/{org}/apps/{app}/environments/{env}/domains/{domain}", operation_id = "showDomain", tag = "Domains", params(DomainPath, Conditional),
    responses((status = 200, description = "The domain.", body = DomainBody), (status = 304, description = "Nothing has changed."), Reading))]
pub async fn show(State(app): State<Arc<App>>, In(actor): In, Path(path): Path<DomainPath>) -> Answer {
    reply::ok(&DomainBody::new(&domains::show(&app, &actor, &path.app, &path.env, &path.domain).await?))
}
