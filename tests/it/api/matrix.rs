//! Every operation as every role, and as an API token without its scope: what the table of permissions says is what happens. The
//! operations, their bodies and what they need come from the OpenAPI document.

use super::operations::{self, Operation, listed};
use super::{Api, HERE};
use crate::harness::Client;
use serde_json::json;

const ROLES: [&str; 4] = ["viewer", "editor", "admin", "owner"];

async fn ask(client: &Client, operation: &Operation) -> u16 {
    // An allowed operation answers 404 or refuses its input, and changes nothing for the others.
    let path = operation.path_of_nothing();
    let mut request = client.request(operation.method.clone(), &path);
    // Nobody makes a token that may do more than they themselves.
    let least = json!({ "name": "Least", "role": "viewer", "scopes": ["builds:read"] });
    if let Some(body) = if operation.id == "createToken" { Some(&least) } else { operation.example.as_ref() } {
        request = request.json(body);
    }
    client.send(request).await.status.as_u16()
}

#[tokio::test]
async fn who_may_do_what_is_what_the_document_says() {
    let api = Api::start().await;
    let operations = operations::all();
    let exempt = listed("without_role.txt", &operations);
    for operation in &operations {
        assert_ne!(operation.role().is_some(), exempt.contains(&operation.id), "{} needs a role, or a line in without_role.txt", operation.id);
    }

    let mut clients = Vec::new();
    for role in ROLES {
        // A token cannot be an owner.
        clients.push(if role == "owner" { api.person().await } else { api.with_role(role).await });
    }
    let all: Vec<&str> = operations.iter().filter_map(|operation| operation.scope()).collect();
    let mut faults = Vec::new();
    for operation in operations.iter().filter(|operation| operation.role().is_some()) {
        let least = ROLES.iter().position(|role| Some(*role) == operation.role()).unwrap();
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
        let scope = operation.scope().unwrap();
        let role = if operation.role() == Some("viewer") { "editor" } else { operation.role().unwrap() };
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
    operations.iter().any(|operation| operation.scope() == Some(scope) && rank(operation.role().unwrap()) <= rank(role))
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
