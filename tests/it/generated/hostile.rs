//! Text that means something in TypeScript, SQL, HTML, CSS, a path, a shell or a template goes through every string of a
//! design. A place either refuses it, or the app is correct: it compiles, starts, and answers with the very text.

use super::Workshop;
use crate::harness::{TestDatabase, checkout};
use serde_json::{Value, json};
use slipform_codegen::design;
use slipform_codegen::model::Model;

const CORPUS: [(&str, &str); 12] = [
    ("sql", "'; drop table \"_user\"; -- \" $$ $1 :x ? \\"),
    ("script", "</script></title></style><script>alert(1)</script><img src=x onerror=alert(1)>"),
    ("template", "`${process.exit(1)}` #{1} {{constructor.constructor('x')()}} <%= 1 %>"),
    ("comment", "*/ process.exit(1) /* -- // # -->"),
    ("quotes", "'\"`\\'\\\"\\`\\"),
    ("path", "../../../../etc/passwd\\..\\..\\x"),
    ("shell", "$(touch /tmp/slipform-hostile) `id` ; rm -rf / | & > x"),
    ("separators", "a\u{2028}b\u{2029}c\u{85}d\u{feff}e"),
    ("direction", "abc\u{202e}fed\u{2066}x\u{2069}"),
    ("generator", "[% for x in y %][= x =][% endfor %][# c #] {% raw %} {{ x }}"),
    ("css", "url(javascript:alert(1)); } * { display: none } /* \\3c "),
    ("regex", "(?<x>a+)+$ [ ( ) ] | \\p{L} \\d /g"),
];

/// A design that uses every key of the format.
fn base() -> Value {
    serde_json::from_slice(&std::fs::read(checkout().join("crates/codegen/tests/common/maximal.json")).unwrap()).unwrap()
}

fn accepted(document: &Value) -> bool {
    design::parse(&serde_json::to_vec(document).unwrap()).is_ok_and(|design| Model::check(design).is_ok())
}

/// JSON Pointers of all strings in a document that uses every key: every string of the schema.
fn strings(value: &Value, pointer: &str, found: &mut Vec<String>) {
    match value {
        Value::String(_) => found.push(pointer.to_owned()),
        Value::Array(items) => items.iter().enumerate().for_each(|(i, item)| strings(item, &format!("{pointer}/{i}"), found)),
        Value::Object(members) => {
            for (key, member) in members {
                strings(member, &format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1")), found);
            }
        }
        _ => {}
    }
}

/// Puts the text into every place that takes it beside the ones before, and says how many took it.
fn poison(text: &str) -> (Value, usize) {
    let mut document = base();
    let mut places = Vec::new();
    strings(&document, "", &mut places);
    let mut taken = 0;
    for place in places {
        let slot = document.pointer_mut(&place).expect("the place was found there");
        let before = std::mem::replace(slot, json!(text));
        if accepted(&document) {
            taken += 1;
        } else {
            *document.pointer_mut(&place).expect("as before") = before;
        }
    }
    (document, taken)
}

async fn stays_text(name: &str) {
    let (_, text) = CORPUS.into_iter().find(|(n, _)| *n == name).unwrap();
    let (document, taken) = poison(text);
    if text.chars().any(|c| matches!(c, '\u{85}' | '\u{2028}' | '\u{202e}')) {
        // What hides or turns around the text after it is refused, but inside of JSON values, which are data.
        assert!(taken <= 1, "{taken} places take {text:?}");
    } else {
        assert!(taken >= 20, "only {taken} places take {text:?}: the walk or the checks are wrong");
    }

    let workshop = Workshop::generate(&document).await.unwrap_or_else(|error| panic!("{error}"));
    workshop.bundle().await.unwrap_or_else(|error| panic!("{error}"));
    let database = TestDatabase::create().await;
    workshop.migrate(&database).await;
    let app = workshop.start(&database).await;
    app.client.get("/api/health").await.expect(200);
    let described = app.client.get("/api/openapi.json").await.expect(200);
    let mut lists = 0;
    for path in described["paths"].as_object().unwrap().keys().filter(|path| path.matches('/').count() == 2 && !path.contains('{')) {
        let answer = app.client.get(path).await;
        assert!(answer.status.is_success() || [401, 403, 404, 405].contains(&answer.status.as_u16()), "{path}: {} {}", answer.status, answer.text);
        lists += usize::from(answer.status.is_success());
    }
    assert!(lists >= 2, "no list answers: {described:#}");
    let page = app.client.get("/").await;
    assert_eq!(page.status, 200);
    assert!(!page.text.contains("<script>alert(1)") && !page.text.contains("onerror=alert(1)>"), "{}", page.text);
}

macro_rules! corpus {
    ($($name:ident),* $(,)?) => {
        $(
            #[tokio::test]
            async fn $name() {
                stays_text(stringify!($name)).await;
            }
        )*

        #[test]
        fn the_whole_corpus_is_tried() {
            assert_eq!(CORPUS.map(|(name, _)| name), [$(stringify!($name)),*]);
        }
    };
}

corpus!(sql, script, template, comment, quotes, path, shell, separators, direction, generator, css, regex);

#[test]
fn what_no_text_may_hold_is_refused_everywhere() {
    let mut places = Vec::new();
    strings(&base(), "", &mut places);
    for place in places {
        let mut document = base();
        *document.pointer_mut(&place).unwrap() = json!("a\u{0}b");
        assert!(!accepted(&document), "{place} takes a NUL, which Postgres does not");
    }
}
