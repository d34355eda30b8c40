//! The built-in issuer of access tokens: JWTs after RFC 8725 and RFC 9068, signed with Ed25519.

use crate::domain::error::{Error, Result};
use crate::domain::{SessionId, UserId};
use ed25519_dalek::SigningKey;
use ed25519_dalek::pkcs8::EncodePrivateKey as _;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use rand::Rng as _;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// How long an access token is good.
pub const ACCESS_SECONDS: u64 = 600;
/// How long a sign-in lasts that is not used.
pub const REFRESH_DAYS: i32 = 30;

const ISSUER: &str = "urn:slipform";
const AUDIENCE: &str = "urn:slipform:api";
const TYPE: &str = "at+jwt";
/// Clocks of several `serve` processes may differ by this much.
const LEEWAY_SECONDS: u64 = 5;

/// A signing key as it is stored; the private half sealed by the caller.
pub struct Key {
    /// The JWT's `kid`.
    pub id: String,
    /// Ed25519, 32 bytes.
    pub public: Vec<u8>,
    /// Ed25519 seed, 32 bytes.
    pub private: Vec<u8>,
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Key({}, ***)", self.id)
    }
}

impl Key {
    /// A new key.
    pub fn generate() -> Self {
        let mut seed = [0; 32];
        rand::rng().fill_bytes(&mut seed);
        let mut id = [0; 8];
        rand::rng().fill_bytes(&mut id);
        let public = SigningKey::from_bytes(&seed).verifying_key().to_bytes();
        Self { id: hex::encode(id), public: public.to_vec(), private: seed.to_vec() }
    }
}

#[derive(Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: UserId,
    sid: SessionId,
    iat: u64,
    nbf: u64,
    exp: u64,
}

/// What a good access token says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Access {
    /// Whose it is.
    pub user: UserId,
    /// The sign-in it came from.
    pub session: SessionId,
}

/// Signs and verifies with a set of keys: the newest signs, all verify.
pub struct Issuer {
    kid: String,
    signing: EncodingKey,
    verifying: HashMap<String, DecodingKey>,
}

impl std::fmt::Debug for Issuer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Issuer({}, {} keys)", self.kid, self.verifying.len())
    }
}

impl Issuer {
    /// From stored keys, the newest first; an error if there is none or one is damaged.
    pub fn new(keys: &[Key]) -> Result<Self> {
        let newest = keys.first().ok_or_else(|| Error::internal("there is no signing key"))?;
        let seed = <[u8; 32]>::try_from(newest.private.as_slice()).map_err(Error::internal)?;
        let der = SigningKey::from_bytes(&seed).to_pkcs8_der().map_err(|error| Error::internal(error.to_string()))?;
        let verifying = keys
            .iter()
            .map(|key| {
                if key.public.len() == 32 {
                    Ok((key.id.clone(), DecodingKey::from_ed_der(&key.public)))
                } else {
                    Err(Error::internal("a public key is damaged"))
                }
            })
            .collect::<Result<_>>()?;
        Ok(Self { kid: newest.id.clone(), signing: EncodingKey::from_ed_der(der.as_bytes()), verifying })
    }

    /// A new access token, good for [`ACCESS_SECONDS`].
    pub fn sign(&self, access: Access) -> Result<String> {
        let now = jsonwebtoken::get_current_timestamp();
        let claims = Claims { iss: ISSUER.into(), aud: AUDIENCE.into(), sub: access.user, sid: access.session, iat: now, nbf: now, exp: now + ACCESS_SECONDS };
        let header = Header { typ: Some(TYPE.into()), kid: Some(self.kid.clone()), ..Header::new(Algorithm::EdDSA) };
        jsonwebtoken::encode(&header, &claims, &self.signing).map_err(Error::internal)
    }

    /// Whether the token names a key of this set; if not, another process may have made a new one.
    pub fn knows_key_of(&self, token: &str) -> bool {
        jsonwebtoken::decode_header(token).ok().and_then(|header| header.kid).is_none_or(|kid| self.verifying.contains_key(&kid))
    }

    /// What a token says, if it is good. The header chooses among our keys and nothing else: the algorithm is ours, and
    /// addresses of keys (`jku`, `x5u`, `jwk`) are not looked at.
    pub fn verify(&self, token: &str) -> Option<Access> {
        let header = jsonwebtoken::decode_header(token).ok()?;
        if header.typ.as_deref() != Some(TYPE) || header.crit.is_some() {
            return None;
        }
        let key = self.verifying.get(header.kid.as_deref()?)?;
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_issuer(&[ISSUER]);
        validation.set_audience(&[AUDIENCE]);
        validation.set_required_spec_claims(&["exp", "nbf", "iss", "aud", "sub"]);
        validation.validate_nbf = true;
        validation.leeway = LEEWAY_SECONDS;
        let claims = jsonwebtoken::decode::<Claims>(token, key, &validation).ok()?.claims;
        Some(Access { user: claims.sub, session: claims.sid })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    use serde_json::{Value, json};

    fn access() -> Access {
        Access { user: UserId::new(), session: SessionId::new() }
    }

    /// Signs any header and claims with `key`.
    fn forge(key: &Key, header: &Header, claims: &Value) -> String {
        let seed = <[u8; 32]>::try_from(key.private.as_slice()).unwrap();
        let der = SigningKey::from_bytes(&seed).to_pkcs8_der().unwrap();
        jsonwebtoken::encode(header, claims, &EncodingKey::from_ed_der(der.as_bytes())).unwrap()
    }

    #[test]
    fn what_the_issuer_signs_it_accepts_also_after_a_newer_key_came() {
        let old = Key::generate();
        let (access, new) = (access(), Key::generate());
        let token = Issuer::new(std::slice::from_ref(&old)).unwrap().sign(access).unwrap();
        let both = Issuer::new(&[new, old]).unwrap();
        assert_eq!(both.verify(&token), Some(access));
        assert!(both.knows_key_of(&token));
    }

    #[test]
    fn tokens_that_were_made_by_others_or_changed_are_refused() {
        let key = Key::generate();
        let issuer = Issuer::new(std::slice::from_ref(&key)).unwrap();
        let now = jsonwebtoken::get_current_timestamp();
        let header = || Header { typ: Some(TYPE.into()), kid: Some(key.id.clone()), ..Header::new(Algorithm::EdDSA) };
        let claims = json!({ "iss": ISSUER, "aud": AUDIENCE, "sub": UserId::new(), "sid": SessionId::new(), "iat": now, "nbf": now, "exp": now + 60 });
        assert!(issuer.verify(&forge(&key, &header(), &claims)).is_some(), "the forger's tool makes good tokens too");

        for (claim, value) in [("iss", json!("other")), ("aud", json!("other")), ("exp", json!(now - 60)), ("nbf", json!(now + 60)), ("sub", json!("nobody"))] {
            let mut changed = claims.clone();
            changed[claim] = value;
            assert!(issuer.verify(&forge(&key, &header(), &changed)).is_none(), "a wrong {claim}");
            changed.as_object_mut().unwrap().remove(claim);
            assert!(issuer.verify(&forge(&key, &header(), &changed)).is_none(), "no {claim}");
        }
        assert!(issuer.verify(&forge(&key, &Header { typ: Some("JWT".into()), ..header() }, &claims)).is_none(), "another typ");
        assert!(issuer.verify(&forge(&key, &Header { kid: None, ..header() }, &claims)).is_none(), "no kid");
        let stranger = Key::generate();
        assert!(issuer.verify(&forge(&stranger, &header(), &claims)).is_none(), "another key under our kid");

        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let none = json!({ "alg": "none", "typ": TYPE, "kid": key.id });
        assert!(issuer.verify(&format!("{}.{}.", part(&none), part(&claims))).is_none(), "alg none");
        let hmac = Header { alg: Algorithm::HS256, ..header() };
        let confused = jsonwebtoken::encode(&hmac, &claims, &EncodingKey::from_secret(&key.public)).unwrap();
        assert!(issuer.verify(&confused).is_none(), "HMAC with the public key");
    }
}
