//! What a newcomer sees: the first start, the second, and starts that go wrong.

use crate::harness::{Client, Installation, TestDatabase, program, temporary_folder};
use serde_json::Value;
use std::process::Stdio;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::Command;

#[tokio::test]
async fn the_first_start_brings_the_example_live_and_the_second_finds_it_as_it_was() {
    let mut installation = Installation::start_with(&[("SLIPFORM_EXAMPLE", "car-rental")]).await;
    let ready = installation.ready.clone();
    assert_eq!(ready["apps"][0]["slug"], "car-rental");
    let app = Client::of_app(ready["apps"][0]["url"].as_str().unwrap());
    assert!(!app.get("/api/cars").await.expect(200)["items"].as_array().unwrap().is_empty(), "the seeds are there");
    assert!(Client::anonymous(ready["docs"].as_str().unwrap()).get("/").await.status.is_success());

    installation.restart(nix::sys::signal::Signal::SIGINT).await;
    assert_eq!(installation.ready["token"], ready["token"]);
    let builds = installation.client().get("/v1/organizations/default/apps/car-rental/builds").await.expect(200);
    assert_eq!(builds["items"].as_array().unwrap().len(), 1, "nothing was built again");
    installation.stop().await;
}

#[tokio::test]
async fn without_a_database_url_a_private_postgres_is_started_and_ends_with_us() {
    let folder = temporary_folder();
    let home = folder.path().join("home");
    let start = || {
        let mut command = Command::new(program());
        command.args(["up", "--json"]).env("SLIPFORM_HOME", &home).env("SLIPFORM_PORT", "0").env("SLIPFORM_EDGE_PORT", "0");
        command.env("SLIPFORM_EXAMPLE", "").env_remove("DATABASE_URL").env("SLIPFORM_LOG", "warn").kill_on_drop(true);
        command
    };
    // The second round begins after a crash.
    for signal in [nix::sys::signal::Signal::SIGKILL, nix::sys::signal::Signal::SIGTERM] {
        let mut child = start().stdout(Stdio::piped()).spawn().unwrap();
        let line = BufReader::new(child.stdout.take().unwrap()).lines().next_line().await.unwrap().expect("it gets ready");
        let ready: Value = serde_json::from_str(&line).unwrap();
        Client::anonymous(ready["api"].as_str().unwrap()).get("/health/ready").await.expect(200);

        // A Postgres that is killed comes back on the same port, and nothing has to be started again.
        let lock = std::fs::read_to_string(home.join("postgres/data/postmaster.pid")).unwrap();
        let postgres = nix::unistd::Pid::from_raw(lock.lines().next().unwrap().parse().unwrap());
        nix::sys::signal::kill(postgres, nix::sys::signal::Signal::SIGKILL).unwrap();
        let api = Client::new(ready["api"].as_str().unwrap(), ready["token"].as_str().unwrap());
        crate::harness::eventually("Postgres is back", 30, async || (api.get("/v1/me").await.status == 200).then_some(())).await;

        let second = start().output().await.unwrap();
        assert!(!second.status.success());
        assert!(String::from_utf8_lossy(&second.stderr).contains("another Slipform runs"), "{}", String::from_utf8_lossy(&second.stderr));

        let pid = i32::try_from(child.id().unwrap()).unwrap();
        nix::sys::signal::kill(nix::unistd::Pid::from_raw(pid), signal).unwrap();
        child.wait().await.unwrap();
    }
    assert!(crate::harness::installation::processes_of(folder.path()).is_empty());
}

#[tokio::test]
async fn a_start_that_cannot_work_says_why_and_what_to_do() {
    let database = TestDatabase::create().await;
    let folder = temporary_folder();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let run = async |name: &str, value: &str| {
        let mut command = Command::new(program());
        command.args(["up"]).env("SLIPFORM_HOME", folder.path()).env("SLIPFORM_PORT", "0").env("SLIPFORM_EDGE_PORT", "0").env("SLIPFORM_EXAMPLE", "");
        let output = command.env("DATABASE_URL", &database.url).env(name, value).output().await.unwrap();
        assert!(!output.status.success());
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    let words = run("SLIPFORM_PORT", &port).await;
    assert!(words.contains(&port) && words.contains("SLIPFORM_PORT"), "{words}");
    let words = run("SLIPFORM_EDGE_PORT", &port).await;
    assert!(words.contains(&port) && words.contains("SLIPFORM_EDGE_PORT"), "{words}");
    let words = run("DATABASE_URL", "postgres://nobody:secret@127.0.0.1:1/none").await;
    assert!(words.contains("DATABASE_URL") && !words.contains("secret"), "{words}");
    let words = run("SLIPFORM_EXAMPLE", "no-such-example").await;
    assert!(words.contains("no-such-example"), "{words}");
}
