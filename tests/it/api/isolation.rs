//! What belongs to another organization does not exist. The routes come from the OpenAPI document, so that none is forgotten.

use super::{Api, HERE};
use reqwest::Method;
use serde_json::{Value, json};
use slipform::domain::OrganizationId;
use slipform::store::TenantTx;

/// All operations below an organization: method, path, example of the body.
fn operations() -> Vec<(Method, String, Option<Value>)> {
    let document = serde_json::to_value(slipform::http::openapi()).unwrap();
    let mut operations = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap().iter().filter(|_| path.contains("{org}")) {
            let schema = operation.pointer("/requestBody/content/application~1json/schema");
            let body = schema.map(|schema| {
                let name = schema["$ref"].as_str().unwrap_or_default().rsplit('/').next().unwrap();
                document["components"]["schemas"].get(name).map_or_else(crate::harness::story::notes, |schema| schema["example"].clone())
            });
            operations.push((method.to_uppercase().parse().unwrap(), path.clone(), body));
        }
    }
    operations
}

#[tokio::test]
async fn every_route_answers_404_for_what_belongs_to_another_organization() {
    let api = Api::start().await;
    let client = api.with_notes().await;
    api.build().await;
    let stranger = api.stranger().await;
    let app = client.get(&format!("{HERE}/apps/notes")).await.expect(200)["id"].as_str().unwrap().to_owned();
    let token = client.get(&format!("{HERE}/tokens")).await.expect(200)["items"][0]["id"].as_str().unwrap().to_owned();
    let account = json!({ "name": "elsewhere", "region": "eu-central-1", "domain": "apps.example.com", "roleArn": "arn:aws:iam::111122223333:role/slipform" });
    client.post(&format!("{HERE}/accounts"), &account).await.expect(201);
    let operations = operations();
    assert!(operations.len() > 25, "{}", operations.len());
    for (method, path, body) in operations {
        for (org, name) in [("default", "notes"), (api.owner.organization.to_string().as_str(), app.as_str()), ("other", app.as_str()), ("other", "notes")] {
            let real =
                path.replace("{org}", org).replace("{app}", name).replace("{env}", "production").replace("{token}", &token).replace("{account}", "elsewhere");
            let real = real.replace("{build}", "1").replace("{number}", "1");
            let real = if path.ends_with("/diff") { real + "?from=1&to=1" } else { real };
            // A route that names nothing but the stranger's own organization is theirs.
            if org == "other" && !["{app}", "{token}", "{account}"].iter().any(|place| path.contains(place)) {
                continue;
            }
            let mut request = stranger.request(method.clone(), &real);
            if let Some(body) = &body {
                request = request.json(body);
            }
            let answer = stranger.send(request).await;
            assert_eq!(answer.status, 404, "{method} {real}: {}", answer.text);
        }
    }
    assert_eq!(client.get(&format!("{HERE}/apps/notes/builds/1")).await.expect(200)["state"], "queued", "nothing happened to it");
    assert_eq!(client.get(&format!("{HERE}/tokens")).await.expect(200)["items"].as_array().unwrap().len(), 1);
}

/// Takes the scope out of queries: row level security still shows one organization alone, and nothing without one.
#[tokio::test]
async fn without_their_scope_queries_still_see_one_organization() {
    let api = Api::start().await;
    api.with_notes().await;
    api.build().await;
    let stranger = api.stranger().await;
    stranger.post("/v1/organizations/other/apps", &serde_json::json!({ "slug": "theirs", "name": "Theirs" })).await.expect(201);
    let pool = &api.pools.application;

    let mut tx = TenantTx::begin(pool, api.owner.organization).await.unwrap();
    let slugs: Vec<String> = sqlx::query_scalar("select slug from apps").fetch_all(tx.connection()).await.unwrap();
    assert_eq!(slugs, ["notes"]);
    let changed = sqlx::query("update apps set name = 'Mine now' where slug = 'theirs'").execute(tx.connection()).await.unwrap();
    assert_eq!(changed.rows_affected(), 0);
    let moved = sqlx::query("update apps set organization_id = (select id from organizations where slug = 'other')").execute(tx.connection()).await;
    assert!(moved.is_err(), "nothing can be given to another organization");
    drop(tx);

    let tables = [
        "members",
        "api_tokens",
        "apps",
        "domains",
        "design_versions",
        "environments",
        "queue_organizations",
        "queue_environments",
        "builds",
        "steps",
        "build_events",
        "releases",
        "resources",
        "runtimes",
        "jobs",
        "organizations",
    ];
    for table in tables {
        // The pool hands out the connection that the tenant before has used.
        let count = format!("select count(*) from {table}");
        let seen: i64 = sqlx::query_scalar(sqlx::AssertSqlSafe(count.clone())).fetch_one(pool).await.unwrap();
        assert_eq!(seen, 0, "{table} without a tenant");
        let mut nobody = TenantTx::begin(pool, OrganizationId::new()).await.unwrap();
        let seen: i64 = sqlx::query_scalar(sqlx::AssertSqlSafe(count)).fetch_one(nobody.connection()).await.unwrap();
        assert_eq!(seen, 0, "{table} as nobody");
    }
}
