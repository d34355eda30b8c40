use super::BuildPath;
use crate::app::App;
use crate::app::events::{self, Event as BuildEvent};
use crate::http::documented::Reading;
use crate::http::extract::{In, Path};
use crate::http::problem::Problem;
use crate::http::reply::Answer;
use crate::http::v1::streams;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse as _;
use axum::response::sse::Event;
use futures::StreamExt as _;
use std::sync::Arc;
use utoipa::IntoParams;

/// Where to go on.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[allow(dead_code)]
pub struct Resuming {
    /// Id of the last event that came: the next one is the one behind it.
    #[param(rename = "Last-Event-ID", nullable = false, pattern = "^[0-9]{1,18}$", example = "17")]
    last_event_id: Option<String>,
}

/// Follow a build
///
/// Server-sent events from the first one on, and as they come: `build` (`state`, `attempt`, `reason`, `error`, `cancelRequested`), `step` (`name`, `state`,
/// `attempt`, `durationMs`, `error`) and `log` (`step`, `level`, `line`), each with `at`. The stream ends after the event in which
/// the build has ended, or within 15 seconds once the caller may not follow it any more. After a lost connection, `Last-Event-ID` goes
/// on without a gap or a repeat; 204: there is nothing more.
#[utoipa::path(get, path = "/v1/organizations/{org}/apps/{app}/builds/{build}/events", operation_id = "followBuild", tag = "Builds", params(BuildPath, Resuming),
    responses((status = 200, description = "The events.", body = String, content_type = "text/event-stream",
            example = "id: 7\nevent: step\ndata: {\"at\":\"2026-11-26T09:00:00.145Z\",\"attempt\":1,\"durationMs\":41,\"name\":\"frontend\",\"state\":\"succeeded\"}\n\n"),
        (status = 204, description = "The build has ended and nothing came behind that event."), Reading))]
pub async fn events(State(app): State<Arc<App>>, In(actor): In, Path(path): Path<BuildPath>, headers: HeaderMap) -> Answer {
    let after = match headers.get("last-event-id") {
        None => 0,
        Some(id) => {
            let id = id.to_str().ok().and_then(|id| id.parse().ok()).filter(|id: &i64| *id >= 0);
            id.ok_or_else(|| Problem::invalid("/header/Last-Event-ID", "Last-Event-ID must be the id of an event of this build."))?
        }
    };
    let Some(events) = events::follow(&app, &actor, &path.app, path.build, after).await? else {
        return Ok(StatusCode::NO_CONTENT.into_response());
    };
    Ok(streams::events(events.map(|event| event.map(|event| sent(&event)))))
}

fn sent(event: &BuildEvent) -> Event {
    let mut data = event.data.clone();
    if let Some(members) = data.as_object_mut() {
        members.insert("at".into(), serde_json::json!(event.at));
        if let Some(step) = event.step.as_ref().filter(|_| event.kind == "log") {
            members.insert("step".into(), step.as_str().into());
        }
    }
    Event::default().id(event.id.to_string()).event(&event.kind).data(data.to_string())
}
