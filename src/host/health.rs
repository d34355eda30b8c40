//! Whether a process answers, and what becomes of one that no longer does.

use super::process::Process;
use std::path::Path;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::UnixStream;

/// How long a process may take to answer while it starts.
const STARTING: Duration = Duration::from_secs(5);
/// How often in a row a live process may fail to answer in time: a busy machine is no reason to end it.
const MISSES: u32 = 3;

/// Returns when the process answers that it is well.
pub async fn healthy(socket: &Path, label: &str) {
    let mut pause = Duration::from_millis(5);
    loop {
        if matches!(tokio::time::timeout(STARTING, ask(socket, label)).await, Ok(Ok(200))) {
            return;
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(Duration::from_millis(25));
    }
}

/// Returns when a live process has been silent for too long. Whatever it answers counts: while its database is away it says
/// that it is not well, and would say the same after a restart. Asks again `every` so long, and waits as long for an answer.
pub async fn silent(socket: &Path, label: &str, every: Duration) -> String {
    let mut missed = 0;
    while missed < MISSES {
        tokio::time::sleep(every).await;
        let answered = tokio::time::timeout(every, ask(socket, label)).await.is_ok_and(|answer| answer.is_ok());
        missed = if answered { 0 } else { missed + 1 };
    }
    format!("It did not answer GET /api/health {MISSES} times in a row, {} ms each.", every.as_millis())
}

/// Watches a live process for as long as the watch is kept.
#[derive(Debug)]
pub struct Watch(tokio::task::JoinHandle<()>);

impl Watch {
    /// Condemns the process when it is silent for too long.
    pub fn start(process: &Process, socket: &Path, label: &str, every: Duration) -> Self {
        let (condemn, socket, label) = (process.condemner(), socket.to_owned(), label.to_owned());
        Self(tokio::spawn(async move { condemn(silent(&socket, &label, every).await) }))
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// The status of the process' answer.
async fn ask(socket: &Path, label: &str) -> std::io::Result<u16> {
    let mut stream = UnixStream::connect(socket).await?;
    let request = format!("GET /api/health HTTP/1.1\r\nhost: {label}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut status = [0; 12];
    stream.read_exact(&mut status).await?;
    let status = status.strip_prefix(b"HTTP/1.1 ").and_then(|digits| std::str::from_utf8(digits).ok()?.parse().ok());
    status.ok_or_else(|| std::io::ErrorKind::InvalidData.into())
}
