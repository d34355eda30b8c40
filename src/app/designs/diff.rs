//! What changed between two designs. Elements of lists are the same where their `id` is: a rename is a change, and not one
//! element less and another more.

use serde_json::Value;
use std::collections::BTreeMap;

/// One difference.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// What happened.
    pub kind: ChangeKind,
    /// JSON Pointer: into the later document, or into the earlier one for what was removed.
    pub pointer: String,
    /// One line for people.
    pub summary: String,
    /// The value before.
    pub before: Option<Value>,
    /// The value after.
    pub after: Option<Value>,
}

/// What happened to a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum ChangeKind {
    Added,
    Removed,
    Changed,
    Moved,
}

/// All differences, in the order of the later document.
pub(super) fn compare(before: &Value, after: &Value) -> Vec<Change> {
    let mut changes = Vec::new();
    values(before, after, &Place::default(), &mut changes);
    changes
}

/// Where in the document, for programs and for people.
#[derive(Debug, Clone, Default)]
struct Place {
    pointer: String,
    words: Vec<String>,
}

impl Place {
    fn key(&self, key: &str) -> Self {
        self.step(&key.replace('~', "~0").replace('/', "~1"), key.to_owned())
    }

    fn element(&self, index: usize, element: &Value) -> Self {
        self.step(&index.to_string(), label(element))
    }

    fn step(&self, token: &str, word: String) -> Self {
        let mut words = self.words.clone();
        words.push(word);
        Self { pointer: format!("{}/{token}", self.pointer), words }
    }

    fn change(&self, kind: ChangeKind, before: Option<&Value>, after: Option<&Value>) -> Change {
        let place = self.words.join(" › ");
        let summary = match (kind, before, after) {
            (ChangeKind::Added, ..) => format!("+ {place}{}", shown(after)),
            (ChangeKind::Removed, ..) => format!("- {place}"),
            (ChangeKind::Moved, ..) => format!("~ {place}: other order"),
            (ChangeKind::Changed, ..) => format!("~ {place}: {} →{}", shown(before).trim(), shown(after)),
        };
        Change { kind, pointer: self.pointer.clone(), summary, before: before.cloned(), after: after.cloned() }
    }
}

fn values(before: &Value, after: &Value, place: &Place, changes: &mut Vec<Change>) {
    match (before, after) {
        (Value::Object(old), Value::Object(new)) => {
            for (key, value) in new {
                match old.get(key) {
                    Some(old) => values(old, value, &place.key(key), changes),
                    None => appeared(value, &place.key(key), changes),
                }
            }
            for (key, value) in old.iter().filter(|(key, _)| !new.contains_key(*key)) {
                vanished(value, &place.key(key), changes);
            }
        }
        (Value::Array(old), Value::Array(new)) => match (by_id(old), by_id(new)) {
            (Some(old_ids), Some(new_ids)) => {
                for (index, value) in new.iter().enumerate() {
                    let place = place.element(index, value);
                    match id(value).and_then(|id| old_ids.get(id)) {
                        Some(&(_, old)) => values(old, value, &place, changes),
                        None => changes.push(place.change(ChangeKind::Added, None, Some(value))),
                    }
                }
                for (index, value) in old.iter().enumerate().filter(|(_, value)| id(value).is_none_or(|id| !new_ids.contains_key(id))) {
                    changes.push(place.element(index, value).change(ChangeKind::Removed, Some(value), None));
                }
                let order = |list: &[Value], other: &BTreeMap<&str, (usize, &Value)>| {
                    list.iter().filter_map(id).filter(|id| other.contains_key(id)).map(str::to_owned).collect::<Vec<_>>()
                };
                if order(old, &new_ids) != order(new, &old_ids) {
                    changes.push(place.change(ChangeKind::Moved, None, None));
                }
            }
            _ if old != new => changes.push(place.change(ChangeKind::Changed, Some(before), Some(after))),
            _ => {}
        },
        _ if before != after => changes.push(place.change(ChangeKind::Changed, Some(before), Some(after))),
        _ => {}
    }
}

/// A list that was empty, and so left out, and has elements now: each of them was added.
fn appeared(value: &Value, place: &Place, changes: &mut Vec<Change>) {
    match value.as_array().filter(|list| by_id(list).is_some()) {
        Some(list) => changes.extend(list.iter().enumerate().map(|(i, v)| place.element(i, v).change(ChangeKind::Added, None, Some(v)))),
        None => changes.push(place.change(ChangeKind::Added, None, Some(value))),
    }
}

fn vanished(value: &Value, place: &Place, changes: &mut Vec<Change>) {
    match value.as_array().filter(|list| by_id(list).is_some()) {
        Some(list) => changes.extend(list.iter().enumerate().map(|(i, v)| place.element(i, v).change(ChangeKind::Removed, Some(v), None))),
        None => changes.push(place.change(ChangeKind::Removed, Some(value), None)),
    }
}

fn id(value: &Value) -> Option<&str> {
    value.get("id")?.as_str()
}

/// The elements by id, if every one has an id.
fn by_id(list: &[Value]) -> Option<BTreeMap<&str, (usize, &Value)>> {
    list.iter().enumerate().map(|(index, value)| Some((id(value)?, (index, value)))).collect()
}

fn label(element: &Value) -> String {
    ["name", "label", "title", "email", "id"].iter().find_map(|key| element.get(key)?.as_str()).unwrap_or("…").to_owned()
}

/// A small value as JSON; nothing of a large one.
fn shown(value: Option<&Value>) -> String {
    let text = value.filter(|v| !v.is_object()).map(ToString::to_string).unwrap_or_default();
    if text.is_empty() || text.chars().count() > 60 { String::from(if text.is_empty() { "" } else { " …" }) } else { format!(" {text}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn summaries(before: &Value, after: &Value) -> Vec<String> {
        compare(before, after).into_iter().map(|c| format!("{} {}", c.pointer, c.summary)).collect()
    }

    #[test]
    fn a_rename_is_a_change_and_elements_are_found_by_id_wherever_they_stand() {
        let before = json!({ "entities": [
            { "id": "e1", "name": "Note", "fields": [{ "id": "f1", "name": "rank" }, { "id": "f2", "name": "title" }] },
            { "id": "e2", "name": "Tag" }
        ]});
        let after = json!({ "entities": [
            { "id": "e1", "name": "Note", "fields": [{ "id": "f2", "name": "title" }, { "id": "f1", "name": "priority" }] },
            { "id": "e3", "name": "Person" }
        ], "roles": [{ "id": "r1", "name": "editor" }] });
        assert_eq!(summaries(&before, &before), Vec::<String>::new());
        assert_eq!(
            summaries(&before, &after),
            [
                "/entities/0/fields/1/name ~ entities › Note › fields › priority › name: \"rank\" → \"priority\"",
                "/entities/0/fields ~ entities › Note › fields: other order",
                "/entities/1 + entities › Person",
                "/entities/1 - entities › Tag",
                "/roles/0 + roles › editor",
            ]
        );
    }

    #[test]
    fn lists_without_ids_change_as_a_whole() {
        let changes = compare(&json!({ "enum": ["a", "b"], "max": 1 }), &json!({ "enum": ["a"], "max": 2 }));
        assert_eq!(changes.len(), 2);
        assert_eq!((changes[0].kind, changes[0].pointer.as_str()), (ChangeKind::Changed, "/enum"));
        assert_eq!(changes[1].summary, "~ max: 1 → 2");
    }
}
