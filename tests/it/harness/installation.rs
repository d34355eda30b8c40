//! A whole installation: `slipform up` as a process, on a database of its own and any free ports.

use super::{Client, TestDatabase, checkout, program, temporary_folder};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

/// A running installation. Ends with the test; [`Installation::stop`] ends it in order and looks for leftovers.
pub struct Installation {
    /// Its database.
    pub database: TestDatabase,
    /// What `slipform up --json` printed when it was ready.
    pub ready: Value,
    folder: tempfile::TempDir,
    child: Child,
    env: Vec<(String, String)>,
    log: Option<PathBuf>,
}

impl Installation {
    /// Starts without any app.
    pub async fn start() -> Self {
        Self::start_with(&[]).await
    }

    /// Starts with more settings. `SLIPFORM_EXAMPLE=car-rental` builds that example first, as `make up` does.
    pub async fn start_with(settings: &[(&str, &str)]) -> Self {
        Self::start_logging(settings, None).await
    }

    /// The same; its log goes into a file.
    pub async fn start_logged(settings: &[(&str, &str)], log: &Path) -> Self {
        Self::start_logging(settings, Some(log.to_owned())).await
    }

    async fn start_logging(settings: &[(&str, &str)], log: Option<PathBuf>) -> Self {
        let database = TestDatabase::create().await;
        let folder = temporary_folder();
        let mut env: Vec<(String, String)> = [
            ("SLIPFORM_HOME", folder.path().join("home").display().to_string()),
            ("SLIPFORM_PORT", "0".into()),
            ("SLIPFORM_EDGE_PORT", "0".into()),
            ("SLIPFORM_TOOLKIT", checkout().join("toolkit").display().to_string()),
            ("SLIPFORM_KEY", database.key.clone()),
            ("SLIPFORM_EXAMPLE", String::new()),
            ("DATABASE_URL", database.url.clone()),
            ("SLIPFORM_LOG", std::env::var("SLIPFORM_LOG").unwrap_or_else(|_| "warn".into())),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into();
        env.extend(settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let (child, ready) = spawn(&env, log.as_deref()).await;
        Self { database, ready, folder, child, env, log }
    }

    /// The state folder.
    pub fn home(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    /// A client of the API with the first owner's token.
    pub fn client(&self) -> Client {
        Client::new(self.ready["api"].as_str().expect("an address"), self.ready["token"].as_str().expect("a token"))
    }

    /// The main process.
    pub fn pid(&self) -> i32 {
        self.child.id().and_then(|id| i32::try_from(id).ok()).expect("it runs")
    }

    /// A signal to the main process.
    pub fn signal(&self, signal: Signal) {
        kill(Pid::from_raw(self.pid()), signal).expect("the signal is delivered");
    }

    /// Ends with `signal` and starts again on the same state.
    pub async fn restart(&mut self, signal: Signal) {
        self.signal(signal);
        self.child.wait().await.expect("it ends");
        (self.child, self.ready) = spawn(&self.env, self.log.as_deref()).await;
    }

    /// Ends in order: everything that was started is gone afterwards.
    pub async fn stop(mut self) {
        self.signal(Signal::SIGTERM);
        let status = tokio::time::timeout(Duration::from_secs(30), self.child.wait()).await.expect("it ends within 30 s").expect("a status");
        assert!(status.success(), "it ended with {status}");
        let left = processes_of(self.folder.path());
        assert!(left.is_empty(), "processes were left behind: {left:?}");
    }
}

fn command(env: &[(String, String)]) -> Command {
    let mut command = Command::new(program());
    command.envs(env.iter().map(|(name, value)| (name, value))).kill_on_drop(true).stdin(Stdio::null());
    command
}

async fn spawn(env: &[(String, String)], log: Option<&Path>) -> (Child, Value) {
    let mut command = command(env);
    if let Some(log) = log {
        command.stderr(std::fs::File::options().create(true).append(true).open(log).expect("a log"));
    }
    let mut child = command.args(["up", "--json"]).stdout(Stdio::piped()).spawn().expect("the program starts");
    let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
    let line = tokio::time::timeout(Duration::from_secs(90), lines.next_line()).await.expect("ready within 90 s").expect("a line");
    let line = line.expect("it printed where it is before it ended");
    (child, serde_json::from_str(&line).unwrap_or_else(|e| panic!("{line}: {e}")))
}

/// Command lines of the processes that name `folder`.
pub fn processes_of(folder: &Path) -> Vec<String> {
    let name = folder.display().to_string();
    let read = |pid: &str| std::fs::read(format!("/proc/{pid}/cmdline")).ok();
    std::fs::read_dir("/proc")
        .expect("/proc")
        .flatten()
        .filter_map(|entry| read(entry.file_name().to_str()?))
        .map(|line| String::from_utf8_lossy(&line).replace('\0', " "))
        .filter(|line| line.contains(&name))
        .collect()
}
