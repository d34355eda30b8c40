//! Encryption of every secret that must be recoverable, with the operator's key.
//!
//! XChaCha20-Poly1305 with a random nonce; the key's id stands before the ciphertext, so that keys can be
//! rotated: the first of [`Keyring`] seals, all of them open.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use rand::Rng as _;
use sha2::{Digest, Sha256};

/// Why something could not be sealed or opened. Says nothing of the content.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum SealError {
    #[error("SLIPFORM_KEY must be `<id>:<base64 of 32 bytes>`, several separated by commas; the id is 1 to 16 of a-z, 0-9 and -")]
    BadKey,
    #[error("two keys of SLIPFORM_KEY have the id {0:?}; give the new one another id, and the old one the id that it has always had")]
    SameId(String),
    #[error("the secret was sealed with key {0:?}, which SLIPFORM_KEY does not contain; add the old key after the new one")]
    UnknownKey(String),
    #[error("the secret is damaged or belongs to another place")]
    Damaged,
}

/// The operator's keys.
#[derive(Clone)]
pub struct Keyring(Vec<(String, [u8; 32])>);

impl std::fmt::Debug for Keyring {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Keyring(***)")
    }
}

impl std::str::FromStr for Keyring {
    type Err = SealError;

    fn from_str(text: &str) -> Result<Self, SealError> {
        let keys = text
            .split(',')
            .map(|entry| {
                let (id, key) = entry.trim().split_once(':').ok_or(SealError::BadKey)?;
                let fine = (1..=16).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
                let key = STANDARD.decode(key).ok().and_then(|k| <[u8; 32]>::try_from(k).ok()).filter(|_| fine);
                Ok((id.to_owned(), key.ok_or(SealError::BadKey)?))
            })
            .collect::<Result<Vec<(String, _)>, _>>()?;
        // A secret says which key it was sealed with by that key's id.
        match keys.iter().enumerate().find(|(at, (id, _))| keys[..*at].iter().any(|(other, _)| other == id)) {
            Some((_, (id, _))) => Err(SealError::SameId(id.clone())),
            None => Ok(Self(keys)),
        }
    }
}

impl Keyring {
    /// Text for a new key, in the form of `SLIPFORM_KEY`.
    pub fn generate() -> String {
        let mut key = [0u8; 32];
        rand::rng().fill_bytes(&mut key);
        format!("k1:{}", STANDARD.encode(key))
    }

    /// Encrypts. `context` (such as `environment/<id>`) binds the ciphertext to its place.
    pub fn seal(&self, context: &str, secret: &[u8]) -> Vec<u8> {
        let (id, key) = &self.0[0];
        let mut nonce = [0u8; 24];
        rand::rng().fill_bytes(&mut nonce);
        let payload = Payload { msg: secret, aad: context.as_bytes() };
        let cipher = XChaCha20Poly1305::new(&Key::from(*key));
        let ciphertext = cipher.encrypt(&XNonce::from(nonce), payload).expect("in-memory encryption does not fail");
        let mut sealed = Vec::with_capacity(1 + id.len() + 24 + ciphertext.len());
        sealed.push(u8::try_from(id.len()).expect("an id has at most 16 bytes"));
        sealed.extend_from_slice(id.as_bytes());
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(&ciphertext);
        sealed
    }

    /// Decrypts what [`Self::seal`] made for the same `context`.
    pub fn open(&self, context: &str, sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        let (&length, rest) = sealed.split_first().ok_or(SealError::Damaged)?;
        let (id, rest) = rest.split_at_checked(length.into()).ok_or(SealError::Damaged)?;
        let (nonce, ciphertext) = rest.split_at_checked(24).ok_or(SealError::Damaged)?;
        let id = std::str::from_utf8(id).map_err(|_| SealError::Damaged)?;
        let (_, key) = self.0.iter().find(|(k, _)| k == id).ok_or_else(|| SealError::UnknownKey(id.to_owned()))?;
        let nonce = <[u8; 24]>::try_from(nonce).map_err(|_| SealError::Damaged)?;
        let payload = Payload { msg: ciphertext, aad: context.as_bytes() };
        XChaCha20Poly1305::new(&Key::from(*key)).decrypt(&XNonce::from(nonce), payload).map_err(|_| SealError::Damaged)
    }

    /// A password that every part of the installation can derive for itself: that of the database role `name`.
    pub fn derive_password(&self, name: &str) -> String {
        let mut hash = Sha256::new();
        hash.update(b"slipform database role\0");
        hash.update(self.0[0].1);
        hash.update(name.as_bytes());
        hex::encode(hash.finalize())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACE: &str = "environment/1";

    /// A new key with this id, as an operator writes it.
    fn key(id: &str) -> String {
        Keyring::generate().replacen("k1:", &format!("{id}:"), 1)
    }

    fn ring(keys: &[&str]) -> Keyring {
        keys.join(",").parse().unwrap()
    }

    #[test]
    fn a_key_is_rotated_by_putting_the_new_one_before_it_and_removed_only_when_nothing_needs_it() {
        let (a, b) = (key("2025"), key("2026"));
        let sealed = ring(&[&a]).seal(PLACE, b"hunter2");
        let rotated = ring(&[&b, &a]);
        assert_eq!(rotated.open(PLACE, &sealed).unwrap(), b"hunter2");
        let again = rotated.seal(PLACE, b"hunter2");
        assert_eq!(ring(&[&b]).open(PLACE, &again).unwrap(), b"hunter2", "the first key seals");

        let error = ring(&[&b]).open(PLACE, &sealed).unwrap_err();
        assert_eq!(error, SealError::UnknownKey("2025".into()));
        assert!(error.to_string().contains("2025") && error.to_string().contains("SLIPFORM_KEY"), "{error}");
        // A key is known by its content too: another one of the same name opens nothing.
        assert_eq!(ring(&[&key("2025")]).open(PLACE, &sealed).unwrap_err(), SealError::Damaged);
    }

    #[test]
    fn what_is_sealed_opens_in_its_place_and_whole_or_not_at_all() {
        let keyring = ring(&[&key("k1")]);
        let sealed = keyring.seal(PLACE, b"hunter2");
        assert_eq!(keyring.open(PLACE, &sealed).unwrap(), b"hunter2");
        assert_ne!(keyring.seal(PLACE, b"hunter2"), sealed, "the same secret looks different each time");
        assert!(!sealed.windows(7).any(|part| part == b"hunter2"));
        for place in ["environment/2", "environment/", ""] {
            assert_eq!(keyring.open(place, &sealed).unwrap_err(), SealError::Damaged, "{place}");
        }
        // Each byte matters. In the name of the key it names another key, or none that can be.
        for at in 0..sealed.len() {
            let mut damaged = sealed.clone();
            damaged[at] ^= 1;
            let error = keyring.open(PLACE, &damaged).unwrap_err();
            assert!(error == SealError::Damaged || at <= 2 && matches!(error, SealError::UnknownKey(_)), "byte {at}: {error}");
        }
        for length in 0..sealed.len() {
            assert_eq!(keyring.open(PLACE, &sealed[..length]).unwrap_err(), SealError::Damaged, "{length} bytes");
        }
        assert_eq!(keyring.open(PLACE, &[&sealed[..], b"x"].concat()).unwrap_err(), SealError::Damaged);
    }

    #[test]
    fn two_keys_of_one_id_are_refused_because_the_second_would_open_nothing() {
        // Every key that Slipform makes is called k1, so that this is what a hasty rotation looks like.
        let error = [Keyring::generate(), Keyring::generate()].join(",").parse::<Keyring>().unwrap_err();
        assert_eq!(error, SealError::SameId("k1".into()));
        assert!(error.to_string().contains("another id"), "{error}");
    }

    #[test]
    fn a_keyring_that_cannot_be_read_is_refused_without_being_shown() {
        let fine = key("k1");
        for wrong in ["", "k1", "k1:", "K1:AAAA", &format!("{fine},"), &format!("{fine},k2:AAAA"), &fine.replacen("k1", "seventeen-letters", 1)] {
            let error = wrong.parse::<Keyring>().unwrap_err();
            assert_eq!(error, SealError::BadKey, "{wrong}");
        }
        assert_eq!(format!("{:?}", ring(&[&fine])), "Keyring(***)");
    }
}
