//! What changed between two designs, element by element. Elements are matched by `id`, so a rename is a rename.

use super::Design;
use crate::model::{pointer_token, shown};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// What happened to an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum ChangeKind {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// Its `name` is another.
    Renamed,
    /// One of its settings is another.
    Changed,
    /// The elements of a list stand in another order.
    Reordered,
}

/// One difference between two designs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Change {
    /// What happened.
    pub kind: ChangeKind,
    /// The `id` of the element that it happened to, or in which it happened; none for `app`, `theme` and the document's own lists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// JSON Pointer to the place in the earlier design, if it is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    /// JSON Pointer to the place in the later design, if it is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// A sentence for the maker.
    pub detail: String,
}

/// All differences, in the order of the later document; what is gone from a list comes after what is in it.
/// Equal designs have none, and designs without a difference have the same content hash.
pub fn diff(before: &Design, after: &Design) -> Vec<Change> {
    // As in the canonical form: what is left out is the default.
    let (before, after) = (serde_json::to_value(before).unwrap_or_default(), serde_json::to_value(after).unwrap_or_default());
    let mut walk = Walk { changes: Vec::new() };
    let place = Place { before: String::new(), after: String::new(), id: None, words: String::new() };
    walk.value(&place, "", &before, &after);
    walk.changes
}

/// Where the walk stands, in both documents.
#[derive(Clone)]
struct Place {
    before: String,
    after: String,
    /// The innermost element.
    id: Option<String>,
    /// The innermost element in words: "field `price` of entity `Car`".
    words: String,
}

impl Place {
    fn key(&self, key: &str) -> Self {
        let token = pointer_token(key);
        Self { before: format!("{}/{token}", self.before), after: format!("{}/{token}", self.after), ..self.clone() }
    }

    /// An element of the list at this place.
    fn element(&self, list: &str, element: &Value, before: usize, after: usize) -> Self {
        let own = format!("{} `{}`", noun(list), called(element));
        let words = if self.words.is_empty() { own } else { format!("{own} of {}", self.words) };
        Self { before: format!("{}/{before}", self.before), after: format!("{}/{after}", self.after), id: identity(element).map(str::to_owned), words }
    }

    /// The sentence's subject.
    fn subject(&self) -> String {
        let mut letters = self.words.chars();
        letters.next().map_or_else(|| "The design".to_owned(), |first| first.to_uppercase().chain(letters).collect())
    }
}

struct Walk {
    changes: Vec<Change>,
}

impl Walk {
    fn add(&mut self, kind: ChangeKind, place: &Place, detail: String) {
        let before = (kind != ChangeKind::Added).then(|| place.before.clone());
        let after = (kind != ChangeKind::Removed).then(|| place.after.clone());
        self.changes.push(Change { kind, id: place.id.clone(), before, after, detail });
    }

    fn value(&mut self, place: &Place, key: &str, before: &Value, after: &Value) {
        if before == after {
            return;
        }
        match (before, after) {
            (Value::Object(old), Value::Object(new)) if !is_literal(key) => self.object(place, old, new),
            (Value::Array(old), Value::Array(new)) if has_elements(key, old) && has_elements(key, new) => self.list(place, key, old, new),
            _ => {
                let detail = format!("{}: `{}` was {} and is now {}.", place.subject(), shown(key), spoken(before), spoken(after));
                self.add(ChangeKind::Changed, place, detail);
            }
        }
    }

    fn object(&mut self, place: &Place, before: &Map<String, Value>, after: &Map<String, Value>) {
        if let (Some(Value::String(old)), Some(Value::String(new))) = (before.get("name"), after.get("name"))
            && old != new
        {
            let mut subject =
                Place { words: place.words.replacen(&format!("`{}`", shown(new)), &format!("`{}`", shown(old)), 1), ..place.key("name") }.subject();
            if place.words.is_empty() {
                "The app".clone_into(&mut subject);
                subject = format!("{subject} `{}`", shown(old));
            }
            self.add(ChangeKind::Renamed, &place.key("name"), format!("{subject} is now called `{}`.", shown(new)));
        }
        let empty_list = Value::Array(Vec::new());
        let empty_object = Value::Object(Map::new());
        for key in after.keys().chain(before.keys().filter(|key| !after.contains_key(*key))) {
            if key == "name" {
                continue;
            }
            let inner = place.key(key);
            match (before.get(key), after.get(key)) {
                (Some(old), Some(new)) => self.value(&inner, key, old, new),
                // An absent list of elements or group of settings is an empty one.
                (None, Some(Value::Array(new))) if has_elements(key, new) => self.list(&inner, key, &[], new),
                (Some(Value::Array(old)), None) if has_elements(key, old) => self.list(&inner, key, old, &[]),
                (None, Some(new @ Value::Object(_))) if is_group(key) => self.value(&inner, key, &empty_object, new),
                (Some(old @ Value::Object(_)), None) if is_group(key) => self.value(&inner, key, old, &empty_object),
                (None, Some(new)) if *new != empty_list => {
                    let detail = format!("{}: `{}` was not given and is now {}.", inner.subject(), shown(key), spoken(new));
                    let change = Change { kind: ChangeKind::Changed, id: inner.id.clone(), before: None, after: Some(inner.after), detail };
                    self.changes.push(change);
                }
                (Some(old), None) => {
                    let detail = format!("{}: `{}` was {} and is no longer given.", inner.subject(), shown(key), spoken(old));
                    let change = Change { kind: ChangeKind::Changed, id: inner.id.clone(), before: Some(inner.before), after: None, detail };
                    self.changes.push(change);
                }
                (None, _) => {}
            }
        }
    }

    fn list(&mut self, place: &Place, key: &str, before: &[Value], after: &[Value]) {
        let find = |list: &[Value], wanted: &Value| list.iter().position(|element| identity(element) == identity(wanted));
        let mut kept = Vec::new();
        for (index, new) in after.iter().enumerate() {
            if let Some(old) = find(before, new) {
                kept.push(old);
                self.value(&place.element(key, new, old, index), "", &before[old], new);
            } else {
                let inner = place.element(key, new, 0, index);
                let detail = format!("{} is new.", inner.subject());
                self.add(ChangeKind::Added, &inner, detail);
            }
        }
        for (index, old) in before.iter().enumerate().filter(|(_, old)| find(after, old).is_none()) {
            let inner = place.element(key, old, index, 0);
            let detail = format!("{} is gone.", inner.subject());
            self.add(ChangeKind::Removed, &inner, detail);
        }
        if !kept.is_sorted() {
            let of = if place.words.is_empty() { String::new() } else { format!(" of {}", place.words) };
            self.add(ChangeKind::Reordered, place, format!("The {}{of} stand in another order.", plural_noun(key)));
        }
    }
}

/// A value of the maker's own, which is compared as a whole.
fn is_literal(key: &str) -> bool {
    matches!(key, "default" | "min" | "max")
}

/// An object that stands for its own settings, and not for an element.
fn is_group(key: &str) -> bool {
    matches!(key, "app" | "theme" | "seeds" | "migration" | "permissions" | "values" | "backfill")
}

/// Whether a list holds elements that are matched by what identifies them.
fn has_elements(key: &str, list: &[Value]) -> bool {
    !noun(key).is_empty() && list.iter().all(|element| identity(element).is_some())
}

fn identity(element: &Value) -> Option<&str> {
    let id = element.get("id").or_else(|| element.get("initial").and(element.get("field")));
    id.and_then(Value::as_str)
}

fn called(element: &Value) -> String {
    ["name", "label", "id", "field"].iter().find_map(|key| element.get(*key).and_then(Value::as_str)).map(shown).unwrap_or_default()
}

fn noun(list: &str) -> &'static str {
    match list {
        "roles" => "role",
        "enums" => "enum",
        "values" => "value",
        "entities" => "entity",
        "fields" => "field",
        "relations" => "relation",
        "constraints" => "constraint",
        "states" => "states of field",
        "transitions" => "transition",
        "pages" => "page",
        "actions" => "action",
        "navigation" => "navigation item",
        "users" => "seed user",
        "records" => "seed record",
        _ => "",
    }
}

fn plural_noun(list: &str) -> &'static str {
    match list {
        "entities" => "entities",
        "navigation" => "navigation items",
        "users" => "seed users",
        "records" => "seed records",
        "roles" => "roles",
        "enums" => "enums",
        "values" => "values",
        "fields" => "fields",
        "relations" => "relations",
        "constraints" => "constraints",
        "transitions" => "transitions",
        "pages" => "pages",
        "actions" => "actions",
        _ => "elements",
    }
}

fn spoken(value: &Value) -> String {
    format!("`{}`", shown(&value.as_str().map_or_else(|| value.to_string(), str::to_owned)))
}
