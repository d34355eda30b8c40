//! A Postgres that is away for longer than anybody waits: nothing is lost, everybody is told, and everything goes on by itself.

use crate::harness::story::{ORGANIZATION, build_live, create_app, finished, notes, push, sign_up};
use crate::harness::{Client, Installation, eventually};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::{Value, json};
use sqlx::{Connection as _, PgConnection};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// The private Postgres of an installation, which can be kept from running.
struct Postgres {
    folder: PathBuf,
}

impl Postgres {
    /// Process and port, while it runs.
    fn lock(&self) -> Option<(i32, u16)> {
        let lock = std::fs::read_to_string(self.folder.join("data/postmaster.pid")).ok()?;
        let lines: Vec<&str> = lock.lines().map(str::trim).collect();
        Some((lines.first()?.parse().ok()?, lines.get(3)?.parse().ok()?))
    }

    fn url(&self, database: &str) -> String {
        let (_, port) = self.lock().expect("it runs");
        let password = std::fs::read_to_string(self.folder.join("password")).unwrap();
        format!("postgres://slipform:{password}@127.0.0.1:{port}/{database}")
    }

    /// Stops it. Without its data, which are away as when a disk is, whoever starts it again fails.
    async fn stop(&self) {
        let (pid, port) = self.lock().expect("it runs");
        std::fs::rename(self.folder.join("data"), self.folder.join("data.away")).unwrap();
        kill(Pid::from_raw(pid), Signal::SIGINT).unwrap();
        eventually("nobody listens any more", 30, async || tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_err().then_some(())).await;
    }

    fn give_back(&self) {
        std::fs::rename(self.folder.join("data.away"), self.folder.join("data")).unwrap();
    }
}

async fn refused_clearly(api: &Client) {
    let answer = api.get(&format!("{ORGANIZATION}/apps")).await;
    assert_eq!((answer.status.as_u16(), answer.headers["content-type"].to_str().unwrap()), (503, "application/problem+json"), "{}", answer.text);
    assert!(answer.headers.contains_key("retry-after"));
    let problem = answer.json();
    assert_eq!(problem["type"], "urn:slipform:problem:unavailable");
    assert!(problem["detail"].as_str().unwrap().contains("Nothing was lost; try again"), "{problem}");
    assert_eq!(api.get("/health/ready").await.status, 503);
    assert_eq!(api.get("/health/live").await.status, 200);
}

fn database_of(environment: &Value) -> String {
    format!("app_{}", environment["id"].as_str().unwrap().replace('-', ""))
}

fn postgres(home: &Path) -> Postgres {
    Postgres { folder: home.join("postgres") }
}

#[tokio::test]
async fn a_postgres_that_is_away_for_longer_than_a_lease_costs_time_alone() {
    // Its own private one.
    let installation = Installation::start_with(&[("DATABASE_URL", "")]).await;
    let postgres = postgres(&installation.home());
    let api = installation.client();
    create_app(&api, "notes", &notes()).await;
    let app = build_live(&api, "notes").await;
    let ada = sign_up(&app, "Ada").await;
    ada.post("/api/notes", &json!({ "title": "Before" })).await.expect(201);

    // A build stands in its database step, because somebody reads the table that it changes.
    let environment = api.get(&format!("{ORGANIZATION}/apps/notes/environments/production")).await.expect(200);
    let mut reader = PgConnection::connect(&postgres.url(&database_of(&environment))).await.unwrap();
    sqlx::raw_sql("begin; lock table notes in access share mode").execute(&mut reader).await.unwrap();
    let mut design = notes();
    design["entities"][0]["fields"].as_array_mut().unwrap().push(json!({ "id": "f-done", "name": "done", "type": "boolean" }));
    push(&api, "notes", &design).await;
    let build = api.post(&format!("{ORGANIZATION}/apps/notes/builds"), &json!({})).await.expect(202);
    let path = format!("{ORGANIZATION}/apps/notes/builds/{}", build["number"]);
    eventually("the build is in its database step", 60, async || {
        let steps = api.get(&path).await.expect(200)["steps"].clone();
        steps.as_array().unwrap().iter().any(|step| step["name"] == "database" && step["state"] == "running").then_some(())
    })
    .await;

    postgres.stop().await;
    let stopped = Instant::now();
    while stopped.elapsed() < slipform::jobs::LEASE + Duration::from_secs(2) {
        refused_clearly(&api).await;
        // The app itself is there, and says that it cannot now.
        let answer = app.get("/api/notes").await;
        assert!(answer.status.is_server_error() && serde_json::from_str::<Value>(&answer.text).is_ok(), "{} {}", answer.status, answer.text);
        assert!(app.get("/").await.expect_text(200).contains("<title>Notes"));
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    postgres.give_back();

    let ready = async || (api.get("/health/ready").await.status == 200).then_some(());
    eventually("the API is ready again", 60, ready).await;
    let ended = eventually("the build ends", 90, async || {
        let answer = api.get(&path).await;
        (answer.status == 200).then(|| answer.json()).filter(|build| !matches!(build["state"].as_str(), Some("queued" | "running")))
    })
    .await;
    assert_eq!(ended["state"], "succeeded", "{ended:#}");
    assert!(ended["attempt"].as_i64().unwrap() >= 2, "its lease was over: {ended:#}");
    eventually("the app writes again", 20, async || {
        let answer = ada.post("/api/notes", &json!({ "title": "After", "done": true })).await;
        (answer.status == 201).then_some(())
    })
    .await;
    let titles = app.get("/api/notes?sort=createdAt").await.expect(200);
    assert_eq!((&titles["items"][0]["title"], &titles["items"][1]["title"]), (&json!("Before"), &json!("After")));
    let mut owner = PgConnection::connect(&postgres.url("slipform")).await.unwrap();
    let drift: i64 = sqlx::query_scalar("select count(*) from queue_drift").fetch_one(&mut owner).await.unwrap();
    assert_eq!(drift, 0);
    owner.close().await.unwrap();

    // Nothing hangs: the next build goes as usual.
    push(&api, "notes", &notes_with_label(&design)).await;
    let next = api.post(&format!("{ORGANIZATION}/apps/notes/builds"), &json!({})).await.expect(202);
    let next = finished(&api, "notes", &next).await;
    assert_eq!((next["state"].as_str(), next["attempt"].as_i64()), (Some("succeeded"), Some(1)), "{next:#}");
    installation.stop().await;
}

fn notes_with_label(design: &Value) -> Value {
    let mut design = design.clone();
    design["entities"][0]["fields"][0]["label"] = json!("Headline");
    design
}
