use super::OrganizationBody;
use crate::app::{App, organizations};
use crate::http::documented::{PersonalChange, Repeatable};
use crate::http::extract::{Json, Keyed, Signed};
use crate::http::reply::{self, Answer};
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// An organization that is wanted.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "slug": "acme", "name": "Acme" }))]
pub struct NewOrganization {
    /// Short name in addresses: 1 to 40 of a–z, 0–9 and single hyphens between them.
    #[schema(min_length = 1, max_length = 40, pattern = "^[a-z0-9]+(-[a-z0-9]+)*$")]
    slug: String,
    /// Name: 1 to 100 characters on one line, without spaces at its ends.
    #[schema(min_length = 1, max_length = 100, pattern = r"^[^\s\u0000-\u001f\u007f-\u009f]([^\u0000-\u001f\u007f-\u009f]*[^\s\u0000-\u001f\u007f-\u009f])?$")]
    name: String,
}

/// Create an organization
///
/// The caller becomes its owner. API tokens cannot do this.
#[utoipa::path(post, path = "/v1/organizations", operation_id = "createOrganization", tag = "Organizations", params(Repeatable), request_body = NewOrganization,
    responses((status = 201, description = "Created.", body = OrganizationBody, headers(("Location" = String, description = "Its address."))), PersonalChange))]
pub async fn create(State(app): State<Arc<App>>, Signed(caller, origin): Signed, Keyed(Json(body), once): Keyed<Json<NewOrganization>>) -> Answer {
    let render = |made: organizations::Organization, role| {
        let location = format!("/v1/organizations/{}", made.slug);
        reply::made(StatusCode::CREATED, &OrganizationBody::new(made, role), Some(location))
    };
    reply::answered(organizations::create(&app, (&caller, &origin), &body.slug, &body.name, once.as_ref(), render).await?)
}
