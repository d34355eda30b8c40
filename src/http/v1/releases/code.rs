use super::ReleasePath;
use crate::app::{App, releases};
use crate::domain::ReleaseId;
use crate::http::documented::{Conditional, ReadingFiles};
use crate::http::extract::{In, Path};
use crate::http::reply::Answer;
use crate::http::tags;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::IntoResponse as _;
use std::sync::Arc;
use tokio_util::io::ReaderStream;
use utoipa::ToSchema;

/// A zip archive.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
#[allow(dead_code)]
pub struct Archive(Vec<u8>);

/// Download the code base of a release
///
/// The generated project with the owner's own files, as a zip archive: README, server, web, migrations, tests, Dockerfile. It never changes.
#[utoipa::path(get, path = "/v1/organizations/{org}/apps/{app}/environments/{env}/releases/{number}/code", operation_id = "downloadCode", tag = "Releases", params(ReleasePath, Conditional),
    responses((status = 200, description = "The archive.", body = inline(Archive), content_type = "application/zip"), (status = 304, description = "Nothing has changed."), ReadingFiles))]
pub async fn code(State(app): State<Arc<App>>, In(actor): In, Path(path): Path<ReleasePath>, headers: HeaderMap) -> Answer {
    let known = tags::list(&headers, &header::IF_NONE_MATCH);
    let tag = |release: ReleaseId| format!("\"{release}\"");
    let (release, code) = releases::code(&app, &actor, (&path.app, &path.env), path.number, |release| tags::matching(&known, &tag(release)).is_some()).await?;
    let tag = [(header::ETAG, tag(release))];
    // Without an archive the tag alone is enough: the answer becomes a 304.
    let Some(code) = code else { return Ok(tag.into_response()) };
    let headers = [
        (header::CONTENT_TYPE, "application/zip".to_owned()),
        (header::CONTENT_LENGTH, code.size.to_string()),
        // A slug needs no quoting.
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{}\"", code.file_name)),
    ];
    Ok((tag, headers, Body::from_stream(ReaderStream::new(code.archive))).into_response())
}
