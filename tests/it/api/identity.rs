use super::{Api, HERE};
use crate::harness::Client;
use crate::harness::client::Answer;
use serde_json::{Value, json};
use slipform::app::setup::first_owner;

#[tokio::test]
async fn the_first_owner_is_made_once_and_signs_in() {
    let api = Api::start().await;
    assert!(first_owner(&api.app, "second@example.com", "second", "Second", |_| Ok(())).await.unwrap().is_none());
    let session = api.session().await;
    assert_eq!(session["user"]["email"], "owner@example.com");
    assert_eq!((&session["organizations"][0]["slug"], &session["organizations"][0]["role"]), (&json!("default"), &json!("owner")));
    assert_eq!(session["expiresIn"], 600);
    let person = api.person().await;
    assert_eq!(person.get("/v1/me").await.expect(200)["user"]["id"], session["user"]["id"]);
    // What is kept of a password and a token is a hash.
    let mut owner = api.database.owner().await;
    let kept: String = sqlx::query_scalar("select password_hash || encode(hash, 'escape') from users, api_tokens").fetch_one(&mut owner).await.unwrap();
    assert!(kept.starts_with("$argon2id$") && !kept.contains(&api.owner.password) && !kept.contains(&api.owner.token));
}

#[tokio::test]
async fn wrong_passwords_are_refused_alike_and_become_slow() {
    let api = Api::start().await;
    let anonymous = api.anonymous();
    let try_in = async |email: &str| anonymous.post("/v1/auth/sign-in", &json!({ "email": email, "password": "wrong" })).await;
    let (wrong, unknown) = (try_in("owner@example.com").await.expect(401), try_in("nobody@example.com").await.expect(401));
    assert_eq!(wrong["detail"], unknown["detail"], "who has an account cannot be told");
    for _ in 0..4 {
        try_in("owner@example.com").await.expect(401);
    }
    let slow = try_in("OWNER@example.com").await;
    assert_eq!(slow.expect(429)["type"], "urn:slipform:problem:too-many-requests");
    assert!(slow.headers["retry-after"].to_str().unwrap().parse::<u64>().unwrap() >= 1);
    try_in("nobody@example.com").await.expect(401);

    // Behind a proxy that is trusted, another client is not slowed down by this one.
    let elsewhere = anonymous.request(reqwest::Method::POST, "/v1/auth/sign-in").header("x-forwarded-for", "203.0.113.7");
    let elsewhere = elsewhere.json(&json!({ "email": "owner@example.com", "password": api.owner.password }));
    anonymous.send(elsewhere).await.expect(200);
}

#[tokio::test]
async fn a_refresh_token_is_good_once_and_its_reuse_ends_the_session() {
    let api = Api::start().await;
    let anonymous = api.anonymous();
    let refresh = async |token: &serde_json::Value| anonymous.post("/v1/auth/refresh", &json!({ "refreshToken": token })).await;
    let first = api.session().await;
    let second = refresh(&first["refreshToken"]).await.expect(200);
    assert_ne!(first["refreshToken"], second["refreshToken"]);
    let person = anonymous.with_token(second["accessToken"].as_str().unwrap());
    person.get("/v1/me").await.expect(200);

    refresh(&first["refreshToken"]).await.expect(401);
    refresh(&second["refreshToken"]).await.expect(401);
    person.get("/v1/me").await.expect(401);
}

#[tokio::test]
async fn signing_out_ends_all_tokens_of_the_session_and_of_no_other() {
    let api = Api::start().await;
    let (one, two) = (api.session().await, api.session().await);
    let person = |session: &serde_json::Value| api.anonymous().with_token(session["accessToken"].as_str().unwrap());
    for _ in 0..2 {
        api.anonymous().post("/v1/auth/sign-out", &json!({ "refreshToken": one["refreshToken"] })).await.expect(204);
    }
    person(&one).get("/v1/me").await.expect(401);
    api.anonymous().post("/v1/auth/refresh", &json!({ "refreshToken": one["refreshToken"] })).await.expect(401);
    person(&two).get("/v1/me").await.expect(200);
}

#[tokio::test]
async fn an_access_token_of_one_process_is_good_at_another() {
    let api = Api::start().await;
    let second = api.second();
    let session = api.session().await;
    second.with_token(session["accessToken"].as_str().unwrap()).get("/v1/me").await.expect(200);
    for wrong in ["", "x", "a.b.c", "slip_00000000_x", "slipr_x"] {
        let answer = second.with_token(wrong).get("/v1/me").await;
        assert_eq!(answer.expect(401)["type"], "urn:slipform:problem:unauthenticated");
        assert_eq!(answer.headers["www-authenticate"], "Bearer");
    }
}

#[tokio::test]
async fn api_tokens_are_shown_once_used_and_revoked() {
    let api = Api::start().await;
    let client = api.client();
    let path = format!("{HERE}/tokens");
    let made = client.post(&path, &json!({ "name": "CI", "role": "viewer", "expiresAt": "2099-01-01T00:00:00Z" })).await.expect(201);
    let ci = client.with_token(made["secret"].as_str().unwrap());
    let me = ci.get("/v1/me").await.expect(200);
    assert_eq!((&me["token"]["name"], &me["organizations"][0]["slug"]), (&json!("CI"), &json!("default")));
    assert!(made["secret"].as_str().unwrap().starts_with(made["prefix"].as_str().unwrap()));

    let listed = client.get(&path).await;
    assert!(!listed.text.contains(made["secret"].as_str().unwrap()));
    let listed = listed.expect(200)["items"][0].clone();
    assert_eq!(listed["name"], "CI");
    assert!(listed["lastUsedAt"].is_string());
    // A viewer sees, and no more.
    ci.get(&format!("{HERE}/apps")).await.expect(200);
    ci.post(&format!("{HERE}/apps"), &json!({ "slug": "a", "name": "A" })).await.expect(403);
    ci.get(&path).await.expect(403);

    client.delete(&format!("{path}/{}", made["id"].as_str().unwrap())).await.expect(204);
    ci.get("/v1/me").await.expect(401);
    client.delete(&format!("{path}/{}", made["id"].as_str().unwrap())).await.expect(404);
    let refused = client.post(&path, &json!({ "name": " ", "role": "viewer", "expiresAt": "2001-01-01T00:00:00Z" })).await.expect(422);
    let pointers: Vec<_> = refused["errors"].as_array().unwrap().iter().map(|e| e["pointer"].as_str().unwrap()).collect();
    assert_eq!(pointers, ["/name", "/expiresAt"]);
    ci.with_token(&api.owner.token).post("/v1/organizations", &json!({ "slug": "x", "name": "X" })).await.expect(403);
}

/// From a network address of the test's choice.
async fn from(client: &Client, address: &str, path: &str, body: &Value) -> Answer {
    client.send(client.request(reqwest::Method::POST, path).header("x-forwarded-for", address).json(body)).await
}

#[tokio::test]
async fn a_client_that_goes_on_with_what_is_over_is_slow_before_its_neighbours_are() {
    let api = Api::start().await;
    let anonymous = api.anonymous();
    let dead = json!({ "refreshToken": "slipr_over" });
    let none = json!({ "invitation": "slipi_over", "name": "Ada", "password": "correct horse battery" });
    for (path, body) in [("/v1/auth/refresh", &dead), ("/v1/auth/sign-up", &none), ("/v1/auth/exchange", &json!({ "idToken": "a.b.c" }))] {
        for _ in 0..5 {
            let status = from(&anonymous, "203.0.113.1", path, body).await.status.as_u16();
            assert!(matches!(status, 401 | 404), "{path}: {status}");
        }
        let slow = from(&anonymous, "203.0.113.1", path, body).await;
        assert!(slow.headers.contains_key("retry-after"), "{path}");
        assert_eq!(slow.expect(429)["type"], "urn:slipform:problem:too-many-requests", "{path}");
    }
    let refresh = json!({ "refreshToken": api.session().await["refreshToken"] });
    from(&anonymous, "203.0.113.1", "/v1/auth/refresh", &refresh).await.expect(200);

    // Who is signed in is slow by who they are.
    let person = api.person().await;
    for secret in 0..5 {
        person.post("/v1/me/invitations", &json!({ "secret": format!("slipi_{secret}") })).await.expect(404);
    }
    person.post("/v1/me/invitations", &json!({ "secret": "slipi_6" })).await.expect(429);
    person.post("/v1/me/identities", &json!({ "idToken": "a.b.c" })).await.expect(429);
}

/// What is refused for its address is not done.
#[tokio::test]
async fn a_throttled_sign_up_makes_nobody_and_leaves_the_invitation_open() {
    let api = Api::start().await;
    let invited = api.client().post(&format!("{HERE}/invitations"), &json!({ "email": "ada@example.com", "role": "viewer" })).await.expect(201);
    for i in 0..50 {
        from(&api.anonymous(), "203.0.113.1", "/v1/auth/refresh", &json!({ "refreshToken": format!("slipr_{i}") })).await.expect(401);
    }
    let wish = json!({ "invitation": invited["secret"], "name": "Ada", "password": "correct horse battery" });
    from(&api.anonymous(), "203.0.113.1", "/v1/auth/sign-up", &wish).await.expect(429);
    let people: i64 = sqlx::query_scalar("select count(*) from users").fetch_one(&mut api.database.owner().await).await.unwrap();
    assert_eq!(people, 1);
    from(&api.anonymous(), "203.0.113.2", "/v1/auth/sign-up", &wish).await.expect(201);
}
