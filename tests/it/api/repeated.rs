//! Requests that are sent twice, and the audit log of what was done.

use super::operations::{self, listed};
use super::world::{SECRETS, World, collect, request};
use super::{Api, HERE};
use crate::harness::client::Answer;
use crate::harness::{Client, eventually};
use reqwest::Method;
use serde_json::{Value, json};
use sqlx::PgConnection;
use std::collections::BTreeSet;
use tokio::task::JoinSet;

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

#[test]
fn everything_that_is_posted_takes_a_key_or_says_why_not() {
    let posts: Vec<_> = operations::all().into_iter().filter(|operation| operation.method == Method::POST).collect();
    let without = listed("without_key.txt", &posts);
    for operation in &posts {
        let (takes, exempt) = (operation.takes_key(), without.contains(&operation.id));
        assert_ne!(takes, exempt, "{}: let it take an Idempotency-Key, or write into without_key.txt why not", operation.id);
    }
}

/// That it has one effect, `every_operation_that_changes_something_leaves_one_line_and_nothing_else_does` shows of each.
#[tokio::test]
async fn every_answer_with_a_secret_is_kept_sealed_and_given_again() {
    let mut world = World::new().await;
    let telling =
        operations::all().into_iter().filter(|operation| operation.takes_key() && operation.tells.iter().any(|name| SECRETS.contains(&name.as_str())));
    let telling: Vec<_> = telling.collect();
    assert!(telling.len() >= 4, "{:?}", telling.iter().map(|operation| &operation.id).collect::<Vec<_>>());
    for operation in &telling {
        let id = &operation.id;
        let stage = world.stage(operation).await;
        let (client, ..) = world.actor(operation, &stage);
        let path = stage.path(operation);
        let ask = async || client.send(request(&client, operation, &path, stage.body.as_ref()).header("idempotency-key", id)).await;
        let (first, again) = (ask().await, ask().await);
        assert!(first.status.is_success() && !first.headers.contains_key("idempotency-replayed"), "{id}: {}", first.text);
        assert_eq!((again.status, &again.text, &again.headers["idempotency-replayed"]), (first.status, &first.text, &"true".parse().unwrap()), "{id}");
        assert!([&first, &again].iter().all(|answer| answer.headers["cache-control"] == "no-store"), "{id}");
        let mut secrets = BTreeSet::new();
        collect(&first.json(), &mut secrets);
        assert!(!secrets.is_empty(), "{id}: {}", first.text);
        let (open, row): (bool, String) = sqlx::query_as("select body is not null, k::text from idempotency_keys k where key = $1")
            .bind(id)
            .fetch_one(&mut world.api.database.owner().await)
            .await
            .unwrap();
        let readable = secrets.iter().any(|secret| row.contains(secret) || row.contains(&hex::encode(secret)));
        assert!(!open && !readable, "{id}: {row}");
    }
}

/// What a key stands for: somebody, somewhere, who wants something.
#[tokio::test]
async fn the_same_key_for_something_else_or_in_another_organization_is_another_key() {
    let api = Api::start().await;
    let person = api.person().await;
    person.post("/v1/organizations", &json!({ "slug": "other", "name": "Other" })).await.expect(201);
    let app = json!({ "slug": "one", "name": "One" });
    let token = json!({ "name": "One", "role": "viewer" });
    let mut answers = BTreeSet::new();
    for (path, body) in [
        (format!("{HERE}/apps"), &app),
        (format!("{HERE}/tokens"), &token),
        ("/v1/organizations/other/apps".into(), &app),
        ("/v1/organizations/other/tokens".into(), &token),
        ("/v1/organizations".into(), &app),
    ] {
        let made = post(&person, &path, body, "one").await;
        assert!(!made.headers.contains_key("idempotency-replayed"), "{path}");
        assert!(answers.insert(made.expect(201)["id"].to_string()), "{path}");
        assert_eq!(post(&person, &path, body, "one").await.text, made.text, "{path}");
    }
}

#[tokio::test]
async fn an_answer_is_kept_for_24_hours() {
    let api = Api::start().await;
    let client = api.client();
    let mut owner = api.database.owner().await;
    let mut let_pass = async |time: &str| {
        sqlx::query("update idempotency_keys set created_at = created_at - $1::text::interval").bind(time).execute(&mut owner).await.unwrap();
    };
    let ask = async |key: &str| post(&client, &format!("{HERE}/tokens"), &json!({ "name": "CI", "role": "viewer" }), key).await;
    let first = ask("one").await.expect(201);
    let_pass("23 hours 59 minutes").await;
    assert_eq!(ask("one").await.expect(201), first);
    let_pass("2 minutes").await;
    let second = ask("one").await;
    assert!(!second.headers.contains_key("idempotency-replayed"));
    assert_ne!(second.expect(201)["id"], first["id"]);
    // From now on it is this one.
    let_pass("23 hours 59 minutes").await;
    assert_eq!(ask("one").await.text, second.text);

    // What is older is not kept either.
    let_pass("2 minutes").await;
    ask("younger").await.expect(201);
    let_pass("23 hours 59 minutes").await;
    slipform::store::idempotency::sweep(&mut api.pools.worker.acquire().await.unwrap()).await.unwrap();
    let left: Vec<String> = sqlx::query_scalar("select key from idempotency_keys").fetch_all(&mut api.database.owner().await).await.unwrap();
    assert_eq!(left, ["younger"]);
}

/// Keeps each answer from being kept, so that a request with a key is being answered as long as this is open.
async fn hold(api: &Api) -> PgConnection {
    let mut owner = api.database.owner().await;
    sqlx::raw_sql("begin; lock table idempotency_keys in share mode").execute(&mut owner).await.unwrap();
    owner
}

/// Waits until a request waits for what is held.
async fn is_held(api: &Api) {
    let waiting = "select true from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
    eventually("a request waits", 10, async || sqlx::query_scalar::<_, bool>(waiting).fetch_optional(&mut api.database.owner().await).await.unwrap()).await;
}

#[track_caller]
fn assert_in_use(answer: &Answer) {
    assert_eq!(answer.expect(409)["type"], "urn:slipform:problem:idempotency-key-in-use");
}

#[tokio::test]
async fn while_a_request_is_being_answered_its_key_is_in_use() {
    let api = Api::start().await;
    let person = api.person().await;
    person.post("/v1/organizations", &json!({ "slug": "other", "name": "Other" })).await.expect(201);
    let invited = person.post(&format!("{HERE}/invitations"), &json!({ "email": "ada@example.com", "role": "viewer" })).await.expect(201);
    let wish = json!({ "invitation": invited["secret"], "name": "Ada", "password": "correct horse battery" });
    let ada = api.anonymous().post("/v1/auth/sign-up", &wish).await.expect(201);
    let ada = person.with_token(ada["accessToken"].as_str().unwrap());
    let invited = person.post("/v1/organizations/other/invitations", &json!({ "email": "ada@example.com", "role": "viewer" })).await.expect(201);
    for (client, path, body, status) in [
        (api.client(), format!("{HERE}/apps"), json!({ "slug": "one", "name": "One" }), 201),
        (person, "/v1/organizations".to_owned(), json!({ "slug": "one", "name": "One" }), 201),
        (ada, "/v1/me/invitations".to_owned(), json!({ "secret": invited["secret"] }), 200),
    ] {
        let mut held = hold(&api).await;
        let first = tokio::spawn({
            let (client, path, body) = (client.clone(), path.clone(), body.clone());
            async move { post(&client, &path, &body, "one").await }
        });
        is_held(&api).await;
        assert_in_use(&post(&client, &path, &body, "one").await);
        sqlx::raw_sql("rollback").execute(&mut held).await.unwrap();
        let first = first.await.unwrap();
        assert!(first.status == status && !first.headers.contains_key("idempotency-replayed"), "{path}: {}", first.text);
        let again = post(&client, &path, &body, "one").await;
        assert_eq!((again.status, &again.text, &again.headers["idempotency-replayed"]), (first.status, &first.text, &"true".parse().unwrap()), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_at_once_with_one_key_have_one_effect() {
    let api = Api::start().await;
    let client = api.with_notes().await;
    let path = format!("{HERE}/apps/notes/builds");
    let builds = async || client.get(&path).await.expect(200)["items"].as_array().unwrap().len();
    let hundred = |key: &'static str| {
        let asked = (0..100).map(|_| {
            let (client, path) = (client.clone(), path.clone());
            async move { post(&client, &path, &json!({}), key).await }
        });
        asked.collect::<JoinSet<_>>()
    };
    // One of them has the effect; the others come while it has, or afterwards.
    let all = hundred("once").join_all().await;
    let (accepted, others): (Vec<_>, Vec<_>) = all.iter().partition(|answer| answer.status == 202);
    for answer in others {
        assert_in_use(answer);
    }
    assert_eq!(accepted.iter().filter(|answer| !answer.headers.contains_key("idempotency-replayed")).count(), 1);
    assert!(accepted.iter().all(|answer| answer.text == accepted[0].text));
    assert_eq!(builds().await, 1);
    // All of them come afterwards.
    for again in hundred("once").join_all().await {
        assert_eq!((again.status.as_u16(), &again.text), (202, &accepted[0].text));
    }
    // All of them come while it has.
    let mut held = hold(&api).await;
    let mut all = hundred("later");
    for _ in 0..99 {
        assert_in_use(&all.join_next().await.unwrap().unwrap());
    }
    sqlx::raw_sql("rollback").execute(&mut held).await.unwrap();
    let last = all.join_next().await.unwrap().unwrap();
    assert!(last.status == 202 && !last.headers.contains_key("idempotency-replayed"), "{}", last.text);
    assert_eq!(builds().await, 2);
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
