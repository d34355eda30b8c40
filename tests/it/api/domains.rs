//! Custom domains, as far as the API decides: what is refused, what is taken, who may.

use super::{Api, HERE};
use serde_json::json;

#[tokio::test]
async fn names_that_cannot_be_a_custom_domain_are_refused_with_what_would_be_accepted() {
    let api = Api::start().await;
    let client = api.with_notes().await;
    let domains = format!("{HERE}/apps/notes/environments/production/domains");
    for (name, word) in [
        ("example", "at least two labels"),
        ("*.example.com", "wildcard"),
        ("bücher.example", "xn--"),
        ("127.0.0.1", "host name"),
        ("https://www.example.com", "host name"),
        ("localhost.", "two labels"),
        ("shop.localhost", "given by this installation"),
        (&format!("{}.example.com", "a.".repeat(125)), "253"),
    ] {
        let refused = client.post(&domains, &json!({ "name": name })).await.expect(422);
        assert_eq!(refused["errors"][0]["pointer"], "/name", "{name}: {refused}");
        assert!(refused["detail"].as_str().unwrap().contains(word), "{name}: {refused}");
    }
    let half = client.post(&domains, &json!({ "name": "www.example.com", "privateKey": "x" })).await.expect(422);
    assert_eq!(half["errors"][0]["pointer"], "/privateKey");
    client.post(&format!("{HERE}/apps/notes/environments/blue/domains"), &json!({ "name": "www.example.com" })).await.expect(404);
    assert_eq!(client.get(&domains).await.expect(200)["items"], json!([]));
}

#[tokio::test]
async fn a_domain_belongs_to_one_environment_and_administrators_alone_change_it() {
    let api = Api::start().await;
    let client = api.with_notes().await;
    let domains = format!("{HERE}/apps/notes/environments/production/domains");
    let added = client.post(&domains, &json!({ "name": "WWW.example.com." })).await;
    assert_eq!(added.headers["location"], format!("{domains}/www.example.com").as_str());
    assert_eq!(added.expect(201)["state"], "pending");

    // Nobody else gets it, in any spelling, and a stranger learns no more than that.
    let stranger = api.stranger().await;
    stranger.post("/v1/organizations/other/apps", &json!({ "slug": "theirs", "name": "Theirs" })).await.expect(201);
    let theirs = "/v1/organizations/other/apps/theirs/environments/production/domains";
    for (who, place) in [(&client, domains.as_str()), (&stranger, theirs)] {
        let taken = who.post(place, &json!({ "name": "www.EXAMPLE.com" })).await.expect(409);
        assert_eq!(taken["type"], "urn:slipform:problem:domain-taken");
        assert!(!taken.to_string().contains("notes"), "{taken}");
    }
    stranger.get(&format!("{theirs}/www.example.com")).await.expect(404);

    let (editor, viewer) = (api.with_role("editor").await, api.with_role("viewer").await);
    assert_eq!(viewer.get(&format!("{domains}/www.example.com")).await.expect(200)["name"], "www.example.com");
    editor.post(&domains, &json!({ "name": "shop.example.com" })).await.expect(403);
    editor.delete(&format!("{domains}/www.example.com")).await.expect(403);

    // One job for all that happened: it has not begun yet.
    for number in 1..9 {
        client.post(&domains, &json!({ "name": format!("n{number}.example.com") })).await.expect(201);
    }
    let many = client.post(&domains, &json!({ "name": "n9.example.com" })).await.expect(409);
    assert_eq!(many["type"], "urn:slipform:problem:too-many-domains");
    assert_eq!(client.delete(&format!("{domains}/www.example.com")).await.expect(202)["state"], "deleting");
    client.delete(&format!("{domains}/www.example.com")).await.expect(202);
    let mut owner = api.database.owner().await;
    let jobs: i64 = sqlx::query_scalar("select count(*) from jobs where kind = 'domains'").fetch_one(&mut owner).await.unwrap();
    assert_eq!(jobs, 1);
}
