//! TLS by a given certificate, read again when its file changes, and by those of custom domains.

use super::Domains;
use crate::config;
use rustls::ServerConfig;
use rustls::crypto::{CryptoProvider, ring};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use std::io;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, SystemTime};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tokio_util::sync::CancellationToken;

/// How often the files are looked at.
const LOOK: Duration = Duration::from_secs(10);

/// Speaks TLS.
#[derive(Clone)]
pub struct Acceptor {
    files: Arc<config::Tls>,
    domains: Domains,
    current: Arc<RwLock<Arc<ServerConfig>>>,
}

impl Acceptor {
    /// Reads the files.
    pub fn new(files: config::Tls, domains: Domains) -> io::Result<Self> {
        let current = Arc::new(RwLock::new(read(&files, &domains)?));
        Ok(Self { files: Arc::new(files), domains, current })
    }

    /// The handshake.
    pub async fn accept(&self, stream: TcpStream) -> io::Result<TlsStream<TcpStream>> {
        let config = self.current.read().unwrap_or_else(PoisonError::into_inner).clone();
        TlsAcceptor::from(config).accept(stream).await
    }

    /// Takes a renewed certificate; a damaged one is reported and the old one stays.
    pub async fn keep_fresh(self, shutdown: CancellationToken) {
        let mut seen = modified(&self.files);
        while tokio::time::timeout(LOOK, shutdown.cancelled()).await.is_err() {
            let now = modified(&self.files);
            if now == seen {
                continue;
            }
            match read(&self.files, &self.domains) {
                Ok(config) => {
                    *self.current.write().unwrap_or_else(PoisonError::into_inner) = config;
                    seen = now;
                    tracing::info!("the edge's certificate was renewed");
                }
                // The two files are seldom replaced at one moment: look again.
                Err(error) => tracing::warn!(%error, "the edge's new certificate cannot be used; the old one stays"),
            }
        }
    }
}

fn modified(files: &config::Tls) -> [Option<SystemTime>; 2] {
    [&files.certificate, &files.key].map(|file| std::fs::metadata(file).and_then(|m| m.modified()).ok())
}

/// The certificate that belongs to the name for which a client asks: its own, or that of the installation's domain.
#[derive(Debug)]
struct ByName {
    own: Arc<CertifiedKey>,
    domains: Domains,
}

impl ResolvesServerCert for ByName {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let custom = hello.server_name().and_then(|name| self.domains.certificate(name));
        Some(custom.unwrap_or_else(|| self.own.clone()))
    }
}

fn read(files: &config::Tls, domains: &Domains) -> io::Result<Arc<ServerConfig>> {
    let bad = |file: &std::path::Path, why: String| io::Error::new(io::ErrorKind::InvalidData, format!("{}: {why}", file.display()));
    let chain = CertificateDer::pem_file_iter(&files.certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|e| bad(&files.certificate, e.to_string()))?;
    let key = PrivateKeyDer::from_pem_file(&files.key).map_err(|e| bad(&files.key, e.to_string()))?;
    let provider: Arc<CryptoProvider> = Arc::new(ring::default_provider());
    let own = CertifiedKey::from_der(chain, key, &provider).map_err(|e| bad(&files.certificate, e.to_string()))?;
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|e| bad(&files.certificate, e.to_string()))?
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(ByName { own: Arc::new(own), domains: domains.clone() }));
    Ok(Arc::new(config))
}
