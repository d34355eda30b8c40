//! TLS by a given certificate, read again when its file changes.

use crate::config;
use rustls::ServerConfig;
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
    current: Arc<RwLock<Arc<ServerConfig>>>,
}

impl Acceptor {
    /// Reads the files.
    pub fn new(files: config::Tls) -> io::Result<Self> {
        let current = Arc::new(RwLock::new(read(&files)?));
        Ok(Self { files: Arc::new(files), current })
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
            match read(&self.files) {
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

fn read(files: &config::Tls) -> io::Result<Arc<ServerConfig>> {
    let bad = |file: &std::path::Path, why: String| io::Error::new(io::ErrorKind::InvalidData, format!("{}: {why}", file.display()));
    let chain = CertificateDer::pem_file_iter(&files.certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|e| bad(&files.certificate, e.to_string()))?;
    let key = PrivateKeyDer::from_pem_file(&files.key).map_err(|e| bad(&files.key, e.to_string()))?;
    let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|e| bad(&files.certificate, e.to_string()))?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(|e| bad(&files.certificate, e.to_string()))?;
    Ok(Arc::new(config))
}
