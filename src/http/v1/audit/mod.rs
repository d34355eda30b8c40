//! The audit log.

pub mod export;
pub mod list;

use crate::app::audit::{Filter, Line};
use crate::http::typed::{Instant, Text};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// Which lines are wanted.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Which {
    /// Id of who did it: a person, or an API token.
    #[param(nullable = false)]
    actor: Option<Uuid>,
    /// What was done, such as `CreateBuild`.
    #[param(nullable = false, max_length = 40, pattern = r"^[^\u0000]*$", value_type = Option<String>)]
    operation: Option<Text<40>>,
    /// Id of what it was done to.
    #[param(nullable = false)]
    subject: Option<Uuid>,
    /// From this time on.
    #[param(nullable = false, value_type = Option<DateTime<Utc>>)]
    since: Option<Instant>,
    /// Before this time.
    #[param(nullable = false, value_type = Option<DateTime<Utc>>)]
    until: Option<Instant>,
}

impl From<Which> for Filter {
    fn from(which: Which) -> Self {
        Self {
            actor: which.actor,
            operation: which.operation.map(|text| text.0),
            subject: which.subject,
            since: which.since.map(|at| at.0),
            until: which.until.map(|at| at.0),
        }
    }
}

/// A line of the audit log: who did what, when, from where, to what, before and after.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!(example()))]
pub struct AuditBody {
    /// Id.
    id: Uuid,
    /// When.
    at: DateTime<Utc>,
    /// `user`, `token`, `worker` or `operator`.
    actor_kind: String,
    /// Who.
    actor_id: Option<Uuid>,
    /// Their e-mail address, or the name of the token, as it was then.
    actor_name: String,
    /// What was done.
    operation: String,
    /// Of what kind is what it was done to.
    subject_kind: String,
    /// Its id.
    subject_id: Option<Uuid>,
    /// Its name, as it was then.
    subject_name: String,
    /// What of it changed, before.
    before: Option<Value>,
    /// The same afterwards.
    after: Option<Value>,
    /// The request: `x-request-id` of its answer.
    request_id: Option<Uuid>,
    /// The client's network address.
    address: Option<String>,
    /// The program, as it called itself.
    user_agent: Option<String>,
}

impl AuditBody {
    fn new(line: Line) -> Self {
        Self {
            id: line.id,
            at: line.at,
            actor_kind: line.actor_kind,
            actor_id: line.actor_id,
            actor_name: line.actor_name,
            operation: line.operation,
            subject_kind: line.subject_kind,
            subject_id: line.subject_id,
            subject_name: line.subject_name,
            before: line.before,
            after: line.after,
            request_id: line.request_id,
            address: line.address,
            user_agent: line.user_agent,
        }
    }
}

/// For the document.
fn example() -> Value {
    json!({
        "id": "01a21715-4680-7cc1-8d5e-3f1f6f0f8f23", "at": "2026-11-26T09:00:00Z", "actorKind": "user", "actorId": "01a21715-4680-7cc1-8d5e-3f1f6f0f8f1a",
        "actorName": "owner@example.com", "operation": "UpdateApp", "subjectKind": "app", "subjectId": "01a21715-4680-7cc1-8d5e-3f1f6f0f8f13",
        "subjectName": "car-rental", "before": { "name": "Cars" }, "after": { "name": "Car rental" },
        "requestId": "01a21715-4680-7cc1-8d5e-3f1f6f0f8f11", "address": "192.0.2.7", "userAgent": "curl/8.14.1"
    })
}
