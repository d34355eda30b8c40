//! An OpenID Connect issuer on this machine, with keys of its own, as good or as bad as a test wants it.

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use futures::StreamExt as _;
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, Header, get_current_timestamp};
use serde_json::{Value, json};
use slipform::config::OidcIssuer;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// For whom tokens are.
pub const AUDIENCE: &str = "slipform-client";

/// A key of an issuer.
#[derive(Clone)]
pub struct Signer {
    pub kid: String,
    pub algorithm: Algorithm,
    key: EncodingKey,
}

impl Signer {
    pub fn rsa(kid: &str) -> Self {
        Self::of_pem(kid, Algorithm::RS256, include_bytes!("keys/rsa.pem"))
    }

    /// Another RSA key.
    pub fn other_rsa(kid: &str) -> Self {
        Self::of_pem(kid, Algorithm::RS256, include_bytes!("keys/other.pem"))
    }

    /// An RSA key of 1024 bits.
    pub fn short_rsa(kid: &str) -> Self {
        Self::of_pem(kid, Algorithm::RS256, include_bytes!("keys/short.pem"))
    }

    pub fn elliptic(kid: &str) -> Self {
        let made = rcgen::KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256).unwrap();
        Self { kid: kid.into(), algorithm: Algorithm::ES256, key: EncodingKey::from_ec_pem(made.serialize_pem().as_bytes()).unwrap() }
    }

    pub fn edwards(kid: &str) -> Self {
        // PKCS #8 of RFC 8410: this head, and the seed.
        let head = hex::decode("302e020100300506032b657004220420").unwrap();
        let der = [head, slipform::auth::Key::generate().private].concat();
        Self { kid: kid.into(), algorithm: Algorithm::EdDSA, key: EncodingKey::from_ed_der(&der) }
    }

    fn of_pem(kid: &str, algorithm: Algorithm, pem: &[u8]) -> Self {
        Self { kid: kid.into(), algorithm, key: EncodingKey::from_rsa_pem(pem).unwrap() }
    }

    /// The same key, used with another algorithm.
    pub fn with(&self, algorithm: Algorithm) -> Self {
        Self { algorithm, ..self.clone() }
    }

    /// The public half, as it is published.
    pub fn jwk(&self) -> Value {
        let mut jwk = serde_json::to_value(Jwk::from_encoding_key(&self.key, self.algorithm).unwrap()).unwrap();
        jwk["kid"] = json!(self.kid);
        jwk["use"] = json!("sig");
        jwk
    }

    pub fn header(&self) -> Header {
        Header { kid: Some(self.kid.clone()), ..Header::new(self.algorithm) }
    }

    pub fn sign(&self, claims: &Value) -> String {
        self.sign_with(&self.header(), claims)
    }

    pub fn sign_with(&self, header: &Header, claims: &Value) -> String {
        jsonwebtoken::encode(header, claims, &self.key).unwrap()
    }
}

/// How an issuer answers when it is asked for its keys.
#[derive(Clone, Default)]
pub enum Manner {
    #[default]
    Well,
    Failing,
    /// Only after so long.
    Late(Duration),
    /// More than anybody should read, at once or without end.
    Huge,
    Endless,
    /// With what is no set of keys.
    Nonsense,
    /// By sending elsewhere.
    Redirecting(String),
}

struct Inner {
    origin: String,
    keys: Mutex<Value>,
    /// Another discovery document than the right one.
    discovery: Mutex<Option<Value>>,
    manner: Mutex<Manner>,
    asked: AtomicUsize,
    now: AtomicUsize,
    most: AtomicUsize,
}

pub struct Issuer {
    inner: Arc<Inner>,
    stop: CancellationToken,
}

impl Drop for Issuer {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

impl Issuer {
    /// One that publishes these keys.
    pub async fn start(signers: &[&Signer]) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let count = AtomicUsize::default;
        let (keys, discovery, manner) = (Mutex::default(), Mutex::default(), Mutex::default());
        let inner = Arc::new(Inner { origin, keys, discovery, manner, asked: count(), now: count(), most: count() });
        let stop = CancellationToken::new();
        let router =
            Router::new().route("/.well-known/openid-configuration", get(discovery_document)).route("/keys", get(keys_document)).with_state(inner.clone());
        let server = axum::serve(listener, router);
        let stopped = stop.clone();
        tokio::spawn(async move {
            tokio::select! { _ = server.into_future() => {}, () = stopped.cancelled() => {} }
        });
        let issuer = Self { inner, stop };
        issuer.publish(signers);
        issuer
    }

    pub fn name(&self) -> &str {
        &self.inner.origin
    }

    /// As an operator trusts it.
    pub fn setting(&self) -> OidcIssuer {
        serde_json::from_value(json!({ "issuer": self.name(), "audience": AUDIENCE })).unwrap()
    }

    pub fn publish(&self, signers: &[&Signer]) {
        self.publish_jwks(&signers.iter().map(|signer| signer.jwk()).collect::<Vec<_>>());
    }

    pub fn publish_jwks(&self, keys: &[Value]) {
        *self.inner.keys.lock().unwrap() = json!({ "keys": keys });
    }

    pub fn discover(&self, document: Value) {
        *self.inner.discovery.lock().unwrap() = Some(document);
    }

    pub fn behave(&self, manner: Manner) {
        *self.inner.manner.lock().unwrap() = manner;
    }

    /// It goes away.
    pub fn stop(&self) {
        self.stop.cancel();
    }

    /// How often it was asked for its keys.
    pub fn asked(&self) -> usize {
        self.inner.asked.load(Ordering::SeqCst)
    }

    /// How many have asked at once, at most.
    pub fn most_at_once(&self) -> usize {
        self.inner.most.load(Ordering::SeqCst)
    }

    /// Good claims about somebody.
    pub fn claims(&self, subject: &str) -> Value {
        let now = get_current_timestamp();
        json!({ "iss": self.name(), "sub": subject, "aud": AUDIENCE, "iat": now, "exp": now + 300 })
    }

    /// A good token about somebody.
    pub fn token(&self, signer: &Signer, subject: &str) -> String {
        signer.sign(&self.claims(subject))
    }
}

async fn discovery_document(State(issuer): State<Arc<Inner>>) -> Response {
    let own = issuer.discovery.lock().unwrap().clone();
    let usual = || json!({ "issuer": issuer.origin, "jwks_uri": format!("{}/keys", issuer.origin) });
    axum::Json(own.unwrap_or_else(usual)).into_response()
}

/// Somebody who asks leaves, also when they have hung up.
struct Leaving(Arc<Inner>);

impl Drop for Leaving {
    fn drop(&mut self) {
        self.0.now.fetch_sub(1, Ordering::SeqCst);
    }
}

async fn keys_document(State(issuer): State<Arc<Inner>>) -> Response {
    issuer.asked.fetch_add(1, Ordering::SeqCst);
    let now = issuer.now.fetch_add(1, Ordering::SeqCst) + 1;
    issuer.most.fetch_max(now, Ordering::SeqCst);
    let (manner, keys) = (issuer.manner.lock().unwrap().clone(), issuer.keys.lock().unwrap().clone());
    let leaving = Leaving(issuer);
    match manner {
        Manner::Well => axum::Json(keys).into_response(),
        Manner::Failing => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        Manner::Late(time) => {
            tokio::time::sleep(time).await;
            axum::Json(keys).into_response()
        }
        // A set of keys apart from its size.
        Manner::Huge => {
            let mut keys = keys;
            keys["padding"] = json!("x".repeat(2 << 20));
            axum::Json(keys).into_response()
        }
        Manner::Endless => {
            let spaces = futures::stream::repeat_with(|| Ok::<_, std::io::Error>(vec![b' '; 100])).then(async |chunk| {
                tokio::time::sleep(Duration::from_millis(20)).await;
                chunk
            });
            let held = spaces.map(move |chunk| {
                let _held = &leaving;
                chunk
            });
            Body::from_stream(held).into_response()
        }
        Manner::Nonsense => "<html>".into_response(),
        Manner::Redirecting(to) => (StatusCode::FOUND, [(header::LOCATION, to)]).into_response(),
    }
}
