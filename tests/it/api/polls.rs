//! Polls: answered from memory, and never with what was before the last change, nor to somebody who may not see it.

use super::{Api, HERE};
use crate::harness::Client;
use serde_json::{Value, json};
use sqlx::PgConnection;
use std::sync::atomic::{AtomicI32, Ordering};

const BUILD: &str = "/v1/organizations/default/apps/notes/builds/1";

/// An installation with a build that was polled already, as a program and as a person.
async fn polled() -> (Api, Client, Client) {
    let api = Api::start().await;
    let program = api.with_notes().await;
    api.build().await;
    let person = api.person().await;
    for client in [&program, &person] {
        // The first is kept, the second answered from memory.
        for _ in 0..2 {
            client.get(BUILD).await.expect(200);
        }
    }
    (api, program, person)
}

async fn run(owner: &mut PgConnection, sql: &str) {
    let done = sqlx::query(sqlx::AssertSqlSafe(sql)).execute(owner).await.unwrap();
    assert!(done.rows_affected() > 0, "{sql}");
}

#[tokio::test]
async fn every_change_of_what_a_build_shows_is_in_the_next_answer() {
    let (api, program, person) = polled().await;
    let mut owner = api.database.owner().await;
    let later = "timestamptz '2030-01-02 03:04:05+00'";
    for (sql, pointer, value) in [
        ("update builds set attempt = 7", "/attempt", json!(7)),
        ("update builds set cancel_requested = true", "/cancelRequested", json!(true)),
        ("update builds set reason = 'because'", "/reason", json!("because")),
        ("update builds set error = '{\"code\": \"a\", \"title\": \"b\", \"detail\": \"c\"}'", "/error/title", json!("b")),
        (&format!("update builds set started_at = {later}"), "/startedAt", json!("2030-01-02T03:04:05Z")),
        ("update builds set created_by = null", "/createdBy", Value::Null),
        ("update steps set state = 'running' where name = 'bundle'", "/steps/3/state", json!("running")),
        ("update steps set output = '{\"a\": 1}' where name = 'rollout'", "/steps/6/output/a", json!(1)),
        ("update steps set attempt = 3 where name = 'provision'", "/steps/0/attempt", json!(3)),
        ("update apps set host_label = 'elsewhere'", "/url", json!("http://elsewhere.localhost:8480")),
        ("update apps set domain = 'example.com'", "/url", json!("https://elsewhere.example.com")),
        ("update environments set slug = 'renamed'", "/environment", json!("renamed")),
        ("update builds set state = 'running'", "/state", json!("running")),
        ("delete from steps where name = 'rollout'", "/steps/6", Value::Null),
    ] {
        let before = program.get(BUILD).await;
        run(&mut owner, sql).await;
        for client in [&program, &person] {
            let answer = client.get(BUILD).await;
            assert_ne!(answer.headers["etag"], before.headers["etag"], "{sql}");
            assert_eq!(answer.expect(200).pointer(pointer).unwrap_or(&Value::Null), &value, "{sql}");
            let again = client.get(BUILD).await;
            assert_eq!((again.text, &again.headers["etag"]), (client.get(BUILD).await.text, &client.get(BUILD).await.headers["etag"]));
        }
    }
    run(&mut owner, "delete from builds").await;
    for client in [&program, &person] {
        client.get(BUILD).await.expect(404);
    }
}

/// What was committed before a poll began is in its answer, whoever else polls and changes meanwhile.
#[tokio::test]
async fn no_poll_is_answered_with_what_was_before_the_last_commit() {
    let (api, program, _) = polled().await;
    let second = api.second();
    let (committed, polls) = (AtomicI32::new(0), [const { AtomicI32::new(0) }; 3]);
    let enough = || polls.iter().all(|polls| polls.load(Ordering::SeqCst) >= 100);
    let mut owner = api.database.owner().await;
    let writing = async {
        let mut n = 0;
        while !enough() {
            n += 1;
            let table = if n % 2 == 0 { "builds" } else { "steps" };
            run(&mut owner, &format!("update {table} set attempt = {n}")).await;
            committed.store(n, Ordering::SeqCst);
        }
    };
    let polling = async |client: &Client, polls: &AtomicI32| {
        while !enough() {
            let before = i64::from(committed.load(Ordering::SeqCst));
            let build = client.get(BUILD).await.expect(200);
            let (shown, step) = (build["attempt"].as_i64().unwrap(), build["steps"][2]["attempt"].as_i64().unwrap());
            assert!(shown.max(step) >= before, "{shown} and {step} were shown after {before} was committed");
            polls.fetch_add(1, Ordering::SeqCst);
        }
    };
    tokio::join!(writing, polling(&program, &polls[0]), polling(&program, &polls[1]), polling(&second, &polls[2]));
}

#[tokio::test]
async fn credentials_that_are_over_see_nothing_from_the_next_poll_on() {
    let (api, program, person) = polled().await;
    let mut owner = api.database.owner().await;
    let viewer = api.with_role("viewer").await;
    let token = api.client().get(&format!("{HERE}/tokens")).await.expect(200)["items"][0]["id"].as_str().unwrap().to_owned();
    let look = async |client: &Client, status: u16| client.get(BUILD).await.expect(status);
    for _ in 0..3 {
        look(&viewer, 200).await;
    }
    // Of another organization, by name and by id: it is not there for them, whatever is remembered.
    let stranger = api.stranger().await;
    let id = api.owner.organization;
    for path in [BUILD.to_owned(), BUILD.replace("default", &id.to_string()), BUILD.replace("default", "other")] {
        for _ in 0..3 {
            assert_eq!(stranger.get(&path).await.expect(404)["type"], "urn:slipform:problem:not-found");
        }
    }
    // Made for something else.
    run(&mut owner, &format!("update api_tokens set scopes = array['audit:read'] where id = '{token}'")).await;
    look(&viewer, 403).await;
    run(&mut owner, &format!("update api_tokens set scopes = null, expires_at = now() - interval '1 second' where id = '{token}'")).await;
    look(&viewer, 401).await;
    run(&mut owner, &format!("update api_tokens set expires_at = null where id = '{token}'")).await;
    look(&viewer, 200).await;
    program.delete(&format!("{HERE}/tokens/{token}")).await.expect(204);
    look(&viewer, 401).await;
    // A person who is no member any more, and one who has signed out.
    run(&mut owner, "delete from members where organization_id = (select id from organizations where slug = 'default')").await;
    look(&person, 404).await;
    run(&mut owner, "insert into members (organization_id, user_id, role) select o.id, u.id, 'viewer' from organizations o, users u where o.slug = 'default'")
        .await;
    look(&person, 200).await;
    run(&mut owner, "delete from sessions").await;
    look(&person, 401).await;
    api.anonymous().get(BUILD).await.expect(401);
    look(&program, 200).await;
}

/// What has not changed is not read; and what has is read without any design's document. Here by what the API may not read at all.
#[tokio::test]
async fn what_has_not_changed_is_not_read_and_a_design_never_is() {
    let (api, program, person) = polled().await;
    let mut owner = api.database.owner().await;
    let tag = program.get(BUILD).await.headers["etag"].clone();
    sqlx::query("revoke select on design_versions from slipform_application").execute(&mut owner).await.unwrap();
    for client in [&program, &person] {
        client.get(BUILD).await.expect(200);
        client.send(client.request(reqwest::Method::GET, BUILD).header("if-none-match", &tag)).await.expect(304);
    }
    run(&mut owner, "update builds set attempt = 2").await;
    program.get(BUILD).await.expect(500);
    sqlx::query("grant select (id, number, organization_id, app_id) on design_versions to slipform_application").execute(&mut owner).await.unwrap();
    assert_eq!(program.get(BUILD).await.expect(200)["attempt"], 2);
}
