//! A host that is killed leaves nothing that blocks the next one, which brings every app back.

use crate::harness::{Client, eventually, program};
use crate::machine::{Machine, free_port, processes_below};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::process::Stdio;
use tokio::process::{Child, Command};

fn host(machine: &Machine) -> Child {
    Command::new(program())
        .arg("host")
        .env("SLIPFORM_HOME", machine.home())
        .env("DATABASE_URL", &machine.database.url)
        .env("SLIPFORM_KEY", &machine.database.key)
        .env("SLIPFORM_EDGE_PORT", machine.addresses.port.to_string())
        .env("SLIPFORM_LOG", "warn")
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .expect("the program starts")
}

async fn answers(app: &Client, version: &str) {
    eventually("the app answers", 20, async || {
        let answer = app.request(reqwest::Method::GET, "/api/version").send().await.ok()?;
        (answer.status() == 200 && answer.json::<String>().await.ok()? == version).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_host_takes_its_apps_along_and_the_next_one_brings_them_back() {
    let machine = Machine::without_host().await;
    let mut first = host(&machine);
    let (env, app) = machine.live("todo", "v1").await;
    let (_, other) = machine.live("other", "v1").await;
    answers(&app, "v1").await;

    for _ in 0..3 {
        kill(Pid::from_raw(i32::try_from(first.id().unwrap()).unwrap()), Signal::SIGKILL).unwrap();
        first.wait().await.unwrap();
        eventually("the apps end with their host", 5, async || processes_below(&machine.home()).is_empty().then_some(())).await;
        first = host(&machine);
        answers(&app, "v1").await;
        answers(&other, "v1").await;
    }
    assert_eq!(machine.processes(&env).len(), 1);
    assert_eq!(std::fs::read_dir(machine.home().join("host/processes")).unwrap().count(), 2);

    // A second one on the same folder is refused, and says why.
    let second = Command::new(program())
        .arg("host")
        .env("SLIPFORM_HOME", machine.home())
        .env("DATABASE_URL", &machine.database.url)
        .env("SLIPFORM_KEY", &machine.database.key)
        .env("SLIPFORM_EDGE_PORT", free_port().to_string())
        .output()
        .await
        .unwrap();
    assert!(!second.status.success());
    assert!(String::from_utf8_lossy(&second.stderr).contains("another host"), "{}", String::from_utf8_lossy(&second.stderr));

    // In order: nothing is left running.
    kill(Pid::from_raw(i32::try_from(first.id().unwrap()).unwrap()), Signal::SIGTERM).unwrap();
    assert!(first.wait().await.unwrap().success());
    assert_eq!(processes_below(&machine.home()), Vec::<i32>::new());
}
