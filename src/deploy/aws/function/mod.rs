//! The other side: what runs inside a function. One program serves all of them; a variable says which stage this one is.

mod files;
mod speech;
mod steward;

use crate::config::Secret;
use crate::stages::remote::{self, Call, Outcome, Payload, Reply, Task, misunderstood};
use crate::stages::{Log, StageError, Workshop, tree};
use serde::Deserialize;
use serde_json::Value;
use slipform_aws::objects::{self, Headers};
use slipform_aws::{Account, Connection};
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::OnceLock;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

pub use speech::spoken;
pub use steward::Server;

/// How long before its end a function gives up by itself, so that it can still say why.
const MARGIN: Duration = Duration::from_secs(4);
/// The largest answer that travels by itself: Lambda takes 6 MB, the log included.
const ANSWER: usize = 1_000_000;

/// What this function is.
#[derive(Debug)]
pub enum Role {
    /// One of the five of an app.
    Stage {
        /// Where the app's file system is.
        files: PathBuf,
        /// The folder that holds the toolkit's `node_modules`.
        toolkit: PathBuf,
        /// The artifact bucket.
        artifacts: String,
    },
    /// The installation's steward.
    Steward(Server),
}

/// A function that runs.
#[derive(Debug)]
pub struct Function {
    account: Account,
    role: Role,
}

impl Function {
    /// From its variables. The error says which is missing.
    pub async fn start(variables: &HashMap<String, String>) -> Result<Self, String> {
        let text = |name: &str| variables.get(name).filter(|value| !value.is_empty()).cloned();
        let needed = |name: &str| text(name).ok_or_else(|| format!("the variable {name} is missing"));
        let role = match needed("SLIPFORM_STAGE")?.as_str() {
            "steward" => Role::Steward(Server {
                master_secret: needed("SLIPFORM_MASTER_SECRET")?,
                host: match text("AWS_ENDPOINT_URL") {
                    Some(emulator) => slipform_aws::foundation::emulated_database_host(&emulator),
                    None => needed("SLIPFORM_DATABASE_HOST")?,
                },
                port: needed("SLIPFORM_DATABASE_PORT")?.parse().map_err(|_| "SLIPFORM_DATABASE_PORT is no port".to_owned())?,
                // Emulators have no certificates.
                tls: text("AWS_ENDPOINT_URL").is_none(),
            }),
            _ => Role::Stage {
                files: text("SLIPFORM_FILES").map_or_else(|| slipform_aws::environment::MOUNT.into(), PathBuf::from),
                toolkit: text("SLIPFORM_TOOLKIT").map_or_else(|| "/opt".into(), PathBuf::from),
                artifacts: needed("SLIPFORM_ARTIFACTS")?,
            },
        };
        let connection = Connection::new(needed("AWS_REGION")?, text("AWS_ENDPOINT_URL"));
        Ok(Self { account: Account::of_function(&connection).await, role })
    }

    /// Answers a call. What is wrong is an answer too; `left` is the time that Lambda still gives.
    pub async fn answer(&self, event: Value, left: Duration) -> Reply {
        let (log, lines) = Log::new();
        let (place, ended) = (OnceLock::new(), CancellationToken::new());
        let work = async {
            let outcome = self.within(left, event, log, &place).await;
            ended.cancel();
            outcome
        };
        let (outcome, said) = tokio::join!(work, speech::listen(lines, &place, &ended));
        let outcome = match outcome {
            Ok(output) => Outcome::Output(output),
            Err(error) => Outcome::Failed(error),
        };
        Reply { outcome, said }
    }

    /// Does what is asked for, as long as there is time.
    async fn within<'a>(&'a self, left: Duration, event: Value, log: Log, place: &OnceLock<speech::Place<'a>>) -> Result<Payload, StageError> {
        let cancel = CancellationToken::new();
        // A function with a short limit keeps most of it.
        let given = left.saturating_sub(MARGIN.min(left / 4));
        let work = async {
            match &self.role {
                Role::Steward(server) => server.answer(&self.account, remote::read(event)?, &log).await,
                Role::Stage { artifacts, .. } => {
                    let call: Call = remote::read(event)?;
                    if let Some(answers) = &call.answers {
                        let _ = place.set(speech::Place { account: &self.account, bucket: artifacts, key: answers.said.clone() });
                    }
                    self.stage(call, log, cancel.clone()).await
                }
            }
        };
        let mut work = std::pin::pin!(work);
        tokio::select! {
            outcome = &mut work => outcome,
            () = tokio::time::sleep(given) => {
                cancel.cancel();
                let _ = tokio::time::timeout(MARGIN / 2, work).await;
                Err(StageError::retry("function-timed-out", "The function ran out of time", format!("It was not done after {} seconds.", given.as_secs())))
            }
        }
    }

    async fn stage(&self, call: Call, log: Log, cancel: CancellationToken) -> Result<Payload, StageError> {
        let Role::Stage { files, toolkit, artifacts } = &self.role else { return Err(misunderstood("this function is no stage")) };
        let input = match call.input {
            Payload::Inline(value) => value,
            Payload::Object(key) => {
                let found = objects::get(&self.account, artifacts, &key).await.map_err(|e| super::step_failed(&e))?;
                let bytes = found.ok_or_else(|| misunderstood("the input is not where the call says"))?;
                serde_json::from_slice(&bytes).map_err(|e| misunderstood(&e.to_string()))?
            }
        };
        let workspace = files.join(slug(&call.folder)?);
        let database_url = match &call.secret {
            Some(name) => Secret::new(self.secret::<DatabaseSecret>(name).await?.database_url),
            None => Secret::new(""),
        };
        std::fs::create_dir_all(&workspace).map_err(|e| tree::io_error("create the folder", &workspace, &e))?;
        // An invocation whose answer was lost may still run: its successor waits for it, and finds its work done.
        let _alone = files::lock(&workspace, call.run, call.task).await?;
        let workshop = Workshop { workspace: workspace.clone(), toolkit: toolkit.clone(), database_url };
        let place = files::Place { account: &self.account, artifacts, web: call.web_bucket.as_deref(), archive: call.archive.as_deref() };
        if call.task == Task::Clear {
            place.clear(&workspace).await?;
        }
        let mut value = remote::run(call.task, call.run, &workshop, input.clone(), log.clone(), cancel).await?;
        match (call.task, call.run) {
            (Task::Stage(crate::domain::StepName::Publish), Some(run)) => place.publish(&workspace, run.release, &log).await?,
            (Task::Discard, _) => place.discard(&remote::read(input)?).await?,
            _ => {}
        }
        let size = value.to_string().len();
        if size <= ANSWER {
            return Ok(Payload::Inline(value));
        }
        let key = call.answers.ok_or_else(|| misunderstood("the answer is too large to travel"))?.output;
        let text = value.take().to_string().into_bytes();
        let headers = Headers { content_type: Some("application/json"), cache_control: None };
        objects::put(&self.account, artifacts, &key, text, headers).await.map_err(|e| super::step_failed(&e))?;
        Ok(Payload::Object(key))
    }

    async fn secret<T: for<'de> Deserialize<'de>>(&self, name: &str) -> Result<T, StageError> {
        secret(&self.account, name).await
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct DatabaseSecret {
    database_url: String,
}

/// A secret's value, as JSON.
async fn secret<T: for<'de> Deserialize<'de>>(account: &Account, name: &str) -> Result<T, StageError> {
    let text = slipform_aws::ensure::secret::value(account, name).await.map_err(|e| super::step_failed(&e))?;
    // What is wrong with it is not said: it would be said of a secret.
    serde_json::from_str(&text).map_err(|_| misunderstood("a secret is not as it was made"))
}

/// A folder that is the app's own, and no way out of its file system.
fn slug(folder: &str) -> Result<&str, StageError> {
    let fine = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    if !folder.is_empty() && folder.len() <= 63 && folder.bytes().all(fine) { Ok(folder) } else { Err(misunderstood("the folder is no slug")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_leads_nowhere_else() {
        assert!(slug("production").is_ok() && slug("feature-1").is_ok());
        for folder in ["", "..", "../other", "/etc", "a/b", ".hidden", "A"] {
            assert_eq!(slug(folder).unwrap_err().code, "protocol", "{folder}");
        }
    }

    #[tokio::test]
    async fn a_variable_that_is_missing_is_named() {
        let variables = HashMap::from([("SLIPFORM_STAGE".to_owned(), "bundle".to_owned())]);
        assert_eq!(Function::start(&variables).await.unwrap_err(), "the variable SLIPFORM_ARTIFACTS is missing");
    }
}
