//! The built-in issuer of access tokens: JWTs after RFC 8725 and RFC 9068, signed with Ed25519.

use crate::domain::error::{Error, Result};
use crate::domain::{SessionId, UserId};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
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

/// Who issues, unless the installation has a public URL.
pub const ISSUER: &str = "urn:slipform";
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
    /// When it begins to sign, in seconds since 1970. Until then it is published, so that everybody knows it by then.
    pub signs_from: u64,
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Key({}, ***)", self.id)
    }
}

impl Key {
    /// A new key, which signs at once.
    pub fn generate() -> Self {
        let mut seed = [0; 32];
        rand::rng().fill_bytes(&mut seed);
        let mut id = [0; 8];
        rand::rng().fill_bytes(&mut id);
        let public = SigningKey::from_bytes(&seed).verifying_key().to_bytes();
        Self { id: hex::encode(id), public: public.to_vec(), private: seed.to_vec(), signs_from: 0 }
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

/// The public half of a signing key, for whoever verifies access tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey {
    /// The JWT's `kid`.
    pub id: String,
    /// The point of Ed25519 in base64url, as a JWK has it (RFC 8037).
    pub x: String,
}

struct Signing {
    id: String,
    from: u64,
    key: EncodingKey,
}

/// Signs and verifies with a set of keys: the last one that has begun to sign signs, all verify.
pub struct Issuer {
    name: String,
    /// The last to sign first.
    signing: Vec<Signing>,
    verifying: HashMap<String, DecodingKey>,
    published: Vec<PublicKey>,
}

impl std::fmt::Debug for Issuer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Issuer({}, {} keys)", self.name, self.published.len())
    }
}

impl Issuer {
    /// From stored keys; an error if there is none or one is damaged. `name` is what its tokens have as `iss`.
    pub fn new(name: &str, keys: &[Key]) -> Result<Self> {
        if keys.is_empty() {
            return Err(Error::internal("there is no signing key"));
        }
        let mut issuer = Self { name: name.to_owned(), signing: Vec::new(), verifying: HashMap::new(), published: Vec::new() };
        for key in keys {
            let seed = <[u8; 32]>::try_from(key.private.as_slice()).map_err(Error::internal)?;
            let der = SigningKey::from_bytes(&seed).to_pkcs8_der().map_err(|error| Error::internal(error.to_string()))?;
            if key.public.len() != 32 {
                return Err(Error::internal("a public key is damaged"));
            }
            issuer.signing.push(Signing { id: key.id.clone(), from: key.signs_from, key: EncodingKey::from_ed_der(der.as_bytes()) });
            issuer.verifying.insert(key.id.clone(), DecodingKey::from_ed_der(&key.public));
            issuer.published.push(PublicKey { id: key.id.clone(), x: URL_SAFE_NO_PAD.encode(&key.public) });
        }
        issuer.signing.sort_by(|a, b| (b.from, &b.id).cmp(&(a.from, &a.id)));
        Ok(issuer)
    }

    /// A new access token, good for [`ACCESS_SECONDS`].
    pub fn sign(&self, access: Access) -> Result<String> {
        self.sign_at(access, jsonwebtoken::get_current_timestamp())
    }

    fn sign_at(&self, access: Access, now: u64) -> Result<String> {
        // The clock of the database may be ahead of this one: then the first to sign does.
        let signing = self.signing.iter().find(|signing| signing.from <= now).or(self.signing.last());
        let signing = signing.ok_or_else(|| Error::internal("there is no signing key"))?;
        let claims =
            Claims { iss: self.name.clone(), aud: AUDIENCE.into(), sub: access.user, sid: access.session, iat: now, nbf: now, exp: now + ACCESS_SECONDS };
        let header = Header { typ: Some(TYPE.into()), kid: Some(signing.id.clone()), ..Header::new(Algorithm::EdDSA) };
        jsonwebtoken::encode(&header, &claims, &signing.key).map_err(Error::internal)
    }

    /// The public halves of all keys, those among them that will only sign later.
    pub fn published(&self) -> &[PublicKey] {
        &self.published
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
        // Either name is ours, and the keys sign nothing else: a public URL can be set while processes without it still run.
        validation.set_issuer(&[self.name.as_str(), ISSUER]);
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
        let token = Issuer::new(ISSUER, std::slice::from_ref(&old)).unwrap().sign(access).unwrap();
        let both = Issuer::new("https://slipform.example.com", &[new, old]).unwrap();
        assert_eq!(both.verify(&token), Some(access), "also of the time before it had a public URL");
        assert!(both.knows_key_of(&token));
        let named = both.sign(access).unwrap();
        assert_eq!(both.verify(&named), Some(access));
        assert!(Issuer::new("https://other.example.com", &[Key::generate()]).unwrap().verify(&named).is_none());
    }

    #[test]
    fn a_key_signs_from_its_time_on_and_is_published_before() {
        let of = |id: &str, signs_from| Key { id: id.into(), signs_from, ..Key::generate() };
        let issuer = Issuer::new(ISSUER, &[of("next", 2_000), of("now", 1_000), of("before", 500)]).unwrap();
        let signer = |at| jsonwebtoken::decode_header(issuer.sign_at(access(), at).unwrap()).unwrap().kid.unwrap();
        assert_eq!((signer(1_000), signer(1_999), signer(2_000)), ("now".into(), "now".into(), "next".into()));
        assert_eq!(signer(1), "before", "a clock that is late still signs");
        assert_eq!(issuer.published().len(), 3);
    }

    #[test]
    fn tokens_that_were_made_by_others_or_changed_are_refused() {
        let key = Key::generate();
        let issuer = Issuer::new(ISSUER, std::slice::from_ref(&key)).unwrap();
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
        assert!(issuer.verify(&forge(&key, &Header { crit: Some(vec!["exp".into()]), ..header() }, &claims)).is_none(), "something critical");
        let stranger = Key::generate();
        assert!(issuer.verify(&forge(&stranger, &header(), &claims)).is_none(), "another key under our kid");
        let elsewhere = Some("https://evil.example.com/keys".to_owned());
        let own = Issuer::new(ISSUER, std::slice::from_ref(&stranger)).unwrap().published()[0].x.clone();
        let own = serde_json::from_value(json!({ "kty": "OKP", "crv": "Ed25519", "x": own, "kid": key.id })).unwrap();
        let pointing = Header { jku: elsewhere.clone(), x5u: elsewhere, jwk: Some(own), ..header() };
        assert!(issuer.verify(&forge(&stranger, &pointing, &claims)).is_none(), "a key that the token brings along");
        assert!(issuer.verify(&forge(&key, &pointing, &claims)).is_some(), "such headers change nothing");

        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let none = json!({ "alg": "none", "typ": TYPE, "kid": key.id });
        assert!(issuer.verify(&format!("{}.{}.", part(&none), part(&claims))).is_none(), "alg none");
        let hmac = Header { alg: Algorithm::HS256, ..header() };
        let confused = jsonwebtoken::encode(&hmac, &claims, &EncodingKey::from_secret(&key.public)).unwrap();
        assert!(issuer.verify(&confused).is_none(), "HMAC with the public key");
    }
}
