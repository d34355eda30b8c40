//! What a newcomer sees: the first start, the second, and starts that go wrong.

use crate::harness::{Client, Installation, TestDatabase, checkout, eventually, program, temporary_folder};
use serde_json::{Value, json};
use slipform::domain::EnvironmentId;
use slipform::domain::local::{EnvironmentSecrets, secrets_context};
use slipform::domain::seal::Keyring;
use sqlx::Connection as _;
use std::path::Path;
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

/// What the log of a part must never hold, by what it is.
async fn secrets_of(home: &Path, api: &Client, credentials: &Value) -> Vec<(&'static str, String)> {
    let read = |file: &str| std::fs::read_to_string(home.join(file)).unwrap().trim().to_owned();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let sign_in = json!({ "email": credentials["email"], "password": credentials["password"] });
    let session = api.post("/v1/auth/sign-in", &sign_in).await.expect(200);
    let mut secrets = vec![
        ("the owner's password", text(&credentials["password"])),
        ("the API token", text(&credentials["token"])),
        ("the access token", text(&session["accessToken"])),
        ("the refresh token", text(&session["refreshToken"])),
        ("the password of Postgres", read("postgres/password")),
        ("the key", read("key").split_once(':').unwrap().1.to_owned()),
    ];
    let lock = read("postgres/data/postmaster.pid");
    let url = format!("postgres://slipform:{}@127.0.0.1:{}/slipform", read("postgres/password"), lock.lines().nth(3).unwrap().trim());
    let mut owner = sqlx::PgConnection::connect(&url).await.unwrap();
    let (environment, sealed): (EnvironmentId, Vec<u8>) = sqlx::query_as("select id, sealed_secrets from environments").fetch_one(&mut owner).await.unwrap();
    owner.close().await.unwrap();
    let keyring: Keyring = read("key").parse().unwrap();
    let app: EnvironmentSecrets = serde_json::from_slice(&keyring.open(&secrets_context(environment), &sealed).unwrap()).unwrap();
    secrets.extend([("the password of the app's database", app.database_password), ("the app's administrator's password", app.admin_password)]);
    for role in ["slipform_application_login", "slipform_worker_login", "slipform_host_login"] {
        secrets.push(("the password of a narrow role", keyring.derive_password(role)));
    }
    secrets
}

#[tokio::test]
async fn nothing_that_a_first_start_logs_holds_a_secret_also_when_everything_is_logged() {
    let folder = temporary_folder();
    let home = folder.path().join("home");
    // As under a service manager: both outputs go into a journal.
    let (out, err) = (folder.path().join("out"), folder.path().join("err"));
    let file = |path: &Path| std::fs::File::create(path).unwrap();
    let mut command = Command::new(program());
    command.arg("up").env("SLIPFORM_HOME", &home).env("SLIPFORM_PORT", "0").env("SLIPFORM_EDGE_PORT", "0").env_remove("DATABASE_URL");
    command.env("SLIPFORM_TOOLKIT", checkout().join("toolkit")).env("SLIPFORM_EXAMPLE", "todo").env("SLIPFORM_LOG", "debug");
    let mut child = command.current_dir(checkout()).stdin(Stdio::null()).stdout(file(&out)).stderr(file(&err)).kill_on_drop(true).spawn().unwrap();
    let words = eventually("it is up", 90, async || {
        let words = std::fs::read_to_string(&out).unwrap();
        words.contains("Slipform is up").then_some(words)
    })
    .await;
    let line = |name: &str| words.lines().find_map(|line| line.trim().strip_prefix(name)).map(|rest| rest.trim().to_owned()).unwrap();
    let app = Client::of_app(&line("App"));
    let credentials: Value = serde_json::from_slice(&std::fs::read(home.join("credentials")).unwrap()).unwrap();
    let secrets = secrets_of(&home, &Client::anonymous(&line("API")), &credentials).await;
    // The live app, too, is given one.
    let sign_in = json!({ "email": "owner@example.com", "password": "a wrong password that is typed here" });
    app.post("/api/auth/sign-in", &sign_in).await.expect(401);

    nix::sys::signal::kill(nix::unistd::Pid::from_raw(i32::try_from(child.id().unwrap()).unwrap()), nix::sys::signal::Signal::SIGTERM).unwrap();
    assert!(child.wait().await.unwrap().success());
    let mut logs = vec![out, err.clone(), home.join("postgres/postgres.log")];
    logs.extend(walkdir::WalkDir::new(home.join("host")).into_iter().flatten().map(walkdir::DirEntry::into_path).filter(|path| path.ends_with("app.log")));
    assert_eq!(logs.len(), 4, "{logs:?}");
    for log in logs {
        let text = std::fs::read_to_string(&log).unwrap();
        assert!(!text.is_empty(), "{}", log.display());
        let typed = ("what was typed", "a wrong password that is typed here".to_owned());
        for (what, secret) in secrets.iter().chain([&typed]) {
            let found = text.lines().find(|line| line.contains(secret.as_str()));
            assert_eq!(found, None, "{what} stands in {}", log.display());
        }
    }
    let everything = std::fs::read_to_string(err).unwrap();
    assert!(everything.contains("DEBUG") && everything.contains("a build ended"), "{everything}");
}
