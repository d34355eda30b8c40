use super::Design;
use crate::app::{App, designs};
use crate::http::documented::Checking;
use crate::http::extract::{Document, In};
use crate::http::problem::FieldError;
use crate::http::reply::{self, Answer};
use crate::http::v1::organizations::OrganizationPath;
use axum::extract::State;
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// What is wrong with a design.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({ "valid": false, "problems": [{ "pointer": "/entities/0/fields/2/type", "detail": "`strin` is no type; did you mean `string`?" }] }))]
pub struct ValidationBody {
    /// Whether it can be built.
    valid: bool,
    /// Each place that is wrong; empty if it is valid.
    problems: Vec<FieldError>,
}

/// Validate a design
///
/// Checks a design document (the body itself) and keeps nothing. All problems are found, not only the first.
#[utoipa::path(post, path = "/v1/organizations/{org}/designs/validate", operation_id = "validateDesign", tag = "Designs", params(OrganizationPath),
    request_body(content = Design, description = "The design document; `openapi/design.schema.json` describes it.", content_type = "application/json"),
    responses((status = 200, description = "Checked.", body = ValidationBody), Checking))]
pub async fn validate(State(app): State<Arc<App>>, In(actor): In, Document(body): Document) -> Answer {
    let problems = designs::validate(&app, &actor, body).await?;
    let problems: Vec<_> = problems.into_iter().map(|p| FieldError { pointer: p.pointer, detail: p.detail }).collect();
    reply::ok(&ValidationBody { valid: problems.is_empty(), problems })
}
