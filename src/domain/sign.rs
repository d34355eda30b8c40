//! Signatures of events: Standard Webhooks 1.0, with HMAC-SHA256 (`v1`).

use super::ids::WebhookId;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use rand::Rng as _;
use sha2::Sha256;
use std::str::FromStr;

const PREFIX: &str = "whsec_";
/// How many bytes a secret may have, by the standard.
const BYTES: std::ops::RangeInclusive<usize> = 24..=64;

/// What an endpoint and Slipform share. An endpoint has its own, and while it is rotated two.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Vec<u8>);

/// A text that is no secret; says nothing of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a secret of a webhook is `whsec_` and the base64 of 24 to 64 random bytes")]
pub struct SecretError;

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(***)")
    }
}

impl FromStr for Secret {
    type Err = SecretError;

    /// In the form of [`Secret::reveal`].
    fn from_str(text: &str) -> Result<Self, SecretError> {
        let bytes = text.strip_prefix(PREFIX).and_then(|text| STANDARD.decode(text).ok());
        bytes.filter(|bytes| BYTES.contains(&bytes.len())).map(Self).ok_or(SecretError)
    }
}

impl Secret {
    /// A new one, of 32 random bytes.
    pub fn generate() -> Self {
        let mut bytes = vec![0; 32];
        rand::rng().fill_bytes(&mut bytes);
        Self(bytes)
    }

    /// `whsec_` and the base64 of it: to be shown once, and to be sealed.
    pub fn reveal(&self) -> String {
        format!("{PREFIX}{}", STANDARD.encode(&self.0))
    }

    fn sign(&self, id: &str, timestamp: i64, body: &str) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes keys of any length");
        mac.update(format!("{id}.{timestamp}.").as_bytes());
        mac.update(body.as_bytes());
        format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
    }
}

/// What the secret of a webhook is sealed for.
pub fn context(webhook: WebhookId) -> String {
    format!("webhook_endpoint/{webhook}")
}

/// The header `webhook-signature`: one signature for each secret, separated by spaces. `id` is the header `webhook-id` and has no dot;
/// `timestamp` is the header `webhook-timestamp`, in seconds since 1970.
pub fn sign<'a>(id: &str, timestamp: i64, body: &str, secrets: impl IntoIterator<Item = &'a Secret>) -> String {
    debug_assert!(!id.contains('.'), "a dot separates the id from the timestamp");
    secrets.into_iter().map(|secret| secret.sign(id, timestamp, body)).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_example_of_the_standard_is_signed_as_it_says() {
        let secret: Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".parse().unwrap();
        let signature = sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, r#"{"test": 2432232314}"#, [&secret]);
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
        let twice = sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, r#"{"test": 2432232314}"#, [&Secret::generate(), &secret]);
        assert!(twice.starts_with("v1,") && twice.ends_with(&format!(" {signature}")), "{twice}");
    }

    #[test]
    fn a_secret_is_read_as_it_is_revealed_and_never_printed() {
        let secret = Secret::generate();
        assert_eq!(secret.reveal().parse(), Ok(secret.clone()));
        assert_eq!(secret.reveal().len(), 6 + 44);
        assert_ne!(secret, Secret::generate());
        assert_eq!(format!("{secret:?}"), "Secret(***)");
        let of = |bytes: usize| format!("whsec_{}", STANDARD.encode(vec![7; bytes]));
        assert!(of(24).parse::<Secret>().is_ok() && of(64).parse::<Secret>().is_ok());
        for wrong in [
            &of(23),
            &of(65),
            "",
            "whsec_",
            "whsec_***",
            &secret.reveal()[6..],
            &secret.reveal().replacen("whsec_", "whpk_", 1),
            &format!("{} ", secret.reveal()),
        ] {
            assert_eq!(wrong.parse::<Secret>(), Err(SecretError));
        }
    }

    proptest! {
        #[test]
        fn each_part_counts(id in "msg_[a-z0-9]{1,36}", timestamp in 0..i64::MAX / 2, body: String) {
            let secret = Secret::generate();
            let signature = sign(&id, timestamp, &body, [&secret]);
            prop_assert_eq!(&signature, &sign(&id, timestamp, &body, [&secret]));
            prop_assert_ne!(&signature, &sign(&format!("{id}x"), timestamp, &body, [&secret]));
            prop_assert_ne!(&signature, &sign(&id, timestamp + 1, &body, [&secret]));
            prop_assert_ne!(&signature, &sign(&id, timestamp, &format!("{body} "), [&secret]));
            prop_assert_ne!(&signature, &sign(&id, timestamp, &body, [&Secret::generate()]));
        }
    }
}
