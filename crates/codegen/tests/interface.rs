//! The interface's part of the code base: a file a page, the same at every generation, and no design string outside of its place.

use serde_json::{Value, json};
use slipform_codegen::design;
use slipform_codegen::files::Files;
use slipform_codegen::generate::{Input, frontend};
use slipform_codegen::model::Model;
use slipform_codegen::schema::SchemaState;

fn generate(document: &Value) -> Files {
    let design = design::from_value(document).expect("the design reads");
    let model = Model::check(design).expect("the design is right");
    frontend::generate(Input { model: &model, schema: &SchemaState::default(), migrations: &[] })
}

fn text<'a>(files: &'a Files, path: &str) -> &'a str {
    std::str::from_utf8(files.get(path).unwrap_or_else(|| panic!("{path} is missing"))).expect("UTF-8")
}

/// A shop with a list, a detail and a form page, and `words` wherever a design has free text.
fn shop(words: &str) -> Value {
    json!({
        "formatVersion": 1,
        "app": { "name": words, "description": words },
        "roles": [{ "id": "clerk", "name": "clerk", "label": words }],
        "entities": [{
            "id": "ware", "name": "Ware", "label": words,
            "fields": [
                { "id": "ware-title", "name": "title", "type": "string", "required": true, "label": words, "help": words },
                { "id": "ware-cost", "name": "cost", "type": "money", "currency": "EUR", "permissions": { "write": [{ "role": "clerk" }] } },
                { "id": "ware-made", "name": "made", "type": "date", "readOnly": true, "default": "2020-01-01" },
            ],
            "relations": [{ "id": "ware-set", "name": "set", "kind": "manyToOne", "target": "ware", "inverse": { "name": "parts", "label": words } }],
            "permissions": { "read": [{ "role": "everyone" }], "create": [{ "role": "clerk" }], "update": [{ "role": "clerk" }] },
        }],
        "pages": [
            { "id": "list", "name": "ListPage", "kind": "list", "entity": "ware", "path": "/wares", "title": words, "description": words,
              "fields": ["ware-title", "ware-cost"], "filters": ["ware-set"], "layout": "cards", "sort": { "field": "createdAt", "descending": true } },
            { "id": "detail", "name": "Ware", "kind": "detail", "entity": "ware", "path": "/wares/:id", "title": words, "description": words,
              "fields": ["ware-title", "ware-made"], "related": ["ware-set"],
              "actions": [{ "id": "part", "label": words, "page": "new", "relation": "ware-set" }] },
            { "id": "new", "name": "New", "kind": "form", "entity": "ware", "path": "/wares/new", "title": words,
              "fields": ["ware-title", "ware-cost", "ware-set"], "allow": [{ "role": "clerk" }] },
            { "id": "edit", "name": "Edit", "kind": "form", "entity": "ware", "path": "/wares/edit/:id",
              "fields": ["ware-title", "ware-cost"], "allow": [{ "role": "signedIn" }] },
        ],
        "navigation": [{ "id": "to-list", "page": "list", "label": words }],
    })
}

#[test]
fn every_page_is_a_short_declaration() {
    let files = generate(&shop("Wares"));
    assert_eq!(
        text(&files, "web/src/gen/pages/list-page.tsx"),
        r#"import { wareMeta } from "../../../../shared/gen/ware.ts";
import { ListPage } from "../ui/list-page.tsx";

export default function Page() {
  return (
    <ListPage
      entity={wareMeta}
      title="Wares"
      description="Wares"
      layout="cards"
      columns={["title", "cost"]}
      filters={["set"]}
      sort="-createdAt"
    />
  );
}
"#
    );
    assert_eq!(
        text(&files, "web/src/gen/pages/ware.tsx"),
        r#"import { wareMeta } from "../../../../shared/gen/ware.ts";
import { DetailPage } from "../ui/detail-page.tsx";

export default function Ware() {
  return (
    <DetailPage
      entity={wareMeta}
      title="Wares"
      description="Wares"
      facts={["title", "made"]}
      cover
      actions={[{ label: "Wares", to: "/wares/new", entity: "Ware", fill: "setId" }]}
      related={[{ entity: wareMeta, title: "Wares", relation: "set", columns: ["title", "cost"] }]}
    />
  );
}
"#
    );
    assert!(text(&files, "web/src/gen/pages/new.tsx").contains("      only={{ cost: [\"clerk\"] }}\n"));
}

#[test]
fn routes_say_who_may_open_them() {
    let files = generate(&shop("Wares"));
    let routes = text(&files, "web/src/gen/routes.tsx");
    for line in [
        r#"route("/wares", { entity: "Ware", what: "read" }, () => import("./pages/list-page.tsx"))"#,
        r#"route("/wares/:id", { entity: "Ware", what: "read" }, () => import("./pages/ware.tsx"))"#,
        r#"route("/wares/new", { entity: "Ware", what: "create", allow: ["clerk"] }, () => import("./pages/new.tsx"))"#,
        r#"route("/wares/edit/:id", { entity: "Ware", what: "update", allow: "signedIn" }, () => import("./pages/edit.tsx"))"#,
    ] {
        assert!(routes.contains(line), "{line} is not in\n{routes}");
    }
    assert!(routes.contains(r#"pages.find((page) => page.path === "/wares")"#));
}

#[test]
fn a_design_without_pages_has_an_interface() {
    let files = generate(&json!({ "formatVersion": 1, "app": { "name": "Empty" } }));
    assert!(text(&files, "web/src/gen/routes.tsx").contains("export const home: PageRoute | undefined = undefined;"));
    assert!(!text(&files, "web/index.html").contains("description"));
}

#[test]
fn the_same_design_gives_the_same_bytes() {
    assert_eq!(generate(&shop("Wares")), generate(&shop("Wares")));
}

#[test]
fn no_text_leaves_its_place() {
    let words = "\"'`</script><!--${x}&quot;\\ {y} */";
    let files = generate(&shop(words));
    let plain = generate(&shop("Wares"));
    assert_eq!(files.len(), plain.len());

    let page = text(&files, "web/index.html");
    assert_eq!(page.matches("</script").count(), 1);
    assert!(!page.contains("<!--"));
    for (path, content) in files.iter() {
        let content = std::str::from_utf8(content).expect("UTF-8");
        if plain.get(path) == Some(content.as_bytes()) {
            continue;
        }
        // In TypeScript every text is one string literal, in which this is how its quote is written.
        assert!(path == "web/index.html" || !content.contains("</script"), "{path}");
        assert!(path == "web/index.html" || content.matches("\\\"'`").count() > 0, "{path}");
        assert!(!content.contains("=\"\\\""), "a JSX attribute of {path} has an escape, which means nothing there");
    }
}
