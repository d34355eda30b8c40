//! Stages somewhere else: what a worker asks of a function, and what it answers. Everything here travels as JSON; the code that
//! runs a stage is the same as in process.
//!
//! A failure of a stage is an answer like any other. An answer that does not come is for whoever calls to explain.

mod said;

pub use said::Said;

use super::housekeeping::{self, Discarded};
use super::{Context, Log, Run, Stage, StageError, Workshop};
use super::{backend::Backend, bundle::Bundle, database::Database, frontend::Frontend, publish::Publish};
use crate::domain::{EnvironmentId, StepName};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio_util::sync::CancellationToken;

/// The most that a payload may hold in itself, in bytes. Lambda's limit is 6 MB each way; a smaller one keeps documents out of
/// places that show payloads, such as traces.
pub const INLINE: usize = 200_000;

/// What a function shall do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Call {
    /// Of what kind.
    pub task: Task,
    /// The environment's folder in the app's file system: its slug.
    pub folder: String,
    /// For stages: which build.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<Run>,
    /// The name of the secret that holds `databaseUrl`, where the task needs the environment's database.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
    /// Where the environment's web assets go.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub web_bucket: Option<String>,
    /// Below which key the app's code archives go.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub archive: Option<String>,
    /// Where this call's answers are put that do not travel by themselves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answers: Option<Answers>,
    /// What the task is told.
    pub input: Payload,
}

/// What can be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(missing_docs)]
pub enum Task {
    Stage(StepName),
    /// Which builds have files.
    Stored,
    /// Remove files of builds and releases.
    Discard,
    /// Remove all files of the environment.
    Clear,
}

/// Objects of the artifact bucket that belong to one call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Answers {
    /// What it has said so far, while it runs: [`Said`].
    pub said: String,
    /// Its output, where that is too large.
    pub output: String,
}

/// A value, or where it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Payload {
    /// The value itself.
    Inline(Value),
    /// Too large to travel: an object of the artifact bucket, as JSON.
    Object(String),
}

/// What comes back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Reply {
    /// The task's output, or why there is none.
    pub outcome: Outcome,
    /// What it said.
    #[serde(flatten)]
    pub said: Said,
}

/// How a task ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(missing_docs)]
pub enum Outcome {
    Output(Payload),
    Failed(StageError),
}

/// What the steward of a database server is asked for. Passwords travel to it as the names of the secrets that hold them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "task")]
#[allow(missing_docs)]
pub enum StewardCall {
    /// Makes sure of an environment's role and database.
    Ensure { environment: EnvironmentId, secret: String },
    /// Drops both.
    Remove { environment: EnvironmentId },
}

/// Runs a task of a workshop.
pub async fn run(task: Task, run: Option<Run>, workshop: &Workshop, input: Value, log: Log, cancel: CancellationToken) -> Result<Value, StageError> {
    match task {
        Task::Stage(name) => {
            let run = run.ok_or_else(|| misunderstood("a stage without a build"))?;
            let context = Context::new(workshop, run, log, cancel);
            match name {
                StepName::Frontend => stage::<Frontend>(&context, input).await,
                StepName::Backend => stage::<Backend>(&context, input).await,
                StepName::Bundle => stage::<Bundle>(&context, input).await,
                StepName::Database => stage::<Database>(&context, input).await,
                StepName::Publish => stage::<Publish>(&context, input).await,
                StepName::Provision | StepName::Rollout => Err(misunderstood("a step that is no stage")),
            }
        }
        Task::Stored => value(&housekeeping::stored(workshop.workspace.clone()).await?),
        Task::Discard => {
            let what: Discarded = read(input)?;
            value(&housekeeping::discard(workshop.workspace.clone(), what).await?)
        }
        Task::Clear => {
            let workspace = workshop.workspace.clone();
            value(&super::tree::blocking(move || super::tree::remove(&workspace)).await?)
        }
    }
}

async fn stage<S: Stage>(context: &Context, input: Value) -> Result<Value, StageError> {
    value(&S::run(context, &read::<S::Input>(input)?).await?)
}

/// What was sent, as the type that is expected: the versions of both sides may differ for a while.
pub fn read<T: DeserializeOwned>(value: Value) -> Result<T, StageError> {
    serde_json::from_value(value).map_err(|error| misunderstood(&error.to_string()))
}

/// A value that travels.
pub fn value<T: Serialize>(value: &T) -> Result<Value, StageError> {
    serde_json::to_value(value).map_err(|error| misunderstood(&error.to_string()))
}

/// The two sides do not speak the same language.
pub fn misunderstood(why: &str) -> StageError {
    StageError::fail("protocol", "The worker and the app's functions do not understand each other", format!("{why}."))
        .hint("The functions of this app have another version than the worker. Build again; if it stays so, ask the operator to run `slipform aws bootstrap`.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{BuildId, ReleaseId};

    #[test]
    fn what_travels_arrives_as_it_was() {
        let run = Run { build: BuildId::new(), release: ReleaseId::new() };
        for task in [Task::Stage(StepName::Bundle), Task::Stored, Task::Discard, Task::Clear] {
            let call = Call {
                task,
                folder: "production".into(),
                run: Some(run),
                secret: Some("slipform/a".into()),
                web_bucket: None,
                archive: None,
                answers: Some(Answers { said: "answers/x.log".into(), output: "answers/x".into() }),
                input: Payload::Object("inputs/x".into()),
            };
            assert_eq!(serde_json::from_str::<Call>(&serde_json::to_string(&call).unwrap()).unwrap(), call);
        }
        let failed = Reply { outcome: Outcome::Failed(StageError::cancelled()), said: Said { dropped: 3, ..Said::default() } };
        assert_eq!(serde_json::from_str::<Reply>(&serde_json::to_string(&failed).unwrap()).unwrap(), failed);
        let call: StewardCall = serde_json::from_str(r#"{"task":"remove","environment":"0199aa2e-5a4b-7cc1-8d5e-3f1f6f0f8f11"}"#).unwrap();
        assert!(matches!(call, StewardCall::Remove { .. }));
    }

    #[tokio::test]
    async fn a_stage_that_is_asked_for_with_nonsense_says_so() {
        let folder = tempfile::tempdir().unwrap();
        let workshop = Workshop { workspace: folder.path().to_owned(), toolkit: folder.path().to_owned(), database_url: crate::config::Secret::new("") };
        let (log, _lines) = Log::new();
        let ask = |task, run| super::run(task, run, &workshop, serde_json::json!({ "wrong": 1 }), log.clone(), CancellationToken::new());
        let build = Some(Run { build: BuildId::new(), release: ReleaseId::new() });
        assert_eq!(ask(Task::Stage(StepName::Bundle), build).await.unwrap_err().code, "protocol");
        assert_eq!(ask(Task::Stage(StepName::Bundle), None).await.unwrap_err().code, "protocol");
        assert_eq!(ask(Task::Stage(StepName::Rollout), build).await.unwrap_err().code, "protocol");
    }
}
