//! The OpenAPI document: committed, complete, and about the same routes as the router.

use super::Api;
use super::operations::{self, Operation};
use crate::harness::checkout;
use serde_json::Value;
use std::collections::BTreeSet;

/// What is wrong with a design, the generator says.
const DESIGNS: [&str; 2] = ["pushDesign", "validateDesign"];

fn document() -> Value {
    serde_json::to_value(slipform::http::openapi()).unwrap()
}

/// `UPDATE=1` writes it.
#[test]
fn the_committed_document_is_the_one_of_this_code() {
    let file = checkout().join("openapi/control-plane.json");
    let now = serde_json::to_string_pretty(&document()).unwrap() + "\n";
    if std::env::var_os("UPDATE").is_some() {
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(&file, &now).unwrap();
    }
    let committed = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(committed == now, "openapi/control-plane.json differs from the code. UPDATE=1 writes it; then look at what changed");
}

#[test]
fn every_operation_is_described_with_its_errors_and_its_security() {
    let document = document();
    assert_eq!(document["openapi"], "3.1.0");
    let mut ids = BTreeSet::new();
    for Operation { id: name, path, described: operation, .. } in operations::all() {
        assert!(ids.insert(name.clone()), "{name} twice");
        assert!(operation["summary"].is_string() && operation["description"].is_string(), "{name} is not described");
        assert!(operation["tags"][0].is_string(), "{name} has no tag");
        let responses = operation["responses"].as_object().unwrap();
        let open = operation.get("security").and_then(Value::as_array).is_some_and(Vec::is_empty);
        let expected: &[&str] = if open { &["500", "503"] } else { &["401", "500", "503"] };
        for status in expected {
            assert!(responses.contains_key(*status), "{name} does not tell of {status}");
        }
        assert!(!path.contains("{org}") || ["403", "404"].iter().all(|s| responses.contains_key(*s)), "{name} does not tell of 403 and 404");
        if operation.get("requestBody").is_some() {
            assert!(["413", "415"].iter().all(|s| responses.contains_key(*s)), "{name} does not tell of 413 and 415");
        }
    }
}

#[test]
fn every_reference_leads_somewhere_and_every_body_of_a_request_has_an_example() {
    fn references(value: &Value, found: &mut BTreeSet<String>) {
        match value {
            Value::Object(members) => {
                if let Some(reference) = members.get("$ref").and_then(Value::as_str) {
                    found.insert(reference.to_owned());
                }
                members.values().for_each(|v| references(v, found));
            }
            Value::Array(items) => items.iter().for_each(|v| references(v, found)),
            _ => {}
        }
    }
    let document = document();
    let mut found = BTreeSet::new();
    references(&document, &mut found);
    for reference in found {
        assert!(document.pointer(reference.trim_start_matches('#')).is_some(), "{reference} leads nowhere");
    }
    for Operation { id, described, example, .. } in operations::all() {
        let Some(body) = described.get("requestBody") else { continue };
        let name = body["content"]["application/json"]["schema"]["$ref"].as_str().unwrap_or_else(|| panic!("{id}: its body has no name"));
        assert!(example.is_some_and(|example| example.is_object()), "{id} has no example");
        let schema = document.pointer(name.trim_start_matches('#')).unwrap();
        assert!(DESIGNS.contains(&id.as_str()) || schema["additionalProperties"] == false, "{id} must say that it refuses unknown keys");
    }
}

#[test]
fn words_in_the_document_are_those_of_the_answers() {
    let document = document();
    assert_eq!(document["components"]["schemas"]["Lifecycle"]["enum"], serde_json::json!(["active", "deleting"]));
    assert_eq!(document["components"]["schemas"]["StepName"]["enum"].as_array().unwrap().len(), slipform::domain::StepName::ALL.len());
}

/// The router knows no route that the document does not (they are made from one list), and every route of the document is there.
#[tokio::test]
async fn every_operation_of_the_document_is_answered() {
    let api = Api::start().await;
    let document = document();
    for operation in operations::all() {
        let id = &operation.id;
        let answer = api.anonymous().send(api.anonymous().request(operation.method.clone(), &operation.path_of_nothing())).await;
        let word = if answer.text.is_empty() { Value::Null } else { answer.json()["type"].clone() };
        assert!(word != "urn:slipform:problem:no-such-address" && answer.status != 405, "{id}: {} {word}", answer.status);
        let described = operation.described["responses"].get(answer.status.as_str());
        assert!(described.is_some(), "{id} answers {} and does not tell of it", answer.status);
    }
    let served = api.anonymous().get("/openapi.json").await.expect(200);
    assert_eq!(served, document);
}

/// What is answered beside the operations of the document stands here: nothing else is added to the router that is made of them.
#[test]
fn no_route_is_beside_the_document() {
    let mut found = Vec::new();
    for entry in walkdir::WalkDir::new(checkout().join("src/http")).into_iter().flatten().filter(|entry| entry.file_type().is_file()) {
        let source = std::fs::read_to_string(entry.path()).unwrap();
        let source = source.split("#[cfg(test)]").next().unwrap();
        for way in ["route", "route_service", "nest", "nest_service", "merge", "fallback", "fallback_service"].into_iter().filter(|_| source.contains("Router"))
        {
            let added = format!(".{way}(");
            found.extend(source.split(&added).skip(1).map(|rest| format!("{way} {}", rest.split([' ', ',', ')']).next().unwrap())));
        }
    }
    found.sort_unstable();
    assert_eq!(found, ["fallback async", "merge docs", "route \"/openapi.json\""]);
}

/// Nobody sets what is not theirs to set, nor believes that they have (OWASP API3:2023): what the document does not name is refused, and by name.
#[tokio::test]
async fn a_member_that_the_document_does_not_name_is_refused_wherever_there_is_a_body() {
    let api = Api::start().await;
    let person = api.person().await;
    let mut asked = 0;
    for operation in operations::all().into_iter().filter(|operation| !DESIGNS.contains(&operation.id.as_str())) {
        let Some(example) = &operation.example else { continue };
        // What an answer tells and nobody may say is for reading.
        let read_only = operation.tells.difference(&operation.asks).map(String::as_str);
        for member in read_only.chain(["surprise"]) {
            let mut body = example.clone();
            body[member] = "owner".into();
            let request = person.request(operation.method.clone(), &operation.path_of_nothing()).header("if-match", "*").json(&body);
            let refused = person.send(request).await.json();
            assert_eq!((&refused["status"], &refused["errors"][0]["pointer"]), (&422.into(), &format!("/{member}").into()), "{}: {refused}", operation.id);
            asked += 1;
        }
    }
    assert!(asked > 100, "{asked}");
}

/// Every word by which a program can tell a conflict is explained.
#[test]
fn every_conflict_stands_in_the_documentation() {
    let docs = std::fs::read_to_string(checkout().join("docs/api.md")).unwrap();
    let mut words = BTreeSet::new();
    for entry in walkdir::WalkDir::new(checkout().join("src/app")).into_iter().flatten().filter(|entry| entry.file_type().is_file()) {
        let source = std::fs::read_to_string(entry.path()).unwrap();
        for after in source.split("conflict(").skip(1) {
            words.extend(after.trim_start().strip_prefix('"').and_then(|rest| rest.split('"').next()).map(str::to_owned));
        }
    }
    assert!(words.len() > 20, "{words:?}");
    let missing: Vec<_> = words.iter().filter(|word| !docs.contains(&format!("`{word}`"))).collect();
    assert!(missing.is_empty(), "{missing:?}");
}
