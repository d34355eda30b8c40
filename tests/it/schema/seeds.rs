//! Seeds are written once, where they belong, and never stand in the way of what people did since.

use super::support::{App, design, hinted, model};
use serde_json::{Value, json};
use slipform_codegen::schema::{PlanOptions, SchemaState, plan};

/// Posts by people, in sections, with tags; `records` beside two people.
fn blog(records: &Value, section_required: bool) -> Value {
    let mut whole = design(
        &json!([]),
        &json!([
            { "id": "section", "name": "Section", "fields": [{ "id": "section-name", "name": "name", "type": "string" }] },
            { "id": "tag", "name": "Tag", "fields": [{ "id": "word", "name": "word", "type": "string", "unique": true }] },
            { "id": "post", "name": "Post", "createdBy": true,
              "fields": [{ "id": "title", "name": "title", "type": "string", "required": true }, { "id": "slug", "name": "slug", "type": "slug", "from": "title", "required": true }],
              "relations": [
                  { "id": "post-section", "name": "section", "kind": "manyToOne", "target": "section", "required": section_required },
                  { "id": "post-author", "name": "author", "kind": "manyToOne", "target": "user" },
                  { "id": "post-tags", "name": "tags", "kind": "manyToMany", "target": "tag" }
              ] }
        ]),
    );
    whole["seeds"] = json!({
        "users": [{ "id": "ada", "email": "Ada@x.de", "name": "Ada" }, { "id": "tester", "email": "test@x.de", "name": "Tester", "only": "development" }],
        "records": records
    });
    whole
}

#[tokio::test]
async fn slugs_links_and_people_are_there_from_the_start() {
    let mut app = App::new().await;
    let records = json!([
        { "id": "news", "entity": "section", "values": { "section-name": "News" } },
        { "id": "rust", "entity": "tag", "values": { "word": "rust" } },
        { "id": "sql", "entity": "tag", "values": { "word": "sql" } },
        { "id": "p1", "entity": "post", "values": { "title": "Crème brûlée", "post-section": "news", "post-tags": ["rust", "sql"], "post-author": "ada", "createdBy": "ada" } },
        { "id": "p2", "entity": "post", "values": { "title": "crème: Brûlée!", "post-section": "news" } },
        { "id": "p3", "entity": "post", "values": { "title": "x", "slug": "own", "post-section": "news" } }
    ]);
    app.deploy(&blog(&records, true)).await;
    assert_eq!(
        app.rows("SELECT slug, (SELECT email FROM _user WHERE id = author_id) AS author, (SELECT name FROM _user WHERE id = created_by) AS by, (SELECT count(*) FROM posts_tags WHERE source_id = posts.id) AS tags FROM posts ORDER BY slug").await,
        json!([
            { "slug": "creme-brulee", "author": "ada@x.de", "by": "Ada", "tags": 2 },
            { "slug": "creme-brulee-2", "author": null, "by": null, "tags": 0 },
            { "slug": "own", "author": null, "by": null, "tags": 0 }
        ])
    );
    assert_eq!(app.one("SELECT password_hash IS NULL AND email = 'ada@x.de' FROM _user WHERE name = 'Ada'").await, "true");
}

#[tokio::test]
async fn later_seeds_live_with_what_people_did() {
    let mut app = App::new().await;
    let mut records =
        json!([{ "id": "news", "entity": "section", "values": { "section-name": "News" } }, { "id": "rust", "entity": "tag", "values": { "word": "rust" } }]);
    app.deploy(&blog(&records, true)).await;
    // Deleted seeds do not come back, and what would refer to them is left out or left empty.
    app.run("DELETE FROM sections; DELETE FROM _user WHERE name = 'Ada'; DELETE FROM tags; INSERT INTO tags (word) VALUES ('sql')").await;
    records.as_array_mut().unwrap().extend([
        json!({ "id": "sport", "entity": "section", "values": { "section-name": "Sport" } }),
        json!({ "id": "sql", "entity": "tag", "values": { "word": "sql" } }),
        json!({ "id": "go", "entity": "tag", "values": { "word": "go" } }),
        json!({ "id": "p1", "entity": "post", "values": { "title": "Lost", "post-section": "news" } }),
        json!({ "id": "p2", "entity": "post", "values": { "title": "Kept", "post-section": "sport", "post-author": "ada", "createdBy": "ada", "post-tags": ["rust", "sql", "go"] } }),
    ]);
    app.deploy(&blog(&records, true)).await;
    assert_eq!(
        app.rows("SELECT title, author_id, created_by, (SELECT string_agg(word, ',') FROM posts_tags JOIN tags ON tags.id = target_id WHERE source_id = posts.id) AS tags FROM posts").await,
        json!([{ "title": "Kept", "author_id": null, "created_by": null, "tags": "go" }])
    );
    assert_eq!(app.one("SELECT string_agg(name, ',') FROM sections").await, "Sport");
    let deployed = app.deploy(&blog(&records, true)).await;
    assert_eq!(deployed.sql, None);
}

#[tokio::test]
async fn a_relation_that_becomes_required_points_to_a_seed() {
    let mut app = App::new().await;
    let records = json!([{ "id": "news", "entity": "section", "values": { "section-name": "News" } }]);
    app.deploy(&blog(&json!([]), false)).await;
    app.run("INSERT INTO posts (title, slug) VALUES ('a', 'a')").await;
    let required = hinted(blog(&records, true), &[], &json!({ "post-section": "news" }));
    app.deploy(&required).await;
    // The old release still leaves it out.
    app.run("INSERT INTO posts (title, slug) VALUES ('b', 'b')").await;
    assert_eq!(app.one("SELECT count(*) FROM posts JOIN sections ON sections.id = section_id WHERE name = 'News'").await, "2");

    let mut other = App::new().await;
    other.deploy(&blog(&records, false)).await;
    other.run("INSERT INTO posts (title, slug) VALUES ('a', 'a'); DELETE FROM sections").await;
    let refusals = other.try_deploy(&required).await.err().unwrap();
    assert!(refusals[0].contains("has been deleted"), "{refusals:?}");
}

#[test]
fn production_and_development_have_seeds_of_their_own() {
    let model = model(&blog(&json!([{ "id": "news", "entity": "section", "values": { "section-name": "News" }, "only": "production" }]), true));
    for (production, written, left_out) in [(true, ["ada", "news"], "test@x.de"), (false, ["ada", "tester"], "News")] {
        let (plan, _) = plan(&SchemaState::default(), &model, PlanOptions { oldest_release: None, production });
        assert_eq!(plan.after.seeds, written);
        assert!(!plan.migration.unwrap().sql.contains(left_out));
    }
}
