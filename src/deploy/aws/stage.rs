//! Runs a task in one of the app's own functions.

use super::{Payload, Site, function, step_failed};
use crate::stages::remote::{Answers, Call, INLINE, Outcome, Reply, Said, Task, misunderstood};
use crate::stages::{Level, Log, Run, StageError};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use slipform_aws::Names;
use slipform_aws::invoke::{self, Breakdown, Invoked};
use slipform_aws::objects::{self, Headers};
use std::convert::Infallible;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// Longer than any function may run.
const LIMIT: Duration = Duration::from_secs(930);
/// How many lines of the log of a function that broke down are told.
const TAIL: usize = 20;
/// How often a function that runs is asked what it has said.
const LISTEN: Duration = Duration::from_secs(1);

/// Runs it and waits. What it said goes into `log`.
pub(super) async fn run(site: &Site, task: Task, run: Option<Run>, input: Value, log: &Log) -> Result<Value, StageError> {
    // The tasks that are no stage belong to the function that also writes the bucket and removes from it.
    let name = match task {
        Task::Stage(step) => step.as_str(),
        Task::Stored | Task::Discard | Task::Clear => "publish",
    };
    let function = site.made.functions.get(name).ok_or_else(|| misunderstood("the app has no such function"))?;
    let reaches_database = matches!(task, Task::Stage(crate::domain::StepName::Database));
    let call = Call {
        task,
        folder: site.folder.clone(),
        run,
        secret: reaches_database.then(|| site.names.secret()),
        web_bucket: (name == "publish").then(|| site.made.bucket.clone()),
        archive: Some(archive(&site.names)),
        answers: Some(answers(&site.names)),
        input: payload(site, run, name, input).await?,
    };
    let payload = serde_json::to_vec(&call).map_err(|e| misunderstood(&e.to_string()))?;
    let told = AtomicUsize::new(0);
    let answer = tokio::select! {
        answer = invoke::invoke(&site.account, function, payload, LIMIT) => answer.map_err(|e| step_failed(&e))?,
        never = listen(site, call.answers.as_ref(), &told, log) => match never {},
    };
    if let (Invoked::BrokeDown { .. }, Some(place)) = (&answer, &call.answers) {
        hear(site, place, &told, log).await;
    }
    let told = told.into_inner();
    let reply = invoked(name, answer, told, log)?;
    reply.said.retell(told, log);
    match reply.outcome {
        Outcome::Output(Payload::Inline(value)) => Ok(value),
        Outcome::Output(Payload::Object(key)) => object(site, &key).await,
        Outcome::Failed(error) => Err(error),
    }
}

/// Tells what a function says while it runs. What cannot be read now comes with the answer.
async fn listen(site: &Site, answers: Option<&Answers>, told: &AtomicUsize, log: &Log) -> Infallible {
    let Some(place) = answers else { return std::future::pending().await };
    loop {
        tokio::time::sleep(LISTEN).await;
        hear(site, place, told, log).await;
    }
}

async fn hear(site: &Site, place: &Answers, told: &AtomicUsize, log: &Log) {
    if let Ok(Some(bytes)) = objects::get(&site.account, &site.foundation.artifact_bucket, &place.said).await
        && let Ok(said) = serde_json::from_slice::<Said>(&bytes)
    {
        told.store(said.retell(told.load(Ordering::Relaxed), log), Ordering::Relaxed);
    }
}

/// Where the app's code archives stand in the artifact bucket.
pub(super) fn archive(names: &Names) -> String {
    format!("code/{}/", names.access_point())
}

/// Where one call's answers go. The bucket forgets them after some days.
fn answers(names: &Names) -> Answers {
    let call = format!("{}{}", answered(names), uuid::Uuid::now_v7());
    Answers { said: format!("{call}.log.json"), output: format!("{call}.json") }
}

fn answered(names: &Names) -> String {
    format!("answers/{}/", names.access_point())
}

/// The input itself, or its place: documents go through the bucket.
async fn payload(site: &Site, run: Option<Run>, name: &str, input: Value) -> Result<Payload, StageError> {
    let text = input.to_string();
    if text.len() <= INLINE {
        return Ok(Payload::Inline(input));
    }
    // Named by its content: the same input of the same build is the same object.
    let hash = hex::encode(Sha256::digest(&text));
    let build = run.map_or_else(|| "none".to_owned(), |run| run.build.to_string());
    let key = format!("inputs/{}/{build}-{name}-{}.json", site.names.access_point(), &hash[..16]);
    let headers = Headers { content_type: Some("application/json"), cache_control: None };
    objects::put(&site.account, &site.foundation.artifact_bucket, &key, text.into_bytes(), headers).await.map_err(|e| step_failed(&e))?;
    Ok(Payload::Object(key))
}

async fn object(site: &Site, key: &str) -> Result<Value, StageError> {
    if !key.starts_with(&answered(&site.names)) {
        return Err(misunderstood("the answer names an object that is not the app's"));
    }
    let found = objects::get(&site.account, &site.foundation.artifact_bucket, key).await.map_err(|e| step_failed(&e))?;
    let bytes = found.ok_or_else(|| misunderstood("the answer names an object that is not there"))?;
    serde_json::from_slice(&bytes).map_err(|e| misunderstood(&e.to_string()))
}

/// What a function answered, or why it could not; `told` lines of its log are known.
pub(super) fn invoked(name: &str, answer: Invoked, told: usize, log: &Log) -> Result<Reply, StageError> {
    let (breakdown, message, tail) = match answer {
        Invoked::Answered(bytes) => return serde_json::from_slice(&bytes).map_err(|e| misunderstood(&e.to_string())),
        Invoked::BrokeDown { breakdown, message, tail } => (breakdown, message, tail),
    };
    for line in tail.iter().skip(tail.len().saturating_sub(TAIL)) {
        match function::spoken(line) {
            Some((number, _)) if number < told => {}
            Some((_, line)) => log.line(line.level, line.line),
            None => log.line(Level::Error, line.clone()),
        }
    }
    Err(match breakdown {
        Breakdown::TimedOut => {
            StageError::retry("function-timed-out", "The function ran out of time", format!("The function of `{name}` was ended: {message}"))
        }
        Breakdown::OutOfMemory => {
            StageError::fail("function-out-of-memory", "The function ran out of memory", format!("The function of `{name}` was killed: {message}"))
                .hint("The design may be too large for the memory that Slipform gives to this stage. Report it to the operator.")
        }
        Breakdown::Exited => {
            StageError::retry("function-exited", "The function broke down", format!("The program of `{name}` ended without an answer: {message}"))
                .hint("Its last lines are in this log. If it stays so, ask the operator to run `slipform aws bootstrap`.")
        }
        Breakdown::Refused => StageError::fail("function-refused", "The function refused the call", format!("The function of `{name}` answered: {message}"))
            .hint("Ask the operator to look at the function's log."),
    })
}
