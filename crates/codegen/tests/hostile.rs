//! No text of a design breaks out of its place. Each hostile text is put into each place of the format that holds a text,
//! found by walking a design that uses every key: what comes back is a refusal or a model. Whatever is accepted, all at
//! once, is then generated; the generated JSON, TypeScript and SQL must be what it would be with a harmless text.
//!
//! With `HOSTILE_OUT=<folder>` the generated code bases are written there, to be compiled and run by other tools.
#![allow(clippy::unwrap_used, missing_docs)]

mod common;

use common::hostile;
use serde_json::Value;
use slipform_codegen::files::Files;
use slipform_codegen::generate::{self, Input};
use slipform_codegen::model::{Model, Problem};
use slipform_codegen::schema::{self, PlanOptions, SchemaState};
use std::path::Path;
use std::sync::{
    Mutex,
    atomic::{AtomicUsize, Ordering},
};

#[test]
fn the_maximal_design_uses_every_key_and_word() {
    // Words that stand for what is left out; the other designs of the tests use them.
    let defaults = [
        "Font=mono",
        "Font=rounded",
        "Font=sans",
        "Radius=none",
        "Radius=small",
        "Radius=medium",
        "Mode=system",
        "Mode=dark",
        "Tone=neutral",
        "SeedScope=everywhere",
        "SeedScope=production",
        "ListLayout=table",
    ];
    let unused = hostile::unused(&common::maximal());
    let unused: Vec<_> = unused.iter().filter(|key| !defaults.contains(&key.as_str())).collect();
    assert!(unused.is_empty(), "{unused:?}");
}

/// What the stages write for a new environment.
fn generated(model: &Model) -> Files {
    let (plan, refusals) = schema::plan(&SchemaState::default(), model, PlanOptions { oldest_release: None, production: false });
    assert!(refusals.is_empty(), "{refusals:#?}");
    let migrations: Vec<_> = plan.migration.into_iter().collect();
    generate::all(Input { model, schema: &plan.after, migrations: &migrations })
}

/// Puts the text into all places at once, and takes it back where it is refused, until the rest is accepted.
fn everywhere(text: &str) -> (Value, usize) {
    let harmless = common::maximal();
    let mut places = hostile::places(&harmless);
    let mut document = harmless.clone();
    for place in &places {
        common::put(&mut document, place, hostile::as_json(text));
    }
    while let Err(problems) = common::check(&document) {
        assert!(!problems.is_empty());
        let is_clear = |problem: &Problem| problem.detail.len() < 20_000 && !problem.detail.is_empty() && !problem.detail.chars().any(char::is_control);
        assert!(problems.iter().all(is_clear), "{text:?}: {problems:?}");
        let mut back: Vec<usize> = (0..places.len()).filter(|index| problems.iter().any(|problem| meets(&places[*index], &problem.pointer))).collect();
        // What is refused may be right in itself: then it is another place that it contradicts.
        for end in ["/pattern", "/id", "/name", ""] {
            if back.is_empty() {
                back = (0..places.len()).filter(|index| places[*index].ends_with(end)).collect();
            }
        }
        assert!(!back.is_empty(), "{text:?}: the harmless design is refused: {problems:?}");
        for index in back.into_iter().rev() {
            let place = places.remove(index);
            let before = harmless.pointer(&place).unwrap().clone();
            common::put(&mut document, &place, before);
        }
    }
    (document, places.len())
}

/// Whether one place is the other, or in it.
fn meets(place: &str, pointer: &str) -> bool {
    let within = |inner: &str, outer: &str| inner.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    !pointer.is_empty() && (within(place, pointer) || within(pointer, place))
}

/// What must be true of any code base, whatever the design says.
fn verify(text: &str, files: &Files) {
    for (path, content) in files.iter() {
        assert!(path.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-/".contains(&byte)), "{text:?}: the path {path:?}");
        assert!(!path.split('/').any(|part| matches!(part, "" | "." | "..")), "{text:?}: the path {path:?}");
        let content = std::str::from_utf8(content).unwrap_or_else(|_| panic!("{text:?}: {path} is not UTF-8"));
        let end = Path::new(path).extension().and_then(|end| end.to_str()).unwrap_or_default();
        if end == "json" {
            let parsed: Result<Value, _> = serde_json::from_str(content);
            assert!(parsed.is_ok(), "{text:?}: {path}: {:?}", parsed.err());
        }
        assert!(!content.contains('\0'), "{text:?}: {path} has a NUL");
        assert!(!content.contains(['\u{2028}', '\u{2029}', '\u{202e}', '\u{2066}']), "{text:?}: {path} has a line separator or an override");
        if text.len() > 10 && text.contains("</script") && end == "html" {
            assert!(!content.contains(text), "{path}");
        }
    }
}

#[test]
fn each_place_alone_answers() {
    let document = common::maximal();
    let mut seen = std::collections::BTreeSet::new();
    let kind = |place: &str| place.split('/').map(|part| if part.parse::<usize>().is_ok() { "*" } else { part }).collect::<Vec<_>>().join("/");
    for place in hostile::places(&document).into_iter().filter(|place| seen.insert(kind(place))) {
        for text in ["\"; drop table x; --", "../../etc/passwd", "constructor", "\u{0}"] {
            let mut document = document.clone();
            common::put(&mut document, &place, hostile::as_json(text));
            let model = common::check(&document);
            let at_place = |problems: &[Problem]| problems.iter().any(|problem| meets(&place, &problem.pointer));
            // What another place contradicts may be said there.
            let refers = ["/id", "/name", "/pattern", "/enum", "/currency"].iter().any(|end| place.ends_with(end));
            assert!(model.as_ref().err().is_none_or(|problems| refers || at_place(problems)), "{place} {text:?}: {:?}", model.err());
        }
    }
}

#[test]
fn hostile_texts_are_refused_or_stay_in_their_place() {
    let texts = hostile::texts();
    let next = AtomicUsize::new(0);
    let counts = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(2, std::num::NonZero::get) {
            scope.spawn(|| {
                while let Some(text) = texts.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let (document, accepted) = everywhere(text);
                    counts.lock().unwrap().push(accepted);
                    if accepted == 0 {
                        continue;
                    }
                    let model = common::check(&document).unwrap();
                    let files = generated(&model);
                    verify(text, &files);
                    write(text, &document, &files);
                }
            });
        }
    });
    let counts = counts.into_inner().unwrap();
    assert_eq!(counts.len(), texts.len());
    assert!(counts.iter().filter(|accepted| **accepted > 10).count() > 50, "hardly anything is accepted: {counts:?}");
}

/// Keeps a code base for other tools.
fn write(text: &str, document: &Value, files: &Files) {
    let Some(folder) = std::env::var_os("HOSTILE_OUT") else { return };
    let index = hostile::texts().iter().position(|other| other == text).unwrap();
    let folder = Path::new(&folder).join(format!("{index:03}"));
    let design = serde_json::to_vec_pretty(document).unwrap();
    for (path, content) in files.iter().chain([("design.json", design.as_slice())]) {
        let path = folder.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }
}
