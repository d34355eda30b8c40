use super::AppBody;
use crate::app::App;
use crate::app::apps::{self, Wish};
use crate::domain::TargetKind;
use crate::http::documented::{Making, Repeatable};
use crate::http::extract::{In, Json, Keyed};
use crate::http::reply::{self, Answer};
use crate::http::typed::given;
use crate::http::v1::organizations::OrganizationPath;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// An app that is wanted.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "slug": "car-rental", "name": "Car rental" }))]
pub struct NewApp {
    /// Short name in addresses: 1 to 40 of a–z, 0–9 and single hyphens between them.
    #[schema(min_length = 1, max_length = 40, pattern = "^[a-z0-9]+(-[a-z0-9]+)*$")]
    slug: String,
    /// Name: 1 to 100 characters on one line, without spaces at its ends.
    #[schema(min_length = 1, max_length = 100, pattern = r"^[^\s\u0000-\u001f\u007f-\u009f]([^\u0000-\u001f\u007f-\u009f]*[^\s\u0000-\u001f\u007f-\u009f])?$")]
    name: String,
    /// Where it shall run, from its beginning to its end; left out: where the installation's apps usually run.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    target: Option<TargetKind>,
    /// In which of the organization's AWS accounts, by its name; left out: in the one that it has chosen for new apps, else in the
    /// installation's own.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false, max_length = 40, pattern = "^[a-z0-9]+(-[a-z0-9]+)*$")]
    account: Option<String>,
}

/// Create an app
///
/// With its production environment. Its address begins with its slug where that is free in the whole installation, else with the
/// slug and a few letters. `quota-exceeded`: the organization has as many apps as it may have.
#[utoipa::path(post, path = "/v1/organizations/{org}/apps", operation_id = "createApp", tag = "Apps", params(OrganizationPath, Repeatable), request_body = NewApp,
    responses((status = 201, description = "Created.", body = AppBody, headers(("Location" = String, description = "Its address.")), example = json!({
        "liveRelease": null, "updatedAt": "2026-11-02T08:40:00Z",
        "environments": [{ "liveRelease": null, "liveDesignVersion": null, "updatedAt": "2026-11-02T08:40:00Z" }]
    })), Making))]
pub async fn create(State(app): State<Arc<App>>, In(actor): In, Keyed(Json(body), once): Keyed<Json<NewApp>>) -> Answer {
    let wish = Wish { slug: body.slug, name: body.name, target: body.target, account: body.account };
    let render = |made: &apps::Detail| {
        let location = format!("/v1/organizations/{}/apps/{}", actor.organization, made.app.slug);
        reply::made(StatusCode::CREATED, &AppBody::new(made), Some(location))
    };
    reply::answered(apps::create(&app, &actor, &wish, once.as_ref(), render).await?)
}
