//! What people do with webhooks.

use super::{Hooks, body, received};
use crate::api::{Api, HERE};
use crate::webhooks::interop::everybody_verifies;
use crate::webhooks::receiver::Receiver;
use reqwest::Method;
use serde_json::{Value, json};

#[tokio::test]
async fn a_webhook_is_made_changed_and_removed_and_its_secret_is_shown_once() {
    let api = Api::start().await;
    let (client, all) = (api.client(), format!("{HERE}/webhooks"));
    let wish =
        json!({ "url": "HTTPS://Hooks.Example.COM:443/for/us?key=hunter2", "description": "Chat", "types": ["release.live", "build.failed", "release.live"] });
    let post = async |key: &str| client.send(client.request(Method::POST, &all).json(&wish).header("idempotency-key", key)).await;
    let answer = post("one").await;
    let (made, location) = (answer.expect(201), answer.headers["location"].to_str().unwrap().to_owned());
    assert_eq!(answer.headers["cache-control"], "no-store");
    let secret = made["secret"].as_str().unwrap().to_owned();
    assert!(secret.starts_with("whsec_") && secret.len() == 50, "{secret}");
    assert_eq!((&made["url"], &made["state"]), (&json!("https://hooks.example.com/for/us?key=hunter2"), &json!("enabled")));
    assert_eq!(made["types"], json!(["build.failed", "release.live"]), "in the order of the catalogue, each once");
    assert_eq!(post("one").await.expect(201), made, "the same request again");

    let shown = client.get(&location).await;
    let tag = shown.headers["etag"].to_str().unwrap().to_owned();
    assert_eq!(shown.expect(200)["previousSecretUntil"], Value::Null);
    assert_eq!(client.get(&all).await.expect(200)["items"], json!([shown.expect(200)]));
    let change = async |tag: &str, body: Value| client.send(client.request(Method::PATCH, &location).header("if-match", tag).json(&body)).await;
    let changed = change(&tag, json!({ "description": "Records", "types": [] })).await;
    assert_eq!((&changed.expect(200)["description"], &changed.expect(200)["types"]), (&json!("Records"), &json!([])));
    change(&tag, json!({ "description": "Again" })).await.expect(412);
    let now = changed.headers["etag"].to_str().unwrap();
    assert_eq!(change(now, json!({})).await.headers["etag"], now, "nothing shall change, and nothing does");
    change("*", json!({ "state": "disabled" })).await.expect(200);
    let refused = client.post(&format!("{location}/test"), &json!({})).await.expect(409);
    assert_eq!(refused["type"], "urn:slipform:problem:webhook-disabled");

    let rotated = client.post(&format!("{location}/rotate"), &json!({})).await;
    assert_eq!(rotated.headers["cache-control"], "no-store");
    assert_ne!(rotated.expect(200)["secret"], made["secret"]);
    assert_ne!(rotated.expect(200)["previousSecretUntil"], Value::Null);

    // Nobody hears the secrets any more, nor what a receiver may be known by.
    let new_secret = rotated.expect(200)["secret"].as_str().unwrap().to_owned();
    let answers = format!("{} {}", client.get(&all).await.text, client.get(&location).await.text);
    let audit = client.get(&format!("{HERE}/audit")).await;
    let mut owner = api.database.owner().await;
    let tables: Vec<String> =
        sqlx::query_scalar("select table_name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'")
            .fetch_all(&mut owner)
            .await
            .unwrap();
    let mut kept = String::new();
    for table in tables {
        let rows = format!("select coalesce(string_agg(t::text, ' '), '') from {table} t");
        kept += &sqlx::query_scalar::<_, String>(sqlx::AssertSqlSafe(rows)).fetch_one(&mut owner).await.unwrap();
    }
    for secret in [&secret, &new_secret] {
        for text in [&answers, &audit.text, &kept] {
            assert!(!text.contains(&secret[6..]) && !text.contains(&hex::encode(secret)), "{secret}");
        }
    }
    assert!(!audit.text.contains("hunter2") && answers.contains("hunter2"));
    let lines = audit.expect(200);
    let told: Vec<(&str, &str)> =
        lines["items"].as_array().unwrap().iter().map(|line| (line["operation"].as_str().unwrap(), line["subjectName"].as_str().unwrap())).collect();
    let host = "hooks.example.com";
    assert_eq!(told, [("RotateWebhookSecret", host), ("UpdateWebhook", host), ("UpdateWebhook", host), ("CreateWebhook", host)]);
    assert_eq!(lines["items"][2]["after"], json!({ "host": host, "description": "Records", "types": [], "state": "enabled" }));

    client.send(client.request(Method::DELETE, &location).header("if-match", "*")).await.expect(204);
    for gone in [location.clone(), format!("{location}/deliveries")] {
        client.get(&gone).await.expect(404);
    }
    client.post(&format!("{location}/rotate"), &json!({})).await.expect(404);
}

#[tokio::test]
async fn what_cannot_be_a_webhook_is_refused_with_the_way_out() {
    let api = Api::start().await;
    let (client, all) = (api.client(), format!("{HERE}/webhooks"));
    for (url, words) in [
        ("http://93.184.216.34/hooks", "https"),
        ("https://169.254.169.254/latest/meta-data/", "SLIPFORM_WEBHOOK_NETWORKS"),
        ("https://10.0.0.1/", "SLIPFORM_WEBHOOK_NETWORKS"),
        ("http://127.0.0.2:9000/", "SLIPFORM_WEBHOOK_NETWORKS"),
        ("https://[::1]/", "SLIPFORM_WEBHOOK_NETWORKS"),
        ("https://2130706434/", "SLIPFORM_WEBHOOK_NETWORKS"),
        ("https://ada:secret@example.com/", "password"),
        ("ftp://example.com/", "https"),
        ("hooks", "whole URL"),
    ] {
        let refused = client.post(&all, &json!({ "url": url })).await.expect(422);
        assert_eq!(refused["errors"][0]["pointer"], "/url", "{url}");
        assert!(refused["errors"][0]["detail"].as_str().unwrap().contains(words), "{url}: {refused}");
    }
    let good = "https://example.com/hooks";
    for (wish, pointer) in [
        (json!({ "url": good, "types": ["build.failed", "build.exploded"] }), "/types/1"),
        (json!({ "url": good, "description": "a\nb" }), "/description"),
        (json!({ "url": good, "description": "x".repeat(201) }), "/description"),
        (json!({ "url": good, "types": vec!["test"; 31] }), "/types"),
        (json!({ "url": good, "secret": "whsec_mine" }), "/secret"),
    ] {
        assert_eq!(client.post(&all, &wish).await.expect(422)["errors"][0]["pointer"], pointer, "{wish}");
    }
    let wish = json!({ "url": good });
    let wishes = (0..20).map(|_| client.post(&all, &wish));
    for made in futures::future::join_all(wishes).await {
        made.expect(201);
    }
    assert_eq!(client.post(&all, &json!({ "url": good })).await.expect(409)["type"], "urn:slipform:problem:too-many-webhooks");
    let first = client.get(&format!("{all}?limit=15")).await.expect(200);
    let rest = client.get(&format!("{all}?limit=15&cursor={}", first["nextCursor"].as_str().unwrap())).await.expect(200);
    assert_eq!((first["items"].as_array().unwrap().len(), rest["items"].as_array().unwrap().len()), (15, 5));
}

#[tokio::test]
async fn a_test_event_arrives_is_verified_by_everybody_and_stands_in_the_log() {
    let hooks = Hooks::start().await;
    let (receiver, other) = (Receiver::saying("202 Accepted\r\nx-request-id: 7", "thanks").await, Receiver::saying("200 OK", "").await);
    let (hook, second) = (hooks.hook(&receiver, &["app.deleted"]).await, hooks.hook(&other, &[]).await);
    let address = hooks.test(&hook).await;
    let delivery = hooks.delivery_is(&address, "succeeded").await;
    let request = received(&receiver, 1).await.remove(0);
    assert_eq!(request.line, "POST /hooks?for=us HTTP/1.1");
    everybody_verifies(&hook.secret, &request, true).await;
    everybody_verifies(&second.secret, &request, false).await;
    assert_eq!(request.header("webhook-id"), delivery["messageId"].as_str().unwrap());
    assert_eq!((&body(&request)["type"], &body(&request)["data"]["webhook"]["id"]), (&json!("test"), &json!(hook.id)));

    assert_eq!((&delivery["attempts"], &delivery["nextAttemptAt"], delivery["body"].as_str()), (&json!(1), &Value::Null, Some(request.body.as_str())));
    let attempt = &delivery["log"][0];
    assert_eq!((&attempt["status"], &attempt["responseBody"], &attempt["error"]), (&json!(202), &json!("thanks"), &Value::Null));
    assert!(attempt["responseHeaders"].as_array().unwrap().contains(&json!({ "name": "x-request-id", "value": "7" })), "{attempt}");
    let sent = attempt["requestHeaders"].as_array().unwrap();
    assert!(sent.contains(&json!({ "name": "webhook-timestamp", "value": request.header("webhook-timestamp") })), "{attempt}");
    assert!(!delivery.to_string().contains(&request.header("webhook-signature")[3..]), "a signature could be sent once more");
    assert_eq!(other.received().len(), 0, "it goes to this one alone");

    // Sent again: the same event, signed anew.
    let again = hooks.client.request(Method::POST, &format!("{address}/redeliver")).header("idempotency-key", "again");
    let queued = hooks.client.send(again.try_clone().unwrap()).await.expect(202);
    assert_eq!((&queued["state"], &queued["attempts"], &queued["messageId"]), (&json!("queued"), &json!(0), &delivery["messageId"]));
    let twice = received(&receiver, 2).await;
    assert_eq!((twice[1].header("webhook-id"), &twice[1].body), (request.header("webhook-id"), &request.body));
    everybody_verifies(&hook.secret, &twice[1], true).await;
    let logged = hooks.delivery_is(&address, "succeeded").await;
    assert_eq!((&logged["attempts"], logged["log"].as_array().unwrap().len()), (&json!(1), 2), "both attempts are in the log");
    hooks.client.send(again).await.expect(202);
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    assert_eq!(receiver.received().len(), 2, "with its key it was the same request");

    // The log is filtered and read in pages.
    let deliveries = format!("{}/deliveries", Hooks::path(&hook));
    for _ in 0..3 {
        hooks.test(&hook).await;
    }
    received(&receiver, 5).await;
    let count = async |query: &str| hooks.client.get(&format!("{deliveries}{query}")).await.expect(200)["items"].as_array().unwrap().len();
    assert_eq!((count("").await, count("?type=test").await, count("?type=app.deleted").await, count("?state=failed").await), (4, 4, 0, 0));
    let page = hooks.client.get(&format!("{deliveries}?limit=3&type=test")).await.expect(200);
    let cursor = page["nextCursor"].as_str().unwrap();
    assert_eq!((count(&format!("?limit=3&type=test&cursor={cursor}")).await, page["items"][0]["type"].as_str()), (1, Some("test")));
    hooks.client.get(&format!("{deliveries}?cursor={cursor}")).await.expect(422);
    hooks.client.get(&format!("{deliveries}?type=build.exploded")).await.expect(422);
    let another = format!("{}/deliveries/{}", Hooks::path(&second), address.rsplit('/').next().unwrap());
    hooks.client.get(&another).await.expect(404);
}

#[tokio::test]
async fn while_a_secret_is_rotated_both_verify_and_afterwards_the_new_one_alone() {
    let hooks = Hooks::start().await;
    let receiver = Receiver::saying("204 No Content", "").await;
    let hook = hooks.hook(&receiver, &[]).await;
    let rotate = async || hooks.client.post(&format!("{}/rotate", Hooks::path(&hook)), &json!({})).await.expect(200)["secret"].as_str().unwrap().to_owned();
    let second = rotate().await;
    hooks.test(&hook).await;
    let request = received(&receiver, 1).await.remove(0);
    assert_eq!(request.header("webhook-signature").split(' ').count(), 2);
    for secret in [&hook.secret, &second] {
        everybody_verifies(secret, &request, true).await;
    }
    // Rotated once more, the first is gone.
    let third = rotate().await;
    hooks.test(&hook).await;
    let request = received(&receiver, 2).await.remove(1);
    for (secret, good) in [(&hook.secret, false), (&second, true), (&third, true)] {
        everybody_verifies(secret, &request, good).await;
    }
    // A day later.
    sqlx::query("update webhook_endpoints set previous_until = now()").execute(&mut hooks.owner().await).await.unwrap();
    hooks.test(&hook).await;
    let request = received(&receiver, 3).await.remove(2);
    assert_eq!(request.header("webhook-signature").split(' ').count(), 1);
    for (secret, good) in [(&second, false), (&third, true)] {
        everybody_verifies(secret, &request, good).await;
    }
}
