//! How others verify our access tokens: the keys of the built-in issuer, and where they are.

use super::documented::{Found, Public};
use super::extract::ClientAddress;
use super::reply::{self, Answer};
use crate::app::{App, keys};
use crate::auth::PublicKey;
use crate::domain::Error;
use axum::extract::State;
use axum::http::header;
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// A key is published an hour before it signs, so whoever keeps the answer for so long misses none.
const KEPT: &str = "public, max-age=300";
const JWKS: &str = "/.well-known/jwks.json";

/// The keys by which access tokens are verified (RFC 7517).
#[derive(Serialize, ToSchema)]
pub struct JwksBody {
    /// Those that sign, will sign soon, or signed until a moment ago.
    keys: Vec<JwkBody>,
}

/// A public key (RFC 8037).
#[derive(Serialize, ToSchema)]
pub struct JwkBody {
    /// `OKP`.
    #[schema(example = "OKP")]
    kty: &'static str,
    /// `Ed25519`.
    #[schema(example = "Ed25519")]
    crv: &'static str,
    /// `EdDSA`.
    #[schema(example = "EdDSA")]
    alg: &'static str,
    /// `sig`.
    #[serde(rename = "use")]
    #[schema(example = "sig")]
    purpose: &'static str,
    /// Its name, as in the header of a token.
    #[schema(example = "3f1f6f0f8f11d7a2")]
    kid: String,
    /// The point, in base64url.
    #[schema(example = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")]
    x: String,
}

impl JwkBody {
    fn new(key: PublicKey) -> Self {
        Self { kty: "OKP", crv: "Ed25519", alg: "EdDSA", purpose: "sig", kid: key.id, x: key.x }
    }
}

/// Keys of access tokens
///
/// By which access tokens can be verified without asking this server. Keys change about once a month; each is here an hour before it signs.
#[utoipa::path(get, path = "/.well-known/jwks.json", operation_id = "showSigningKeys", tag = "Identity", security(), params(super::documented::Conditional),
    responses((status = 200, description = "The keys.", body = JwksBody), (status = 304, description = "Nothing has changed."), Public))]
pub async fn keys(State(app): State<Arc<App>>, _: ClientAddress) -> Answer {
    let keys = keys::published(&app).await?.into_iter().map(JwkBody::new).collect();
    reply::with(reply::ok(&JwksBody { keys }), header::CACHE_CONTROL, KEPT)
}

/// The issuer of access tokens, as programs look for it (RFC 8414, OpenID Connect Discovery 1.0).
#[derive(Serialize, ToSchema)]
pub struct IssuerBody {
    /// What tokens have as `iss`.
    #[schema(example = "https://slipform.example.com")]
    issuer: String,
    /// Where the keys are.
    #[schema(example = "https://slipform.example.com/.well-known/jwks.json")]
    jwks_uri: String,
    /// None: there is no authorization endpoint.
    #[schema(example = json!([]))]
    response_types_supported: Vec<String>,
    /// `public`.
    #[schema(example = json!(["public"]))]
    subject_types_supported: Vec<String>,
    /// `EdDSA`.
    #[schema(example = json!(["EdDSA"]))]
    id_token_signing_alg_values_supported: Vec<String>,
}

/// The issuer of access tokens
///
/// Where libraries look for the keys of an issuer by its name. It is there when the operator has set the public URL of this installation.
#[utoipa::path(get, path = "/.well-known/openid-configuration", operation_id = "showIssuer", tag = "Identity", security(),
    params(super::documented::Conditional),
    responses((status = 200, description = "The issuer.", body = IssuerBody), (status = 304, description = "Nothing has changed."), Found))]
pub async fn issuer(State(app): State<Arc<App>>, _: ClientAddress) -> Answer {
    let url = app.public_url().ok_or(Error::NotFound { what: "public URL of this installation (SLIPFORM_PUBLIC_URL)" })?;
    let body = IssuerBody {
        issuer: url.to_owned(),
        jwks_uri: format!("{url}{JWKS}"),
        response_types_supported: Vec::new(),
        subject_types_supported: vec!["public".into()],
        id_token_signing_alg_values_supported: vec!["EdDSA".into()],
    };
    reply::with(reply::ok(&body), header::CACHE_CONTROL, KEPT)
}
