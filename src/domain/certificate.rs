//! Certificates that owners of custom domains give: checked when they arrive, and kept sealed with their private keys.

use super::{DomainId, DomainName};
use chrono::{DateTime, Utc};
use rustls::crypto::ring;
use rustls::server::ParsedCertificate;
use rustls::sign::CertifiedKey;
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use x509_cert::der::Decode as _;

/// A chain and its private key as they were given, in PEM.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Pem {
    /// The certificate first, then those that lead to its authority.
    pub certificate: String,
    /// PKCS#8, PKCS#1 or SEC1, not encrypted.
    pub private_key: String,
}

impl std::fmt::Debug for Pem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Pem(***)")
    }
}

/// Why a certificate cannot be used. Says nothing of the key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs)]
pub enum CertificateError {
    #[error("This is no chain of certificates in PEM: the domain's own certificate first, then those between it and its authority.")]
    Chain,
    #[error("This is no private key in PEM that can be used: PKCS#8, PKCS#1 or SEC1, without a passphrase, RSA, ECDSA or Ed25519.")]
    Key,
    #[error("The private key does not belong to the first certificate of the chain.")]
    Mismatch,
    #[error("The certificate is not made for {0}: its subject alternative names do not contain it.")]
    OtherName(DomainName),
    #[error("The certificate ended on {0}. Give a renewed one.")]
    Expired(DateTime<Utc>),
    #[error("The certificate begins only on {0}.")]
    Early(DateTime<Utc>),
}

impl CertificateError {
    /// Whether the key is at fault, and not the chain.
    pub const fn is_about_the_key(&self) -> bool {
        matches!(self, Self::Key | Self::Mismatch)
    }
}

/// A certificate that can be served.
#[derive(Debug, Clone)]
pub struct Certificate {
    /// The chain with its key.
    pub key: Arc<CertifiedKey>,
    /// Its first second.
    pub begins: DateTime<Utc>,
    /// Its last second.
    pub expires: DateTime<Utc>,
}

impl Certificate {
    /// Reads a chain and the key that belongs to it.
    pub fn read(pem: &Pem) -> Result<Self, CertificateError> {
        let chain = CertificateDer::pem_slice_iter(pem.certificate.as_bytes()).collect::<Result<Vec<_>, _>>().map_err(|_| CertificateError::Chain)?;
        let first = chain.first().ok_or(CertificateError::Chain)?;
        let parsed = x509_cert::Certificate::from_der(first).map_err(|_| CertificateError::Chain)?;
        let validity = parsed.tbs_certificate().validity();
        let at = |time: &x509_cert::time::Time| DateTime::<Utc>::from(time.to_system_time());
        let (begins, expires) = (at(&validity.not_before), at(&validity.not_after));
        let key = PrivateKeyDer::from_pem_slice(pem.private_key.as_bytes()).map_err(|_| CertificateError::Key)?;
        let key = CertifiedKey::from_der(chain, key, &ring::default_provider()).map_err(|error| match error {
            rustls::Error::InconsistentKeys(_) => CertificateError::Mismatch,
            rustls::Error::InvalidCertificate(_) => CertificateError::Chain,
            _ => CertificateError::Key,
        })?;
        Ok(Self { key: Arc::new(key), begins, expires })
    }

    /// Whether it may be served for this name at this time.
    pub fn check(&self, name: &DomainName, now: DateTime<Utc>) -> Result<(), CertificateError> {
        let first = self.key.cert.first().ok_or(CertificateError::Chain)?;
        let parsed = ParsedCertificate::try_from(first).map_err(|_| CertificateError::Chain)?;
        let wanted = ServerName::try_from(name.as_str()).map_err(|_| CertificateError::OtherName(name.clone()))?;
        rustls::client::verify_server_name(&parsed, &wanted).map_err(|_| CertificateError::OtherName(name.clone()))?;
        if self.expires <= now {
            Err(CertificateError::Expired(self.expires))
        } else if self.begins > now {
            Err(CertificateError::Early(self.begins))
        } else {
            Ok(())
        }
    }
}

/// The place that a certificate is bound to when it is sealed.
pub fn certificate_context(domain: DomainId) -> String {
    format!("domain/{domain}")
}
