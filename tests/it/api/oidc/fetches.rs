//! Issuers that change their keys, go away, and are hostile.

use super::{Api, IMPATIENT, Issuer, Manner, Signer, exchange, trusting, trusting_with};
use crate::harness::eventually;
use jsonwebtoken::Header;
use serde_json::json;
use slipform::app::oidc::Times;
use std::time::{Duration, Instant};

/// The owner has the identity `ada`.
async fn known(api: &Api, issuer: &Issuer, signer: &Signer) -> String {
    let token = issuer.token(signer, "ada");
    api.person().await.post("/v1/me/identities", &json!({ "idToken": token })).await.expect(201);
    token
}

#[tokio::test]
async fn keys_rotate_without_a_refused_sign_in() {
    let (old, new) = (Signer::rsa("old"), Signer::elliptic("new"));
    let issuer = Issuer::start(&[&old]).await;
    let api = trusting(vec![issuer.setting()]).await;
    let token = known(&api, &issuer, &old).await;
    exchange(&api.anonymous(), &token).await.expect(200);
    let before = issuer.asked();
    for _ in 0..3 {
        exchange(&api.anonymous(), &token).await.expect(200);
    }
    assert_eq!(issuer.asked(), before, "known keys are not asked for");

    issuer.publish(&[&old, &new]);
    tokio::time::sleep(IMPATIENT.pause).await;
    exchange(&api.anonymous(), &issuer.token(&new, "ada")).await.expect(200);
    exchange(&api.anonymous(), &token).await.expect(200);
    assert_eq!(issuer.asked(), before + 1);

    // What is published no more is refused, once somebody has looked.
    issuer.publish(&[&new]);
    tokio::time::sleep(IMPATIENT.pause).await;
    exchange(&api.anonymous(), &Signer::edwards("third").sign(&issuer.claims("ada"))).await.expect(401);
    exchange(&api.anonymous(), &token).await.expect(401);
    exchange(&api.anonymous(), &issuer.token(&new, "ada")).await.expect(200);
}

/// Without a `kid` there is no name that is unknown; a signature that does not fit says the same.
#[tokio::test]
async fn an_issuer_with_one_key_without_a_name_can_change_it() {
    let (old, new) = (Signer::rsa("1"), Signer::other_rsa("1"));
    let bare = |signer: &Signer| {
        let mut jwk = signer.jwk();
        jwk.as_object_mut().unwrap().remove("kid");
        jwk
    };
    let issuer = Issuer::start(&[]).await;
    issuer.publish_jwks(&[bare(&old)]);
    let api = trusting(vec![issuer.setting()]).await;
    let nameless = |signer: &Signer| signer.sign_with(&Header { kid: None, ..signer.header() }, &issuer.claims("ada"));
    api.person().await.post("/v1/me/identities", &json!({ "idToken": nameless(&old) })).await.expect(201);
    issuer.publish_jwks(&[bare(&new)]);
    tokio::time::sleep(IMPATIENT.pause).await;
    exchange(&api.anonymous(), &nameless(&new)).await.expect(200);
    exchange(&api.anonymous(), &nameless(&old)).await.expect(401);
}

#[tokio::test]
async fn keys_are_fetched_again_although_nobody_asks() {
    let (old, new) = (Signer::elliptic("old"), Signer::elliptic("new"));
    let issuer = Issuer::start(&[&old]).await;
    let api = trusting_with(vec![issuer.setting()], Times { refresh: Duration::from_millis(300), ..IMPATIENT }).await;
    let token = known(&api, &issuer, &old).await;
    issuer.publish(&[&new]);
    let refused = async || (exchange(&api.anonymous(), &token).await.status == 401).then_some(());
    eventually("what is published no more is refused", 5, refused).await;
}

#[tokio::test]
async fn known_keys_survive_an_outage_and_a_restart_for_a_day() {
    let (signer, next) = (Signer::rsa("1"), Signer::elliptic("2"));
    let issuer = Issuer::start(&[&signer]).await;
    let api = trusting(vec![issuer.setting()]).await;
    let token = known(&api, &issuer, &signer).await;
    issuer.behave(Manner::Failing);
    tokio::time::sleep(IMPATIENT.pause).await;
    exchange(&api.anonymous(), &issuer.token(&next, "ada")).await.expect(401);
    exchange(&api.anonymous(), &token).await.expect(200);
    issuer.stop();
    exchange(&api.anonymous(), &token).await.expect(200);
    let restarted = api.second();
    exchange(&restarted, &token).await.expect(200);

    let age = async |hours: i32| {
        let older = "update oidc_issuers set fetched_at = now() - make_interval(hours => $1)";
        sqlx::query(older).bind(hours).execute(&mut api.database.owner().await).await.unwrap();
    };
    age(23).await;
    exchange(&api.second(), &token).await.expect(200);
    age(25).await;
    let late = api.second();
    let refused = exchange(&late, &token).await;
    assert!(refused.headers.contains_key("retry-after"));
    let detail = refused.expect(503)["detail"].clone();
    assert!(detail.as_str().unwrap().contains("does not answer"), "{detail}");
    // An outage is nobody's failed attempt.
    for _ in 0..8 {
        late.post("/v1/auth/exchange", &json!({ "idToken": token })).await.expect(503);
    }
}

/// Also the process that has run all the time forgets keys that are too old.
#[tokio::test]
async fn keys_in_memory_end_too() {
    let signer = Signer::rsa("1");
    let issuer = Issuer::start(&[&signer]).await;
    let api = trusting_with(vec![issuer.setting()], Times { good_for: Duration::from_millis(1500), ..IMPATIENT }).await;
    let token = known(&api, &issuer, &signer).await;
    issuer.stop();
    exchange(&api.anonymous(), &token).await.expect(200);
    tokio::time::sleep(Duration::from_millis(1600)).await;
    exchange(&api.anonymous(), &token).await.expect(503);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hostile_issuer_costs_one_fetch_and_keeps_nobody_waiting() {
    let bait = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let elsewhere = format!("http://{}/keys", bait.local_addr().unwrap());
    for (what, manner) in [
        ("failing", Manner::Failing),
        ("late", Manner::Late(Duration::from_secs(30))),
        ("huge", Manner::Huge),
        ("endless", Manner::Endless),
        ("nonsense", Manner::Nonsense),
        ("redirecting", Manner::Redirecting(elsewhere)),
    ] {
        let (signer, stranger) = (Signer::elliptic("1"), Signer::edwards("2"));
        let issuer = Issuer::start(&[&signer]).await;
        let neighbour = Issuer::start(&[&signer]).await;
        // A pause that ends within no test.
        let api = trusting_with(vec![issuer.setting(), neighbour.setting()], Times { pause: Duration::from_mins(1), ..IMPATIENT }).await;
        let ready = async || (issuer.asked() == 1 && neighbour.asked() == 1).then_some(());
        eventually("both are asked at the start", 5, ready).await;
        let token = known(&api, &issuer, &signer).await;
        // In a new process, which asks at its start: everything waits for that one fetch.
        issuer.behave(manner);
        let process = api.second();
        // From a hundred addresses, with a hundred names of keys, some of which hang up at once.
        let unknown: Vec<String> =
            (0..100).map(|i| stranger.sign_with(&Header { kid: Some(format!("{i}")), ..stranger.header() }, &issuer.claims("ada"))).collect();
        let begun = Instant::now();
        let all = unknown.iter().enumerate().map(async |(i, token)| {
            let patience = if i % 5 == 0 { Duration::from_millis(20) } else { Duration::from_secs(20) };
            tokio::time::timeout(patience, exchange(&process, token)).await.map(|answer| answer.status.as_u16())
        });
        let answers = futures::future::join_all(all).await;
        let took = begun.elapsed();
        assert!(answers.iter().flatten().all(|status| *status == 401), "{what}: {answers:?}");
        assert!(answers.iter().flatten().count() >= 80 && took < Duration::from_secs(15), "{what}: {took:?}");
        assert_eq!((issuer.asked(), issuer.most_at_once()), (2, 1), "{what}: once by each process, at its start");
        // Who is known goes on signing in, there and by the neighbour.
        exchange(&process, &token).await.expect(200);
    }
    assert!(tokio::time::timeout(Duration::from_millis(100), bait.accept()).await.is_err(), "nobody was sent elsewhere");
}

/// Somebody who hangs up takes no fetch along: or they could keep new keys out.
#[tokio::test]
async fn a_fetch_goes_on_though_whoever_asked_has_hung_up() {
    let (old, new) = (Signer::elliptic("old"), Signer::elliptic("new"));
    let issuer = Issuer::start(&[&old]).await;
    let api = trusting_with(vec![issuer.setting()], Times { fetch: Duration::from_secs(5), ..IMPATIENT }).await;
    known(&api, &issuer, &old).await;
    tokio::time::sleep(IMPATIENT.pause).await;
    issuer.publish(&[&old, &new]);
    issuer.behave(Manner::Late(Duration::from_millis(600)));
    let before = issuer.asked();
    let token = issuer.token(&new, "ada");
    assert!(tokio::time::timeout(Duration::from_millis(200), exchange(&api.anonymous(), &token)).await.is_err());
    tokio::time::sleep(Duration::from_millis(700)).await;
    issuer.stop();
    exchange(&api.anonymous(), &token).await.expect(200);
    assert_eq!(issuer.asked(), before + 1);
}

#[tokio::test]
async fn a_discovery_document_leads_to_the_issuers_own_keys_alone() {
    let signer = Signer::rsa("1");
    let issuer = Issuer::start(&[&signer]).await;
    let keys = format!("{}/keys", issuer.name());
    for (what, document) in [
        ("of another issuer", json!({ "issuer": "https://other.example.com", "jwks_uri": keys })),
        ("without keys", json!({ "issuer": issuer.name() })),
        ("with keys that are no URL", json!({ "issuer": issuer.name(), "jwks_uri": "keys" })),
        ("with keys of another scheme", json!({ "issuer": issuer.name(), "jwks_uri": "file:///etc/passwd" })),
        ("with keys without TLS", json!({ "issuer": issuer.name(), "jwks_uri": "http://192.0.2.1/keys" })),
    ] {
        issuer.discover(document);
        let api = trusting(vec![issuer.setting()]).await;
        let answer = exchange(&api.anonymous(), &issuer.token(&signer, "ada")).await;
        assert_eq!((answer.status.as_u16(), issuer.asked()), (503, 0), "{what}");
    }
    // Where the operator says where the keys are, nothing is discovered.
    let mut setting = issuer.setting();
    setting.jwks_uri = Some(keys.parse().unwrap());
    let api = trusting(vec![setting]).await;
    known(&api, &issuer, &signer).await;
}
