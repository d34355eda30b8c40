//! ID tokens of external issuers (OpenID Connect Core 1.0, 3.1.3.7; RFC 8725). Pure: whoever calls brings the issuer's keys.
//!
//! The token's header chooses among the issuer's keys and nothing else. Each key is for one algorithm, which its owner and the operator
//! say, and addresses of keys (`jku`, `x5u`) and keys that a token brings along (`jwk`, `x5c`) are not looked at.

use crate::config::{Algorithm, OidcIssuer};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{DecodingKey, Validation};
use serde::Deserialize;
use serde_json::Value;

/// The longest token that is looked at, in bytes.
pub const LONGEST: usize = 16 * 1024;
/// The most keys that an issuer may have.
const MOST_KEYS: usize = 100;
/// The clocks of an issuer and ours may differ by this much.
const LEEWAY_SECONDS: u64 = 30;
/// RFC 7518, 3.3, and what can be computed in a reasonable time.
const RSA_BITS: std::ops::RangeInclusive<usize> = 2_048..=4_096;

/// Why a token is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs)]
pub enum Refused {
    #[error("It is no signed JWT.")]
    Malformed,
    #[error("It is signed with a key that the issuer does not publish.")]
    UnknownKey,
    #[error("Its signature does not fit the issuer's key.")]
    Signature,
    #[error("It is no ID token. Send the `id_token` that the issuer gave at the sign-in, and no access token.")]
    Kind,
    #[error("It has expired. Get a new one from the issuer.")]
    Expired,
    #[error("It is not valid yet. Compare the clocks of the issuer and of this server.")]
    Early,
    #[error("It was issued for another audience.")]
    Audience,
    #[error("Its claims are not those of an ID token: `iss`, `sub`, `aud`, `exp` and `iat` must be there.")]
    Claims,
}

/// The issuer that a token says it comes from. Nothing of it is true before the token is verified.
pub fn issuer_of(token: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct Said {
        iss: String,
    }
    if token.len() > LONGEST {
        return None;
    }
    let claims = URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?).ok()?;
    serde_json::from_slice::<Said>(&claims).ok().map(|said| said.iss)
}

/// The keys of one issuer.
#[derive(Debug)]
pub struct KeySet(Vec<Pinned>);

#[derive(Debug)]
struct Pinned {
    kid: Option<String>,
    algorithm: jsonwebtoken::Algorithm,
    key: DecodingKey,
}

/// A key as an issuer publishes it (RFC 7517), as far as it is of use here.
#[derive(Deserialize)]
struct Jwk {
    kty: String,
    kid: Option<String>,
    alg: Option<String>,
    #[serde(rename = "use")]
    purpose: Option<String>,
    key_ops: Option<Vec<String>>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: Audience,
    iat: f64,
    azp: Option<String>,
    scope: Option<Value>,
    scp: Option<Value>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

impl KeySet {
    /// From a JWK set. Keys that are of no use here are left out; an error if it is no such set.
    pub fn parse(jwks: &[u8], issuer: &OidcIssuer) -> Result<Self, String> {
        #[derive(Deserialize)]
        struct Set {
            keys: Vec<Value>,
        }
        let set: Set = serde_json::from_slice(jwks).map_err(|error| format!("its keys are no JWK set: {error}"))?;
        if set.keys.len() > MOST_KEYS {
            return Err(format!("it has {} keys; {MOST_KEYS} are looked at", set.keys.len()));
        }
        let usable = set.keys.into_iter().filter_map(|key| pin(&serde_json::from_value(key).ok()?, &issuer.algorithms));
        Ok(Self(usable.collect()))
    }

    /// How many keys there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What the issuer calls the person that an ID token is about, if the token is good and meant for us.
    pub fn verify(&self, token: &str, issuer: &OidcIssuer) -> Result<String, Refused> {
        if token.len() > LONGEST {
            return Err(Refused::Malformed);
        }
        let header = jsonwebtoken::decode_header(token).map_err(|_| Refused::Malformed)?;
        // Nothing critical is understood here, and access tokens (RFC 9068), logout tokens and the like say what they are.
        if header.crit.is_some() {
            return Err(Refused::Malformed);
        }
        if header.typ.is_some_and(|typ| !typ.eq_ignore_ascii_case("JWT")) {
            return Err(Refused::Kind);
        }
        let mut refused = Refused::UnknownKey;
        for key in self.named(header.kid.as_deref()) {
            let mut validation = Validation::new(key.algorithm);
            validation.set_issuer(&[&issuer.issuer]);
            validation.set_audience(&[&issuer.audience]);
            validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
            validation.validate_nbf = true;
            validation.leeway = LEEWAY_SECONDS;
            match jsonwebtoken::decode::<Claims>(token, &key.key, &validation) {
                Ok(token) => return meant(token.claims, issuer),
                Err(error) => refused = reason(error.kind()),
            }
        }
        // Without a `kid`, another signature may mean another key.
        Err(if refused == Refused::Signature && header.kid.is_none() { Refused::UnknownKey } else { refused })
    }

    /// The keys that a token may be signed with. Without a name only one can be meant (OpenID Connect Core 1.0, 10.1).
    fn named(&self, kid: Option<&str>) -> impl Iterator<Item = &Pinned> {
        let alone = self.0.len() == 1;
        self.0.iter().filter(move |key| kid.map_or(alone, |kid| key.kid.as_deref() == Some(kid)))
    }
}

/// The one algorithm that a key is for: what it says itself or, where it says nothing, the first of the issuer's that fits it.
fn pin(jwk: &Jwk, allowed: &[Algorithm]) -> Option<Pinned> {
    let verifies = jwk.purpose.as_deref().is_none_or(|purpose| purpose == "sig") && jwk.key_ops.as_ref().is_none_or(|ops| ops.iter().any(|op| op == "verify"));
    let fits = |algorithm: Algorithm| match algorithm {
        Algorithm::RS256 | Algorithm::RS384 | Algorithm::RS512 | Algorithm::PS256 | Algorithm::PS384 | Algorithm::PS512 => jwk.kty == "RSA",
        Algorithm::ES256 => jwk.kty == "EC" && jwk.crv.as_deref() == Some("P-256"),
        Algorithm::ES384 => jwk.kty == "EC" && jwk.crv.as_deref() == Some("P-384"),
        Algorithm::EdDSA => jwk.kty == "OKP" && jwk.crv.as_deref() == Some("Ed25519"),
    };
    let algorithm = match &jwk.alg {
        Some(alg) => serde_json::from_value(Value::String(alg.clone())).ok().filter(|own| allowed.contains(own) && fits(*own)),
        None => allowed.iter().copied().find(|algorithm| fits(*algorithm)),
    };
    let algorithm = algorithm.filter(|_| verifies)?;
    let key = match jwk.kty.as_str() {
        "RSA" => {
            let (n, e) = (jwk.n.as_deref()?, jwk.e.as_deref()?);
            let modulus = URL_SAFE_NO_PAD.decode(n).ok()?;
            let bytes = modulus.iter().skip_while(|byte| **byte == 0).count();
            if !RSA_BITS.contains(&(bytes * 8)) {
                return None;
            }
            DecodingKey::from_rsa_components(n, e)
        }
        "EC" => DecodingKey::from_ec_components(jwk.x.as_deref()?, jwk.y.as_deref()?),
        _ => DecodingKey::from_ed_components(jwk.x.as_deref()?),
    };
    Some(Pinned { kid: jwk.kid.clone(), algorithm: known(algorithm), key: key.ok()? })
}

fn known(algorithm: Algorithm) -> jsonwebtoken::Algorithm {
    match algorithm {
        Algorithm::RS256 => jsonwebtoken::Algorithm::RS256,
        Algorithm::RS384 => jsonwebtoken::Algorithm::RS384,
        Algorithm::RS512 => jsonwebtoken::Algorithm::RS512,
        Algorithm::PS256 => jsonwebtoken::Algorithm::PS256,
        Algorithm::PS384 => jsonwebtoken::Algorithm::PS384,
        Algorithm::PS512 => jsonwebtoken::Algorithm::PS512,
        Algorithm::ES256 => jsonwebtoken::Algorithm::ES256,
        Algorithm::ES384 => jsonwebtoken::Algorithm::ES384,
        Algorithm::EdDSA => jsonwebtoken::Algorithm::EdDSA,
    }
}

/// What is left to check once the signature, the times, the issuer and the audience are right.
fn meant(claims: Claims, issuer: &OidcIssuer) -> Result<String, Refused> {
    // A list of issuers would have been enough for the library.
    if claims.iss != issuer.issuer {
        return Err(Refused::Claims);
    }
    #[allow(clippy::cast_precision_loss)]
    let latest = (jsonwebtoken::get_current_timestamp() + LEEWAY_SECONDS) as f64;
    if claims.iat > latest {
        return Err(Refused::Early);
    }
    // An access token lets a program do a part of what its person may; taken for a sign-in, it would let it do all of it.
    if claims.scope.is_some() || claims.scp.is_some() {
        return Err(Refused::Kind);
    }
    // One for several audiences was given to the party that it names; the others could otherwise pass it on to us.
    let several = matches!(&claims.aud, Audience::Many(all) if all.len() > 1);
    let ours =
        matches!(&claims.aud, Audience::One(one) if *one == issuer.audience) || matches!(&claims.aud, Audience::Many(all) if all.contains(&issuer.audience));
    if !ours || (several && claims.azp.as_deref() != Some(&issuer.audience)) {
        return Err(Refused::Audience);
    }
    let subject = claims.sub;
    if subject.is_empty() || subject.len() > 255 || subject.chars().any(char::is_control) {
        return Err(Refused::Claims);
    }
    Ok(subject)
}

fn reason(kind: &ErrorKind) -> Refused {
    match kind {
        ErrorKind::ExpiredSignature => Refused::Expired,
        ErrorKind::ImmatureSignature => Refused::Early,
        ErrorKind::InvalidAudience => Refused::Audience,
        ErrorKind::InvalidIssuer | ErrorKind::MissingRequiredClaim(_) | ErrorKind::InvalidClaimFormat(_) | ErrorKind::Json(_) => Refused::Claims,
        ErrorKind::InvalidToken | ErrorKind::Base64(_) | ErrorKind::Utf8(_) => Refused::Malformed,
        _ => Refused::Signature,
    }
}
