use super::EnvironmentPath;
use crate::app::{App, logs};
use crate::http::documented::ReadingFiles;
use crate::http::extract::{In, Path, Query};
use crate::http::reply::Answer;
use crate::http::v1::streams::{self, Form};
use axum::extract::State;
use axum::http::HeaderMap;
use futures::StreamExt as _;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};

/// Which lines.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Lines {
    /// How many of the last lines.
    #[param(minimum = 1, maximum = 10_000, default = 200, nullable = false)]
    lines: Option<u32>,
    /// Whether to go on as lines come.
    #[serde(default)]
    #[param(default = false)]
    follow: bool,
}

/// One line of a live app.
#[derive(Serialize, ToSchema)]
pub struct AppLogLineBody {
    /// As the app wrote it; apps that Slipform generates write JSON.
    #[schema(example = "{\"time\":\"2026-11-26T09:00:02.011Z\",\"level\":\"info\",\"message\":\"listening\"}")]
    line: String,
}

/// Read the log of a live app
///
/// The last lines of what its process writes. One JSON object a line, with `line`; with `Accept: text/plain` the lines themselves, with
/// `Accept: text/event-stream` server-sent events of the type `log`.
#[utoipa::path(get, path = "/v1/organizations/{org}/apps/{app}/environments/{env}/logs", operation_id = "readAppLog", tag = "Environments", params(EnvironmentPath, Lines),
    responses((status = 200, description = "The lines.", content(
        (String = "application/x-ndjson", example = "{\"line\":\"{\\\"time\\\":\\\"2026-11-26T09:00:02.011Z\\\",\\\"level\\\":\\\"info\\\",\\\"message\\\":\\\"listening\\\"}\"}\n"),
        (String = "text/plain", example = "{\"time\":\"2026-11-26T09:00:02.011Z\",\"level\":\"info\",\"message\":\"listening\"}\n"),
        (String = "text/event-stream", example = "event: log\ndata: {\"line\":\"{\\\"time\\\":\\\"2026-11-26T09:00:02.011Z\\\",\\\"level\\\":\\\"info\\\",\\\"message\\\":\\\"listening\\\"}\"}\n\n"))), ReadingFiles))]
pub async fn logs(State(app): State<Arc<App>>, In(actor): In, Path(path): Path<EnvironmentPath>, Query(query): Query<Lines>, headers: HeaderMap) -> Answer {
    let lines = logs::read(&app, &actor, &path.app, &path.env, query.lines.unwrap_or(200), query.follow).await?;
    let lines = lines.map(|line| Ok(AppLogLineBody { line }));
    Ok(streams::lines(Form::wanted(&headers), lines, |body| body.line.clone()))
}
