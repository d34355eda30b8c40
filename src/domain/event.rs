//! An event as it goes to a receiver: Standard Webhooks 1.0.

use super::ids::EventId;
use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serialize;
use serde_json::Value;

/// Something that happened in an organization.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// The same in every attempt to deliver it.
    pub id: EventId,
    /// The word of an `EventKind`; a text, because a newer Slipform may share the database.
    pub kind: String,
    /// When it happened.
    pub at: DateTime<Utc>,
    /// Ids, names and states of what it is about; never a design, never a secret.
    pub data: Value,
}

#[derive(Serialize)]
struct Body<'a> {
    #[serde(rename = "type")]
    kind: &'a str,
    timestamp: String,
    data: &'a Value,
}

impl Event {
    /// The body, JSON: the same in every attempt.
    pub fn body(&self) -> String {
        let timestamp = self.at.to_rfc3339_opts(SecondsFormat::Micros, true);
        serde_json::to_string(&Body { kind: &self.kind, timestamp, data: &self.data }).expect("texts and a JSON value are JSON")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_event_is_written_as_the_standard_says_and_always_the_same() {
        let event = Event {
            id: "0199aa2e-5a4b-7cc1-8d5e-3f1f6f0f8f11".parse().unwrap(),
            kind: "app.deleted".into(),
            at: "2026-03-01T12:00:00.5Z".parse().unwrap(),
            data: json!({ "b": 1, "a": { "name": "ä" } }),
        };
        assert_eq!(event.id.message_id(), "msg_0199aa2e-5a4b-7cc1-8d5e-3f1f6f0f8f11");
        assert_eq!(event.body(), r#"{"type":"app.deleted","timestamp":"2026-03-01T12:00:00.500000Z","data":{"a":{"name":"ä"},"b":1}}"#);
    }
}
