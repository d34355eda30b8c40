//! Everything that is wrong in a design is said, at its place and in a maker's words. Each case changes the design that
//! uses every key in one place and names the pointer, and some words, of what is then found.
#![allow(clippy::unwrap_used, missing_docs)]

mod common;

use serde_json::{Value, json};

/// What to put where (`null` takes it out), the pointer of the problem, and words of its text.
type Case = (Vec<(&'static str, Value)>, &'static str, &'static str);

fn one(pointer: &'static str, value: Value, found: &'static str, words: &'static str) -> Case {
    (vec![(pointer, value)], found, words)
}

fn here(pointer: &'static str, value: Value, words: &'static str) -> Case {
    one(pointer, value, pointer, words)
}

trait Change {
    /// Changes further places.
    fn and(self, more: Vec<(&'static str, Value)>) -> Self;
    /// Expects the problem elsewhere.
    fn at(self, pointer: &'static str, words: &'static str) -> Self;
}

impl Change for Case {
    fn and(mut self, more: Vec<(&'static str, Value)>) -> Self {
        self.0.extend(more);
        self
    }

    fn at(mut self, pointer: &'static str, words: &'static str) -> Self {
        (self.1, self.2) = (pointer, words);
        self
    }
}

fn verify(cases: Vec<Case>) {
    let mut faults = Vec::new();
    for (changes, pointer, words) in cases {
        let mut document = common::maximal();
        for (at, value) in &changes {
            if value.is_null() { common::take(&mut document, at) } else { common::put(&mut document, at, value.clone()) }
        }
        match common::check(&document) {
            Ok(_) => faults.push(format!("{changes:?} is accepted")),
            Err(problems) if problems.iter().any(|problem| problem.pointer == pointer && problem.detail.contains(words)) => {}
            Err(problems) => faults.push(format!("{changes:?}\n  wanted {pointer}: {words}\n  found {problems:#?}")),
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_shape_of_the_document() {
    verify(vec![
        here("/formatVersion", json!(2), "reads format 1"),
        here("/formatVersion", json!("1"), "reads format 1"),
        one("/formatVersion", Value::Null, "", "`formatVersion` is missing"),
        one("/app", Value::Null, "", "`app` is missing"),
        here("/entitys", json!([]), "did you mean `entities`"),
        here("/color", json!(1), "There is no key `color` here"),
        here("/a~1b~0c", json!(1), "There is no key"),
        here("/workflows", json!([]), "`workflows` is not supported yet"),
        here("/entities/0/fields/0/computed", json!("1"), "not supported yet"),
        here("/entities/0/fields/0/type", json!("richText"), "`richText` is not supported yet; accepted here: `string`"),
        here("/entities/0/fields/0/type", json!("file"), "not supported yet"),
        here("/entities/0/fields/0/type", json!("image"), "not supported yet"),
        here("/entities/0/fields/0/type", json!("varchar"), "accepted here"),
        here("/entities/0/fields/0/type", json!(7), "accepted here"),
        here("/pages/0/kind", json!("dashboard"), "not supported yet"),
        here("/pages/0/kind", json!("kanban"), "not supported yet"),
        here("/pages/0/kind", json!("calendar"), "not supported yet"),
        here("/entities/0/constraints/0/kind", json!("check"), "not supported yet"),
        here("/entities/0/permissions/read/0/where", json!("x"), "not supported yet"),
        here("/entities/2/states/0/transitions/0/guard", json!("x"), "not supported yet"),
        here("/entities", json!({}), "accepted is a list"),
        here("/entities/0", json!("Car"), "accepted is an object"),
        here("/entities/0/createdBy", json!("yes"), "accepted is true or false"),
        here("/entities/0/label", json!(3), "accepted is a text"),
        here("/pages/0/pageSize", json!(-1), "1 or more"),
        here("/pages/0/pageSize", json!(2.5), "a whole number"),
        here("/entities/0/fields/5/precision", json!(300), "38 or less"),
        here("/entities/0/fields/5/precision", json!(0), "1 or more"),
        here("/theme/font", json!("Comic Sans"), "accepted here: `sans`"),
        one("/entities/0/id", Value::Null, "/entities/0", "`id` is missing: Immutable identifier"),
    ]);
}

#[test]
fn ids_and_names() {
    verify(vec![
        here("/entities/0/id", json!("Thing"), "cannot be an id"),
        here("/entities/0/id", json!(""), "cannot be an id"),
        here("/entities/0/id", json!("user"), "reserved"),
        here("/roles/0/id", json!("everyone"), "reserved"),
        here("/entities/0/id", json!("constructor"), "every JavaScript object"),
        here("/entities/0/id", json!("a".repeat(41)), "cannot be an id"),
        here("/entities/0/fields/1/id", json!("f-title"), "already that of a field"),
        here("/entities/1/id", json!("e-thing"), "already that of an entity"),
        here("/seeds/users/0/id", json!("pg-thing"), "already that of a page"),
        here("/entities/0/fields/0/name", json!("constructor"), "every JavaScript object"),
        here("/entities/0/fields/0/name", json!("CONSTRUCTOR"), "every JavaScript object"),
        here("/entities/0/fields/0/name", json!("__proto__"), "every JavaScript object"),
        here("/entities/0/fields/0/name", json!("toString"), "every JavaScript object"),
        here("/entities/0/fields/0/name", json!("select"), "parameter of the app's API"),
        here("/entities/0/fields/0/name", json!("\""), "cannot be a name"),
        here("/entities/0/fields/0/name", json!("a b"), "cannot be a name"),
        here("/entities/0/fields/0/name", json!("1st"), "cannot be a name"),
        here("/entities/0/fields/0/name", json!("größe"), "cannot be a name"),
        here("/entities/0/fields/0/name", json!("n".repeat(41)), "goes into `label`"),
        here("/pages/0/name", json!("All things"), "goes into `title`"),
        here("/entities/0/fields/0/name", json!("createdAt"), "every record has it"),
        here("/entities/0/fields/0/name", json!("ID"), "every record has it"),
        here("/entities/0/fields/0/name", json!("version"), "reserved"),
        here("/entities/0/fields/0/name", json!("can"), "reserved"),
        here("/entities/0/fields/1/name", json!("TITLE"), "already that of a field of `Thing`"),
        one("/entities/0/fields/0/name", json!("keeperId"), "/entities/0/relations/0/name", "`keeperId` is already that of a field"),
        here("/entities/0/relations/0/name", json!("title"), "already"),
        one("/entities/0/relations/1/name", json!("nickname"), "/entities/0/relations/1/inverse/name", "")
            .and(vec![("/entities/0/relations/1/inverse/name", json!("word"))]),
        here("/entities/0/name", json!("User"), "target `user`"),
        one("/entities/0/name", json!("tag"), "/entities/1/name", "already that of another entity"),
        one("/entities/1/name", json!("Things"), "/entities/0/name", "already that of"),
        here("/enums/0/name", json!("Booking"), "already that of another entity"),
        here("/enums/0/values/1/name", json!("Red"), "already that of another value"),
        here("/roles/1/name", json!("Member"), "already that of another role"),
        here("/roles/1/name", json!("signedIn"), "exists always"),
        here("/pages/1/name", json!("things"), "already that of another page"),
        here("/entities/2/states/0/transitions/1/name", json!("confirm"), "another transition"),
        here("/entities/2/states/0/transitions/1/name", json!("delete"), "reserved"),
    ]);
}

#[test]
fn texts() {
    verify(vec![
        here("/app/name", json!(""), "empty"),
        here("/app/name", json!("   "), "empty"),
        here("/app/name", json!("n".repeat(61)), "at most 60"),
        here("/app/description", json!("n".repeat(301)), "at most 300"),
        here("/app/name", json!("a\u{0}b"), "U+0000"),
        here("/app/name", json!("a\nb"), "U+000A"),
        here("/entities/0/label", json!("a\u{2028}b"), "U+2028"),
        here("/entities/0/fields/0/help", json!("a\u{202e}b"), "U+202E"),
        here("/entities/0/relations/0/label", json!("\u{feff}b"), "U+FEFF"),
        here("/navigation/1/label", json!("x".repeat(101)), "at most 100"),
        here("/pages/1/actions/0/label", json!(""), "empty"),
    ]);
}

#[test]
fn fields() {
    verify(vec![
        here("/enums/0/values", json!([]), "no values"),
        here("/entities/0/fields/11/enum", json!("nope"), "nothing has the id `nope`"),
        here("/entities/0/fields/11/enum", json!("e-tag"), "is the id of an entity"),
        one("/entities/0/fields/11/enum", Value::Null, "/entities/0/fields/11", "needs `enum`"),
        here("/entities/0/fields/0/enum", json!("en-color"), "does not apply"),
        here("/entities/0/fields/0/precision", json!(3), "does not apply"),
        here("/entities/0/fields/0/currency", json!("EUR"), "does not apply"),
        here("/entities/0/fields/0/from", json!("f-text"), "does not apply"),
        here("/entities/0/fields/0/min", json!(1), "does not apply"),
        here("/entities/0/fields/3/maxLength", json!(1), "does not apply"),
        here("/entities/0/fields/3/pattern", json!("a"), "does not apply"),
        here("/entities/0/fields/3/searchable", json!(true), "does not apply"),
        here("/entities/0/fields/7/unique", json!(true), "does not apply"),
        here("/entities/0/fields/16/unique", json!(true), "does not apply"),
        here("/entities/0/fields/2/indexed", json!(true), "does not apply"),
        here("/entities/0/fields/16/list", json!(true), "does not apply"),
        here("/entities/0/fields/1/default", json!("x"), "does not apply"),
        here("/entities/0/fields/19/indexed", json!(true), "a list of type `string`"),
        one("/entities/0/fields/5/scale", Value::Null, "/entities/0/fields/5", "needs `scale`"),
        here("/entities/0/fields/5/scale", json!(9), "0 to 8"),
        one("/entities/0/fields/6/currency", Value::Null, "/entities/0/fields/6", "needs `currency`"),
        here("/entities/0/fields/6/currency", json!("EURO"), "no currency"),
        here("/entities/0/fields/6/currency", json!("eur"), "no currency"),
        here("/entities/0/fields/6/default", json!(49.9), "accepted is an amount in EUR"),
        here("/entities/0/fields/6/default", json!("49.901"), "at most 2 digits"),
        here("/entities/0/fields/6/default", json!("-1"), "below the field's smallest"),
        here("/entities/0/fields/3/default", json!("4"), "does not fit"),
        here("/entities/0/fields/3/default", json!(4.5), "whole number"),
        here("/entities/0/fields/3/default", json!(10), "above the field's largest"),
        here("/entities/0/fields/3/default", json!(3_000_000_000_i64), "whole number"),
        here("/entities/0/fields/3/default", json!({"expression": "1 + 1"}), "expressions are not supported yet"),
        here("/entities/0/fields/3/min", json!(10), "above `max`"),
        here("/entities/0/fields/4/min", json!(-5), "a string of digits"),
        here("/entities/0/fields/7/default", json!("no"), "true or false"),
        here("/entities/0/fields/8/min", json!("1900-02-30"), "a day"),
        here("/entities/0/fields/9/default", json!("tomorrow"), "an instant"),
        here("/entities/0/fields/10/max", json!(-1), "does not fit"),
        here("/entities/0/fields/11/default", json!("c-red"), "the name of a value: `red`, `green`"),
        here("/entities/0/fields/19/default", json!("one"), "the field is a list"),
        here("/entities/0/fields/19/default", json!([]), "fewer than the 1"),
        here("/entities/0/fields/19/default", json!(["a\u{0}"]), "Item 0"),
        here("/entities/0/fields/20/default", json!(["red", "blue"]), "Item 1"),
        here("/entities/0/fields/0/minLength", json!(81), "above `maxLength`"),
        here("/entities/0/fields/0/maxLength", json!(0), "1 or more"),
        here("/entities/0/fields/0/maxLength", json!(2001), "1 to 2000"),
        here("/entities/0/fields/19/maxLength", json!(1001), "1 to 1000"),
        one("/entities/0/fields/0/maxLength", json!(700), "/entities/0/fields/0/indexed", "at most 600"),
        here("/entities/0/fields/18/writeOnly", json!(true), "nobody can use"),
        one("/entities/0/fields/17/searchable", json!(true), "/entities/0/fields/17/searchable", "would tell"),
        one("/entities/1/fields/0/default", json!("x"), "/entities/1/fields/0/default", "The second record"),
        here("/entities/0/fields/1/from", json!("f-integer"), "of type `string`"),
        here("/entities/0/fields/1/from", json!("tag-word"), "a field of `Thing`"),
        one("/entities/0/fields/1/from", Value::Null, "/entities/0/fields/1", "needs `from`"),
        one("/entities/0/fields/18/default", Value::Null, "/entities/0/fields/18/readOnly", "").and(vec![("/entities/0/fields/18/required", json!(true))]),
        here("/entities/0/display", json!("f-json"), "a JSON value"),
        here("/entities/0/display", json!("f-names"), "a list"),
        here("/entities/0/display", json!("f-pin"), "never sent"),
        here("/entities/0/display", json!("f-email"), "masked"),
        here("/entities/0/display", json!("tag-word"), "a field of `Thing`"),
        (vec![("/entities/1/fields", json!([]))], "/entities/1/fields", "neither fields nor relations"),
    ]);
}

#[test]
fn patterns() {
    let pattern = |pattern: &str, words: &'static str| here("/entities/0/fields/0/pattern", json!(pattern), words);
    verify(vec![
        pattern("", "0 characters"),
        pattern(&"a".repeat(201), "accepted are 1 to 200"),
        pattern("(", "cannot be read"),
        pattern("[z-a]", "cannot be read"),
        pattern("(?=a)b", "cannot be read"),
        pattern("(?<!a)b", "cannot be read"),
        pattern("(a)\\1", "cannot be read"),
        pattern("(?<x>a)", "named group"),
        pattern("(?i)a", "flags"),
        pattern("\\pL", "at character 1"),
        pattern("[[:alpha:]]", "POSIX class"),
        pattern("[a&&b]", "set operation"),
        pattern("a+?", "lazy"),
        pattern("a\\bb", "anchor"),
        pattern("(a+)+", "several ways"),
        pattern("(a|a)*b", "several ways"),
        pattern("(a|ab|b)*c", "several ways"),
        pattern("([a-z]{1,20}){1,20}", "several ways"),
        pattern("(a?){5}", "several ways"),
        pattern(".*a.*b.*c.*", "several repetitions"),
        pattern("a?a?a?a?a?a?aaaaaa", "several repetitions"),
        pattern("[a-z]{255}[a-z]{255}[a-z]{255}", "too large"),
        pattern("a{256}", "repeats too often"),
        pattern("a{0}", "repeats too often"),
        pattern("a\u{0}b", "control character"),
        pattern("😀", "beyond U+FFFF"),
    ]);
}

#[test]
fn relations() {
    verify(vec![
        here("/entities/0/relations/0/target", json!("nope"), "an entity, or `user`"),
        here("/entities/0/relations/3/target", json!("pg-thing"), "is the id of a page"),
        one("/entities/0/relations/1/required", json!(true), "/entities/0/relations/1/required", "manyToMany"),
        one("/entities/0/relations/1/onDelete", json!("cascade"), "/entities/0/relations/1/onDelete", "manyToMany"),
        here("/entities/0/relations/0/onDelete", json!("setNull"), "would empty"),
        here("/entities/0/relations/0/inverse", json!({"name": "things"}), "no named inverses"),
        here("/entities/0/relations/2/inverse/name", json!("title"), "a field of `Thing`"),
        here("/entities/2/relations/0/inverse/name", json!("parts"), "the other side of a relation to `Thing`"),
        (
            vec![("/entities/0/relations/3/required", json!(true)), ("/entities/0/relations/3/onDelete", Value::Null)],
            "/entities/0/relations/3/required",
            "Thing.twin → Thing",
        ),
        (
            vec![
                ("/entities/1/relations", json!([{"id": "x-booking", "name": "booking", "kind": "manyToOne", "target": "e-booking", "required": true}])),
                ("/entities/0/relations/2", json!({"id": "rel-part", "name": "partOf", "kind": "manyToOne", "target": "e-tag", "required": true})),
            ],
            "/entities/2/relations/0/required",
            "Thing.partOf → Tag.booking → Booking.thing → Thing",
        ),
    ]);
}

#[test]
fn constraints_and_states() {
    verify(vec![
        here("/entities/0/constraints/0/fields", json!([]), "at least one"),
        here("/entities/0/constraints/0/fields/0", json!("tag-word"), "a field or relation of `Thing`"),
        here("/entities/0/constraints/0/fields/0", json!("f-text"), "cannot be part"),
        here("/entities/0/constraints/0/fields/0", json!("f-json"), "cannot be part"),
        here("/entities/0/constraints/0/fields/0", json!("f-names"), "cannot be part"),
        here("/entities/0/constraints/0/fields/0", json!("rel-tags"), "many-to-many"),
        here("/entities/0/constraints/0/fields/1", json!("f-title"), "twice"),
        here("/entities/0/constraints/1/message", json!("x"), "does not apply"),
        here("/entities/0/constraints/0/start", json!("f-date"), "does not apply"),
        here("/entities/2/constraints/0/fields", json!(["b-from"]), "does not apply"),
        one("/entities/2/constraints/0/start", Value::Null, "/entities/2/constraints/0", "needs `start`"),
        here("/entities/2/constraints/0/end", json!("b-from"), "another field"),
        here("/entities/2/constraints/0/end", json!("b-status"), "`date` or `datetime`"),
        one("/entities/2/fields/0/type", json!("datetime"), "/entities/2/constraints/0/end", "one type"),
        one("/entities/2/fields/1/required", json!(false), "/entities/2/constraints/0/end", "must be `required`"),
        here("/entities/2/constraints/0/except/0", json!("c-red"), "a value of the enum `BookingStatus`"),
        here("/entities/2/constraints/0/except", json!(["s-cancelled", "s-cancelled"]), "").at("/entities/2/constraints/0/except/1", "twice"),
        one("/entities/2/states", json!([]), "/entities/2/constraints/0/except", "has none"),
        here("/entities/2/states/0/field", json!("b-from"), "of type `enum`"),
        here("/entities/2/states/0/initial", json!("c-red"), "a value of the enum `BookingStatus`"),
        here("/entities/2/states/0/transitions/0/to", json!("c-red"), "a value of the enum"),
        here("/entities/2/states/0/transitions/0/from", json!([]), "at least one value"),
        here("/entities/2/states/0/transitions/0/from/0", json!("s-confirmed"), "another value than"),
        here("/entities/2/states/0/transitions/0/allow/0/role", json!("nobody"), "a role, `everyone` or `signedIn`"),
        one("/entities/2/fields/2/default", json!("asked"), "/entities/2/states/0/field", "has a `default`"),
        one("/entities/2/fields/2/list", json!(true), "/entities/2/states/0/field", "is a list"),
        one("/entities/2/fields/2/permissions", json!({"write": []}), "/entities/2/states/0/field", "permissions to `write`"),
        one(
            "/entities/2/states/-",
            json!({"field": "b-status", "initial": "s-asked", "transitions": []}),
            "/entities/2/states/1/field",
            "already has its states",
        ),
    ]);
}

#[test]
fn permissions() {
    verify(vec![
        here("/entities/0/permissions/read/0/role", json!("r-nobody"), "a role, `everyone` or `signedIn`"),
        here("/entities/0/permissions/read/0/owner", json!("createdBy"), "owns nothing"),
        here("/entities/0/permissions/create/0/owner", json!("rel-part"), "to `user`"),
        here("/entities/0/permissions/create/0/owner", json!("f-title"), "to `user`"),
        one("/entities/0/createdBy", json!(false), "/entities/0/permissions/delete/1/owner", "createdBy: true"),
        here("/entities/0/permissions/read/-", json!({"role": "everyone"}), "").at("/entities/0/permissions/read/1", "twice"),
        here("/entities/0/fields/13/permissions/read/0/role", json!("x"), "a role"),
        here("/roles/1/signUp", json!(true), "would be an administrator"),
        one("/entities/0/permissions/create/-", json!({"role": "r-boss"}), "/entities/0/relations/0/readOnly", "the `owner` of every permission to create"),
    ]);
}

#[test]
fn pages() {
    verify(vec![
        here("/pages/0/entity", json!("nope"), "an entity"),
        here("/pages/0/path", json!("things"), "no path"),
        here("/pages/0/path", json!("/Things"), "no path"),
        here("/pages/0/path", json!("/things/"), "no path"),
        here("/pages/0/path", json!("/../etc"), "no path"),
        here("/pages/0/path", json!("/:id"), "no path"),
        here("/pages/0/path", json!("/"), "the start page"),
        here("/pages/0/path", json!("/api/things"), "taken by the app"),
        here("/pages/0/path", json!("/sign-in"), "taken by the app"),
        here("/pages/0/path", json!("/things/all/:id"), "does not end in"),
        here("/pages/1/path", json!("/thing"), "ends in `/:id`"),
        here("/pages/2/path", json!("/things"), "already that of the page"),
        here("/pages/0/fields", json!([]), "at least one"),
        here("/pages/0/fields/0", json!("tag-word"), "a field or relation of `Thing`"),
        here("/pages/0/fields/0", json!("f-pin"), "writeOnly"),
        here("/pages/0/fields/1", json!("f-title"), "twice"),
        here("/pages/2/fields/0", json!("createdAt"), "the server does"),
        here("/pages/3/fields/0", json!("f-rank"), "readOnly"),
        here("/pages/3/fields/0", json!("rel-keeper"), "readOnly"),
        here("/pages/4/fields/2", json!("b-status"), "by its transitions"),
        one("/entities/2/createdBy", json!(false), "/entities/2/permissions/read/0/owner", "createdBy: true"),
        one("/pages/2/fields", json!(["f-text"]), "/pages/2/fields", "needs `f-title`"),
        one("/pages/4/fields", json!(["b-from", "b-to"]), "/pages/4/fields", "needs `b-thing`"),
        one("/pages/4/fields", json!(["b-from", "b-to"]), "/pages/1/actions/0/relation", "among its fields"),
        here("/pages/1/layout", json!("cards"), "does not apply"),
        here("/pages/1/filters", json!(["f-color"]), "does not apply"),
        here("/pages/1/sort", json!({"field": "f-title"}), "does not apply"),
        here("/pages/1/pageSize", json!(5), "does not apply"),
        here("/pages/0/related", json!(["b-thing"]), "does not apply"),
        here("/pages/0/actions", json!([{"id": "x", "label": "x", "page": "pg-book", "relation": "b-thing"}]), "does not apply"),
        here("/pages/0/pageSize", json!(101), "100 or less"),
        here("/pages/0/filters/0", json!("f-json"), "cannot be filtered"),
        here("/pages/0/filters/0", json!("createdAt"), "a field or relation"),
        here("/pages/0/sort/field", json!("f-names"), "has no order"),
        here("/pages/0/sort/field", json!("rel-keeper"), "is the id of a relation"),
        here("/pages/1/related/0", json!("rel-keeper"), "whose target is `Thing`"),
        here("/pages/1/actions/0/page", json!("pg-edit"), "a form page that creates"),
        here("/pages/1/actions/0/relation", json!("rel-part"), "a relation from `Booking`"),
        here("/pages/0/allow/0/owner", json!("createdBy"), "A page has no owner"),
        here("/navigation/0/page", json!("pg-thing"), "does not end in `/:id`"),
        here("/app/home", json!("pg-thing"), "does not end in `/:id`"),
        here("/app/home", json!("e-thing"), "is the id of an entity"),
        here("/theme/primary", json!("red"), "no color"),
        here("/theme/primary", json!("#ffff00"), "contrast"),
        here("/theme/neutral", json!("#12345g"), "no color"),
    ]);
}

#[test]
fn seeds_and_migration() {
    verify(vec![
        here("/seeds/users/0/email", json!("ada"), "an e-mail address"),
        here("/seeds/users/1/email", json!("ada@example.com"), "another person"),
        here("/seeds/users/0/roles/0", json!("r-x"), "a role"),
        here("/seeds/records/0/entity", json!("user"), "an entity"),
        one("/seeds/records/0/values/f-title", Value::Null, "/seeds/records/0/values", "needs `f-title`"),
        one("/seeds/records/0/values/rel-keeper", Value::Null, "/seeds/records/0/values", "needs `rel-keeper`"),
        here("/seeds/records/0/values/f-integer", json!("4"), "whole number"),
        here("/seeds/records/0/values/f-title", json!("1"), "does not match"),
        here("/seeds/records/0/values/tag-word", json!("x"), "a field or relation of `Thing`"),
        here("/seeds/records/0/values/rel-keeper", json!("sd-car"), "a seed user"),
        here("/seeds/records/0/values/rel-keeper", json!("u-bob"), "the same `only`"),
        here("/seeds/records/0/values/rel-part", json!("sd-tag"), "a seed record of `Thing`"),
        here("/seeds/records/0/values/rel-part", json!(["sd-car"]), "the id of a seed"),
        here("/seeds/records/1/values/rel-tags", json!("sd-tag"), "a list of ids"),
        here("/seeds/records/1/values/rel-tags", json!(["sd-tag", "sd-tag"]), "").at("/seeds/records/1/values/rel-tags/1", "twice"),
        here("/seeds/records/2/values/createdBy", json!("u-ada"), "createdBy: true"),
        one("/seeds/records/1/values/rel-part", json!("sd-part"), "/seeds/records/0/values", "circle"),
        one("/seeds/records/1/values/rel-part", json!("sd-car"), "/seeds/records/1/values", "circle"),
        one(
            "/seeds/records/-",
            json!({"id": "sd-tag2", "entity": "e-tag", "values": {"tag-word": "fast"}}),
            "/seeds/records/4/values/tag-word",
            "no two records",
        ),
        here("/seeds/records/3/values/b-status", json!("s-asked"), "the name of a value"),
        here("/migration/confirmLoss/0", json!("No"), "cannot be an id"),
        here("/migration/confirmLoss", json!(["f-gone", "f-gone"]), "").at("/migration/confirmLoss/1", "twice"),
        here("/migration/backfill/f-integer", json!(12), "above"),
        here("/migration/backfill/f-gone", json!(12), "nothing has the id"),
        here("/migration/backfill/b-thing", json!("sd-tag"), "a seed record of `Thing`"),
    ]);
}
