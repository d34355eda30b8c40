//! Secrets that Slipform hands out once and keeps as a hash. They are random enough (256 bits) that SHA-256 without salt
//! is right, and are looked up by that hash: how long a lookup takes tells nothing of the secret.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use rand::Rng as _;
use sha2::{Digest as _, Sha256};

const API_TOKEN: &str = "slip_";
const REFRESH: &str = "slipr_";
const INVITATION: &str = "slipi_";

/// A new secret: what is shown once, and what is kept.
pub struct NewSecret {
    /// Shown once.
    pub secret: String,
    /// The first characters, to recognize it by.
    pub prefix: String,
    /// SHA-256 of the whole secret.
    pub hash: [u8; 32],
}

impl std::fmt::Debug for NewSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "NewSecret({}***)", self.prefix)
    }
}

/// A new API token, `slip_<prefix>_<secret>`.
pub fn api_token() -> NewSecret {
    let prefix = format!("{API_TOKEN}{}", hex::encode(random::<4>()));
    new(format!("{prefix}_{}", URL_SAFE_NO_PAD.encode(random::<32>())), prefix)
}

/// A new refresh token, `slipr_<secret>`.
pub fn refresh_token() -> NewSecret {
    new(format!("{REFRESH}{}", URL_SAFE_NO_PAD.encode(random::<32>())), REFRESH.to_owned())
}

/// A new invitation, `slipi_<secret>`.
pub fn invitation() -> NewSecret {
    new(format!("{INVITATION}{}", URL_SAFE_NO_PAD.encode(random::<32>())), INVITATION.to_owned())
}

/// A new password of 120 bits that a person can type.
pub fn password() -> String {
    const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    let letter = |byte: u8| LETTERS[usize::from(byte & 31)] as char;
    let letters: Vec<char> = random::<24>().into_iter().map(letter).collect();
    letters.chunks(6).map(String::from_iter).collect::<Vec<_>>().join("-")
}

/// What is kept of a secret.
pub fn hash(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

/// Whether a bearer token is an API token rather than a JWT.
pub fn looks_like_api_token(bearer: &str) -> bool {
    bearer.starts_with(API_TOKEN)
}

fn new(secret: String, prefix: String) -> NewSecret {
    NewSecret { hash: hash(&secret), secret, prefix }
}

fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    rand::rng().fill_bytes(&mut bytes);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_differ_and_only_their_prefix_is_printed() {
        let (a, b) = (api_token(), api_token());
        assert_ne!(a.secret, b.secret);
        assert!(a.secret.starts_with(&a.prefix) && looks_like_api_token(&a.secret) && !looks_like_api_token(&refresh_token().secret));
        assert_eq!(a.hash, hash(&a.secret));
        assert!(!format!("{a:?}").contains(&a.secret[20..]));
        assert_eq!(password().len(), 27);
    }
}
