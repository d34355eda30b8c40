//! Receivers of every kind, byte by byte.

use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

/// How a receiver behaves once it has read the request.
#[derive(Debug, Clone)]
pub enum Behaviour {
    /// Writes these bytes before it has read anything, and closes.
    Greets(&'static str),
    /// Closes the connection as soon as it stands.
    Closes,
    /// Writes these bytes and closes.
    Says(Vec<u8>),
    /// Writes these bytes, and then nothing more.
    Hangs(&'static str),
    /// Writes these bytes, and then resets the connection.
    Resets(&'static str),
    /// Begins with these bytes and never ends to write.
    Endless(&'static str),
    /// One byte of the body each second.
    Trickles,
}

/// A request as it came.
#[derive(Debug, Clone)]
pub struct Received {
    /// Method, path and version.
    pub line: String,
    /// In lower case.
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Received {
    pub fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(n, _)| n == name).map_or("", |(_, value)| value)
    }
}

/// A receiver at an address of this machine.
pub struct Receiver {
    pub address: SocketAddr,
    behaviour: Arc<Mutex<Behaviour>>,
    seen: Arc<Seen>,
}

/// What a receiver has seen so far.
#[derive(Default)]
struct Seen {
    connections: AtomicUsize,
    requests: Mutex<Vec<Received>>,
    written: AtomicUsize,
}

impl Receiver {
    pub async fn start(behaviour: Behaviour) -> Self {
        Self::at(SocketAddr::from(([127, 0, 0, 1], 0)), behaviour, None).await
    }

    pub async fn saying(head: &str, body: &str) -> Self {
        Self::start(says(head, body)).await
    }

    pub async fn at(address: SocketAddr, behaviour: Behaviour, tls: Option<TlsAcceptor>) -> Self {
        let listener = TcpListener::bind(address).await.unwrap();
        let (address, seen) = (listener.local_addr().unwrap(), Arc::new(Seen::default()));
        let (shared, behaviour) = (seen.clone(), Arc::new(Mutex::new(behaviour)));
        let now = behaviour.clone();
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                shared.connections.fetch_add(1, Relaxed);
                let (seen, behaviour, tls) = (shared.clone(), now.lock().unwrap().clone(), tls.clone());
                tokio::spawn(async move {
                    if matches!(behaviour, Behaviour::Resets(_)) {
                        // What is closed then is not ended but reset.
                        stream.set_zero_linger().unwrap();
                    }
                    match tls {
                        None => serve(stream, &behaviour, &seen).await,
                        Some(tls) => {
                            if let Ok(stream) = tls.accept(stream).await {
                                serve(stream, &behaviour, &seen).await;
                            }
                        }
                    }
                });
            }
        });
        Self { address, behaviour, seen }
    }

    /// Behaves like this from the next connection on.
    pub fn becomes(&self, behaviour: Behaviour) {
        *self.behaviour.lock().unwrap() = behaviour;
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub fn received(&self) -> Vec<Received> {
        self.seen.requests.lock().unwrap().clone()
    }

    pub fn connections(&self) -> usize {
        self.seen.connections.load(Relaxed)
    }

    /// How many bytes went out before the sender had enough.
    pub fn written(&self) -> usize {
        self.seen.written.load(Relaxed)
    }
}

pub fn says(head: &str, body: &str) -> Behaviour {
    Behaviour::Says(format!("HTTP/1.1 {head}\r\ncontent-length: {}\r\n\r\n{body}", body.len()).into_bytes())
}

async fn serve(mut stream: impl AsyncRead + AsyncWrite + Unpin, behaviour: &Behaviour, seen: &Seen) {
    if let Behaviour::Greets(greeting) = behaviour {
        let _ = stream.write_all(greeting.as_bytes()).await;
    }
    if matches!(behaviour, Behaviour::Closes) {
        return;
    }
    let Some(request) = read(&mut stream).await else { return };
    seen.requests.lock().unwrap().push(request);
    match behaviour {
        Behaviour::Greets(_) | Behaviour::Closes => {}
        Behaviour::Says(answer) => {
            let _ = stream.write_all(answer).await;
            let _ = stream.shutdown().await;
        }
        Behaviour::Hangs(answer) => {
            let _ = stream.write_all(answer.as_bytes()).await;
            std::future::pending::<()>().await;
        }
        Behaviour::Resets(answer) => {
            let _ = stream.write_all(answer.as_bytes()).await;
            let _ = stream.flush().await;
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        Behaviour::Endless(answer) => {
            let _ = stream.write_all(answer.as_bytes()).await;
            while stream.write_all(&[b'x'; 1024]).await.is_ok() {
                seen.written.fetch_add(1024, Relaxed);
            }
        }
        Behaviour::Trickles => {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n").await;
            while stream.write_all(b"x").await.is_ok() {
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        }
    }
}

async fn read(stream: &mut (impl AsyncRead + Unpin)) -> Option<Received> {
    let mut bytes = Vec::new();
    loop {
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
        let text = String::from_utf8_lossy(&bytes);
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let mut lines = head.lines();
        let line = lines.next()?.to_owned();
        let headers: Vec<(String, String)> = lines.filter_map(|line| line.split_once(": ")).map(|(n, v)| (n.to_ascii_lowercase(), v.to_owned())).collect();
        let length: usize = headers.iter().find(|(name, _)| name == "content-length").map_or(0, |(_, value)| value.parse().unwrap());
        if body.len() >= length {
            return Some(Received { line, headers, body: body.to_owned() });
        }
    }
}

/// A certificate for a name, and a receiver's end of TLS with it.
pub fn certificate(name: &str, years: std::ops::Range<i32>) -> (String, TlsAcceptor) {
    let mut params = rcgen::CertificateParams::new(vec![name.to_owned()]).unwrap();
    params.not_before = rcgen::date_time_ymd(years.start, 1, 1);
    params.not_after = rcgen::date_time_ymd(years.end, 1, 1);
    let key = rcgen::KeyPair::generate().unwrap();
    let certificate = params.self_signed(&key).unwrap();
    let key = rustls::pki_types::PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let config = rustls::ServerConfig::builder().with_no_client_auth().with_single_cert(vec![certificate.der().clone()], key).unwrap();
    (certificate.pem(), TlsAcceptor::from(Arc::new(config)))
}

/// An address where connections are neither accepted nor refused: its queue is full. The sockets keep it so.
pub async fn full() -> (SocketAddr, Vec<TcpStream>, TcpListener) {
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind(SocketAddr::new(IpAddr::from([127, 0, 0, 1]), 0)).unwrap();
    let listener = socket.listen(0).unwrap();
    let address = listener.local_addr().unwrap();
    let mut held = Vec::new();
    while let Ok(Ok(stream)) = tokio::time::timeout(Duration::from_millis(300), TcpStream::connect(address)).await {
        held.push(stream);
    }
    (address, held, listener)
}
