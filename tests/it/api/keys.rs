//! The keys that sign access tokens: published, rotated, revoked.

use super::{Api, HERE};
use crate::harness::{Client, TestDatabase, program};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde_json::{Value, json};
use slipform::app::keys::{self, Rotation};
use slipform::auth::{Issuer, Key};
use slipform::domain::seal::Keyring;
use slipform::domain::{SessionId, UserId};
use sqlx::PgConnection;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

const JWKS: &str = "/.well-known/jwks.json";

async fn published(client: &Client) -> Vec<String> {
    let jwks = client.get(JWKS).await.expect(200);
    jwks["keys"].as_array().unwrap().iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
}

/// Sign-ins of the owner by a process, as a person.
async fn sign_in(api: &Api, process: &Client) -> Client {
    let session = process.post("/v1/auth/sign-in", &json!({ "email": api.owner.email, "password": api.owner.password })).await.expect(200);
    process.with_token(session["accessToken"].as_str().unwrap())
}

fn token_of(session: &Value) -> &str {
    session["accessToken"].as_str().unwrap()
}

fn signer(token: &str) -> String {
    jsonwebtoken::decode_header(token).unwrap().kid.unwrap()
}

async fn run(conn: &mut PgConnection, sql: &'static str) {
    sqlx::query(sql).execute(conn).await.unwrap();
}

#[tokio::test]
async fn others_verify_access_tokens_with_the_keys_that_are_published() {
    let api = Api::start_where(|settings| settings.public_url = Some("https://slipform.example.com".into())).await;
    let session = api.session().await;
    let answer = api.anonymous().get(JWKS).await;
    assert_eq!(answer.headers["cache-control"], "public, max-age=300");
    let tag = answer.headers["etag"].clone();
    let jwks: JwkSet = serde_json::from_value(answer.expect(200)).unwrap();
    let again = api.anonymous().request(reqwest::Method::GET, JWKS).header("if-none-match", tag);
    assert_eq!(api.anonymous().send(again).await.status, 304);

    let found = api.anonymous().get("/.well-known/openid-configuration").await.expect(200);
    assert_eq!(found["jwks_uri"], format!("https://slipform.example.com{JWKS}"));
    let key = DecodingKey::from_jwk(jwks.find(&signer(token_of(&session))).unwrap()).unwrap();
    let mut validation = Validation::new(Algorithm::EdDSA);
    validation.set_issuer(&[found["issuer"].as_str().unwrap()]);
    validation.set_audience(&["urn:slipform:api"]);
    let read = jsonwebtoken::decode::<Value>(token_of(&session), &key, &validation).unwrap();
    assert_eq!(read.claims["sub"], session["user"]["id"]);
    // Of the private half nothing is shown.
    assert!(!serde_json::to_string(&jwks).unwrap().contains("\"d\""));

    // Where nobody has said where it is, the issuer is no address.
    let plain = Api::start().await;
    plain.anonymous().get("/.well-known/openid-configuration").await.expect(404);
    assert_eq!(plain.anonymous().get(JWKS).await.expect(200)["keys"].as_array().unwrap().len(), 1);
    // Access tokens of the time before the address was set are still good.
    let (_, named) = super::serve(&plain.database, &plain.pools, &plain.home, &plain.shutdown, &api.tune);
    Client::new(&named, token_of(&plain.session().await)).get("/v1/me").await.expect(200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_rotates_across_two_processes_without_a_refused_request() {
    let api = Api::start().await;
    let (other_app, other) = api.another();
    let first = published(&api.client()).await[0].clone();
    let mut owner = api.database.owner().await;
    // Somebody who signs in at each process and goes to the other one with it, all the time.
    let (person, done) = (api.person().await, Arc::new(AtomicBool::new(false)));
    let busy = {
        let (done, processes) = (done.clone(), [person.clone(), other.clone()]);
        let mut refresh = api.session().await["refreshToken"].clone();
        tokio::spawn(async move {
            let mut requests = 0;
            while !done.load(Ordering::Relaxed) {
                for (one, two) in [(0, 1), (1, 0)] {
                    let session = processes[one].post("/v1/auth/refresh", &json!({ "refreshToken": refresh })).await.expect(200);
                    processes[two].with_token(token_of(&session)).get("/v1/me").await.expect(200);
                    processes[one].with_token(token_of(&session)).get(HERE).await.expect(200);
                    refresh = session["refreshToken"].clone();
                    requests += 3;
                }
            }
            requests
        })
    };
    // Nothing to do yet.
    keys::tend(&api.app).await.unwrap();
    assert_eq!(published(&other).await, [first.as_str()]);

    // Thirty days later one of all processes makes the next key; it is published everywhere before it signs.
    run(&mut owner, "update signing_keys set signs_from = now() - interval '30 days'").await;
    let all = futures::future::join_all((0..8).map(|i| keys::tend(if i % 2 == 0 { &api.app } else { &other_app }))).await;
    assert!(all.iter().all(Result::is_ok));
    let both = published(&api.client()).await;
    assert!(both.len() == 2 && both[1] == first, "{both:?}");
    for app in [&api.app, &other_app] {
        keys::tend(app).await.unwrap();
    }
    assert_eq!(published(&other).await, both);
    assert_eq!(signer(token_of(&api.session().await)), first);

    // An hour later it signs, and the one before verifies.
    let old = api.session().await;
    run(&mut owner, "update signing_keys set signs_from = now() + interval '1 second' where signs_from > now()").await;
    for app in [&api.app, &other_app] {
        keys::tend(app).await.unwrap();
    }
    tokio::time::sleep(Duration::from_millis(2_100)).await;
    assert_eq!(signer(token_of(&api.session().await)), both[0], "without having read anything in between");
    other.with_token(token_of(&old)).get("/v1/me").await.expect(200);
    run(&mut owner, "update signing_keys set signs_from = now() - interval '14 minutes' where signs_from > now() - interval '1 day'").await;
    keys::tend(&api.app).await.unwrap();
    other.with_token(token_of(&old)).get("/v1/me").await.expect(200);

    // Nothing of it can be good any more: it is retired, and cannot sign again.
    run(&mut owner, "update signing_keys set signs_from = now() - interval '16 minutes' where signs_from > now() - interval '1 day'").await;
    for app in [&api.app, &other_app] {
        keys::tend(app).await.unwrap();
    }
    for process in [&api.client(), &other] {
        assert_eq!(published(process).await, [both[0].as_str()]);
        process.with_token(token_of(&old)).get("/v1/me").await.expect(401);
    }
    let kept: Vec<(String, bool)> =
        sqlx::query_as("select id, sealed_private_key is null from signing_keys where retired_at is not null").fetch_all(&mut owner).await.unwrap();
    assert_eq!(kept, [(first, true)]);
    done.store(true, Ordering::Relaxed);
    let requests: usize = busy.await.expect("no request was refused");
    assert!(requests > 30, "{requests}");
}

/// Also by a process that nobody asks anything.
#[tokio::test]
async fn a_revoked_key_is_refused_everywhere_within_the_time_in_which_keys_are_read_again() {
    let api = Api::start_where(|settings| settings.keys_every = Duration::from_millis(300)).await;
    let idle = api.second();
    let stolen = sign_in(&api, &idle).await;
    let session = api.session().await;
    let before = published(&idle).await;
    let keyring: Keyring = api.database.key.parse().unwrap();
    let made = keys::rotate(&api.pools.application, &keyring, Rotation::Now).await.unwrap();
    tokio::time::sleep(Duration::from_millis(900)).await;
    stolen.get("/v1/me").await.expect(401);
    api.client().with_token(token_of(&session)).get("/v1/me").await.expect(401);
    assert_eq!((published(&idle).await, before.len()), (vec![made.id.clone()], 1));
    // Sessions go on.
    let renewed = idle.post("/v1/auth/refresh", &json!({ "refreshToken": session["refreshToken"] })).await.expect(200);
    assert_eq!(signer(token_of(&renewed)), made.id);
    api.client().with_token(token_of(&renewed)).get("/v1/me").await.expect(200);
    let left: i64 =
        sqlx::query_scalar("select count(*) from signing_keys where sealed_private_key is not null").fetch_one(&mut api.database.owner().await).await.unwrap();
    assert_eq!(left, 1, "what could sign is destroyed");
}

/// A key that was made elsewhere is found at once, but not for everybody who makes up a name.
#[tokio::test]
async fn an_unknown_key_is_looked_for_once_in_two_seconds() {
    let api = Api::start().await;
    let session = api.session().await;
    let of = |key: &Key| {
        let (user, session) = claims(token_of(&session));
        Issuer::new("urn:slipform", std::slice::from_ref(key)).unwrap().sign(slipform::auth::Access { user, session }).unwrap()
    };
    let insert = async |key: &Key| {
        let sealed = api.database.key.parse::<Keyring>().unwrap().seal(&format!("signing_key/{}", key.id), &key.private);
        let sql = "insert into signing_keys (id, public_key, sealed_private_key) values ($1, $2, $3)";
        sqlx::query(sql).bind(&key.id).bind(&key.public).bind(sealed).execute(&mut api.database.owner().await).await.unwrap();
    };
    let (first, second, never) = (Key::generate(), Key::generate(), Key::generate());
    insert(&first).await;
    let ask = async |key: &Key| api.client().with_token(&of(key)).get("/v1/me").await.status.as_u16();
    assert_eq!(ask(&first).await, 200, "found at once");
    insert(&second).await;
    assert_eq!((ask(&never).await, ask(&second).await), (401, 401), "looked a moment ago");
    assert_eq!(ask(&first).await, 200);
    tokio::time::sleep(Duration::from_millis(2_100)).await;
    assert_eq!((ask(&second).await, ask(&never).await), (200, 401));
}

fn claims(token: &str) -> (UserId, SessionId) {
    let claims = URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap();
    let claims: Value = serde_json::from_slice(&claims).unwrap();
    let id = |name: &str| claims[name].as_str().unwrap().parse().unwrap();
    (UserId(id("sub")), SessionId(id("sid")))
}

/// What the operator types.
#[tokio::test]
async fn an_operator_sees_rotates_and_revokes_keys() {
    let database = TestDatabase::create().await;
    database.prepare().await;
    let home = tempfile::tempdir().unwrap();
    let keys = async |arguments: &[&str]| {
        let mut command = tokio::process::Command::new(program());
        command
            .args(["keys", "--json"])
            .args(arguments)
            .env("SLIPFORM_HOME", home.path())
            .env("SLIPFORM_KEY", &database.key)
            .env("DATABASE_URL", &database.url);
        let output = command.output().await.unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice::<Value>(&output.stdout).unwrap()
    };
    let states = async || -> Vec<(String, String)> {
        let listed = keys(&["list"]).await;
        let text = |key: &Value, name: &str| key[name].as_str().unwrap().to_owned();
        listed.as_array().unwrap().iter().map(|key| (text(key, "id"), text(key, "state"))).collect()
    };
    assert_eq!(states().await, []);
    let one = keys(&["rotate", "--now"]).await["id"].as_str().unwrap().to_owned();
    let two = keys(&["rotate"]).await["id"].as_str().unwrap().to_owned();
    assert_eq!(states().await, [(two.clone(), "next".into()), (one.clone(), "signs".into())]);
    run(&mut database.owner().await, "update signing_keys set signs_from = signs_from - interval '1 hour'").await;
    assert_eq!(states().await, [(two.clone(), "signs".into()), (one.clone(), "verifies".into())]);
    let three = keys(&["rotate", "--now"]).await["id"].as_str().unwrap().to_owned();
    assert_eq!(states().await, [(three, "signs".into()), (two, "retired".into()), (one, "retired".into())]);
}
