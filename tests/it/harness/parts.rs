//! An installation whose parts are processes of their own, on one database and one home folder.

use super::{Client, TestDatabase, checkout, eventually, program, temporary_folder};
use serde_json::Value;
use std::process::Stdio;
use tokio::process::{Child, Command};

/// `serve`, `worker` and `host`, each a process.
pub struct Parts {
    /// Answers the API.
    pub serve: Child,
    /// Drains the queue.
    pub worker: Child,
    /// Keeps the apps.
    pub host: Child,
    token: String,
    api_port: String,
    settings: Vec<(String, String)>,
    /// Their database.
    pub database: TestDatabase,
    _folder: tempfile::TempDir,
}

impl Parts {
    /// Starts all three.
    pub async fn start() -> Self {
        Self::start_with(&[]).await
    }

    /// Starts all three with more settings.
    pub async fn start_with(more: &[(String, String)]) -> Self {
        let database = TestDatabase::create().await;
        let folder = temporary_folder();
        let (api_port, edge_port) = (free_port(), free_port());
        let mut settings: Vec<(String, String)> = [
            ("SLIPFORM_HOME", folder.path().join("home").display().to_string()),
            ("SLIPFORM_PORT", api_port.clone()),
            ("SLIPFORM_EDGE_PORT", edge_port),
            ("SLIPFORM_TOOLKIT", checkout().join("toolkit").display().to_string()),
            ("SLIPFORM_KEY", database.key.clone()),
            ("DATABASE_URL", database.url.clone()),
            ("SLIPFORM_EXAMPLE", String::new()),
            ("SLIPFORM_LOG", "error".into()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into();
        settings.extend(more.iter().cloned());

        // `up` makes the first owner; then the parts go on alone.
        let mut up = command(&settings, "up").arg("--json").stdout(Stdio::piped()).spawn().expect("the program starts");
        let mut lines = tokio::io::AsyncBufReadExt::lines(tokio::io::BufReader::new(up.stdout.take().expect("piped")));
        let ready: Value = serde_json::from_str(&lines.next_line().await.unwrap().expect("it gets ready")).unwrap();
        nix::sys::signal::kill(nix::unistd::Pid::from_raw(pid(&up)), nix::sys::signal::Signal::SIGTERM).unwrap();
        assert!(up.wait().await.unwrap().success());

        let start = |part: &str| command(&settings, part).spawn().expect("the program starts");
        let parts = Self {
            serve: start("serve"),
            worker: start("worker"),
            host: start("host"),
            token: ready["token"].as_str().unwrap().to_owned(),
            api_port,
            settings: settings.clone(),
            database,
            _folder: folder,
        };
        parts.wait_until_ready().await;
        parts
    }

    /// A client of the API with the first owner's token.
    pub fn client(&self) -> Client {
        Client::new(&format!("http://127.0.0.1:{}", self.api_port), &self.token)
    }

    /// Where the API answers, and the first owner's token; the benchmark speaks to it without a library.
    #[allow(dead_code)]
    pub fn address(&self) -> (std::net::SocketAddr, String) {
        (format!("127.0.0.1:{}", self.api_port).parse().expect("an address"), self.token.clone())
    }

    /// Returns when the API answers.
    pub async fn wait_until_ready(&self) {
        let api = self.client();
        eventually("the API answers", 20, || async { (api.try_get("/health/ready").await == Some(200)).then_some(()) }).await;
    }

    /// Another process of a part.
    pub fn spawn(&self, part: &str) -> Child {
        self.spawn_with(part, &[])
    }

    /// The same with other settings.
    pub fn spawn_with(&self, part: &str, more: &[(&str, &str)]) -> Child {
        command(&self.settings, part).envs(more.iter().copied()).spawn().expect("the program starts")
    }

    /// Ends all three at once.
    pub async fn kill(mut self) {
        for part in [&mut self.serve, &mut self.worker, &mut self.host] {
            part.kill().await.unwrap();
        }
    }
}

/// The id of a process that runs.
pub fn pid(child: &Child) -> i32 {
    child.id().and_then(|id| i32::try_from(id).ok()).expect("it runs")
}

fn command(settings: &[(String, String)], part: &str) -> Command {
    let mut command = Command::new(program());
    command.arg(part).kill_on_drop(true).stdin(Stdio::null()).stdout(Stdio::null()).envs(settings.iter().map(|(name, value)| (name, value)));
    command
}

fn free_port() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("a port").port().to_string()
}
