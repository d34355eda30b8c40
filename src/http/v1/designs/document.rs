use super::Design;
use super::DesignPath;
use crate::app::{App, designs};
use crate::http::documented::{Conditional, Reading};
use crate::http::extract::{In, Path};
use crate::http::reply::Answer;
use crate::http::tags;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::IntoResponse as _;
use std::sync::Arc;

/// Show a design document
///
/// The document of a version in its canonical form (RFC 8785, defaults left out). It never changes.
#[utoipa::path(get, path = "/v1/organizations/{org}/apps/{app}/designs/{number}/document", operation_id = "showDesignDocument", tag = "Designs", params(DesignPath, Conditional),
    responses((status = 200, description = "The document.", body = Design), (status = 304, description = "Nothing has changed."), Reading))]
pub async fn document(State(app): State<Arc<App>>, In(actor): In, Path(path): Path<DesignPath>, headers: HeaderMap) -> Answer {
    let known = tags::list(&headers, &header::IF_NONE_MATCH);
    let tag = |hash: &str| format!("\"{hash}\"");
    let (hash, document) = designs::document(&app, &actor, &path.app, path.number, |hash| tags::matching(&known, &tag(hash)).is_some()).await?;
    // Without a document the tag alone is enough: the answer becomes a 304.
    let content = [(header::CONTENT_TYPE, "application/json".to_owned()), (header::ETAG, tag(&hash))];
    Ok((content, document.unwrap_or_default()).into_response())
}
