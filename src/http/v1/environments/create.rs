use super::EnvironmentBody;
use crate::app::{App, environments};
use crate::http::documented::{Making, Repeatable};
use crate::http::extract::{In, Json, Keyed, Path};
use crate::http::reply::{self, Answer};
use crate::http::v1::apps::AppPath;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// A preview that is wanted.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "slug": "blue" }))]
pub struct NewEnvironment {
    /// Short name in its address: 1 to 20 of a–z, 0–9 and single hyphens between them.
    #[schema(min_length = 1, max_length = 20, pattern = "^[a-z0-9]+(-[a-z0-9]+)*$")]
    slug: String,
}

/// Create a preview
///
/// An environment with its own address and its own data. Build a design version for it to bring it live. `quota-exceeded`: the
/// organization has as many previews as it may have.
#[utoipa::path(post, path = "/v1/organizations/{org}/apps/{app}/environments", operation_id = "createEnvironment", tag = "Environments", params(AppPath, Repeatable), request_body = NewEnvironment,
    responses((status = 201, description = "Created.", body = EnvironmentBody, headers(("Location" = String, description = "Its address.")), example = json!({"id": "01a21715-4680-7cc1-8d5e-3f1f6f0f8f22", "slug": "blue", "kind": "preview", "url": "http://blue--car-rental.localhost:8480", "createdAt": "2026-11-26T09:05:00Z", "updatedAt": "2026-11-26T09:05:00Z",
        "liveRelease": null, "liveDesignVersion": null, "runtime": null })), Making))]
pub async fn create(State(app): State<Arc<App>>, In(actor): In, Path(path): Path<AppPath>, Keyed(Json(body), once): Keyed<Json<NewEnvironment>>) -> Answer {
    let location = format!("/v1/organizations/{}/apps/{}/environments/{}", path.org, path.app, body.slug);
    let render = |made: &environments::Detail| reply::made(StatusCode::CREATED, &EnvironmentBody::new(made), Some(location));
    reply::answered(environments::create(&app, &actor, &path.app, &body.slug, once.as_ref(), render).await?)
}
