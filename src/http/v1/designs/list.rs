use super::DesignVersionBody;
use crate::app::{App, designs};
use crate::http::documented::{Conditional, Reading};
use crate::http::extract::{In, Path, Query};
use crate::http::reply::{self, Answer, List};
use crate::http::v1::Paging;
use crate::http::v1::apps::AppPath;
use axum::extract::State;
use axum::http::Uri;
use std::sync::Arc;

/// List design versions
///
/// The newest first, without their documents.
#[utoipa::path(get, path = "/v1/organizations/{org}/apps/{app}/designs", operation_id = "listDesigns", tag = "Designs", params(AppPath, Paging, Conditional),
    responses((status = 200, description = "The versions.", body = List<DesignVersionBody>), (status = 304, description = "Nothing has changed."), Reading))]
pub async fn list(State(app): State<Arc<App>>, In(actor): In, Path(path): Path<AppPath>, Query(paging): Query<Paging>, uri: Uri) -> Answer {
    reply::page(&uri, designs::list(&app, &actor, &path.app, &paging.into()).await?, DesignVersionBody::new)
}
