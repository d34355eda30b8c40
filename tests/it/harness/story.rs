//! What stories about apps do again and again: push a design, build it, follow the build, become a person of the live app.

use super::{Client, Installation};
use serde_json::{Value, json};

/// The organization of the first owner.
pub const ORGANIZATION: &str = "/v1/organizations/default";

/// A small app that the stories change.
pub fn notes() -> Value {
    json!({
        "formatVersion": 1,
        "app": { "name": "Notes", "description": "What one must not forget.", "home": "p-list" },
        "roles": [{ "id": "r-writer", "name": "writer", "signUp": true }, { "id": "r-admin", "name": "admin", "admin": true }],
        "entities": [{
            "id": "e-note", "name": "Note", "createdBy": true,
            "fields": [
                { "id": "f-title", "name": "title", "type": "string", "required": true, "searchable": true },
                { "id": "f-rank", "name": "rank", "type": "integer", "default": 1, "min": 0, "max": 100 }
            ],
            "permissions": {
                "read": [{ "role": "everyone" }],
                "create": [{ "role": "r-writer", "owner": "createdBy" }],
                "update": [{ "role": "r-writer", "owner": "createdBy" }, { "role": "r-admin" }],
                "delete": [{ "role": "r-writer", "owner": "createdBy" }]
            }
        }],
        "pages": [
            { "id": "p-list", "name": "Notes", "kind": "list", "entity": "e-note", "path": "/notes", "fields": ["f-title", "f-rank"] },
            { "id": "p-detail", "name": "NoteDetail", "kind": "detail", "entity": "e-note", "path": "/notes/:id", "fields": ["f-title", "f-rank", "createdBy"] },
            { "id": "p-form", "name": "NoteForm", "kind": "form", "entity": "e-note", "path": "/notes/new", "fields": ["f-title", "f-rank"] }
        ],
        "navigation": [{ "id": "n-notes", "page": "p-list" }]
    })
}

/// Creates an app and pushes its first design.
pub async fn create_app(api: &Client, slug: &str, design: &Value) -> Value {
    let app = api.post(&format!("{ORGANIZATION}/apps"), &json!({ "slug": slug, "name": slug })).await.expect(201);
    push(api, slug, design).await;
    app
}

/// Pushes a design as a new version.
pub async fn push(api: &Client, slug: &str, design: &Value) -> Value {
    api.post(&format!("{ORGANIZATION}/apps/{slug}/designs"), design).await.expect(201)
}

/// Starts a build of the newest design and waits for how it ends.
pub async fn build(api: &Client, slug: &str, environment: &str) -> Value {
    let build = api.post(&format!("{ORGANIZATION}/apps/{slug}/builds"), &json!({ "environment": environment })).await.expect(202);
    finished(api, slug, &build).await
}

/// Waits until a build has ended.
pub async fn finished(api: &Client, slug: &str, build: &Value) -> Value {
    let path = format!("{ORGANIZATION}/apps/{slug}/builds/{}", build["number"]);
    let end = tokio::time::Instant::now() + std::time::Duration::from_secs(30);
    loop {
        let now = api.get(&path).await.expect(200);
        if !matches!(now["state"].as_str(), Some("queued" | "running")) {
            return now;
        }
        assert!(tokio::time::Instant::now() < end, "the build does not end: {now:#}\n{}", log_of(api, slug, build).await);
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
}

/// Builds and expects success; answers with a client of the live app.
pub async fn build_live(api: &Client, slug: &str) -> Client {
    let build = build(api, slug, "production").await;
    assert_eq!(build["state"], "succeeded", "{build:#}");
    Client::of_app(build["url"].as_str().expect("the address"))
}

/// Signs up in a live app.
pub async fn sign_up(app: &Client, name: &str) -> Client {
    let person = json!({ "name": name, "email": format!("{}@example.com", name.to_lowercase()), "password": "correct horse battery" });
    let answer = app.post("/api/auth/sign-up", &person).await.expect(201);
    app.with_token(answer["token"].as_str().expect("a session token"))
}

/// The log of a build, for the message of a failed assertion.
pub async fn log_of(api: &Client, slug: &str, build: &Value) -> String {
    api.get(&format!("{ORGANIZATION}/apps/{slug}/builds/{}/logs", build["number"])).await.text
}

/// An installation with the small app live in it.
pub async fn with_notes() -> (Installation, Client) {
    let installation = Installation::start().await;
    let api = installation.client();
    create_app(&api, "notes", &notes()).await;
    let app = build_live(&api, "notes").await;
    (installation, app)
}
