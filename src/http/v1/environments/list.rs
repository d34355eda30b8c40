use super::EnvironmentBody;
use crate::app::{App, environments};
use crate::http::documented::{Conditional, Reading};
use crate::http::extract::{In, Path, Query};
use crate::http::reply::{self, Answer, List};
use crate::http::v1::Paging;
use crate::http::v1::apps::AppPath;
use axum::extract::State;
use axum::http::Uri;
use std::sync::Arc;

/// List environments
///
/// In the order in which they were made: production first.
#[utoipa::path(get, path = "/v1/organizations/{org}/apps/{app}/environments", operation_id = "listEnvironments", tag = "Environments", params(AppPath, Paging, Conditional),
    responses((status = 200, description = "The environments.", body = List<EnvironmentBody>), (status = 304, description = "Nothing has changed."), Reading))]
pub async fn list(State(app): State<Arc<App>>, In(actor): In, Path(path): Path<AppPath>, Query(paging): Query<Paging>, uri: Uri) -> Answer {
    reply::page(&uri, environments::list(&app, &actor, &path.app, &paging.into()).await?, |found| EnvironmentBody::new(&found))
}
