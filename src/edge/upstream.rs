//! One process of an app, reached over its Unix socket, with its connections and the requests it still answers.

use super::body::Body;
use http::{Request, Response};
use hyper::body::Incoming;
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::net::UnixStream;
use tokio::sync::Notify;

/// An idle connection is not used again after this time: Node closes its own after five seconds.
const IDLE: Duration = Duration::from_secs(3);
/// The most idle connections that are kept.
const KEPT: usize = 64;
/// How long connecting may take.
const CONNECT: Duration = Duration::from_secs(5);

/// One process of an app.
#[derive(Debug)]
pub struct Upstream {
    socket: PathBuf,
    open: AtomicUsize,
    changed: Notify,
    idle: Mutex<Vec<(SendRequest<Body>, Instant)>>,
}

/// A request that the process still answers.
#[derive(Debug)]
pub struct InFlight(Arc<Upstream>);

impl Drop for InFlight {
    fn drop(&mut self) {
        if self.0.open.fetch_sub(1, Ordering::AcqRel) == 1 {
            self.0.changed.notify_waiters();
        }
    }
}

/// Why the process did not answer.
#[derive(Debug)]
pub enum Failed {
    /// Nothing of the request was sent: it comes back, and may go elsewhere.
    NotSent(Box<Request<Body>>, std::io::Error),
    /// It was sent, or a part of it was, and nothing is known of its effect.
    Broken(hyper::Error),
}

impl Upstream {
    /// A process that listens on this socket.
    pub fn new(socket: impl Into<PathBuf>) -> Arc<Self> {
        Arc::new(Self { socket: socket.into(), open: AtomicUsize::new(0), changed: Notify::new(), idle: Mutex::default() })
    }

    /// Its socket.
    pub fn socket(&self) -> &Path {
        &self.socket
    }

    /// Counts a request until the guard is dropped.
    pub fn enter(self: &Arc<Self>) -> InFlight {
        self.open.fetch_add(1, Ordering::AcqRel);
        InFlight(self.clone())
    }

    /// Returns when it answers no request any more.
    pub async fn drained(&self) {
        loop {
            let changed = self.changed.notified();
            tokio::pin!(changed);
            changed.as_mut().enable();
            if self.open.load(Ordering::Acquire) == 0 {
                return;
            }
            changed.await;
        }
    }

    /// Sends a request and waits for the head of the answer. The connection comes along, to be given back with
    /// [`Self::give_back`] when the body was read.
    pub async fn send(&self, mut request: Request<Body>) -> Result<(Response<Incoming>, SendRequest<Body>), Failed> {
        // A kept connection may turn out to be closed; each failed one is gone, so this ends.
        loop {
            let mut sender = match self.kept().await {
                Some(sender) => sender,
                None => match self.connect().await {
                    Ok(sender) => sender,
                    Err(error) => return Err(Failed::NotSent(Box::new(request), error)),
                },
            };
            match sender.try_send_request(request).await {
                Ok(response) => return Ok((response, sender)),
                Err(mut error) => match error.take_message() {
                    Some(unsent) => request = unsent,
                    None => return Err(Failed::Broken(error.into_error())),
                },
            }
        }
    }

    /// Keeps a connection whose answer was read to its end.
    pub fn give_back(&self, sender: SendRequest<Body>) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.retain(|(sender, since)| !sender.is_closed() && since.elapsed() < IDLE);
        if !sender.is_closed() && idle.len() < KEPT {
            idle.push((sender, Instant::now()));
        }
    }

    async fn kept(&self) -> Option<SendRequest<Body>> {
        loop {
            let (mut sender, since) = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop()?;
            if since.elapsed() < IDLE && matches!(tokio::time::timeout(Duration::from_millis(20), sender.ready()).await, Ok(Ok(()))) {
                return Some(sender);
            }
        }
    }

    async fn connect(&self) -> std::io::Result<SendRequest<Body>> {
        let connect = async {
            let stream = UnixStream::connect(&self.socket).await?;
            http1::handshake(TokioIo::new(stream)).await.map_err(std::io::Error::other)
        };
        let (sender, connection) = tokio::time::timeout(CONNECT, connect).await.map_err(|_| std::io::ErrorKind::TimedOut)??;
        tokio::spawn(async move {
            if let Err(error) = connection.with_upgrades().await {
                tracing::debug!(%error, "a connection to an app ended early");
            }
        });
        Ok(sender)
    }
}

impl InFlight {
    /// The process.
    pub fn upstream(&self) -> &Upstream {
        &self.0
    }
}
