//! AWS accounts of an organization.

use super::{Api, HERE};
use serde_json::json;

#[tokio::test]
async fn an_organization_places_its_apps_in_accounts_of_its_own() {
    let api = Api::start().await;
    let client = api.client();
    let account = |name: &str, default: bool| json!({ "name": name, "region": "eu-central-1", "domain": format!("{name}.example.com"), "roleArn": "arn:aws:iam::111122223333:role/slipform", "default": default });
    let first = client.post(&format!("{HERE}/accounts"), &account("first", true)).await.expect(201);
    assert!(first["externalId"].as_str().unwrap().len() > 30 && first["default"] == true && first["stack"] == "slipform", "{first}");
    let second = client.post(&format!("{HERE}/accounts"), &account("second", false)).await.expect(201);
    assert_ne!(first["externalId"], second["externalId"]);
    assert_eq!(client.post(&format!("{HERE}/accounts"), &account("second", false)).await.expect(409)["type"], "urn:slipform:problem:account-name-taken");
    let names = |list: &serde_json::Value| {
        list["items"].as_array().unwrap().iter().map(|a| (a["name"].as_str().unwrap().to_owned(), a["default"] == true)).collect::<Vec<_>>()
    };
    let list = client.get(&format!("{HERE}/accounts")).await.expect(200);
    assert_eq!(names(&list), [("second".to_owned(), false), ("first".to_owned(), true)]);

    // New apps run in the chosen one, unless they say something else.
    let app = |slug: &str, more: serde_json::Value| {
        let mut app = json!({ "slug": slug, "name": slug });
        app.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        app
    };
    let made = client.post(&format!("{HERE}/apps"), &app("one", json!({}))).await.expect(201);
    assert_eq!((&made["target"], &made["account"], &made["url"]), (&json!("aws"), &json!("first"), &json!("https://one.first.example.com")));
    let made = client.post(&format!("{HERE}/apps"), &app("two", json!({ "account": "second" }))).await.expect(201);
    assert_eq!((&made["account"], &made["url"]), (&json!("second"), &json!("https://two.second.example.com")));
    let made = client.post(&format!("{HERE}/apps"), &app("three", json!({ "target": "local" }))).await.expect(201);
    assert_eq!((&made["target"], &made["account"]), (&json!("local"), &json!(null)));
    client.post(&format!("{HERE}/apps"), &app("four", json!({ "account": "third" }))).await.expect(422);
    client.post(&format!("{HERE}/apps"), &app("four", json!({ "account": "first", "target": "local" }))).await.expect(422);
    // Load balancers answer at this name.
    let made = client.post(&format!("{HERE}/apps"), &app("origin", json!({ "account": "second" }))).await.expect(201);
    assert!(made["url"].as_str().unwrap().starts_with("https://origin-"), "{made}");

    // Another choice is for apps that are made from then on.
    assert_eq!(client.patch(&format!("{HERE}/accounts/second"), &json!({ "default": true })).await.expect(200)["default"], true);
    let list = client.get(&format!("{HERE}/accounts")).await.expect(200);
    assert_eq!(names(&list), [("second".to_owned(), true), ("first".to_owned(), false)]);
    assert_eq!(client.get(&format!("{HERE}/apps/one")).await.expect(200)["account"], "first");

    // One in which apps run is not forgotten.
    assert_eq!(client.delete(&format!("{HERE}/accounts/first")).await.expect(409)["type"], "urn:slipform:problem:account-in-use");
    client.post(&format!("{HERE}/accounts"), &account("third", false)).await.expect(201);
    client.delete(&format!("{HERE}/accounts/third")).await.expect(204);
    client.delete(&format!("{HERE}/accounts/third")).await.expect(404);
}

#[tokio::test]
async fn what_cannot_be_an_account_is_refused_with_each_place() {
    let api = Api::start().await;
    let wrong = json!({ "name": "A", "region": "Frankfurt", "stack": "1", "domain": "example", "roleArn": "arn:aws:iam::1:user/a" });
    let problem = api.client().post(&format!("{HERE}/accounts"), &wrong).await.expect(422);
    let places: Vec<&str> = problem["errors"].as_array().unwrap().iter().map(|e| e["pointer"].as_str().unwrap()).collect();
    assert_eq!(places, ["/name", "/region", "/stack", "/domain", "/roleArn"]);
}
