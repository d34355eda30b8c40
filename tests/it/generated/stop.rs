//! A generated server that is told to stop.

use super::Workshop;
use super::golden::golden;
use crate::harness::TestDatabase;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

#[tokio::test]
async fn it_answers_what_it_was_asked_and_goes() {
    let workshop = Workshop::generate(&golden("minimal")).await.unwrap_or_else(|error| panic!("{error}"));
    workshop.bundle().await.unwrap_or_else(|error| panic!("{error}"));
    let database = TestDatabase::create().await;
    workshop.migrate(&database).await;
    let mut server = workshop.start(&database).await;
    let mut connection = TcpStream::connect(("127.0.0.1", server.port)).await.unwrap();

    // Nobody has this account, and to find that out takes as long as if somebody had.
    let body = r#"{"email":"nobody@example.com","password":"guess"}"#;
    let length = body.len();
    let request = format!("POST /api/auth/sign-in HTTP/1.1\r\nhost: app\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}");
    kill(Pid::from_raw(i32::try_from(server.child.id().unwrap()).unwrap()), Signal::SIGTERM).unwrap();
    sleep(Duration::from_millis(20)).await;
    connection.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    timeout(Duration::from_secs(4), connection.read_to_string(&mut answer)).await.expect("the connection is closed after the answer").unwrap();
    assert!(answer.starts_with("HTTP/1.1 401 "), "{answer}");
    assert!(answer.to_lowercase().contains("connection: close"), "{answer}");
    let status = timeout(Duration::from_secs(4), server.child.wait()).await.expect("the server goes once nothing is open").unwrap();
    assert!(status.success(), "{status}");
}
