//! `SLIPFORM_OIDC_ISSUERS`: who else may say who somebody is.

use super::{ConfigError, bad};
use reqwest::Url;
use serde::Deserialize;
use std::collections::BTreeSet;
use std::net::IpAddr;

const NAME: &str = "SLIPFORM_OIDC_ISSUERS";

/// An external OpenID Connect issuer that is trusted.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OidcIssuer {
    /// Its identifier, exactly as its tokens have it as `iss`.
    pub issuer: String,
    /// For whom its tokens must be: the client id that it knows this installation by.
    pub audience: String,
    /// Where its keys are, unless its discovery document says it.
    #[serde(default, deserialize_with = "url")]
    pub jwks_uri: Option<Url>,
    /// What it may sign with. A key without `alg` is for the first of these that fits it.
    #[serde(default = "Algorithm::all")]
    pub algorithms: Vec<Algorithm>,
}

/// How a token can be signed: with public keys alone (RFC 7518, RFC 8037).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[allow(missing_docs)]
pub enum Algorithm {
    RS256,
    ES256,
    EdDSA,
    ES384,
    PS256,
    RS384,
    RS512,
    PS384,
    PS512,
}

impl Algorithm {
    /// All of them. The first for each kind of key is the one that issuers mean when they do not say.
    pub fn all() -> Vec<Self> {
        vec![Self::RS256, Self::ES256, Self::EdDSA, Self::ES384, Self::PS256, Self::RS384, Self::RS512, Self::PS384, Self::PS512]
    }
}

fn url<'de, D: serde::Deserializer<'de>>(value: D) -> Result<Option<Url>, D::Error> {
    let text = String::deserialize(value)?;
    text.parse().map(Some).map_err(|error| serde::de::Error::custom(format!("jwksUri: {text:?} is no URL ({error})")))
}

impl OidcIssuer {
    /// Whether keys may be fetched from there: over https, or without it from an issuer of this very machine.
    pub fn may_fetch(&self, from: &Url) -> bool {
        from.scheme() == "https" || (is_loopback(from) && Url::parse(&self.issuer).is_ok_and(|issuer| is_loopback(&issuer)))
    }

    /// Where its discovery document is (OpenID Connect Discovery 1.0, 4).
    pub fn discovery(&self) -> String {
        format!("{}/.well-known/openid-configuration", self.issuer.trim_end_matches('/'))
    }

    fn check(&self) -> Result<(), String> {
        let issuer: Url = self.issuer.parse().map_err(|error| format!("issuer {:?} is no URL ({error})", self.issuer))?;
        if issuer.query().is_some() || issuer.fragment().is_some() || !issuer.username().is_empty() || issuer.password().is_some() {
            return Err("issuer must be a URL without credentials, `?` and `#`".to_owned());
        }
        let secure = "must begin with https:// (http:// is for a loopback address alone)";
        if !self.may_fetch(&issuer) {
            return Err(format!("issuer {secure}"));
        }
        if self.jwks_uri.as_ref().is_some_and(|uri| !self.may_fetch(uri)) {
            return Err(format!("jwksUri {secure}"));
        }
        if self.issuer.len() > 500 {
            return Err("issuer is longer than 500 characters".to_owned());
        }
        if self.audience.is_empty() {
            return Err("audience must not be empty: it is the client id that the issuer knows this installation by".to_owned());
        }
        if self.algorithms.is_empty() {
            return Err("algorithms must not be empty; leave it out to accept every asymmetric one".to_owned());
        }
        Ok(())
    }
}

/// Whether a URL is plain HTTP to this very machine.
fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_matches(['[', ']']).parse::<IpAddr>().ok();
    url.scheme() == "http" && (host == "localhost" || address.is_some_and(|address| address.is_loopback()))
}

pub(super) fn read(text: Option<&str>, public_url: Option<&str>) -> Result<Vec<OidcIssuer>, ConfigError> {
    let Some(text) = text else { return Ok(Vec::new()) };
    let example = r#"it must be a JSON list such as [{"issuer": "https://login.example.com", "audience": "slipform"}]"#;
    let entries: Vec<serde_json::Value> = serde_json::from_str(text).map_err(|error| bad(NAME, &format!("{error}; {example}")))?;
    let (mut issuers, mut seen) = (Vec::new(), BTreeSet::new());
    for (i, entry) in entries.into_iter().enumerate() {
        let wrong = |detail: String| bad(NAME, &format!("entry {}: {detail}", i + 1));
        let issuer: OidcIssuer = serde_json::from_value(entry).map_err(|error| wrong(error.to_string()))?;
        issuer.check().map_err(wrong)?;
        if public_url == Some(issuer.issuer.as_str()) {
            return Err(wrong("this is SLIPFORM_PUBLIC_URL, and an installation is no external issuer to itself".to_owned()));
        }
        if !seen.insert(issuer.issuer.clone()) {
            return Err(wrong(format!("{} stands there twice", issuer.issuer)));
        }
        issuers.push(issuer);
    }
    Ok(issuers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn issuers_are_read_with_what_is_usual_where_nothing_is_said() {
        let read = |text: &str| read(Some(text), Some("https://slipform.example.com"));
        let issuers = read(
            r#"[{"issuer": "https://a.example.com/tenant", "audience": "slipform"},
                {"issuer": "http://127.0.0.1:9000", "audience": "x", "jwksUri": "http://localhost:9000/keys", "algorithms": ["ES256"]}]"#,
        )
        .unwrap();
        assert_eq!((issuers[0].algorithms[0], issuers[0].algorithms.len()), (Algorithm::RS256, 9));
        assert_eq!(issuers[0].discovery(), "https://a.example.com/tenant/.well-known/openid-configuration");
        assert_eq!((issuers[1].algorithms.as_slice(), issuers[1].jwks_uri.as_ref().unwrap().port()), (&[Algorithm::ES256][..], Some(9000)));
        assert!(!issuers[0].may_fetch(&"http://127.0.0.1/keys".parse().unwrap()), "who is elsewhere sends nobody to this machine");

        for (text, told) in [
            ("x", "JSON list"),
            (r#"[{"issuer": "https://a"}]"#, "entry 1: missing field `audience`"),
            (r#"[{"issuer": "https://a", "audience": "x", "jwks": "y"}]"#, "unknown field `jwks`"),
            (r#"[{"issuer": "http://a.example.com", "audience": "x"}]"#, "issuer must begin with https://"),
            (r#"[{"issuer": "https://a?b", "audience": "x"}]"#, "without credentials, `?` and `#`"),
            (r#"[{"issuer": "https://a", "audience": "x", "jwksUri": "http://127.0.0.1/keys"}]"#, "jwksUri must begin with https://"),
            (r#"[{"issuer": "https://a", "audience": "x", "jwksUri": "keys"}]"#, "is no URL"),
            (r#"[{"issuer": "https://a", "audience": ""}]"#, "audience must not be empty"),
            (r#"[{"issuer": "https://a", "audience": "x", "algorithms": ["HS256"]}]"#, "unknown variant `HS256`, expected one of `RS256`"),
            (r#"[{"issuer": "https://a", "audience": "x", "algorithms": []}]"#, "algorithms must not be empty"),
            (r#"[{"issuer": "https://a", "audience": "x"}, {"issuer": "https://a", "audience": "y"}]"#, "entry 2: https://a stands there twice"),
            (r#"[{"issuer": "https://slipform.example.com", "audience": "x"}]"#, "no external issuer to itself"),
        ] {
            let error = read(text).unwrap_err().to_string();
            assert!(error.starts_with("SLIPFORM_OIDC_ISSUERS: ") && error.contains(told), "{text}: {error}");
        }
    }
}
