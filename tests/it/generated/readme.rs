//! What the README of a code base tells its owner to do, done word for word on a database of their own. The packages of the
//! toolkit stand for `npm install`.

use super::golden::golden;
use super::{Workshop, packages};
use crate::harness::{Client, TestDatabase, eventually};
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::Path;
use std::process::Stdio;
use tokio::process::{Child, Command};

/// "And fill it in", for a shell that knows what with.
const FILL_IN: &str = r#"printf '%s\n' "DATABASE_URL=$GIVEN_URL" "APP_URL=$GIVEN_ORIGIN" "PORT=$GIVEN_PORT" >> .env"#;

#[tokio::test]
async fn the_readme_is_true() {
    let workshop = Workshop::generate(&golden("names")).await.unwrap_or_else(|error| panic!("{error}"));
    let code = workshop.code();
    let database = TestDatabase::create().await;
    let readme = std::fs::read_to_string(code.join("README.md")).unwrap();

    // "Run it", without Docker.
    let steps = block(&readme, "or without Docker");
    assert_eq!(steps.first().map(String::as_str), Some("npm install"), "{steps:?}");
    std::os::unix::fs::symlink(packages(), code.join("node_modules")).unwrap();
    let script = steps[1..].iter().flat_map(|step| match step {
        step if step.starts_with("npm start") => vec![format!("exec {step}")],
        step if step.starts_with("cp .env.example") => vec![step.clone(), FILL_IN.to_owned()],
        step => vec![format!("{step} >&2")],
    });
    let script = ["set -e".to_owned()].into_iter().chain(script).collect::<Vec<_>>().join("\n");
    let started = Started::new(code, "sh", &["-c", &script], &database).await;
    let app = &started.client;
    assert_eq!(app.get("/api/health").await.expect(200)["status"], "ok");
    let page = app.get("/").await;
    assert!(page.expect_text(200).contains("<script type=\"module\""), "{}", page.text);
    let (_, asset) = page.text.split_once("src=\"").unwrap();
    app.get(asset.split('"').next().unwrap()).await.expect_text(200);
    app.post("/api/auth/sign-up", &json!({ "name": "Kim", "email": "kim@example.com", "password": "correct horse" })).await.expect(201);

    // "The API": the first call signs in the administrator of `.env.example`, the second one uses the token.
    let calls = block(&readme, "## The API").join("\n");
    let quoted: Vec<&str> = calls.split('\'').skip(1).step_by(2).collect();
    let [_, body, list, _] = quoted[..] else { panic!("{calls}") };
    let session = app.post("/api/auth/sign-in", &serde_json::from_str(body).unwrap()).await.expect(200);
    let signed_in = app.with_token(session["token"].as_str().unwrap());
    let listed = signed_in.get(list.strip_prefix("localhost:3000").unwrap()).await.expect(200);
    assert_eq!(listed["total"], 1, "{listed}");
    let (_, kinds) = readme.split_once("| records | address |").unwrap();
    for address in kinds.split('`').skip(1).step_by(2) {
        signed_in.get(address).await.expect(200);
    }
    drop(started);

    // The table of commands. Those that check the code find nothing, with the example of "Your own code" in place, too.
    let (_, table) = readme.split_once("| command |").unwrap();
    let commands = table.split('`').skip(1).step_by(2).filter_map(|code| code.strip_prefix("npm "));
    let written: BTreeSet<&str> = commands.map(|command| command.trim_start_matches("run ")).collect();
    let package: Value = serde_json::from_slice(&std::fs::read(code.join("package.json")).unwrap()).unwrap();
    let scripts: BTreeSet<&str> = package["scripts"].as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(written, scripts, "the table has every command");

    let developed = Started::new(code, "npm", &["run", "dev"], &database).await;
    assert_eq!(developed.client.get("/api/health").await.expect(200)["status"], "ok");
    developed.client.get("/").await.expect_text(200);
    assert_eq!(developed.client.get("/api/hello").await.status, 404);
    let file = code.join("server/custom/hooks.ts");
    let before = std::fs::read_to_string(&file).unwrap();
    let imports = before.lines().filter(|line| line.starts_with("import ")).map(str::to_owned);
    let example = imports.chain(block(&readme, "## Your own code")).collect::<Vec<_>>().join("\n");
    std::fs::write(&file, example + "\n").unwrap();
    eventually("the change runs", 20, || async { (developed.client.try_get("/api/hello").await == Some(200)).then_some(()) }).await;
    let hello = developed.client.get("/api/hello").await.expect(200);
    assert_eq!((&hello["hello"], hello["time"].is_string()), (&json!("you"), true), "{hello}");
    drop(developed);
    workshop.run("npm", &["run", "typecheck"], &[]).await;
    workshop.run("npm", &["run", "lint"], &[]).await;
}

/// The lines of the first code block after some words, without their comments.
fn block(readme: &str, after: &str) -> Vec<String> {
    let (_, rest) = readme.split_once(after).unwrap_or_else(|| panic!("no {after:?} in {readme}"));
    let indented = |line: &&str| line.starts_with("    ") || line.is_empty();
    let lines = rest.lines().skip_while(|line| !line.starts_with("    ")).take_while(indented);
    lines.map(|line| line.split("  # ").next().unwrap_or(line).get(4..).unwrap_or_default().trim_end().to_owned()).collect()
}

/// A server that was started by a command, with all that the command started.
struct Started {
    child: Child,
    client: Client,
}

impl Started {
    /// Waits until it answers. Its environment says only what the owner has to fill in.
    async fn new(code: &Path, program: &str, arguments: &[&str], database: &TestDatabase) -> Self {
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port().to_string();
        let origin = format!("http://localhost:{port}");
        let mut command = Command::new(program);
        command.args(arguments).current_dir(code).env_clear().env("PATH", std::env::var("PATH").unwrap()).stdin(Stdio::null()).process_group(0);
        for (name, value) in [("URL", &database.url), ("ORIGIN", &origin), ("PORT", &port)] {
            command.env(format!("GIVEN_{name}"), value);
        }
        if program == "npm" {
            command.envs([("DATABASE_URL", &database.url), ("APP_URL", &origin), ("PORT", &port)]);
        }
        let mut started = Self { child: command.spawn().unwrap(), client: Client::anonymous(&origin) };
        eventually("the app answers", 60, || {
            let exited = started.child.try_wait().unwrap();
            assert!(exited.is_none(), "{arguments:?}: {exited:?}");
            let client = started.client.clone();
            async move { client.try_get("/api/health").await }
        })
        .await;
        started
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        if let Some(id) = self.child.id() {
            let _ = killpg(Pid::from_raw(i32::try_from(id).unwrap()), Signal::SIGKILL);
        }
    }
}
