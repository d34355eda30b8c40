//! Whoever follows something follows no longer than they may.

use super::members::joined;
use super::{Api, HERE};
use crate::harness::Client;
use serde_json::json;
use std::time::Duration;

/// A stream that somebody reads until it ends.
async fn follow(client: &Client, path: &str) -> tokio::task::JoinHandle<bool> {
    let mut response = client.request(reqwest::Method::GET, path).send().await.unwrap();
    assert_eq!(response.status(), 200, "{path}");
    tokio::spawn(async move {
        while let Some(chunk) = response.chunk().await.transpose() {
            if chunk.is_err() {
                return false;
            }
        }
        true
    })
}

async fn ends_in_order(stream: tokio::task::JoinHandle<bool>, whose: &str) {
    let ended = tokio::time::timeout(Duration::from_secs(10), stream).await.unwrap_or_else(|_| panic!("{whose}: it goes on"));
    assert!(ended.unwrap(), "{whose}: it broke off");
}

#[tokio::test]
async fn a_stream_ends_with_what_allowed_it() {
    let api = Api::start_where(|settings| settings.standing_every = Duration::from_millis(200)).await;
    api.with_notes().await;
    let build = format!("{HERE}/apps/notes/builds/{}/events", api.build().await);
    let log = format!("{HERE}/apps/notes/environments/production/logs?follow=true");
    let owner = api.person().await;

    let made = owner.post(&format!("{HERE}/tokens"), &json!({ "name": "CI", "role": "editor" })).await.expect(201);
    let token = owner.with_token(made["secret"].as_str().unwrap());
    let revoked = [follow(&token, &build).await, follow(&token, &log).await];
    let short = owner.post(&format!("{HERE}/tokens"), &json!({ "name": "Short", "role": "viewer", "expiresAt": "2999-01-01T00:00:00Z" })).await.expect(201);
    let expired = follow(&owner.with_token(short["secret"].as_str().unwrap()), &build).await;
    let (ada, id) = joined(&api, &owner, "ada@example.com", "editor").await;
    let (removed, demoted) = (follow(&ada, &build).await, follow(&ada, &log).await);
    let session = api.session().await;
    let signed_out = follow(&owner.with_token(session["accessToken"].as_str().unwrap()), &build).await;
    let stays = [follow(&owner, &build).await, follow(&api.client(), &log).await];

    tokio::time::sleep(Duration::from_secs(1)).await;
    for stream in revoked.iter().chain([&expired, &removed, &demoted, &signed_out]) {
        assert!(!stream.is_finished(), "nothing was taken from anybody yet");
    }
    owner.delete(&format!("{HERE}/tokens/{}", made["id"].as_str().unwrap())).await.expect(204);
    for stream in revoked {
        ends_in_order(stream, "a revoked token").await;
    }
    let late = sqlx::query("update api_tokens set expires_at = now() where name = 'Short'").execute(&mut api.database.owner().await).await.unwrap();
    assert_eq!(late.rows_affected(), 1);
    ends_in_order(expired, "an expired token").await;
    // An editor who becomes a viewer reads no logs of apps any more, but follows builds.
    let member = format!("{HERE}/members/{id}");
    owner.patch(&member, &json!({ "role": "viewer" })).await.expect(200);
    ends_in_order(demoted, "a viewer").await;
    assert!(!removed.is_finished());
    owner.delete(&member).await.expect(204);
    ends_in_order(removed, "no member").await;
    api.anonymous().post("/v1/auth/sign-out", &json!({ "refreshToken": session["refreshToken"] })).await.expect(204);
    ends_in_order(signed_out, "somebody who has signed out").await;
    for stream in stays {
        assert!(!stream.is_finished(), "it ended with somebody else's right");
        stream.abort();
    }
}
