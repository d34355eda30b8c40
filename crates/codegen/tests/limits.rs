//! Documents that are too large, too deep, too many, or hardly JSON.
#![allow(clippy::unwrap_used, missing_docs)]

mod common;

use serde_json::{Value, json};
use slipform_codegen::design;
use slipform_codegen::model::{Model, Problem};

fn refusal(bytes: &[u8]) -> Vec<Problem> {
    design::parse(bytes).and_then(Model::check).map(|_| ()).unwrap_err()
}

/// A design of so many entities, with ten fields, a relation to the one before, and three pages each.
fn of_entities(count: usize) -> Value {
    let mut document = json!({"formatVersion": 1, "app": {"name": "Large"}, "entities": [], "pages": []});
    for index in 0..count {
        let fields: Vec<_> = (0..10).map(|field| json!({"id": format!("f{index}-{field}"), "name": format!("field{field}"), "type": "string", "required": field == 0, "pattern": "[A-Z]{2}[0-9]+"})).collect();
        let relations = if index == 0 {
            json!([])
        } else {
            json!([{"id": format!("r{index}"), "name": "parent", "kind": "manyToOne", "target": format!("e{}", index - 1), "required": true}])
        };
        common::put(
            &mut document,
            "/entities/-",
            json!({"id": format!("e{index}"), "name": format!("Kind{index}"), "fields": fields, "relations": relations, "permissions": {"read": [{"role": "everyone"}], "create": [{"role": "signedIn"}]}}),
        );
        common::put(
            &mut document,
            "/pages/-",
            json!({"id": format!("l{index}"), "name": format!("List{index}"), "kind": "list", "entity": format!("e{index}"), "path": format!("/kind{index}"), "fields": [format!("f{index}-0")]}),
        );
        common::put(
            &mut document,
            "/pages/-",
            json!({"id": format!("d{index}"), "name": format!("Detail{index}"), "kind": "detail", "entity": format!("e{index}"), "path": format!("/kind{index}/:id"), "fields": [format!("f{index}-0")]}),
        );
    }
    document
}

#[test]
fn ten_megabytes_are_refused_at_once() {
    let found = refusal(&vec![b' '; 10 * 1024 * 1024]);
    assert_eq!((found.len(), found[0].pointer.as_str()), (1, ""));
    assert!(found[0].detail.contains("10485760 bytes; at most 5242880"), "{found:?}");
}

#[test]
fn a_thousand_entities_are_refused_and_two_hundred_are_not() {
    let found = refusal(&serde_json::to_vec(&of_entities(1_000)).unwrap());
    assert_eq!(found[0].pointer, "/entities");
    assert!(found[0].detail.contains("1000 entities; at most 200"), "{found:?}");
    let model = common::check(&of_entities(200)).unwrap_or_else(|problems| panic!("{problems:#?}"));
    assert_eq!(model.entities.len(), 200);
}

#[test]
fn a_hundred_entities_take_milliseconds() {
    let bytes = serde_json::to_vec(&of_entities(100)).unwrap();
    let begin = std::time::Instant::now();
    let model = design::parse(&bytes).and_then(Model::check).unwrap();
    assert_eq!(model.entities.len(), 100);
    // Without optimization, on a loaded machine: a bound against quadratic surprises. Optimized it is below 10 ms.
    assert!(begin.elapsed() < std::time::Duration::from_secs(2), "{:?}", begin.elapsed());
}

#[test]
fn too_many_problems_are_counted() {
    let mut document = of_entities(200);
    for index in 0..200 {
        common::put(&mut document, &format!("/entities/{index}/fields/0/name"), json!("constructor"));
    }
    let found = refusal(&serde_json::to_vec(&document).unwrap());
    assert_eq!(found.len(), 101);
    assert_eq!(found[100].detail, "There are 100 more problems.");
}

#[test]
fn what_is_hardly_json() {
    for (text, pointer, words) in [
        ("", "", "not JSON"),
        ("[]", "", "JSON object"),
        ("nonsense", "", "not JSON"),
        ("{\"formatVersion\": 1, \"app\": {\"name\": \"x\"}} x", "", "trailing"),
        ("{\"formatVersion\": 1, \"app\": {\"name\": \"a\", \"name\": \"b\"}}", "/app/name", "stands twice"),
        ("{\"formatVersion\": 1, \"formatVersion\": 1}", "/formatVersion", "stands twice"),
        ("{\"formatVersion\": 1, \"seeds\": {\"records\": [{\"values\": {\"a/b\": 1, \"a/b\": 2}}]}}", "/seeds/records/0/values/a~1b", "stands twice"),
        ("{\"formatVersion\": 1, \"app\": {\"name\": \"\\ud800\"}}", "/app/name", "hex escape"),
        ("{\"formatVersion\": 1, \"app\": {\"name\": \"\u{1}\"}}", "/app/name", "control character"),
    ] {
        let found = refusal(text.as_bytes());
        assert!(found.iter().any(|problem| problem.pointer == pointer && problem.detail.contains(words)), "{text}: {found:?}");
    }
    let deep = "[".repeat(1_000_000);
    assert!(refusal(deep.as_bytes())[0].detail.contains("nested deeper"));
    assert!(refusal(b"{\"a\": \"\xff\"}")[0].detail.contains("not JSON"));
    let mut json = common::maximal();
    let nested = |levels: usize| (0..levels).fold(json!(1), |inner, _| json!([inner]));
    common::put(&mut json, "/entities/0/fields/16/default", nested(100));
    common::check(&json).unwrap();
    common::put(&mut json, "/entities/0/fields/16/default", nested(101));
    assert!(common::check(&json).unwrap_err()[0].detail.contains("deeper than 100"));
}
