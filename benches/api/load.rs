//! A client that costs little, so that the server is measured and not the client: requests as bytes over connections that stay open.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// One request, again and again.
#[derive(Clone)]
pub struct Load {
    pub address: SocketAddr,
    /// The next request of a connection; called with a number that is never given twice.
    pub request: Arc<dyn Fn(usize) -> Vec<u8> + Send + Sync>,
    /// The status that every answer must have.
    pub status: u16,
}

/// What came of it.
pub struct Measured {
    /// Answers a second.
    pub rate: f64,
    /// From when a request was due to the end of its answer, in milliseconds, in order.
    pub latencies: Vec<f64>,
}

impl Measured {
    pub fn percentile(&self, p: f64) -> f64 {
        let last = self.latencies.len() - 1;
        self.latencies[((last as f64) * p) as usize]
    }
}

impl Load {
    pub fn get(address: SocketAddr, path: &str, token: &str, more: &str, status: u16) -> Self {
        let bytes = format!("GET {path} HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {token}\r\n{more}\r\n").into_bytes();
        Self { address, request: Arc::new(move |_| bytes.clone()), status }
    }

    /// As fast as `connections` can, each sending its next request when the last is answered.
    pub async fn closed(&self, connections: usize, time: Duration) -> Measured {
        let start = Instant::now();
        self.run(connections, move |_, _| {
            let now = Instant::now();
            (now < start + time).then_some(now)
        })
        .await
    }

    /// `rate` requests a second whatever comes back: what waits for a late answer is late too (no coordinated omission).
    pub async fn open(&self, connections: usize, time: Duration, rate: f64) -> Measured {
        let start = Instant::now();
        let every = Duration::from_secs_f64(connections as f64 / rate);
        self.run(connections, move |connection, n| {
            let due = start + every * n + every * connection as u32 / connections as u32;
            (due < start + time).then_some(due)
        })
        .await
    }

    async fn run(&self, connections: usize, due: impl Fn(usize, u32) -> Option<Instant> + Clone + Send + 'static) -> Measured {
        let start = Instant::now();
        let tasks = (0..connections).map(|connection| {
            let (load, due) = (self.clone(), due.clone());
            tokio::spawn(async move {
                let mut stream = TcpStream::connect(load.address).await.expect("a connection");
                stream.set_nodelay(true).expect("no delay");
                let (mut taken, mut buffer, mut n) = (Vec::new(), Vec::with_capacity(64 * 1024), 0);
                while let Some(due) = due(connection, n) {
                    tokio::time::sleep_until(due.into()).await;
                    stream.write_all(&(load.request)(connection + n as usize * 1_000)).await.expect("it is sent");
                    let status = answer(&mut stream, &mut buffer).await;
                    assert_eq!(status, load.status, "{}", String::from_utf8_lossy(&buffer));
                    taken.push(due.elapsed().as_secs_f64() * 1000.0);
                    n += 1;
                }
                taken
            })
        });
        let tasks: Vec<_> = tasks.collect();
        let mut latencies = Vec::new();
        for task in tasks {
            latencies.extend(task.await.expect("no answer was another than expected"));
        }
        let rate = latencies.len() as f64 / start.elapsed().as_secs_f64();
        latencies.sort_by(f64::total_cmp);
        Measured { rate, latencies }
    }
}

/// Reads one answer; gives its status.
async fn answer(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> u16 {
    buffer.clear();
    loop {
        let read = stream.read_buf(buffer).await.expect("an answer");
        assert!(read > 0, "the connection was closed: {}", String::from_utf8_lossy(buffer));
        let Some(head) = buffer.windows(4).position(|w| w == b"\r\n\r\n") else { continue };
        let text = std::str::from_utf8(&buffer[..head]).expect("a head");
        let status = text[9..12].parse().expect("a status");
        let length = text.lines().find_map(|line| line.strip_prefix("content-length: ")).map_or(0, |length| length.parse::<usize>().expect("a length"));
        let whole = head + 4 + length;
        while buffer.len() < whole {
            assert!(stream.read_buf(buffer).await.expect("the rest") > 0, "the answer broke off");
        }
        return status;
    }
}

/// A stream that is open: its head has come.
pub async fn follow(address: SocketAddr, path: &str, token: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    let request = format!("GET {path} HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {token}\r\n\r\n");
    stream.write_all(request.as_bytes()).await.expect("it is sent");
    let mut head = Vec::new();
    while !head.windows(5).any(|w| w == b"data:") {
        assert!(stream.read_buf(&mut head).await.expect("an answer") > 0, "{}", String::from_utf8_lossy(&head));
    }
    assert!(head.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&head));
    stream
}
