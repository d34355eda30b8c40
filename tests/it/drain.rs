//! Ending: nothing that hangs keeps a part of Slipform alive.

use crate::harness::{Installation, eventually};
use crate::machine::Machine;
use slipform::store::runtimes;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

#[tokio::test]
async fn a_client_that_falls_silent_in_the_middle_does_not_keep_slipform_from_ending() {
    let installation = Installation::start().await;
    let address = installation.ready["api"].as_str().unwrap().strip_prefix("http://").unwrap();
    let mut silent = TcpStream::connect(address).await.unwrap();
    silent.write_all(b"GET /v1/me HTTP/1.1\r\nhost: a\r\n").await.unwrap();
    let mut asked = TcpStream::connect(address).await.unwrap();
    asked.write_all(b"POST /v1/auth/sign-in HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{").await.unwrap();
    // The server has taken both: another request on a connection behind them is answered.
    let mut last = TcpStream::connect(address).await.unwrap();
    last.write_all(b"GET /health/live HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n").await.unwrap();
    let mut answer = String::new();
    last.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 2"), "{answer}");
    installation.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_ends_while_a_deletion_cannot_be_finished_and_the_next_one_finishes_it() {
    let mut machine = Machine::start().await;
    let (env, _) = machine.live("todo", "v1").await;
    let owner = &mut machine.owner().await;
    // As while Postgres is away: what it observes cannot be written.
    sqlx::query("revoke update on runtimes from slipform_host").execute(&mut *owner).await.unwrap();
    runtimes::desire_absent(&mut machine.pools.worker.acquire().await.unwrap(), env.environment).await.unwrap();
    eventually("its folders are gone", 20, async || (!machine.places().environment(env.environment).exists()).then_some(())).await;
    tokio::time::timeout(Duration::from_secs(15), machine.stop_host()).await.expect("it ends all the same");

    sqlx::query("grant update on runtimes to slipform_host").execute(&mut *owner).await.unwrap();
    machine.start_host(256);
    eventually("the next host says that nothing is left", 20, async || {
        let progress = runtimes::progress(&machine.pools.worker, env.environment).await.unwrap().unwrap();
        (progress.observed == "absent" && progress.observed_generation == progress.generation).then_some(())
    })
    .await;
}
