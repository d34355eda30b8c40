//! The five stages as functions of one contract. They know neither the queue nor the control plane's database:
//! a worker calls them in process, and a Lambda function calls the very same ones.

pub mod backend;
pub mod bundle;
pub mod database;
pub mod frontend;
pub mod generation;
pub mod housekeeping;
pub mod publish;
pub mod remote;
pub mod steward;
pub mod tree;

use crate::config::Secret;
use crate::domain::{BuildId, ReleaseId, StepName};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use slipform_codegen::design::Id as ElementId;
use std::path::{Path, PathBuf};
use tokio_util::sync::CancellationToken;

/// One of the five.
pub trait Stage {
    /// Its step.
    const NAME: StepName;
    /// What it is told; the same in process and over the wire.
    type Input: Serialize + DeserializeOwned + Clone + Send + Sync;
    /// What it answers.
    type Output: Serialize + DeserializeOwned + Send;

    /// Does its work. Safe to repeat.
    fn run(context: &Context, input: &Self::Input) -> impl Future<Output = Result<Self::Output, StageError>> + Send;
}

/// Whoever runs stages has this beside their input. None of it travels.
#[derive(Debug, Clone)]
pub struct Workshop {
    /// The environment's part of the app's file system.
    pub workspace: PathBuf,
    /// The folder that holds the toolkit's `node_modules`.
    pub toolkit: PathBuf,
    /// Connects to the environment's database as its own role.
    pub database_url: Secret,
}

/// One build in a workspace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct Run {
    pub build: BuildId,
    pub release: ReleaseId,
}

/// Where the parts of one build stand in the app's file system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BuildPaths {
    /// The generated code base of this build.
    pub code: PathBuf,
    /// The owner's own files of the environment; paths as in the code base.
    pub custom: PathBuf,
    /// What the bundle stage makes: `server.mjs`, `web/`.
    pub artifacts: PathBuf,
    /// The release's folder; appears whole or not at all.
    pub release: PathBuf,
}

impl BuildPaths {
    /// Below an environment's workspace.
    pub fn new(workspace: &Path, run: Run) -> Self {
        Self {
            code: workspace.join("code").join(run.build.to_string()),
            custom: workspace.join("custom"),
            artifacts: workspace.join("artifacts").join(run.build.to_string()),
            release: workspace.join("releases").join(run.release.to_string()),
        }
    }
}

/// What a stage may use beside its input.
#[derive(Clone)]
pub struct Context {
    /// The build.
    pub run: Run,
    /// Its places.
    pub paths: BuildPaths,
    /// The toolkit's folder: the one that holds `node_modules`.
    pub toolkit: PathBuf,
    /// Connects to the environment's database as its own role.
    pub database_url: Secret,
    /// Takes log lines as they come.
    pub log: Log,
    /// Fires when the build was cancelled or its lease was lost. A stage returns soon after, and leaves nothing running.
    pub cancel: CancellationToken,
}

impl Context {
    /// Of one build in a workshop.
    pub fn new(workshop: &Workshop, run: Run, log: Log, cancel: CancellationToken) -> Self {
        let paths = BuildPaths::new(&workshop.workspace, run);
        Self { run, paths, toolkit: workshop.toolkit.clone(), database_url: workshop.database_url.clone(), log, cancel }
    }

    /// In an empty folder, for tests of stages.
    #[cfg(test)]
    fn for_testing(workspace: &Path) -> Self {
        let toolkit = Path::new(env!("CARGO_MANIFEST_DIR")).join("toolkit");
        let workshop = Workshop { workspace: workspace.to_owned(), toolkit, database_url: Secret::new("") };
        Self::new(&workshop, Run { build: BuildId::new(), release: ReleaseId::new() }, Log::new().0, CancellationToken::new())
    }
}

/// Takes log lines as they come.
#[derive(Clone, Debug)]
pub struct Log(tokio::sync::mpsc::UnboundedSender<LogLine>);

/// One line of a step's log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct LogLine {
    pub level: Level,
    pub line: String,
}

/// How much a line matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs)]
pub enum Level {
    Info,
    Warn,
    Error,
}

impl Level {
    /// The word in the database and the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warn => "warn",
            Self::Error => "error",
        }
    }
}

impl Log {
    /// A log and where its lines arrive.
    pub fn new() -> (Self, tokio::sync::mpsc::UnboundedReceiver<LogLine>) {
        let (sender, receiver) = tokio::sync::mpsc::unbounded_channel();
        (Self(sender), receiver)
    }

    /// Adds a line. A reader that has gone away is no failure of the stage.
    pub fn line(&self, level: Level, line: impl Into<String>) {
        let _ = self.0.send(LogLine { level, line: line.into() });
    }

    /// Adds a line of level info.
    pub fn info(&self, line: impl Into<String>) {
        self.line(Level::Info, line);
    }
}

/// Why a stage failed, in words that a maker understands; the raw output is in the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{title}: {detail}")]
pub struct StageError {
    /// Stable word for programs: `data-would-be-lost`, `compile-error`, `disk-full`, `cancelled` …
    pub code: String,
    /// What happened.
    pub title: String,
    /// Why.
    pub detail: String,
    /// What to do next.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// The elements of the design that are concerned.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub elements: Vec<ElementId>,
    /// Whether trying again may help without any change (a lost connection, a busy machine).
    pub retry: bool,
}

impl StageError {
    /// A failure that only a change by somebody can mend.
    pub fn fail(code: &str, title: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { code: code.into(), title: title.into(), detail: detail.into(), hint: None, elements: Vec::new(), retry: false }
    }

    /// A failure that may pass by itself.
    pub fn retry(code: &str, title: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { retry: true, ..Self::fail(code, title, detail) }
    }

    /// Adds what to do next.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The stage saw the cancel.
    pub fn cancelled() -> Self {
        Self::fail("cancelled", "Cancelled", "The build was cancelled.")
    }
}
