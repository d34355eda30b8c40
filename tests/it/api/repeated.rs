//! Requests that are sent twice, and the audit log of what was done.

use super::{Api, HERE};
use crate::harness::Client;
use crate::harness::client::Answer;
use reqwest::Method;
use serde_json::{Value, json};

async fn post(client: &Client, path: &str, body: &Value, key: &str) -> Answer {
    client.send(client.request(Method::POST, path).json(body).header("idempotency-key", key)).await
}

#[tokio::test]
async fn a_request_with_a_key_has_one_effect_and_one_answer() {
    let api = Api::start().await;
    let client = api.with_notes().await;
    let (path, wish) = (format!("{HERE}/apps"), json!({ "slug": "one", "name": "One" }));
    let first = post(&client, &path, &wish, "\"k-1\"").await;
    assert_eq!((first.status.as_u16(), first.headers.get("idempotency-replayed")), (201, None));
    let again = post(&client, &path, &wish, "k-1").await;
    assert_eq!((again.status, &again.text, &again.headers["location"]), (first.status, &first.text, &first.headers["location"]));
    assert_eq!(again.headers["idempotency-replayed"], "true");
    // The same without a key is another wish.
    client.post(&path, &wish).await.expect(409);

    // Another body, another address behind the same template: another request.
    for (path, body) in [(path.clone(), json!({ "slug": "two", "name": "Two" }))] {
        let refused = post(&client, &path, &body, "k-1").await.expect(422);
        assert_eq!(refused["errors"][0]["pointer"], "/header/Idempotency-Key");
    }
    client.post(&format!("{HERE}/apps/one/designs"), &crate::harness::story::notes()).await.expect(201);
    post(&client, &format!("{HERE}/apps/notes/builds"), &json!({}), "build").await.expect(202);
    post(&client, &format!("{HERE}/apps/one/builds"), &json!({}), "build").await.expect(422);
    // Each key belongs to whoever sent it.
    let other = api.with_role("editor").await;
    post(&other, &path, &json!({ "slug": "three", "name": "Three" }), "k-1").await.expect(201);
    for wrong in ["", "a b", &"x".repeat(256)] {
        post(&client, &path, &wish, wrong).await.expect(422);
    }

    // A refusal is not kept: whoever mends the cause gets another answer.
    post(&client, &path, &json!({ "slug": "one", "name": "One" }), "late").await.expect(409);
    let missing = format!("{HERE}/apps/late/builds");
    post(&client, &missing, &json!({}), "early").await.expect(404);
    client.post(&path, &json!({ "slug": "late", "name": "Late" })).await.expect(201);
    client.post(&format!("{HERE}/apps/late/designs"), &crate::harness::story::notes()).await.expect(201);
    post(&client, &missing, &json!({}), "early").await.expect(202);
}

#[tokio::test]
async fn an_answer_with_a_secret_is_kept_sealed_and_given_again() {
    let api = Api::start().await;
    let wish = json!({ "name": "CI", "role": "editor" });
    let first = post(&api.client(), &format!("{HERE}/tokens"), &wish, "ci").await.expect(201);
    let again = post(&api.client(), &format!("{HERE}/tokens"), &wish, "ci").await;
    assert_eq!((&first, &again.headers["cache-control"]), (&again.expect(201), &"no-store".parse().unwrap()));
    let secret = first["secret"].as_str().unwrap();
    let mut owner = api.database.owner().await;
    let kept: String =
        sqlx::query_scalar("select (select string_agg(k::text, '') from idempotency_keys k) || (select string_agg(a::text, '') from audit_log a)")
            .fetch_one(&mut owner)
            .await
            .unwrap();
    assert!(!kept.contains(secret) && !kept.contains(&hex::encode(secret)), "{kept}");
    // A person's organization, made once though asked for twice.
    let person = api.person().await;
    let wish = json!({ "slug": "acme", "name": "Acme" });
    let made = post(&person, "/v1/organizations", &wish, "acme").await.expect(201);
    assert_eq!(post(&person, "/v1/organizations", &wish, "acme").await.expect(201), made);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_at_once_with_one_key_have_one_effect() {
    let api = Api::start().await;
    let client = api.with_notes().await;
    let path = format!("{HERE}/apps/notes/builds");
    let all = (0..100).map(|_| async { post(&client, &path, &json!({}), "once").await.status.as_u16() });
    let all = futures::future::join_all(all).await;
    assert!(all.iter().all(|status| matches!(status, 202 | 409)) && all.contains(&202), "{all:?}");
    assert_eq!(client.get(&path).await.expect(200)["items"].as_array().unwrap().len(), 1);
    post(&client, &path, &json!({}), "once").await.expect(202);
    assert_eq!(client.get(&path).await.expect(200)["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn what_is_done_stands_in_the_audit_log_and_nobody_can_change_it() {
    let api = Api::start().await;
    let client = api.with_notes().await;
    let person = api.person().await;
    let request = person.request(Method::PATCH, &format!("{HERE}/apps/notes")).header("if-match", "*").json(&json!({ "name": "My notes" }));
    let changed = person.send(request.header("user-agent", "a story").header("x-forwarded-for", "192.0.2.7")).await;
    let id = changed.headers["x-request-id"].clone();
    changed.expect(200);
    person.post(&format!("{HERE}/apps"), &json!({ "slug": "notes", "name": "Once more" })).await.expect(409);
    api.build().await;
    client.post(&format!("{HERE}/apps/notes/builds/1/cancel"), &json!({})).await.expect(202);

    let audit = format!("{HERE}/audit");
    let lines = client.get(&audit).await.expect(200);
    let told: Vec<(&str, &str)> =
        lines["items"].as_array().unwrap().iter().map(|line| (line["operation"].as_str().unwrap(), line["subjectName"].as_str().unwrap())).collect();
    assert_eq!(told, [("CancelBuild", "notes/1"), ("CreateBuild", "notes/1"), ("UpdateApp", "notes"), ("PushDesign", "notes/1"), ("CreateApp", "notes")]);
    let update = &lines["items"][2];
    assert_eq!((&update["before"], &update["after"]), (&json!({ "name": "Notes" }), &json!({ "name": "My notes" })));
    assert_eq!((&update["actorKind"], &update["actorName"]), (&json!("user"), &json!("owner@example.com")));
    assert_eq!((&update["requestId"], &update["address"], &update["userAgent"]), (&json!(id.to_str().unwrap()), &json!("192.0.2.7"), &json!("a story")));
    assert_eq!(lines["items"][0]["actorName"], "First token");

    // It is filtered, read in pages, and exported.
    let page = client.get(&format!("{audit}?limit=2&operation=CreateApp")).await.expect(200);
    assert_eq!((page["items"].as_array().unwrap().len(), &page["nextCursor"]), (1, &Value::Null));
    let first = client.get(&format!("{audit}?limit=3")).await.expect(200);
    let rest = client.get(&format!("{audit}?limit=3&cursor={}", first["nextCursor"].as_str().unwrap())).await.expect(200);
    assert_eq!(rest["items"].as_array().unwrap().len(), 2);
    let subject = update["subjectId"].as_str().unwrap();
    assert_eq!(client.get(&format!("{audit}?subject={subject}")).await.expect(200)["items"].as_array().unwrap().len(), 2);
    assert_eq!(client.get(&format!("{audit}?since=2026-01-01T00:00:00Z&until=2025-01-01T00:00:00Z")).await.expect(422)["errors"][0]["pointer"], "/query/until");
    let exported = client.get(&format!("{audit}/export")).await;
    assert_eq!((exported.headers["content-type"].to_str().unwrap(), exported.expect_text(200).lines().count()), ("application/x-ndjson", 5));

    // Neither the application nor the owner's role changes a line, or tells another time.
    let mut tx = slipform::store::TenantTx::begin(&api.pools.application, api.owner.organization).await.unwrap();
    for sql in [
        "update audit_log set operation = 'Nothing'",
        "delete from audit_log",
        "truncate audit_log",
        "insert into audit_log (id, at) values (gen_random_uuid(), now())",
    ] {
        let refused = sqlx::query(sqlx::AssertSqlSafe(sql.to_owned())).execute(tx.connection()).await;
        assert!(refused.is_err(), "{sql}");
        tx = slipform::store::TenantTx::begin(&api.pools.application, api.owner.organization).await.unwrap();
    }
    let mut owner = api.database.owner().await;
    for sql in ["update audit_log set operation = 'Nothing'", "delete from audit_log", "truncate audit_log"] {
        let refused = sqlx::query(sqlx::AssertSqlSafe(sql.to_owned())).execute(&mut owner).await.unwrap_err();
        assert!(refused.to_string().contains("append-only"), "{sql}: {refused}");
    }
}
