//! What changed between two designs is said element by element, matched by id.
#![allow(clippy::unwrap_used, missing_docs)]

mod common;

use serde_json::{Value, json};
use slipform_codegen::design::{self, Change, ChangeKind};

fn changes(edit: impl FnOnce(&mut Value)) -> Vec<Change> {
    let before = common::maximal();
    let mut after = before.clone();
    edit(&mut after);
    design::diff(&common::parse(&before).unwrap(), &common::parse(&after).unwrap())
}

fn only(edit: impl FnOnce(&mut Value)) -> (ChangeKind, Option<&'static str>, Option<&'static str>, Option<&'static str>, String) {
    let mut all = changes(edit);
    assert_eq!(all.len(), 1, "{all:#?}");
    let change = all.remove(0);
    let leaked = |text: Option<String>| text.map(|text| &*text.leak());
    (change.kind, leaked(change.id), leaked(change.before), leaked(change.after), change.detail)
}

#[test]
fn nothing_changed() {
    assert_eq!(changes(|_| ()), []);
    // An explicit default is no difference.
    assert_eq!(changes(|design| common::put(design, "/entities/1/softDelete", json!(false))), []);
}

#[test]
fn a_rename_is_a_rename() {
    assert_eq!(
        only(|design| common::put(design, "/entities/0/fields/6/name", json!("pricePerDay"))),
        (
            ChangeKind::Renamed,
            Some("f-money"),
            Some("/entities/0/fields/6/name"),
            Some("/entities/0/fields/6/name"),
            "Field `price` of entity `Thing` is now called `pricePerDay`.".into()
        )
    );
    assert_eq!(only(|design| common::put(design, "/entities/0/name", json!("Object"))).4, "Entity `Thing` is now called `Object`.");
    assert_eq!(only(|design| common::put(design, "/app/name", json!("Other"))).4, "The app `Everything` is now called `Other`.");
}

#[test]
fn added_removed_reordered() {
    assert_eq!(
        only(|design| common::put(design, "/entities/1/fields/-", json!({"id": "tag-note", "name": "note", "type": "text"}))),
        (ChangeKind::Added, Some("tag-note"), None, Some("/entities/1/fields/1"), "Field `note` of entity `Tag` is new.".into())
    );
    assert_eq!(
        only(|design| common::take(design, "/entities/0/fields/12")),
        (ChangeKind::Removed, Some("f-uuid"), Some("/entities/0/fields/12"), None, "Field `reference` of entity `Thing` is gone.".into())
    );
    assert_eq!(only(|design| common::take(design, "/navigation/0")).4, "Navigation item `n-things` is gone.");
    assert_eq!(
        only(|design| design["entities"][0]["fields"].as_array_mut().unwrap().swap(3, 4)),
        (
            ChangeKind::Reordered,
            Some("e-thing"),
            Some("/entities/0/fields"),
            Some("/entities/0/fields"),
            "The fields of entity `Thing` stand in another order.".into()
        )
    );
    assert_eq!(only(|design| common::take(design, "/entities/2/states")).4, "States of field `b-status` of entity `Booking` is gone.");
}

#[test]
fn settings() {
    assert_eq!(
        only(|design| common::put(design, "/entities/0/fields/2/required", json!(true))),
        (
            ChangeKind::Changed,
            Some("f-text"),
            None,
            Some("/entities/0/fields/2/required"),
            "Field `notes` of entity `Thing`: `required` was not given and is now `true`.".into()
        )
    );
    assert_eq!(
        only(|design| common::put(design, "/entities/0/fields/6/default", json!("10"))).4,
        "Field `price` of entity `Thing`: `default` was `49.90` and is now `10`."
    );
    assert_eq!(
        only(|design| common::take(design, "/entities/0/fields/6/default")).4,
        "Field `price` of entity `Thing`: `default` was `49.90` and is no longer given."
    );
    assert_eq!(only(|design| common::take(design, "/theme/primary")).4, "The design: `primary` was `#0f766e` and is no longer given.");
    assert_eq!(only(|design| common::put(design, "/seeds/records/2/values/tag-word", json!("slow"))).2, Some("/seeds/records/2/values/tag-word"));
    assert!(only(|design| common::put(design, "/entities/1/permissions/read", json!([{"role": "signedIn"}]))).4.starts_with("Entity `Tag`: `read` was"));
    // A change inside an element that also moved is found at its place in both documents.
    let moved = changes(|design| {
        common::put(design, "/entities/0/fields/6/default", json!("10"));
        common::take(design, "/entities/0/fields/2");
    });
    assert_eq!((moved[0].before.as_deref(), moved[0].after.as_deref()), (Some("/entities/0/fields/6/default"), Some("/entities/0/fields/5/default")));
}
