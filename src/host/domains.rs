//! Tells the edge of custom domains: what the books call active, with the certificates that were given for them.

use crate::domain::DomainId;
use crate::domain::certificate::{Certificate, Pem, certificate_context};
use crate::domain::seal::Keyring;
use crate::edge::Domains;
use crate::edge::domains::Domain;
use crate::store::Pool;
use crate::store::domains::{self, Served};
use rustls::sign::CertifiedKey;
use std::collections::HashMap;
use std::sync::Arc;

/// What the edge was told last.
#[derive(Debug, Default)]
pub struct Told {
    served: Vec<Served>,
    certificates: HashMap<DomainId, Arc<CertifiedKey>>,
}

impl Told {
    /// Reads the books, and tells the edge if they have changed.
    pub async fn update(&mut self, pool: &Pool, keyring: &Keyring, tls: bool, edge: &Domains) -> sqlx::Result<()> {
        let mut served = domains::served(pool).await?;
        served.sort_by_key(|domain| domain.id);
        if served == self.served {
            return Ok(());
        }
        let mut certificates = HashMap::new();
        let mut all = HashMap::new();
        for domain in &served {
            let known = self.served.binary_search_by_key(&domain.id, |known| known.id).ok().map(|at| &self.served[at]);
            let known = known.filter(|known| known.updated_at == domain.updated_at).and_then(|_| self.certificates.get(&domain.id));
            let certificate = match known {
                _ if !tls => None,
                Some(known) => Some(known.clone()),
                None => opened(keyring, domain, domains::sealed_certificate(pool, domain.id).await?),
            };
            if let Some(certificate) = &certificate {
                certificates.insert(domain.id, certificate.clone());
            }
            all.insert(domain.name.as_str().to_owned(), Domain { label: domain.host_label.clone(), certificate });
        }
        edge.set(all);
        *self = Self { served, certificates };
        Ok(())
    }
}

/// One that cannot be used is reported, and its domain is served with the installation's own: browsers say that it is the wrong one.
fn opened(keyring: &Keyring, domain: &Served, sealed: Option<Vec<u8>>) -> Option<Arc<CertifiedKey>> {
    let Some(sealed) = sealed else {
        tracing::warn!(domain = %domain.name, "a custom domain has no certificate although the edge speaks TLS; its owner has to give one");
        return None;
    };
    let pem = keyring.open(&certificate_context(domain.id), &sealed).map_err(|error| error.to_string());
    // What is wrong in a damaged one is not said: it is a secret.
    let pem = pem.and_then(|clear| serde_json::from_slice::<Pem>(&clear).map_err(|_| "it is damaged".to_owned()));
    match pem.and_then(|pem| Certificate::read(&pem).map_err(|error| error.to_string())) {
        Ok(certificate) => Some(certificate.key),
        Err(error) => {
            tracing::error!(domain = %domain.name, error, "the certificate of a custom domain cannot be used");
            None
        }
    }
}
