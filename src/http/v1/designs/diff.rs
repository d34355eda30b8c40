use crate::app::App;
use crate::app::designs::{self, Change, ChangeKind};
use crate::http::documented::{Conditional, Reading};
use crate::http::extract::{In, Path, Query};
use crate::http::reply::{self, Answer};
use crate::http::v1::apps::AppPath;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};

/// Which versions.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Between {
    /// Number of the earlier version.
    #[param(minimum = 1, example = 1)]
    from: i32,
    /// Number of the later version.
    #[param(minimum = 1, example = 2)]
    to: i32,
}

/// What happened to a value.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ChangeKindBody {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// It has another value.
    Changed,
    /// The elements of the list stand in another order.
    Moved,
}

/// One difference.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({
    "kind": "changed", "pointer": "/entities/0/fields/1/name", "summary": "~ entities › Car › fields › pricePerDay › name: \"price\" → \"pricePerDay\"",
    "before": "price", "after": "pricePerDay"
}))]
pub struct ChangeBody {
    /// What happened.
    kind: ChangeKindBody,
    /// JSON Pointer: into the later document, or into the earlier one for what was removed.
    pointer: String,
    /// One line for people.
    summary: String,
    /// The value before.
    #[serde(skip_serializing_if = "Option::is_none")]
    before: Option<Value>,
    /// The value after.
    #[serde(skip_serializing_if = "Option::is_none")]
    after: Option<Value>,
}

/// What changed.
#[derive(Serialize, ToSchema)]
pub struct DiffBody {
    /// Number of the earlier version.
    #[schema(example = 1)]
    from: i32,
    /// Number of the later version.
    #[schema(example = 2)]
    to: i32,
    /// All differences; empty if there is none.
    changes: Vec<ChangeBody>,
}

impl ChangeBody {
    fn new(change: Change) -> Self {
        let kind = match change.kind {
            ChangeKind::Added => ChangeKindBody::Added,
            ChangeKind::Removed => ChangeKindBody::Removed,
            ChangeKind::Changed => ChangeKindBody::Changed,
            ChangeKind::Moved => ChangeKindBody::Moved,
        };
        Self { kind, pointer: change.pointer, summary: change.summary, before: change.before, after: change.after }
    }
}

/// Compare two design versions
///
/// Elements are the same where their `id` is, so a rename is one change.
#[utoipa::path(get, path = "/v1/organizations/{org}/apps/{app}/designs/diff", operation_id = "diffDesigns", tag = "Designs", params(AppPath, Between, Conditional),
    responses((status = 200, description = "The differences.", body = DiffBody), (status = 304, description = "Nothing has changed."), Reading))]
pub async fn diff(State(app): State<Arc<App>>, In(actor): In, Path(path): Path<AppPath>, Query(between): Query<Between>) -> Answer {
    let changes = designs::diff(&app, &actor, &path.app, between.from, between.to).await?;
    reply::ok(&DiffBody { from: between.from, to: between.to, changes: changes.into_iter().map(ChangeBody::new).collect() })
}
