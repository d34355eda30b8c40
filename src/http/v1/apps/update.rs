use super::{AppBody, AppPath};
use crate::app::{App, apps};
use crate::http::documented::{Changing, Meant};
use crate::http::extract::{IfMatch, In, Json, Path};
use crate::http::reply::{self, Answer};
use crate::http::typed::given;
use axum::extract::State;
use serde::Deserialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// What shall change; what is absent stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "name": "Car rental Berlin" }))]
pub struct AppChange {
    /// Name: 1 to 100 characters on one line, without spaces at its ends.
    #[serde(default, deserialize_with = "given")]
    #[schema(
        min_length = 1,
        max_length = 100,
        nullable = false,
        pattern = r"^[^\s\u0000-\u001f\u007f-\u009f]([^\u0000-\u001f\u007f-\u009f]*[^\s\u0000-\u001f\u007f-\u009f])?$"
    )]
    name: Option<String>,
}

/// Update an app
///
/// Its name. Slug and address stay, because others know them.
#[utoipa::path(patch, path = "/v1/organizations/{org}/apps/{app}", operation_id = "updateApp", tag = "Apps", params(AppPath, Meant), request_body = AppChange,
    responses((status = 200, description = "Changed.", body = AppBody), Changing))]
pub async fn update(State(app): State<Arc<App>>, In(actor): In, Path(path): Path<AppPath>, meant: IfMatch, Json(body): Json<AppChange>) -> Answer {
    let fresh = |now: &apps::Detail| meant.check(&AppBody::new(now));
    let changed = apps::update(&app, &actor, &path.app, body.name.as_deref(), fresh).await?;
    reply::ok(&AppBody::new(&changed))
}
