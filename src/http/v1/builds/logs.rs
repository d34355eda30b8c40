use super::BuildPath;
use crate::app::App;
use crate::app::events::{self, Event};
use crate::domain::StepName;
use crate::http::documented::Reading;
use crate::http::extract::{In, Path, Query};
use crate::http::reply::Answer;
use crate::http::v1::streams::{self, Form};
use axum::extract::State;
use axum::http::HeaderMap;
use chrono::{DateTime, Utc};
use futures::StreamExt as _;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};

/// Which lines.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Of {
    /// Only those of this step.
    #[param(nullable = false)]
    step: Option<StepName>,
}

/// One line of a build's log.
#[derive(Serialize, ToSchema)]
pub struct LogLineBody {
    /// When it came.
    at: DateTime<Utc>,
    /// The step that wrote it.
    #[schema(example = "bundle")]
    step: Option<String>,
    /// `info`, `warn` or `error`.
    #[schema(example = "info")]
    level: String,
    /// The line.
    line: String,
}

impl LogLineBody {
    fn new(event: Event) -> Self {
        let text = |key: &str| event.data.get(key).and_then(|value| value.as_str()).unwrap_or_default().to_owned();
        Self { at: event.at, level: text("level"), line: text("line"), step: event.step }
    }

    fn plain(&self) -> String {
        format!("{:<10} {}", self.step.as_deref().unwrap_or_default(), self.line)
    }
}

/// Read the log of a build
///
/// All lines so far, raw. One JSON object a line, with `at`, `step`, `level` and `line`; with `Accept: text/plain` step and line, with `Accept: text/event-stream`
/// server-sent events of the type `log`. To go on as lines come, follow the build's events.
#[utoipa::path(get, path = "/v1/organizations/{org}/apps/{app}/builds/{build}/logs", operation_id = "readBuildLog", tag = "Builds", params(BuildPath, Of),
    responses((status = 200, description = "The lines.", content(
        (String = "application/x-ndjson", example = "{\"at\":\"2026-11-26T09:00:00.131Z\",\"step\":\"frontend\",\"level\":\"info\",\"line\":\"41 files\"}\n"),
        (String = "text/plain", example = "frontend   41 files\n"),
        (String = "text/event-stream", example = "event: log\ndata: {\"at\":\"2026-11-26T09:00:00.131Z\",\"step\":\"frontend\",\"level\":\"info\",\"line\":\"41 files\"}\n\n"))), Reading))]
pub async fn logs(State(app): State<Arc<App>>, In(actor): In, Path(path): Path<BuildPath>, Query(of): Query<Of>, headers: HeaderMap) -> Answer {
    let lines = events::log(&app, &actor, &path.app, path.build, of.step).await?;
    let lines = lines.map(|line| line.map(LogLineBody::new));
    Ok(streams::lines(Form::wanted(&headers), lines, LogLineBody::plain))
}
