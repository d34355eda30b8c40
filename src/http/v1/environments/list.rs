use super::EnvironmentBody;
use crate::app::{App, environments};
use crate::http::documented::{Conditional, Reading};
use crate::http::extract::{In, Path};
use crate::http::reply::{self, Answer, List};
use crate::http::v1::apps::AppPath;
use axum::extract::State;
use std::sync::Arc;

/// List environments
///
/// All of an app, production first.
#[utoipa::path(get, path = "/v1/organizations/{org}/apps/{app}/environments", operation_id = "listEnvironments", tag = "Environments", params(AppPath, Conditional),
    responses((status = 200, description = "The environments.", body = List<EnvironmentBody>), (status = 304, description = "Nothing has changed."), Reading))]
pub async fn list(State(app): State<Arc<App>>, In(actor): In, Path(path): Path<AppPath>) -> Answer {
    let found = environments::list(&app, &actor, &path.app).await?;
    reply::ok(&List { items: found.iter().map(EnvironmentBody::new).collect(), next_cursor: None })
}
