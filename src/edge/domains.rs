//! Custom domains: where each leads, and the certificate with which it is served.

use crate::domain::local::host_name;
use rustls::sign::CertifiedKey;
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

/// Where a custom domain leads.
#[derive(Clone, Debug)]
pub struct Domain {
    /// The label of its environment.
    pub label: String,
    /// Its certificate; none where the edge speaks plain HTTP.
    pub certificate: Option<Arc<CertifiedKey>>,
}

/// All of them by name, shared between the host, which changes them, and the edge.
#[derive(Clone, Debug, Default)]
pub struct Domains(Arc<RwLock<HashMap<String, Domain>>>);

impl Domains {
    /// From now on these and no others. A connection that is open goes on with the certificate that it began with.
    pub fn set(&self, all: HashMap<String, Domain>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = all;
    }

    /// The label to which a `Host` header leads.
    pub fn label(&self, host: &str) -> Option<String> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(&host_name(host)).map(|domain| domain.label.clone())
    }

    /// The certificate for the name that a client asks for in its handshake.
    pub fn certificate(&self, name: &str) -> Option<Arc<CertifiedKey>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(&name.to_ascii_lowercase())?.certificate.clone()
    }
}
