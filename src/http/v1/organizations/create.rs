use super::OrganizationBody;
use crate::app::{App, organizations};
use crate::http::documented::PersonalChange;
use crate::http::extract::{Json, Signed};
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
    /// Name: 1 to 100 characters.
    #[schema(min_length = 1, max_length = 100)]
    name: String,
}

/// Create an organization
///
/// The caller becomes its owner. API tokens cannot do this.
#[utoipa::path(post, path = "/v1/organizations", operation_id = "createOrganization", tag = "Organizations", request_body = NewOrganization,
    responses((status = 201, description = "Created.", body = OrganizationBody, headers(("Location" = String, description = "Its address."))), PersonalChange))]
pub async fn create(State(app): State<Arc<App>>, Signed(caller): Signed, Json(body): Json<NewOrganization>) -> Answer {
    let (made, role) = organizations::create(&app, &caller, &body.slug, &body.name).await?;
    let location = format!("/v1/organizations/{}", made.slug);
    reply::located(reply::json(StatusCode::CREATED, &OrganizationBody::new(made, role)), &location)
}
