use super::{DesignPath, DesignVersionBody};
use crate::app::{App, designs};
use crate::http::documented::{Conditional, Reading};
use crate::http::extract::{In, Path};
use crate::http::reply::{self, Answer};
use axum::extract::State;
use std::sync::Arc;

/// Show a design version
///
/// Without its document.
#[utoipa::path(get, path = "/v1/organizations/{org}/apps/{app}/designs/{number}", operation_id = "showDesign", tag = "Designs", params(DesignPath, Conditional),
    responses((status = 200, description = "The version.", body = DesignVersionBody), (status = 304, description = "Nothing has changed."), Reading))]
pub async fn show(State(app): State<Arc<App>>, In(actor): In, Path(path): Path<DesignPath>) -> Answer {
    reply::ok(&DesignVersionBody::new(designs::show(&app, &actor, &path.app, path.number).await?))
}
