//! The command-line client, as a person and as a script use it.

use crate::harness::story::{ORGANIZATION, create_app, notes, with_notes};
use crate::harness::toolkit::WaitingToolkit;
use crate::harness::{Installation, eventually, program, temporary_folder};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::{Value, json};
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Output, Stdio};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::process::{Child, Command};

/// The client with an own home folder, so that no session of the machine is touched.
struct Terminal<'a> {
    installation: &'a Installation,
    folder: tempfile::TempDir,
}

impl<'a> Terminal<'a> {
    fn new(installation: &'a Installation) -> Self {
        Self { installation, folder: temporary_folder() }
    }

    fn command(&self, line: &str) -> Command {
        let mut command = Command::new(program());
        command.args(line.split_whitespace()).env("HOME", self.folder.path()).env("SLIPFORM_SERVER", self.installation.ready["api"].as_str().unwrap());
        command.env_remove("SLIPFORM_TOKEN").current_dir(self.folder.path()).stdin(Stdio::null());
        command
    }

    async fn run(&self, line: &str) -> Output {
        self.command(line).output().await.expect("the program runs")
    }

    async fn input(&self, line: &str, input: &str) -> Output {
        let mut child = self.command(line).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).await.unwrap();
        child.wait_with_output().await.unwrap()
    }

    /// Starts, and goes on with the test.
    fn start(&self, line: &str) -> Child {
        self.command(line).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true).spawn().expect("the program starts")
    }

    /// Signed in with the first API token.
    async fn signed_in(installation: &'a Installation) -> Self {
        let terminal = Self::new(installation);
        succeeded(&terminal.run(&format!("login --token {}", installation.ready["token"].as_str().unwrap())).await);
        terminal
    }

    fn write(&self, name: &str, design: &Value) {
        std::fs::write(self.folder.path().join(name), design.to_string()).unwrap();
    }
}

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[track_caller]
fn succeeded(output: &Output) -> String {
    assert!(output.status.success(), "{}\n{}", stdout(output), String::from_utf8_lossy(&output.stderr));
    stdout(output)
}

#[tokio::test]
async fn a_maker_goes_from_sign_in_to_rollback_on_the_terminal() {
    let installation = Installation::start().await;
    let terminal = Terminal::new(&installation);
    let credentials = &installation.ready["credentials"];

    assert_eq!(terminal.run("apps").await.status.code(), Some(5), "nobody is signed in yet");
    let login = format!("login --email {} --password-stdin", credentials["email"].as_str().unwrap());
    assert_eq!(terminal.input(&login, "wrong\n").await.status.code(), Some(5));
    succeeded(&terminal.input(&login, &format!("{}\n", credentials["password"].as_str().unwrap())).await);
    let session = terminal.folder.path().join(".config/slipform/session.json");
    assert_eq!(std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(session).unwrap().permissions()) & 0o777, 0o600);

    assert!(succeeded(&terminal.run("apps").await).starts_with("No apps yet"));
    succeeded(&terminal.run("apps create notes --name Notes").await);

    let mut wrong = notes();
    wrong["entities"][0]["fields"][1]["default"] = json!("many");
    terminal.write("wrong.json", &wrong);
    let refused = terminal.run("design validate wrong.json").await;
    assert_eq!(refused.status.code(), Some(1));
    assert!(stdout(&refused).contains("/entities/0/fields/1/default"), "{}", stdout(&refused));

    terminal.write("one.json", &notes());
    assert!(succeeded(&terminal.run("design push notes one.json").await).contains("Version 1"));
    assert!(succeeded(&terminal.run("design push notes one.json").await).contains("Nothing changed"));
    let built = terminal.run("build notes").await;
    let steps: Vec<String> = stderr(&built).lines().filter_map(|line| Some(line.trim().strip_prefix("✓")?.split_whitespace().next()?.to_owned())).collect();
    for step in ["provision", "frontend", "backend", "bundle", "database", "publish", "rollout"] {
        assert!(steps.iter().any(|shown| shown == step), "{step} is not among {steps:?}");
    }
    let url = succeeded(&built);
    assert!(url.trim().starts_with("http://notes.localhost:"), "{url}");

    let mut two = notes();
    two["entities"][0]["fields"][1]["name"] = json!("priority");
    terminal.write("two.json", &two);
    succeeded(&terminal.run("design push notes two.json").await);
    assert!(succeeded(&terminal.run("design diff notes").await).contains("priority"));
    let events: Vec<Value> = succeeded(&terminal.run("build notes --json").await).lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    assert_eq!(events.last().unwrap()["data"]["state"], "succeeded");
    assert!(events.iter().any(|e| e["type"] == "step" && e["data"]["name"] == "rollout" && e["data"]["state"] == "succeeded"));

    assert!(succeeded(&terminal.run("releases notes").await).contains("live"));
    succeeded(&terminal.run("rollback notes").await);
    let releases: Vec<Value> = serde_json::from_str(&succeeded(&terminal.run("releases notes --json").await)).unwrap();
    let live: Vec<&Value> = releases.iter().filter(|r| r["live"] == true).map(|r| &r["number"]).collect();
    assert_eq!(live, [&json!(1)]);

    let file = succeeded(&terminal.run("code notes").await);
    let bytes = std::fs::read(terminal.folder.path().join(Path::new(file.trim()))).unwrap();
    let archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    for expected in ["README.md", "server/src/main.ts", "web/index.html", "package.json"] {
        assert!(archive.file_names().any(|name| name.is_ok_and(|name| name == format!("notes/{expected}"))), "{expected} is not in the code base");
    }
    assert!(succeeded(&terminal.run("logs notes --build 1").await).contains("bundle"));
    assert!(succeeded(&terminal.run("logs notes").await).contains("listening"));
    assert_eq!(succeeded(&terminal.run("open notes --json").await).trim(), json!({ "url": url.trim() }).to_string());

    succeeded(&terminal.run("build notes --detach").await);
    assert_eq!(terminal.run("apps delete notes").await.status.code(), Some(1), "it asks to be sure");
    succeeded(&terminal.run("apps delete notes --yes").await);
    installation.stop().await;
}

#[tokio::test]
async fn a_script_learns_from_the_exit_code_and_from_json_what_went_wrong() {
    let (installation, app) = with_notes().await;
    let terminal = Terminal::signed_in(&installation).await;
    let ada = crate::harness::story::sign_up(&app, "Ada").await;
    ada.post("/api/notes", &json!({ "title": "Milk" })).await.expect(201);

    let mut empty = notes();
    empty["entities"] = json!([]);
    empty["pages"] = json!([]);
    empty["navigation"] = json!([]);
    empty["app"] = json!({ "name": "Notes" });
    terminal.write("empty.json", &empty);
    succeeded(&terminal.run("design push notes empty.json").await);
    let failed = terminal.run("build notes").await;
    assert_eq!(failed.status.code(), Some(3));
    let words = String::from_utf8_lossy(&failed.stderr).into_owned();
    assert!(words.contains("confirmLoss") && words.contains("Note"), "{words}");

    let missing = terminal.run("build nowhere --json").await;
    assert_eq!(missing.status.code(), Some(1));
    let error: Value = serde_json::from_str(stdout(&missing).trim()).unwrap();
    assert_eq!(error["error"]["status"], 404);
    installation.stop().await;
}

#[tokio::test]
async fn commands_that_find_the_session_over_at_the_same_time_renew_it_once() {
    let installation = Installation::start().await;
    let terminal = Terminal::new(&installation);
    let credentials = &installation.ready["credentials"];
    let login = format!("login --email {} --password-stdin", credentials["email"].as_str().unwrap());
    succeeded(&terminal.input(&login, &format!("{}\n", credentials["password"].as_str().unwrap())).await);
    let file = terminal.folder.path().join(".config/slipform/session.json");
    let read = || serde_json::from_slice::<Value>(&std::fs::read(&file).unwrap()).unwrap();
    for _ in 0..3 {
        let mut over = read();
        over["token"] = json!("over");
        std::fs::write(&file, over.to_string()).unwrap();
        let commands = (0..4).map(|_| terminal.run("apps"));
        for output in futures::future::join_all(commands).await {
            succeeded(&output);
        }
        assert_ne!(read()["token"], "over");
    }
}

#[tokio::test]
async fn whoever_follows_a_build_that_is_cancelled_or_overtaken_learns_it_from_a_code_of_its_own() {
    let toolkit = WaitingToolkit::make();
    let installation = Installation::start_with(&[("SLIPFORM_TOOLKIT", toolkit.path())]).await;
    let api = installation.client();
    create_app(&api, "notes", &notes()).await;
    let terminal = Terminal::signed_in(&installation).await;
    let help = succeeded(&terminal.run("build --help").await);
    assert!(help.contains("3 the build failed") && help.contains("4 it was cancelled or superseded"), "{help}");

    let builds = format!("{ORGANIZATION}/apps/notes/builds");
    let state = async |number: u32| api.get(&format!("{builds}/{number}")).await.json()["state"].as_str().map(str::to_owned);
    let running = terminal.start("build notes");
    eventually("the first build compiles", 30, async || (!toolkit.running().is_empty()).then_some(())).await;
    let waiting = terminal.start("build notes");
    eventually("the second build waits", 30, async || state(2).await.filter(|state| state == "queued")).await;

    // The third takes the place of the one that waits; then the first is cancelled.
    assert_eq!(api.post(&builds, &json!({})).await.expect(202)["number"], 3);
    let overtaken = ended(waiting).await;
    assert_eq!(overtaken.status.code(), Some(4));
    assert!(stderr(&overtaken).contains("superseded"), "{}", stderr(&overtaken));
    api.post(&format!("{builds}/1/cancel"), &json!({})).await.expect(202);
    let cancelled = ended(running).await;
    assert_eq!(cancelled.status.code(), Some(4));
    assert!(stderr(&cancelled).contains("cancelled") && stdout(&cancelled).is_empty(), "{}", stderr(&cancelled));

    toolkit.end_waiting();
    eventually("the third build ends", 30, async || state(3).await.filter(|state| state == "failed")).await;
    installation.stop().await;
}

#[tokio::test]
async fn a_followed_log_shows_each_line_as_it_is_written_until_ctrl_c() {
    let (installation, app) = with_notes().await;
    let terminal = Terminal::signed_in(&installation).await;
    let mut follower = terminal.start("logs notes -f");
    let mut lines = BufReader::new(follower.stdout.take().unwrap()).lines();
    let mut shown = async |word: &str| {
        let shown = async {
            loop {
                let line = lines.next_line().await.unwrap().expect("the log goes on");
                if line.contains(word) {
                    return;
                }
            }
        };
        tokio::time::timeout(Duration::from_secs(20), shown).await.unwrap_or_else(|_| panic!("{word} was not shown"));
    };
    shown("listening").await;
    for _ in 0..3 {
        // One at a time: the next is written only once this one is shown.
        let path = format!("/api/notes/{}", uuid::Uuid::new_v4());
        app.get(&path).await.expect(404);
        shown(&path).await;
    }
    assert_eq!(follower.try_wait().unwrap(), None, "it goes on");
    kill(Pid::from_raw(i32::try_from(follower.id().unwrap()).unwrap()), Signal::SIGINT).unwrap();
    let status = tokio::time::timeout(Duration::from_secs(5), follower.wait()).await.expect("it ends at once").unwrap();
    assert!(status.signal() == Some(Signal::SIGINT as i32) || status.code() == Some(130), "{status}");
    installation.stop().await;
}

async fn ended(child: Child) -> Output {
    tokio::time::timeout(Duration::from_secs(20), child.wait_with_output()).await.expect("it ends by itself").unwrap()
}

#[tokio::test]
async fn a_custom_domain_is_added_shown_and_removed() {
    let installation = Installation::start().await;
    create_app(&installation.client(), "notes", &notes()).await;
    let terminal = Terminal::signed_in(&installation).await;
    let empty = succeeded(&terminal.run("domains notes").await);
    assert!(empty.contains("slipform domains notes add"), "{empty}");
    succeeded(&terminal.run("domains notes add www.example.test").await);
    let shown = eventually("it is active", 10, async || {
        let shown = succeeded(&terminal.run("domains notes show www.example.test").await);
        shown.contains("is active").then_some(shown)
    })
    .await;
    assert!(shown.contains("www.example.test CNAME notes.localhost"), "{shown}");
    let listed = succeeded(&terminal.run("domains notes list --environment production").await);
    assert!(listed.contains("www.example.test") && listed.contains("active"), "{listed}");
    let missing = terminal.run("domains notes renew www.example.test --certificate none.pem --key none.pem").await;
    assert!(!missing.status.success() && String::from_utf8_lossy(&missing.stderr).contains("cannot read none.pem"));
    succeeded(&terminal.run("domains notes remove www.example.test").await);
    installation.stop().await;
}
