use super::BuildSummaryBody;
use crate::app::App;
use crate::app::builds::{self, Filter};
use crate::domain::BuildState;
use crate::http::documented::{Conditional, Reading};
use crate::http::extract::{Filtered, In, Path};
use crate::http::reply::{self, Answer, List};
use crate::http::typed::Text;
use crate::http::v1::Paging;
use crate::http::v1::apps::AppPath;
use axum::extract::State;
use axum::http::Uri;
use serde::Deserialize;
use std::sync::Arc;
use utoipa::IntoParams;

/// Which builds are wanted.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Wanted {
    /// Only those of the environment with this slug.
    #[param(max_length = 40, pattern = r"^[^\u0000]*$", nullable = false, value_type = Option<String>)]
    environment: Option<Text<40>>,
    /// Only those in this state.
    #[param(nullable = false)]
    state: Option<BuildState>,
}

/// List builds
///
/// The newest first, without their steps.
#[utoipa::path(get, path = "/v1/organizations/{org}/apps/{app}/builds", operation_id = "listBuilds", tag = "Builds", params(AppPath, Wanted, Paging, Conditional),
    responses((status = 200, description = "The builds.", body = List<BuildSummaryBody>, example = json!({ "items": [{
            "state": "failed", "reason": "The change would lose data", "release": null, "finishedAt": "2026-11-26T09:00:01.571Z", "durationMs": 1550,
            "error": { "step": "database", "code": "data-would-be-lost", "title": "The change would lose data",
                "detail": "Removing the field `price` of `Car` loses its values (12 records)", "elements": ["f-price"],
                "hint": "To lose it on purpose, add the ids to `migration.confirmLoss` of the design (f-price). Nothing was changed." },
        }] })), (status = 304, description = "Nothing has changed."), Reading))]
pub async fn list(State(app): State<Arc<App>>, In(actor): In, Path(path): Path<AppPath>, Filtered(wanted, paging): Filtered<Wanted>, uri: Uri) -> Answer {
    let filter = Filter { environment: wanted.environment.map(|text| text.0), state: wanted.state };
    let page = builds::list(&app, &actor, &path.app, &filter, &paging.into()).await?;
    reply::page(&uri, page, |(build, url)| BuildSummaryBody::new(&build, &url))
}
