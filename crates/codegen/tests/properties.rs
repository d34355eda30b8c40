//! What holds for every design, and for whatever else somebody sends.
#![allow(clippy::unwrap_used, missing_docs)]

mod common;

use common::arbitrary;
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use slipform_codegen::design;
use slipform_codegen::model::Model;

/// Any JSON, small enough to try much of it.
fn json_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(|number| json!(number)),
        "\\PC{0,12}".prop_map(Value::from),
        "[a-z0-9-]{1,8}".prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        prop::sample::select(vec!["e-thing", "f-title", "user", "createdBy", "everyone", "signedIn", "rel-tags", "pg-thing", "constructor", "__proto__"])
            .prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec(("[a-z]{1,6}|id|name|type|fields|formatVersion", inner), 0..5)
                .prop_map(|members| Value::Object(members.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

/// Every place of a document.
fn places(value: &Value, at: &str, all: &mut Vec<String>) {
    match value {
        Value::Object(members) => members.iter().for_each(|(key, member)| places(member, &format!("{at}/{}", key.replace('~', "~0").replace('/', "~1")), all)),
        Value::Array(items) => items.iter().enumerate().for_each(|(index, item)| places(item, &format!("{at}/{index}"), all)),
        _ => {}
    }
    if !at.is_empty() {
        all.push(at.to_owned());
    }
}

/// The same document with its keys the other way round.
fn reversed(value: &Value) -> String {
    match value {
        Value::Object(members) => {
            format!("{{ {} }}", members.iter().rev().map(|(key, member)| format!("{} : {}", json!(key), reversed(member))).collect::<Vec<_>>().join(" ,\n"))
        }
        Value::Array(items) => format!("[{}]", items.iter().map(reversed).collect::<Vec<_>>().join(", ")),
        other => other.to_string(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_sent_is_answered(value in json_value()) {
        let _ = common::check(&value);
    }

    #[test]
    fn whatever_bytes_are_sent_are_answered(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = design::parse(&bytes);
    }

    #[test]
    fn whatever_stands_in_one_place_is_answered_at_a_place_that_exists(place in any::<prop::sample::Index>(), value in json_value()) {
        let mut document = common::maximal();
        let mut all = Vec::new();
        places(&document, "", &mut all);
        common::put(&mut document, &all[place.index(all.len())], value);
        if let Err(problems) = common::check(&document) {
            prop_assert!(!problems.is_empty());
            for problem in problems {
                // The place itself may be a key that is missing; what it would stand in is there.
                let parent = problem.pointer.rsplit_once('/').map_or("", |(parent, _)| parent);
                let grandparent = parent.rsplit_once('/').map_or("", |(parent, _)| parent);
                prop_assert!(document.pointer(parent).or(document.pointer(grandparent)).is_some(), "{problem:?}");
                prop_assert!(!problem.detail.is_empty() && problem.detail.len() < 5_000);
                prop_assert!(!problem.detail.chars().any(char::is_control), "{problem:?}");
            }
        }
    }

    #[test]
    fn a_valid_design_is_accepted(value in arbitrary::design()) {
        let found = common::check(&value);
        prop_assert!(found.is_ok(), "{:#?}", found.err());
    }

    #[test]
    fn the_canonical_form_is_the_design_and_its_hash_is_stable(value in arbitrary::design()) {
        let design = common::parse(&value).unwrap();
        let canonical = design::canonical(&design);
        let again = design::parse(&canonical).unwrap();
        prop_assert_eq!(&again, &design);
        prop_assert_eq!(design::canonical(&again), canonical);
        let shuffled = design::parse(reversed(&value).as_bytes()).unwrap();
        prop_assert_eq!(design::content_hash(&shuffled), design::content_hash(&design));
    }

    #[test]
    fn designs_differ_exactly_when_their_hashes_do(a in arbitrary::design(), place in any::<prop::sample::Index>()) {
        let before = common::parse(&a).unwrap();
        prop_assert_eq!(design::diff(&before, &before), []);
        let mut changed = a.clone();
        let mut all = Vec::new();
        places(&changed, "", &mut all);
        let at = &all[place.index(all.len())];
        common::take(&mut changed, at);
        if let Ok(after) = common::parse(&changed) {
            let same = design::content_hash(&before) == design::content_hash(&after);
            prop_assert_eq!(design::diff(&before, &after).is_empty(), same, "without {}", at);
        }
    }

    #[test]
    fn names_are_usable_and_distinct(value in arbitrary::design()) {
        let model = common::check(&value).unwrap();
        for entity in &model.entities {
            let mut seen = std::collections::BTreeSet::new();
            for names in entity.fields.iter().map(|field| &field.names).chain(entity.relations.iter().map(|relation| &relation.names)) {
                prop_assert!(seen.insert(names.camel.to_ascii_lowercase()));
                prop_assert!(names.camel.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_'));
                prop_assert!(names.camel.starts_with(|letter: char| letter.is_ascii_lowercase()) && names.pascal.starts_with(|letter: char| letter.is_ascii_uppercase()));
            }
            prop_assert_ne!(&entity.names.camel, &entity.plural.camel);
        }
    }
}

#[test]
fn the_same_design_gives_the_same_model() {
    let once = format!("{:?}", common::check(&common::maximal()).unwrap());
    let again = format!("{:?}", Model::check(common::parse(&common::maximal()).unwrap()).unwrap());
    assert_eq!(once, again);
}
