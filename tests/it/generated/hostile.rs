//! Text that means something in TypeScript, SQL, HTML, CSS, a path, a shell or a template goes through every string of a
//! design. A place either refuses it, or the app is correct: it compiles, starts, and answers with the very text.

use super::Workshop;
use crate::harness::{Client, TestDatabase, checkout};
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

/// Puts the text into every place that takes it beside the ones before, and says which took it. A number before those that
/// the interface shows tells them apart.
fn poison(text: &str) -> (Value, Vec<String>) {
    let mut document = base();
    let mut places = Vec::new();
    strings(&document, "", &mut places);
    let mut taken = Vec::new();
    for (number, place) in places.into_iter().enumerate() {
        let slot = document.pointer_mut(&place).expect("the place was found there");
        let before = std::mem::replace(slot, if is_shown(&place) { json!(format!("{number}{text}")) } else { json!(text) });
        if accepted(&document) {
            taken.push(place);
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
        assert!(taken.len() <= 1, "these take {text:?}: {taken:?}");
    } else {
        assert!(taken.len() >= 20, "only these take {text:?}, the walk or the checks are wrong: {taken:?}");
    }

    let workshop = Workshop::generate(&document).await.unwrap_or_else(|error| panic!("{error}"));
    workshop.bundle().await.unwrap_or_else(|error| panic!("{error}"));
    let database = TestDatabase::create().await;
    workshop.migrate(&database).await;
    let app = workshop.start(&database).await;
    app.client.get("/api/health").await.expect(200);
    let described = app.client.get("/api/openapi.json").await.expect(200);
    assert_eq!(described["info"]["title"], document["app"]["name"]);
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
    let within = |before: &str, after: &str| {
        let (_, rest) = page.text.split_once(before).unwrap_or_else(|| panic!("no {before} in {}", page.text));
        unescaped(rest.split(after).next().unwrap_or_default())
    };
    assert_eq!(json!(within("<title>", "</title>")), document["app"]["name"]);
    assert_eq!(json!(within("name=\"description\" content=\"", "\"")), document["app"]["description"]);

    let shown = interface(&workshop).await;
    let missing: Vec<_> = taken.iter().filter(|place| is_shown(place) && !shown.contains(document.pointer(place).unwrap())).collect();
    assert!(missing.is_empty(), "the interface has other texts at {missing:#?}: {shown:#?}");

    seeds_are_what_the_design_says(&document, &app.client).await;
    records_are_what_was_written(&document, &app.client, text).await;
}

/// Records of the design, as everybody reads them.
async fn seeds_are_what_the_design_says(document: &Value, client: &Client) {
    let field = |id: &str| document["entities"][0]["fields"].as_array().unwrap().iter().find(|field| field["id"] == id).unwrap();
    let things = client.get("/api/things").await.expect(200);
    let tags = client.get("/api/tags").await.expect(200);
    let mut compared = 0;
    for seed in document["seeds"]["records"].as_array().unwrap() {
        let values = &seed["values"];
        if seed["entity"] == "e-tag" {
            assert_eq!(tags["items"][0]["word"], values["tag-word"]);
        } else if seed["entity"] == "e-thing" {
            let thing = things["items"].as_array().unwrap().iter().find(|thing| thing["title"] == values["f-title"]).expect("it is listed");
            assert_eq!(thing["nicknames"], *values.get("f-names").unwrap_or(&field("f-names")["default"]));
            assert_eq!(thing["extra"], field("f-json")["default"]);
            assert_eq!(thing["keeper"]["label"], document["seeds"]["users"][0]["name"]);
            compared += 1;
        }
    }
    assert_eq!(compared, 2);
}

/// A record whose every text is this one: written, found and read by a person, and refused with the messages of the design.
async fn records_are_what_was_written(document: &Value, client: &Client, text: &str) {
    let account = json!({ "name": text, "email": "kim@example.com", "password": text });
    let session = client.post("/api/auth/sign-up", &account).await.expect(201);
    let kim = client.with_token(session["token"].as_str().unwrap());
    kim.post("/api/auth/sign-in", &account_without_name(&account)).await.expect(200);

    let mut thing = json!({ "title": "A thing", "notes": text, "nicknames": [text, text], "extra": { text: [text] } });
    let created = kim.post("/api/things", &thing).await.expect(201);
    let id = created["id"].as_str().unwrap();
    let read = kim.get(&format!("/api/things/{id}")).await.expect(200);
    for (name, value) in thing.as_object().unwrap() {
        assert_eq!((&created[name], &read[name]), (value, value), "{name}");
    }
    assert_eq!(read["keeper"]["label"], text);
    for question in ["search", "notes", "notes.contains", "notes.in", "nicknames.contains"] {
        let mut url = reqwest::Url::parse("http://app/api/things").unwrap();
        url.query_pairs_mut().append_pair(question, text);
        let listed = kim.get(&format!("{}?{}", url.path(), url.query().unwrap())).await.expect(200);
        assert!(listed["items"].as_array().unwrap().iter().any(|item| item["id"] == id), "{question}: {listed}");
    }

    thing["notes"] = Value::Null;
    let again = kim.post("/api/things", &thing).await.expect(409);
    let [unique, _] = document["entities"][0]["constraints"].as_array().unwrap().as_slice() else { panic!("{document}") };
    assert_eq!(again["detail"], unique["message"], "{again}");
    let booking = json!({ "thingId": id, "from": "2030-01-01", "to": "2030-01-02" });
    kim.post("/api/bookings", &booking).await.expect(201);
    let taken = kim.post("/api/bookings", &booking).await.expect(409);
    assert_eq!(taken["detail"], document["entities"][2]["constraints"][0]["message"], "{taken}");
}

fn account_without_name(account: &Value) -> Value {
    json!({ "email": account["email"], "password": account["password"] })
}

/// Whether a text at this place is one that the interface shows.
fn is_shown(place: &str) -> bool {
    let of_a_page = place.starts_with("/pages/") && place.ends_with("/description");
    of_a_page || place.starts_with("/app/") || ["/label", "/labelPlural", "/help", "/title"].iter().any(|end| place.ends_with(end))
}

/// Text of an HTML page as a browser reads it.
fn unescaped(html: &str) -> String {
    html.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#39;", "'").replace("&amp;", "&")
}

/// Every text that the interface is made of, as JavaScript reads it from the code that was written.
async fn interface(workshop: &Workshop) -> Vec<Value> {
    std::fs::write(workshop.code().join("interface.mjs"), INTERFACE).unwrap();
    let printed = workshop.run("node", &["interface.mjs"], &[]).await;
    serde_json::from_str(&printed).unwrap_or_else(|error| panic!("{error}: {printed}"))
}

/// Runs what has texts, with components that are nothing but their properties.
const INTERFACE: &str = r#"
import { readdirSync } from "node:fs";
import { build } from "esbuild";

const folders = ["shared/gen", "web/src/gen/pages"];
const files = ["web/src/gen/app.ts", ...folders.flatMap((folder) => readdirSync(folder).map((name) => `${folder}/${name}`))];
const imports = files.map((file, n) => `import * as m${n} from "./${file}";`);
const components = {
  name: "components",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /\/ui\/|^react/ }, ({ path }) => ({ path, namespace: "components" }));
    const contents = "export const jsx = (component, properties) => properties, CreatePage = 0, DetailPage = 0, EditPage = 0, ListPage = 0;";
    onLoad({ filter: /.*/, namespace: "components" }, () => ({ contents, loader: "js" }));
  },
};
await build({
  stdin: { contents: `${imports.join("\n")}\nexport default [${files.map((_, n) => `m${n}`)}];`, resolveDir: "." },
  outfile: "dist/interface.mjs", bundle: true, format: "esm", jsx: "automatic", plugins: [components],
});
const { default: modules } = await import("./dist/interface.mjs");

const texts = [];
const seen = new Set();
function visit(value) {
  if (typeof value === "string") texts.push(value);
  if (typeof value !== "object" || value === null || seen.has(value)) return;
  seen.add(value);
  if (Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype) Object.values(value).forEach(visit);
}
for (const module of modules) {
  for (const [name, value] of Object.entries(module)) visit(name === "default" ? value() : value);
}
console.log(JSON.stringify(texts));
"#;

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
