use super::Design;
use super::DesignVersionBody;
use crate::app::{App, designs};
use crate::http::documented::{Making, Repeatable};
use crate::http::extract::{Document, In, Keyed, Path, Query};
use crate::http::reply::{self, Answer};
use crate::http::v1::apps::AppPath;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use std::sync::Arc;
use utoipa::IntoParams;

/// Beside the document.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Pushing {
    /// What changed, for others to read.
    #[param(max_length = 500, pattern = r"^[^\u0000]*$", nullable = false)]
    message: Option<String>,
}

/// Push a design
///
/// Keeps a design document (the body itself) as the next version of the app. The same content again is the version that there is:
/// 200 instead of 201. A design with problems is refused and each problem names its place. `quota-exceeded`: the organization's storage is used up.
#[utoipa::path(post, path = "/v1/organizations/{org}/apps/{app}/designs", operation_id = "pushDesign", tag = "Designs", params(AppPath, Pushing, Repeatable),
    request_body(content = Design, description = "The design document; `openapi/design.schema.json` describes it.", content_type = "application/json"),
    responses((status = 201, description = "A new version.", body = DesignVersionBody, headers(("Location" = String, description = "Its address."))),
        (status = 200, description = "The version that has this content already.", body = DesignVersionBody, headers(("Location" = String, description = "Its address."))), Making))]
pub async fn push(
    State(app): State<Arc<App>>,
    In(actor): In,
    Path(path): Path<AppPath>,
    Query(query): Query<Pushing>,
    Keyed(Document(body), once): Keyed<Document>,
) -> Answer {
    let render = |version: designs::DesignVersion, new: bool| {
        let location = format!("/v1/organizations/{}/apps/{}/designs/{}", path.org, path.app, version.number);
        let status = if new { StatusCode::CREATED } else { StatusCode::OK };
        reply::made(status, &DesignVersionBody::new(version), Some(location))
    };
    reply::answered(designs::push(&app, &actor, &path.app, (body, query.message.as_deref()), once.as_ref(), render).await?)
}
