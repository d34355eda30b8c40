//! The parts of an installation as processes of their own: what one of them suffers, live apps do not notice.

use crate::harness::story::{ORGANIZATION, build, build_live, create_app, finished, notes, push, sign_up};
use crate::harness::{Client, TestDatabase, checkout, eventually, program, temporary_folder};
use serde_json::{Value, json};
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::process::{Child, Command};

fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a port").port()
}

#[tokio::test]
async fn killing_serve_or_a_worker_interrupts_no_request_to_a_live_app() {
    let database = TestDatabase::create().await;
    let folder = temporary_folder();
    let (api_port, edge_port) = (free_port().to_string(), free_port().to_string());
    let command = |part: &str| {
        let mut command = Command::new(program());
        command.arg(part).kill_on_drop(true).stdin(Stdio::null()).stdout(Stdio::null()).env("SLIPFORM_LOG", "error");
        command.env("SLIPFORM_HOME", folder.path().join("home")).env("SLIPFORM_PORT", &api_port).env("SLIPFORM_EDGE_PORT", &edge_port);
        command.env("SLIPFORM_TOOLKIT", checkout().join("toolkit")).env("SLIPFORM_KEY", &database.key).env("DATABASE_URL", &database.url);
        command.env("SLIPFORM_EXAMPLE", "");
        command
    };
    let start = |part: &str| -> Child { command(part).spawn().expect("the program starts") };

    // `up` makes the first owner; then the parts go on alone.
    let mut up = command("up").arg("--json").stdout(Stdio::piped()).spawn().expect("the program starts");
    let mut lines = tokio::io::AsyncBufReadExt::lines(tokio::io::BufReader::new(up.stdout.take().expect("piped")));
    let ready: Value = serde_json::from_str(&lines.next_line().await.unwrap().expect("it gets ready")).unwrap();
    nix::sys::signal::kill(nix::unistd::Pid::from_raw(i32::try_from(up.id().unwrap()).unwrap()), nix::sys::signal::Signal::SIGTERM).unwrap();
    assert!(up.wait().await.unwrap().success());
    let (mut serve, mut worker, mut host) = (start("serve"), start("worker"), start("host"));
    let api = Client::new(&format!("http://127.0.0.1:{api_port}"), ready["token"].as_str().unwrap());
    let answers = || async { (api.try_get("/health/ready").await == Some(200)).then_some(()) };
    eventually("the API answers", 20, answers).await;

    create_app(&api, "notes", &notes()).await;
    let app = build_live(&api, "notes").await;
    let ada = sign_up(&app, "Ada").await;
    let done = Arc::new(AtomicBool::new(false));
    let visitor = tokio::spawn({
        let (ada, done) = (ada.clone(), done.clone());
        async move {
            let mut requests = 0;
            while !done.load(Ordering::Relaxed) {
                ada.post("/api/notes", &json!({ "title": format!("Note {requests}") })).await.expect(201);
                ada.get("/api/notes?limit=1").await.expect(200);
                ada.get("/").await.expect_text(200);
                requests += 3;
            }
            requests
        }
    });

    serve.kill().await.unwrap();
    tokio::time::sleep(Duration::from_millis(300)).await;
    serve = start("serve");
    eventually("the API answers again", 20, answers).await;

    // A worker dies in the middle of a build; another finishes it, and visitors go over to the new release.
    let mut design = notes();
    design["entities"][0]["fields"][0]["label"] = json!("Headline");
    push(&api, "notes", &design).await;
    let started = api.post(&format!("{ORGANIZATION}/apps/notes/builds"), &json!({})).await.expect(202);
    tokio::time::sleep(Duration::from_millis(150)).await;
    worker.kill().await.unwrap();
    worker = start("worker");
    assert_eq!(finished(&api, "notes", &started).await["state"], "succeeded");
    design["entities"][0]["fields"][0]["label"] = json!("Subject");
    push(&api, "notes", &design).await;
    assert_eq!(build(&api, "notes", "production").await["state"], "succeeded");

    done.store(true, Ordering::Relaxed);
    let requests: usize = visitor.await.expect("no request failed");
    assert!(requests > 30, "{requests}");
    for part in [&mut serve, &mut worker, &mut host] {
        part.kill().await.unwrap();
    }
}
