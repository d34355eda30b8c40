//! Connections of a port: so many at once, heads that arrive in time, and an end that lets open requests finish. The API and the edge
//! share it.

use http::{Request, Response};
use hyper::body::{Body, Incoming};
use hyper::service::Service;
use hyper_util::rt::{TokioIo, TokioTimer};
use std::error::Error;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// A request's head must arrive within this time, and an idle connection is closed after it.
pub const HEAD_LIMIT: Duration = Duration::from_secs(30);
/// The most bytes of a request's head.
const HEAD_SIZE: usize = 64 * 1024;
/// How long open requests may go on after the end was asked for.
const DRAIN: Duration = Duration::from_secs(10);

/// Accepts connections of `what` until `shutdown`, at most `most` at once, and gives each to `each`; then lets those that are open finish, but
/// waits for no client that has fallen silent.
pub async fn accept<F>(
    listener: TcpListener,
    what: &'static str,
    most: usize,
    shutdown: CancellationToken,
    each: impl Fn(TcpStream, SocketAddr) -> F,
) -> std::io::Result<()>
where
    F: Future<Output = ()> + Send + 'static,
{
    listener.set_nonblocking(true)?;
    let listener = tokio::net::TcpListener::from_std(listener)?;
    let places = Arc::new(Semaphore::new(most));
    let tasks = TaskTracker::new();
    loop {
        let place = tokio::select! {
            place = places.clone().acquire_owned() => place.expect("the semaphore is never closed"),
            () = shutdown.cancelled() => break,
        };
        let (stream, peer) = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                // Such as too many open files: others end meanwhile.
                Err(error) => {
                    tracing::warn!(%error, "{what} could not accept a connection");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                    continue;
                }
            },
            () = shutdown.cancelled() => break,
        };
        let _ = stream.set_nodelay(true);
        let connection = each(stream, peer);
        tasks.spawn(async move {
            let _place = place;
            connection.await;
        });
    }
    drop(listener);
    tasks.close();
    if tokio::time::timeout(DRAIN, tasks.wait()).await.is_err() {
        tracing::warn!(open = tasks.len(), "{what} ends while requests are still open");
    }
    Ok(())
}

/// Answers the requests of one connection. After `shutdown` it ends with the request that is open.
pub async fn answer<S, B>(stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static, service: S, shutdown: CancellationToken)
where
    S: Service<Request<Incoming>, Response = Response<B>, Error: Into<Box<dyn Error + Send + Sync>>>,
    B: Body<Data: Send, Error: Into<Box<dyn Error + Send + Sync>>> + Send + 'static,
{
    let connection = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_LIMIT)
        .max_buf_size(HEAD_SIZE)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    let mut connection = std::pin::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = shutdown.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection ended early");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hyper::service::service_fn;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    async fn hello(_: Request<Incoming>) -> Result<Response<String>, std::convert::Infallible> {
        Ok(Response::new("hello".to_owned()))
    }

    /// What a client that sends `pieces`, each after `pause`, gets before the connection is closed.
    async fn get(pieces: &[&str], pause: Duration, shutdown: CancellationToken) -> String {
        let (mut client, server) = tokio::io::duplex(1 << 20);
        let serving = tokio::spawn(answer(server, service_fn(hello), shutdown));
        for piece in pieces {
            tokio::time::sleep(pause).await;
            if client.write_all(piece.as_bytes()).await.is_err() {
                break;
            }
        }
        let mut text = String::new();
        let _ = client.read_to_string(&mut text).await;
        serving.await.unwrap();
        text
    }

    #[tokio::test(start_paused = true)]
    async fn a_head_that_comes_drop_by_drop_is_not_waited_for() {
        let drops: Vec<&str> = std::iter::once("GET / HTTP/1.1\r\n").chain(std::iter::repeat_n("x-drop: 1\r\n", 20)).chain(["\r\n"]).collect();
        assert_eq!(get(&drops, Duration::from_secs(10), CancellationToken::new()).await, "", "the connection is closed");
        let answered = get(&drops, Duration::from_millis(100), CancellationToken::new()).await;
        assert!(answered.starts_with("HTTP/1.1 200") && answered.ends_with("hello"), "{answered}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_head_has_an_end() {
        let endless = "x".repeat(HEAD_SIZE * 2);
        let answered = get(&["GET / HTTP/1.1\r\nx-long: ", &endless], Duration::ZERO, CancellationToken::new()).await;
        assert!(answered.starts_with("HTTP/1.1 431"), "{answered}");
    }

    #[tokio::test(start_paused = true)]
    async fn an_idle_connection_ends_with_the_server() {
        let shutdown = CancellationToken::new();
        shutdown.cancel();
        let start = tokio::time::Instant::now();
        assert_eq!(get(&[], Duration::ZERO, shutdown).await, "");
        assert!(start.elapsed() < HEAD_LIMIT);
    }
}
