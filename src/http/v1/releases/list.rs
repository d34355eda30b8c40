use super::ReleaseBody;
use crate::app::{App, releases};
use crate::http::documented::{Conditional, Reading};
use crate::http::extract::{In, Path, Query};
use crate::http::reply::{self, Answer, List};
use crate::http::v1::Paging;
use crate::http::v1::environments::EnvironmentPath;
use axum::extract::State;
use axum::http::Uri;
use std::sync::Arc;

/// List releases
///
/// Of an environment, the newest first.
#[utoipa::path(get, path = "/v1/organizations/{org}/apps/{app}/environments/{env}/releases", operation_id = "listReleases", tag = "Releases", params(EnvironmentPath, Paging, Conditional),
    responses((status = 200, description = "The releases.", body = List<ReleaseBody>), (status = 304, description = "Nothing has changed."), Reading))]
pub async fn list(State(app): State<Arc<App>>, In(actor): In, Path(path): Path<EnvironmentPath>, Query(paging): Query<Paging>, uri: Uri) -> Answer {
    reply::page(&uri, releases::list(&app, &actor, &path.app, &path.env, &paging.into()).await?, ReleaseBody::new)
}
