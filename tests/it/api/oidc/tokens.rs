//! Tokens that are not what they seem (RFC 8725).

use super::issuer::AUDIENCE;
use super::{Issuer, Signer, exchange, trusting};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey, Header, get_current_timestamp};
use serde_json::{Value, json};

fn unsigned(header: &Value, claims: &Value, signature: &str) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}.{signature}", part(header), part(claims))
}

#[tokio::test]
async fn only_tokens_that_the_issuer_has_signed_for_us_are_accepted() {
    let (rsa, elliptic, edwards) = (Signer::rsa("rsa"), Signer::elliptic("ec"), Signer::edwards("ed"));
    let issuer = Issuer::start(&[&rsa, &elliptic, &edwards]).await;
    // Another one that is trusted as well, with the same names of keys.
    let (their_rsa, their_elliptic) = (Signer::other_rsa("rsa"), Signer::elliptic("ec"));
    let theirs = Issuer::start(&[&their_rsa, &their_elliptic]).await;
    let api = trusting(vec![issuer.setting(), theirs.setting()]).await;
    let anonymous = api.anonymous();
    let owner = api.person().await;
    for (issuer, signer, subject) in [(&issuer, &rsa, "ada"), (&theirs, &their_rsa, "eve")] {
        owner.post("/v1/me/identities", &json!({ "idToken": issuer.token(signer, subject) })).await.expect(201);
    }
    let (now, claims) = (get_current_timestamp(), issuer.claims("ada"));
    let with = |name: &str, value: Value| {
        let mut claims = claims.clone();
        claims[name] = value;
        claims
    };
    let without = |name: &str| {
        let mut claims = claims.clone();
        claims.as_object_mut().unwrap().remove(name);
        claims
    };
    let headed = |header: Header| rsa.sign_with(&header, &claims);
    let brought = serde_json::from_value(Signer::other_rsa("rsa").jwk()).unwrap();
    let address = || Some(format!("{}/keys", theirs.name()));

    let good = [
        ("RS256", rsa.sign(&claims)),
        ("ES256", elliptic.sign(&claims)),
        ("EdDSA", edwards.sign(&claims)),
        ("no typ", headed(Header { typ: None, ..rsa.header() })),
        ("a list of one audience", rsa.sign(&with("aud", json!([AUDIENCE])))),
        ("the party of several audiences", {
            let mut claims = with("aud", json!([AUDIENCE, "other"]));
            claims["azp"] = json!(AUDIENCE);
            rsa.sign(&claims)
        }),
        ("a time within the leeway", rsa.sign(&with("exp", json!(now - 10)))),
        ("the key's address, which is not looked at", headed(Header { jku: address(), x5u: address(), ..rsa.header() })),
        ("a key of its own, which is not looked at", headed(Header { jwk: Some(brought), ..rsa.header() })),
    ];
    for (what, token) in &good {
        assert_eq!(exchange(&anonymous, token).await.status, 200, "{what}");
    }

    let modulus = rsa.jwk()["n"].as_str().unwrap().to_owned();
    let hmac = |secret: &[u8]| {
        let symmetric = Header { kid: Some("rsa".into()), ..Header::new(Algorithm::HS256) };
        jsonwebtoken::encode(&symmetric, &claims, &EncodingKey::from_secret(secret)).unwrap()
    };
    let brought = || serde_json::from_value(their_rsa.jwk()).unwrap();
    let (head, body) = (json!({ "alg": "none", "kid": "rsa" }), rsa.sign(&claims));
    let signature = body.rsplit('.').next().unwrap();
    let bad = [
        ("no JWT", "a.b.c".to_owned()),
        ("alg none", unsigned(&head, &claims, "")),
        ("alg none with a signature", unsigned(&head, &claims, signature)),
        ("alg None", unsigned(&json!({ "alg": "None", "kid": "rsa" }), &claims, "")),
        ("no signature", body.rsplit_once('.').unwrap().0.to_owned() + "."),
        ("other claims under the signature", unsigned(&json!({ "alg": "RS256", "typ": "JWT", "kid": "rsa" }), &with("sub", json!("eve")), signature)),
        ("HMAC with the modulus", hmac(modulus.as_bytes())),
        ("HMAC with its bytes", hmac(&URL_SAFE_NO_PAD.decode(&modulus).unwrap())),
        ("HMAC with the key as JSON", hmac(rsa.jwk().to_string().as_bytes())),
        ("RS512 with a key for RS256", rsa.with(Algorithm::RS512).sign(&claims)),
        ("PS256 with a key for RS256", rsa.with(Algorithm::PS256).sign(&claims)),
        ("the name of another kind of key", elliptic.sign_with(&Header { kid: Some("rsa".into()), ..Header::new(Algorithm::ES256) }, &claims)),
        ("no name among several keys", headed(Header { kid: None, ..rsa.header() })),
        ("a name that nobody has", headed(Header { kid: Some("none".into()), ..rsa.header() })),
        ("another issuer's key under the same name", their_rsa.sign(&claims)),
        ("the same, of another kind", their_elliptic.sign(&claims)),
        ("a key that it brings along", their_rsa.sign_with(&Header { jwk: Some(brought()), jku: address(), x5u: address(), ..their_rsa.header() }, &claims)),
        ("another issuer", rsa.sign(&with("iss", json!(theirs.name())))),
        ("an issuer that nobody trusts", rsa.sign(&with("iss", json!("https://evil.example.com")))),
        ("the issuer with a slash", rsa.sign(&with("iss", json!(format!("{}/", issuer.name()))))),
        ("several issuers", rsa.sign(&with("iss", json!([issuer.name(), theirs.name()])))),
        ("no issuer", rsa.sign(&without("iss"))),
        ("another audience", rsa.sign(&with("aud", json!("other")))),
        ("several audiences without a party", rsa.sign(&with("aud", json!([AUDIENCE, "other"])))),
        ("no audience", rsa.sign(&without("aud"))),
        ("an empty list of audiences", rsa.sign(&with("aud", json!([])))),
        ("expired", rsa.sign(&with("exp", json!(now - 60)))),
        ("expired, as text", rsa.sign(&with("exp", json!((now + 60).to_string())))),
        ("no end", rsa.sign(&without("exp"))),
        ("not yet", rsa.sign(&with("nbf", json!(now + 120)))),
        ("from the future", rsa.sign(&with("iat", json!(now + 120)))),
        ("from no time", rsa.sign(&without("iat"))),
        ("nobody", rsa.sign(&without("sub"))),
        ("nobody in particular", rsa.sign(&with("sub", json!("")))),
        ("a number", rsa.sign(&with("sub", json!(7)))),
        ("a name with NUL", rsa.sign(&with("sub", json!("a\u{0}")))),
        ("a long name", rsa.sign(&with("sub", json!("a".repeat(256))))),
        ("an access token", headed(Header { typ: Some("at+jwt".into()), ..rsa.header() })),
        ("a logout token", headed(Header { typ: Some("logout+jwt".into()), ..rsa.header() })),
        ("an access token that does not say so", rsa.sign(&with("scope", json!("openid apps:read")))),
        ("the same, elsewhere", rsa.sign(&with("scp", json!(["apps:read"])))),
        ("something critical", headed(Header { crit: Some(vec!["exp".into()]), ..rsa.header() })),
        ("our own", owner_token(&api).await),
    ];
    for (what, token) in &bad {
        let answer = exchange(&anonymous, token).await;
        assert_eq!(answer.status, 401, "{what}: {}", answer.text);
        assert!(!answer.text.contains(token.rsplit('.').next().filter(|s| s.len() > 20).unwrap_or("-none-")), "{what}: the token comes back");
    }
    exchange(&anonymous, &rsa.sign(&with("more", json!("x".repeat(20_000))))).await.expect(422);
    // And an ID token is no credential of the API by itself.
    anonymous.with_token(&good[0].1).get("/v1/me").await.expect(401);
}

async fn owner_token(api: &super::Api) -> String {
    api.session().await["accessToken"].as_str().unwrap().to_owned()
}

/// What an issuer publishes is not all of use.
#[tokio::test]
async fn keys_that_are_for_something_else_or_too_weak_sign_nobody_in() {
    let (rsa, short, elliptic) = (Signer::rsa("rsa"), Signer::short_rsa("short"), Signer::elliptic("ec"));
    let issuer = Issuer::start(&[]).await;
    let secret = b"a secret that everybody can read";
    let mut encrypts = elliptic.jwk();
    encrypts["use"] = json!("enc");
    let mut signs = elliptic.jwk();
    signs["kid"] = json!("ops");
    signs["key_ops"] = json!(["sign"]);
    let mut bare = rsa.jwk();
    bare.as_object_mut().unwrap().remove("alg");
    bare["kid"] = json!("bare");
    let symmetric = json!({ "kty": "oct", "kid": "oct", "alg": "HS256", "k": URL_SAFE_NO_PAD.encode(secret) });
    let strange =
        [json!(7), json!({}), json!({ "kty": "RSA", "kid": "half", "n": "AQAB" }), json!({ "kty": "EC", "crv": "P-521", "kid": "x", "x": "", "y": "" })];
    issuer.publish_jwks(&[vec![symmetric, short.jwk(), encrypts, signs, bare, rsa.jwk()], strange.to_vec()].concat());
    let mut only = issuer.setting();
    only.algorithms = serde_json::from_value(json!(["PS256", "RS256", "ES256"])).unwrap();
    let api = trusting(vec![only]).await;
    let owner = api.person().await;
    owner.post("/v1/me/identities", &json!({ "idToken": issuer.token(&rsa, "ada") })).await.expect(201);
    let claims = issuer.claims("ada");
    let named = |signer: &Signer, kid: &str| signer.sign_with(&Header { kid: Some(kid.into()), ..signer.header() }, &claims);
    let hmac = Header { kid: Some("oct".into()), ..Header::new(Algorithm::HS256) };
    for (what, token) in [
        ("a symmetric key", jsonwebtoken::encode(&hmac, &claims, &EncodingKey::from_secret(secret)).unwrap()),
        ("1024 bits", short.sign(&claims)),
        ("a key that encrypts", elliptic.sign(&claims)),
        ("a key that does not verify", named(&elliptic, "ops")),
        // Without a word of its own it is for the first algorithm of the setting that fits, and for no other.
        ("a second algorithm of one key", named(&rsa, "bare")),
    ] {
        assert_eq!(exchange(&api.anonymous(), &token).await.status, 401, "{what}");
    }
    exchange(&api.anonymous(), &named(&rsa.with(Algorithm::PS256), "bare")).await.expect(200);
    exchange(&api.anonymous(), &rsa.sign(&claims)).await.expect(200);
}
