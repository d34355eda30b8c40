//! People who sign in by an external issuer.

mod fetches;
pub mod issuer;
mod tokens;

use super::{Api, HERE};
use crate::harness::Client;
use crate::harness::client::Answer;
use issuer::{Issuer, Manner, Signer};
use reqwest::Method;
use serde_json::{Value, json};
use slipform::app::oidc::{Settings, Times};
use slipform::config::OidcIssuer;
use std::time::Duration;

/// An installation that trusts these issuers, and is as impatient as a test.
async fn trusting(issuers: Vec<OidcIssuer>) -> Api {
    trusting_with(issuers, IMPATIENT).await
}

const IMPATIENT: Times =
    Times { fetch: Duration::from_secs(1), pause: Duration::from_millis(200), refresh: Duration::from_hours(1), good_for: Duration::from_hours(24) };

async fn trusting_with(issuers: Vec<OidcIssuer>, times: Times) -> Api {
    let _ = rustls::crypto::ring::default_provider().install_default();
    Api::start_where(move |settings| settings.oidc = Settings { issuers: issuers.clone(), times }).await
}

/// Signs in from an address of its own, so that no other attempt slows it down.
async fn exchange(client: &Client, token: &str) -> Answer {
    static NEXT: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
    let next = NEXT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    let address = std::net::Ipv4Addr::from_bits(0x0a00_0000 + next).to_string();
    let request = client.request(Method::POST, "/v1/auth/exchange").header("x-forwarded-for", address);
    client.send(request.json(&json!({ "idToken": token }))).await
}

async fn remove(client: &Client, identity: &Value) -> Answer {
    let path = format!("/v1/me/identities/{}", identity["id"].as_str().unwrap());
    client.send(client.request(Method::DELETE, &path)).await
}

fn of_session(client: &Client, session: &Value) -> Client {
    client.with_token(session["accessToken"].as_str().unwrap())
}

#[tokio::test]
async fn somebody_adds_an_identity_signs_in_by_it_and_removes_it() {
    let signer = Signer::rsa("1");
    let issuer = Issuer::start(&[&signer]).await;
    let api = trusting(vec![issuer.setting()]).await;
    let owner = api.person().await;
    let token = issuer.token(&signer, "ada");
    let unknown = exchange(&api.anonymous(), &token).await.expect(401);
    assert!(unknown["detail"].as_str().unwrap().contains("Nobody here has this identity"), "{unknown}");

    let body = json!({ "idToken": token });
    let added = owner.post("/v1/me/identities", &body).await.expect(201);
    assert_eq!((&added["issuer"], &added["subject"]), (&json!(issuer.name()), &json!("ada")));
    assert_eq!(owner.post("/v1/me/identities", &body).await.expect(200), added, "sent twice, it is there once");
    assert_eq!(owner.get("/v1/me/identities").await.expect(200)["items"], json!([added]));
    api.client().post("/v1/me/identities", &body).await.expect(403);
    api.client().get("/v1/me/identities").await.expect(403);

    let session = exchange(&api.anonymous(), &token).await.expect(200);
    assert_eq!((&session["user"]["email"], &session["expiresIn"]), (&json!("owner@example.com"), &json!(600)));
    let ada = of_session(&owner, &session);
    ada.get(&format!("{HERE}/apps")).await.expect(200);
    // Such a session has a fixed end; renewing it does not move it.
    let renewed = api.anonymous().post("/v1/auth/refresh", &json!({ "refreshToken": session["refreshToken"] })).await.expect(200);
    let hours: Vec<f64> = sqlx::query_scalar("select (extract(epoch from expires_at - created_at) / 3600)::float8 from sessions where identity_id is not null")
        .fetch_all(&mut api.database.owner().await)
        .await
        .unwrap();
    assert!(hours.len() == 1 && (hours[0] - 12.0).abs() < 0.01, "{hours:?}");

    // Nobody else sees it, or has it as well.
    let invited = owner.post(&format!("{HERE}/invitations"), &json!({ "email": "bob@example.com", "role": "viewer" })).await.expect(201);
    let wish = json!({ "invitation": invited["secret"], "name": "Bob", "password": "correct horse battery" });
    let bob = of_session(&owner, &api.anonymous().post("/v1/auth/sign-up", &wish).await.expect(201));
    remove(&bob, &added).await.expect(404);
    assert_eq!(bob.get("/v1/me/identities").await.expect(200)["items"], json!([]));
    assert_eq!(bob.post("/v1/me/identities", &body).await.expect(409)["type"], "urn:slipform:problem:identity-taken");

    // Its removal ends the session that came by it, and no other.
    remove(&owner, &added).await.expect(204);
    ada.get("/v1/me").await.expect(401);
    of_session(&owner, &renewed).get("/v1/me").await.expect(401);
    api.anonymous().post("/v1/auth/refresh", &json!({ "refreshToken": renewed["refreshToken"] })).await.expect(401);
    exchange(&api.anonymous(), &token).await.expect(401);
    owner.get("/v1/me").await.expect(200);
    let told = owner.get(&format!("{HERE}/audit")).await.expect(200);
    let told: Vec<(&str, &Value)> = told["items"].as_array().unwrap().iter().map(|line| (line["operation"].as_str().unwrap(), line)).collect();
    assert_eq!((told[0].0, told[3].0), ("RemoveIdentity", "AddIdentity"), "{told:?}");
    assert_eq!((&told[3].1["subjectName"], &told[3].1["after"]), (&json!(issuer.name()), &json!({ "subject": "ada" })), "{told:?}");
}

#[tokio::test]
async fn whose_identity_is_removed_at_the_same_moment_is_not_let_in() {
    let signer = Signer::rsa("1");
    let issuer = Issuer::start(&[&signer]).await;
    let api = trusting(vec![issuer.setting()]).await;
    let token = issuer.token(&signer, "ada");
    api.person().await.post("/v1/me/identities", &json!({ "idToken": token })).await.expect(201);
    let mut owner = api.database.owner().await;
    let mut removing = sqlx::Connection::begin(&mut owner).await.unwrap();
    sqlx::query("delete from identities").execute(&mut *removing).await.unwrap();
    let anonymous = api.anonymous();
    let letting_in = tokio::spawn(async move { exchange(&anonymous, &token).await });
    let waits = "select exists (select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock')";
    let mut looking = api.database.owner().await;
    while !sqlx::query_scalar::<_, bool>(waits).fetch_one(&mut looking).await.unwrap() {
        assert!(!letting_in.is_finished(), "it waits for what becomes of the identity");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    removing.commit().await.unwrap();
    letting_in.await.unwrap().expect(401);
}

#[tokio::test]
async fn somebody_new_comes_by_an_invitation_and_never_has_a_password() {
    let (here, there) = (Signer::elliptic("1"), Signer::edwards("1"));
    let (one, other) = (Issuer::start(&[&here]).await, Issuer::start(&[&there]).await);
    let api = trusting(vec![one.setting(), other.setting()]).await;
    let owner = api.person().await;
    let invited = owner.post(&format!("{HERE}/invitations"), &json!({ "email": "ada@example.com", "role": "editor" })).await.expect(201);
    // What an issuer says of e-mail addresses joins nobody to anybody: neither who signs in, nor who is invited.
    let mut claims = one.claims("ada");
    claims["email"] = json!(api.owner.email);
    claims["email_verified"] = json!(true);
    let token = here.sign(&claims);
    exchange(&api.anonymous(), &token).await.expect(401);
    let wish = |secret: &Value, more: Value| {
        let mut wish = json!({ "invitation": secret, "name": "Ada" });
        wish.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        wish
    };
    let sign_up = async |body: &Value| api.anonymous().post("/v1/auth/sign-up", body).await;
    for wrong in [json!({}), json!({ "password": "correct horse battery", "idToken": token })] {
        sign_up(&wish(&invited["secret"], wrong)).await.expect(422);
    }
    sign_up(&wish(&invited["secret"], json!({ "idToken": "a.b.c" }))).await.expect(401);
    sign_up(&wish(&json!("slipi_made_up"), json!({ "idToken": token }))).await.expect(404);
    let session = sign_up(&wish(&invited["secret"], json!({ "idToken": token }))).await.expect(201);
    assert_eq!((&session["user"]["email"], &session["organizations"][0]["role"]), (&json!("ada@example.com"), &json!("editor")));
    let ada = of_session(&owner, &session);
    ada.get(&format!("{HERE}/apps")).await.expect(200);
    exchange(&api.anonymous(), &token).await.expect(200);
    for password in ["", "correct horse battery"] {
        api.anonymous().post("/v1/auth/sign-in", &json!({ "email": "ada@example.com", "password": password })).await.expect(401);
    }

    // The same identity makes no second account.
    let again = owner.post(&format!("{HERE}/invitations"), &json!({ "email": "eve@example.com", "role": "editor" })).await.expect(201);
    assert_eq!(sign_up(&wish(&again["secret"], json!({ "idToken": token }))).await.expect(409)["type"], "urn:slipform:problem:identity-taken");
    assert_eq!(owner.get(&format!("{HERE}/members")).await.expect(200)["items"].as_array().unwrap().len(), 2);

    // The last way in stays; with another one it may go.
    let first = ada.get("/v1/me/identities").await.expect(200)["items"][0].clone();
    assert_eq!(remove(&ada, &first).await.expect(409)["type"], "urn:slipform:problem:last-identity");
    let second = ada.post("/v1/me/identities", &json!({ "idToken": other.token(&there, "ada") })).await.expect(201);
    // Both at once: one of them stays.
    let (a, b) = tokio::join!(remove(&ada, &first), remove(&ada, &second));
    let mut answers = [a.status.as_u16(), b.status.as_u16()];
    answers.sort_unstable();
    assert!(answers == [204, 409] || answers == [204, 401], "{answers:?}");

    // Whoever is no person here any more is out.
    let session = match exchange(&api.anonymous(), &token).await {
        answer if answer.status == 200 => answer.json(),
        _ => exchange(&api.anonymous(), &other.token(&there, "ada")).await.expect(200),
    };
    let ada = of_session(&owner, &session);
    ada.get("/v1/me").await.expect(200);
    sqlx::query("delete from users where email = 'ada@example.com'").execute(&mut api.database.owner().await).await.unwrap();
    ada.get("/v1/me").await.expect(401);
    api.anonymous().post("/v1/auth/refresh", &json!({ "refreshToken": session["refreshToken"] })).await.expect(401);
    exchange(&api.anonymous(), &token).await.expect(401);
    exchange(&api.anonymous(), &other.token(&there, "ada")).await.expect(401);
}

#[tokio::test]
async fn who_has_ten_identities_adds_no_more() {
    let signer = Signer::elliptic("1");
    let issuer = Issuer::start(&[&signer]).await;
    let api = trusting(vec![issuer.setting()]).await;
    let owner = api.person().await;
    for i in 0..10 {
        owner.post("/v1/me/identities", &json!({ "idToken": issuer.token(&signer, &format!("{i}")) })).await.expect(201);
    }
    let refused = owner.post("/v1/me/identities", &json!({ "idToken": issuer.token(&signer, "10") })).await.expect(409);
    assert_eq!(refused["type"], "urn:slipform:problem:too-many-identities");
}

/// The operator takes an issuer out of the settings and starts anew.
#[tokio::test]
async fn who_is_trusted_no_more_keeps_nobody_in() {
    let signer = Signer::elliptic("1");
    let issuer = Issuer::start(&[&signer]).await;
    let trusted = std::sync::Arc::new(std::sync::Mutex::new(vec![issuer.setting()]));
    let _ = rustls::crypto::ring::default_provider().install_default();
    let shared = trusted.clone();
    let api = Api::start_where(move |settings| settings.oidc = Settings { issuers: shared.lock().unwrap().clone(), times: IMPATIENT }).await;
    let token = issuer.token(&signer, "ada");
    let owner = api.session().await;
    let add = async |client: &Client, key: &str| {
        let client = of_session(client, &owner);
        client.send(client.request(Method::POST, "/v1/me/identities").header("idempotency-key", key).json(&json!({ "idToken": token }))).await
    };
    let added = add(&api.client(), "one").await.expect(201);
    let session = exchange(&api.anonymous(), &token).await.expect(200);
    trusted.lock().unwrap().clear();
    let later = api.second();
    // Whoever got no answer gets it now: what the token has proved, it proved then.
    assert_eq!(add(&later, "one").await.expect(201), added);
    add(&later, "two").await.expect(401);
    let refused = exchange(&later, &token).await.expect(401);
    assert!(refused["detail"].as_str().unwrap().contains("not trusted here"), "{refused}");
    later.post("/v1/auth/refresh", &json!({ "refreshToken": session["refreshToken"] })).await.expect(401);
    of_session(&later, &session).get("/v1/me").await.expect(401);
}
