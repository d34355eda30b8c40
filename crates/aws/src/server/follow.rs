//! Follows a deployment to its end, and says why it failed in the words of ECS.

use super::find;
use crate::account::{Account, Foundation};
use crate::error::{Kind, Result, failed};
use crate::names::Names;
use aws_sdk_ecs::types::{DesiredStatus, Task};
use aws_smithy_types::DateTime;
use std::collections::BTreeSet;
use std::time::{Duration, SystemTime};
use tokio::time::Instant;

/// How a deployment ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Followed {
    /// All servers are new and healthy, and the old ones are gone.
    Completed,
    /// ECS gave it up, or it took too long; the cause.
    Failed(String),
    /// The service runs something else meanwhile.
    Overtaken,
}

/// Follows the deployment of a task definition; `say` hears what ECS reports meanwhile. Status polls that fail for a while are no
/// reason to give up: only `limit` is.
pub async fn follow(
    account: &Account,
    foundation: &Foundation,
    names: &Names,
    task_definition: &str,
    since: SystemTime,
    limit: Duration,
    mut say: impl FnMut(&str),
) -> Result<Followed> {
    let end = Instant::now() + limit;
    let mut said = BTreeSet::new();
    let mut unhealthy = None;
    loop {
        let service = match find(account, &foundation.cluster, &names.service()).await {
            Ok(service) => service,
            Err(error) if matches!(error.kind, Kind::Unreachable | Kind::Throttled) && Instant::now() < end => {
                tokio::time::sleep(account.poll).await;
                continue;
            }
            Err(error) => return Err(error),
        };
        let Some(service) = service else { return Ok(Followed::Failed("The service was deleted while it was being deployed.".into())) };
        let mut events: Vec<_> = service.events().iter().filter(|event| event.created_at().is_none_or(|at| is_since(at, since))).collect();
        events.reverse();
        for event in events {
            let (id, message) = (event.id().unwrap_or_default(), event.message().unwrap_or_default());
            if said.insert(id.to_owned()) {
                let words = plain(message);
                if ["unhealthy", "unable to", "failed"].iter().any(|word| message.contains(word)) {
                    unhealthy = Some(words.clone());
                }
                say(&words);
            }
        }
        let ours = service.deployments().iter().find(|deployment| deployment.task_definition() == Some(task_definition));
        let Some(ours) = ours else {
            // The circuit breaker has begun a deployment of what was before, and this one is gone.
            let cause = cause(account, foundation, names, task_definition, unhealthy.as_deref()).await?;
            return Ok(if said_breaker(&service) || cause.is_some() {
                Followed::Failed(cause.unwrap_or_else(|| "ECS went back to the server before.".into()))
            } else {
                Followed::Overtaken
            });
        };
        match ours.rollout_state().map(aws_sdk_ecs::types::DeploymentRolloutState::as_str) {
            Some("FAILED") => {
                let reason = ours.rollout_state_reason().unwrap_or("The deployment failed.").to_owned();
                let cause = cause(account, foundation, names, task_definition, unhealthy.as_deref()).await?;
                return Ok(Followed::Failed(cause.map_or(reason.clone(), |cause| format!("{reason} {cause}"))));
            }
            Some("COMPLETED") if ours.status() == Some("PRIMARY") => return Ok(Followed::Completed),
            _ if ours.status() != Some("PRIMARY") => {
                let cause = cause(account, foundation, names, task_definition, unhealthy.as_deref()).await?;
                return Ok(cause.map_or(Followed::Overtaken, Followed::Failed));
            }
            _ => {}
        }
        if Instant::now() > end {
            let cause = cause(account, foundation, names, task_definition, unhealthy.as_deref()).await?;
            let waited = format!("ECS did not finish the deployment within {} minutes.", limit.as_secs().div_ceil(60));
            return Ok(Followed::Failed(cause.map_or(waited.clone(), |cause| format!("{waited} {cause}"))));
        }
        tokio::time::sleep(account.poll).await;
    }
}

fn is_since(at: &DateTime, since: SystemTime) -> bool {
    // A second of grace: clocks differ, and ECS rounds.
    at.as_secs_f64() + 1.0 >= DateTime::from(since).as_secs_f64()
}

fn said_breaker(service: &aws_sdk_ecs::types::Service) -> bool {
    service.events().iter().take(20).any(|event| event.message().is_some_and(|message| message.contains("rolling back")))
}

/// ECS begins its events with the service's name.
fn plain(message: &str) -> String {
    let message = message.strip_prefix("(service ").and_then(|rest| rest.split_once(')')).map_or(message, |(_, rest)| rest);
    format!("ECS: {}", message.trim_start_matches([',', ' ', ')']).trim())
}

/// Why it fails, as far as ECS says: the reasons of its tasks, and the last event of the service that spoke of a failure.
async fn cause(account: &Account, foundation: &Foundation, names: &Names, task_definition: &str, event: Option<&str>) -> Result<Option<String>> {
    let mut reasons = why(account, foundation, names, task_definition).await?;
    reasons.extend(event.map(str::to_owned));
    Ok((!reasons.is_empty()).then(|| reasons.into_iter().collect::<Vec<_>>().join(" ")))
}

/// Why tasks of this definition stopped, each reason once.
pub async fn why(account: &Account, foundation: &Foundation, names: &Names, task_definition: &str) -> Result<BTreeSet<String>> {
    let list = account.ecs.list_tasks().cluster(&foundation.cluster).family(names.service()).desired_status(DesiredStatus::Stopped);
    let arns = list.send().await.map_err(failed("ecs:ListTasks"))?.task_arns.unwrap_or_default();
    let mut reasons = BTreeSet::new();
    if !arns.is_empty() {
        let describe = account.ecs.describe_tasks().cluster(&foundation.cluster).set_tasks(Some(arns));
        let tasks = describe.send().await.map_err(failed("ecs:DescribeTasks"))?.tasks.unwrap_or_default();
        reasons.extend(tasks.iter().filter(|task| task.task_definition_arn() == Some(task_definition)).filter_map(reason));
    }
    Ok(reasons)
}

/// Such as: `Essential container in task exited (exit code 1).`
fn reason(task: &Task) -> Option<String> {
    let mut words = Vec::new();
    words.extend(task.stopped_reason().map(str::to_owned));
    for container in task.containers() {
        words.extend(container.reason().map(str::to_owned));
        words.extend(container.exit_code().map(|code| format!("exit code {code}")));
    }
    (!words.is_empty()).then(|| format!("A task stopped: {}.", words.join("; ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_told_without_the_names_of_services() {
        assert_eq!(plain("(service slf-a-1) has started 1 tasks: (task 12)."), "ECS: has started 1 tasks: (task 12).");
        assert_eq!(plain("(service slf-a-1) (port 8080) is unhealthy in (target-group arn)"), "ECS: (port 8080) is unhealthy in (target-group arn)");
        assert_eq!(plain("something else"), "ECS: something else");
    }
}
