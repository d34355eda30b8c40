//! Every operation as every role, and as an API token without its scope: what the table of permissions says is what happens. The
//! operations, their bodies and what they need come from the OpenAPI document.

use super::{Api, HERE};
use crate::harness::Client;
use crate::harness::story::notes;
use reqwest::Method;
use serde_json::{Value, json};

/// An operation of the document.
struct Operation {
    id: String,
    method: Method,
    path: String,
    body: Option<Value>,
    role: Option<String>,
    scope: Option<String>,
}

fn operations() -> Vec<Operation> {
    let document = serde_json::to_value(slipform::http::openapi()).unwrap();
    let mut operations = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let schema = operation.pointer("/requestBody/content/application~1json/schema");
            let body = schema.map(|schema| {
                let name = schema["$ref"].as_str().unwrap_or_default().rsplit('/').next().unwrap();
                document["components"]["schemas"].get(name).map_or_else(notes, |schema| schema["example"].clone())
            });
            let text = |name: &str| operation[name].as_str().map(str::to_owned);
            operations.push(Operation {
                id: text("operationId").unwrap(),
                method: method.to_uppercase().parse().unwrap(),
                path: path.clone(),
                body,
                role: text("x-slipform-role"),
                scope: text("x-slipform-scope"),
            });
        }
    }
    operations
}

/// What needs no role in an organization, one operation a line.
fn without_role() -> Vec<&'static str> {
    let all = include_str!("without_role.txt").lines().map(|line| line.split('#').next().unwrap().trim());
    all.filter(|line| !line.is_empty()).collect()
}

const ROLES: [&str; 4] = ["viewer", "editor", "admin", "owner"];

async fn ask(client: &Client, operation: &Operation) -> u16 {
    // Names of what is not there: an allowed operation answers 404 or refuses its input, and changes nothing for the others.
    let path = operation.path.replace("{org}", "default").replace("{app}", "none").replace("{env}", "production");
    let path = path.replace("{account}", "none").replace("{domain}", "www.example.com");
    let path = path.replace("{build}", "1").replace("{number}", "1");
    let id = "0199aa2e-5a4b-7cc1-8d5e-3f1f6f0f8f11";
    let path = path.replace("{token}", id).replace("{user}", id).replace("{invitation}", id).replace("{webhook}", id).replace("{delivery}", id);
    assert!(!path.contains('{'), "{path}: name something for it here");
    let path = if path.ends_with("/diff") { path + "?from=1&to=1" } else { path };
    let mut request = client.request(operation.method.clone(), &path);
    // Nobody makes a token that may do more than they themselves.
    let least = json!({ "name": "Least", "role": "viewer", "scopes": ["builds:read"] });
    if let Some(body) = if operation.id == "createToken" { Some(&least) } else { operation.body.as_ref() } {
        request = request.json(body);
    }
    client.send(request).await.status.as_u16()
}

#[tokio::test]
async fn who_may_do_what_is_what_the_document_says() {
    let api = Api::start().await;
    let operations = operations();
    let exempt = without_role();
    for operation in &operations {
        assert_ne!(operation.role.is_some(), exempt.contains(&operation.id.as_str()), "{} needs a role, or a line in without_role.txt", operation.id);
    }
    for id in &exempt {
        assert!(operations.iter().any(|operation| operation.id == *id), "{id}: there is no such operation any more");
    }

    let mut clients = Vec::new();
    for role in ROLES {
        // A token cannot be an owner.
        clients.push(if role == "owner" { api.person().await } else { api.with_role(role).await });
    }
    let all: Vec<&str> = operations.iter().filter_map(|operation| operation.scope.as_deref()).collect();
    let mut faults = Vec::new();
    for operation in operations.iter().filter(|operation| operation.role.is_some()) {
        let least = ROLES.iter().position(|role| Some(*role) == operation.role.as_deref()).unwrap();
        let mut expect = |who: &str, allowed: bool, status: u16| {
            if allowed == matches!(status, 401 | 403) || status >= 500 {
                faults.push(format!("{} as {who}: {status}", operation.id));
            }
        };
        let nobody = ask(&api.anonymous(), operation).await;
        assert_eq!(nobody, 401, "{} without credentials", operation.id);
        for (rank, role) in ROLES.iter().enumerate() {
            expect(role, rank >= least, ask(&clients[rank], operation).await);
        }
        // With the role and the one scope; with the role and every other scope.
        let scope = operation.scope.as_deref().unwrap();
        let role = if operation.role.as_deref() == Some("viewer") { "editor" } else { operation.role.as_deref().unwrap() };
        let mut others: Vec<&str> = all.iter().copied().filter(|other| *other != scope && useful(&operations, other, role)).collect();
        others.sort_unstable();
        others.dedup();
        let alone = if operation.id == "createToken" { vec![scope, "builds:read"] } else { vec![scope] };
        for (scopes, allowed) in [(alone, true), (others, false)] {
            let wish = json!({ "name": operation.id, "role": role, "scopes": scopes });
            let made = api.client().post(&format!("{HERE}/tokens"), &wish).await.expect(201);
            assert_eq!(made["scopes"], json!(scopes));
            let client = api.client().with_token(made["secret"].as_str().unwrap());
            expect(&format!("{role} with {scopes:?}"), allowed, ask(&client, operation).await);
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Whether some operation of a scope is open to a role.
fn useful(operations: &[Operation], scope: &str, role: &str) -> bool {
    let rank = |role: &str| ROLES.iter().position(|other| *other == role).unwrap();
    operations.iter().any(|operation| operation.scope.as_deref() == Some(scope) && rank(operation.role.as_deref().unwrap()) <= rank(role))
}

#[tokio::test]
async fn a_token_makes_no_token_that_may_do_more_than_itself() {
    let api = Api::start().await;
    let tokens = format!("{HERE}/tokens");
    let made = api.client().post(&tokens, &json!({ "name": "Maker", "role": "admin", "scopes": ["tokens:write", "builds:read"] })).await.expect(201);
    let maker = api.client().with_token(made["secret"].as_str().unwrap());
    maker.post(&tokens, &json!({ "name": "Less", "role": "viewer", "scopes": ["builds:read"] })).await.expect(201);
    for more in [json!({ "name": "More", "role": "admin" }), json!({ "name": "More", "role": "admin", "scopes": ["builds:read", "builds:write"] })] {
        let refused = maker.post(&tokens, &more).await.expect(403);
        assert!(refused["detail"].as_str().unwrap().contains("your own role and scopes"), "{refused}");
    }
    let nonsense = api.client().post(&tokens, &json!({ "name": "Odd", "role": "viewer", "scopes": ["builds:read", "builds:write"] })).await.expect(422);
    assert_eq!(nonsense["errors"][0]["pointer"], "/scopes/1");
    api.client().post(&tokens, &json!({ "name": "None", "role": "viewer", "scopes": [] })).await.expect(422);
    let refused = maker.get(&format!("{HERE}/apps")).await.expect(403);
    assert!(refused["detail"].as_str().unwrap().contains("`apps:read`"), "{refused}");
}
