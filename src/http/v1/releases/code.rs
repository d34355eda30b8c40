use super::ReleasePath;
use crate::app::{App, releases};
use crate::http::documented::ReadingFiles;
use crate::http::extract::{In, Path};
use crate::http::reply::Answer;
use axum::body::Body;
use axum::extract::State;
use axum::http::header;
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
/// The generated project with the owner's own files, as a zip archive: README, server, web, migrations, tests, Dockerfile.
#[utoipa::path(get, path = "/v1/organizations/{org}/apps/{app}/environments/{env}/releases/{number}/code", operation_id = "downloadCode", tag = "Releases", params(ReleasePath),
    responses((status = 200, description = "The archive.", body = inline(Archive), content_type = "application/zip"), ReadingFiles))]
pub async fn code(State(app): State<Arc<App>>, In(actor): In, Path(path): Path<ReleasePath>) -> Answer {
    let code = releases::code(&app, &actor, &path.app, &path.env, path.number).await?;
    let headers = [
        (header::CONTENT_TYPE, "application/zip".to_owned()),
        (header::CONTENT_LENGTH, code.size.to_string()),
        // A slug needs no quoting.
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{}\"", code.file_name)),
    ];
    Ok((headers, Body::from_stream(ReaderStream::new(code.archive))).into_response())
}
