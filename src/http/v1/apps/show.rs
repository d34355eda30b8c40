use super::{AppBody, AppPath};
use crate::app::{App, apps};
use crate::http::documented::{Conditional, Reading};
use crate::http::extract::{In, Path};
use crate::http::reply::{self, Answer};
use axum::extract::State;
use std::sync::Arc;

/// Show an app
///
/// With its environments. It is gone (404) once its deletion has ended.
#[utoipa::path(get, path = "/v1/organizations/{org}/apps/{app}", operation_id = "showApp", tag = "Apps", params(AppPath, Conditional),
    responses((status = 200, description = "The app.", body = AppBody), (status = 304, description = "Nothing has changed."), Reading))]
pub async fn show(State(app): State<Arc<App>>, In(actor): In, Path(path): Path<AppPath>) -> Answer {
    reply::ok(&AppBody::new(&apps::show(&app, &actor, &path.app).await?))
}
