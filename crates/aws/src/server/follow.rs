//! Follows a deployment to its end, and says why it failed in the words of ECS.

use super::{find, is_failed, is_rollback, primary};
use crate::account::{Account, Foundation};
use crate::error::{Kind, Result, failed};
use crate::names::Names;
use aws_sdk_ecs::types::{Deployment, DeploymentRolloutState, DesiredStatus, Service, ServiceEvent, Task};
use aws_smithy_types::DateTime;
use std::collections::BTreeSet;
use std::time::{Duration, SystemTime};
use tokio::time::Instant;

/// What ECS says in the event of a deployment that its circuit breaker has ended.
const GIVEN_UP: &str = "deployment failed";
/// How long ECS may answer as if it had not been told yet: its API is eventually consistent (Amazon ECS API reference, RunTask).
const VISIBLE: Duration = Duration::from_secs(30);

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
    let (end, visible) = (Instant::now() + limit, Instant::now() + VISIBLE);
    let mut watch = Watch { task_definition, since, id: None, said: BTreeSet::new(), complaint: None };
    loop {
        let service = match find(account, &foundation.cluster, &names.service()).await {
            Ok(service) => service,
            Err(error) if matches!(error.kind, Kind::Unreachable | Kind::Throttled) && Instant::now() < end => {
                tokio::time::sleep(account.poll).await;
                continue;
            }
            Err(error) => return Err(error),
        };
        if let Some(service) = &service {
            watch.hear(service, &mut say);
        }
        let failure = match service.map_or(State::Deleted, |service| watch.state(&service)) {
            State::Completed => return Ok(Followed::Completed),
            State::Deleted | State::Overtaken if watch.id.is_none() && Instant::now() < visible => {
                tokio::time::sleep(account.poll).await;
                continue;
            }
            State::Deleted => return Ok(Followed::Failed("The service was deleted while it was being deployed.".into())),
            State::Overtaken => return Ok(Followed::Overtaken),
            State::Failed(reason) => reason,
            State::Going if Instant::now() > end => {
                format!("ECS did not finish the deployment within {} minutes.", limit.as_secs().div_ceil(60))
            }
            State::Going => {
                tokio::time::sleep(account.poll).await;
                continue;
            }
        };
        let mut words = vec![failure];
        // The deployment has failed, whether or not this can be read.
        match why(account, foundation, names, task_definition, watch.id.as_deref()).await {
            Ok(reasons) => words.extend(reasons),
            Err(error) => words.push(format!("Why its tasks stopped could not be read: {error}.")),
        }
        words.extend(watch.complaint);
        return Ok(Followed::Failed(words.join(" ")));
    }
}

/// Where a deployment stands.
enum State {
    Going,
    Completed,
    Failed(String),
    Overtaken,
    Deleted,
}

/// What is known of a deployment so far.
struct Watch<'a> {
    task_definition: &'a str,
    since: SystemTime,
    /// ECS's name of it, once it was seen: the same definition may have been deployed before.
    id: Option<String>,
    said: BTreeSet<String>,
    /// The last event that tells what is wrong.
    complaint: Option<String>,
}

impl Watch<'_> {
    fn hear(&mut self, service: &Service, say: &mut impl FnMut(&str)) {
        // ECS lists the newest first.
        for event in self.events(service).rev().map(|event| (event.id().unwrap_or_default(), event.message().unwrap_or_default())) {
            if self.said.insert(event.0.to_owned()) {
                let words = plain(event.1);
                // That the deployment failed is no reason why it did.
                if ["unhealthy", "unable to", "failed"].iter().any(|word| event.1.contains(word)) && !event.1.contains(GIVEN_UP) {
                    self.complaint = Some(words.clone());
                }
                say(&words);
            }
        }
    }

    /// Those since the deployment began.
    fn events<'s>(&self, service: &'s Service) -> impl DoubleEndedIterator<Item = &'s ServiceEvent> + use<'s> {
        let since = self.since;
        service.events().iter().filter(move |event| event.created_at().is_none_or(|at| is_since(at, since)))
    }

    fn state(&mut self, service: &Service) -> State {
        let primary = primary(service);
        let ours = match &self.id {
            Some(id) => service.deployments().iter().find(|deployment| deployment.id() == Some(id)),
            None => primary.into_iter().chain(service.deployments()).find(|deployment| self.is_ours(deployment)),
        };
        if let Some(id) = ours.and_then(Deployment::id) {
            self.id = Some(id.to_owned());
        }
        match ours {
            Some(ours) if is_failed(ours) => State::Failed(ours.rollout_state_reason().unwrap_or("The deployment failed.").to_owned()),
            Some(ours) if !is_primary(ours) && !self.was_given_up(service) => State::Overtaken,
            Some(ours) if is_primary(ours) && ours.rollout_state() == Some(&DeploymentRolloutState::Completed) => State::Completed,
            Some(ours) if is_primary(ours) => State::Going,
            None if !self.was_given_up(service) => State::Overtaken,
            // ECS forgets a deployment that failed as soon as the one before has all its servers again.
            _ => State::Failed("ECS gave the deployment up and went back to the server before.".into()),
        }
    }

    /// An older one of the same definition is not.
    fn is_ours(&self, deployment: &Deployment) -> bool {
        let recent = || deployment.created_at().is_none_or(|at| is_since(at, self.since));
        deployment.task_definition() == Some(self.task_definition) && (is_primary(deployment) || recent())
    }

    /// Whether it was ECS that began another deployment, and not somebody else: it says so of the deployment that goes back while
    /// that is under way, and in the events of the service ever after.
    fn was_given_up(&self, service: &Service) -> bool {
        let goes_back = primary(service).is_some_and(|primary| is_rollback(primary) && primary.created_at().is_none_or(|at| is_since(at, self.since)));
        let of_another =
            |message: &str| self.id.as_ref().is_some_and(|id| message.contains("(deployment ") && !message.contains(&format!("(deployment {id})")));
        goes_back || self.events(service).filter_map(ServiceEvent::message).any(|message| message.contains(GIVEN_UP) && !of_another(message))
    }
}

fn is_primary(deployment: &Deployment) -> bool {
    deployment.status() == Some("PRIMARY")
}

fn is_since(at: &DateTime, since: SystemTime) -> bool {
    // A second of grace: clocks differ, and ECS rounds.
    at.as_secs_f64() + 1.0 >= DateTime::from(since).as_secs_f64()
}

/// ECS begins its events with the service's name, and names things by ARNs: a build's log is its maker's, who need not know the number
/// of the operator's account.
fn plain(message: &str) -> String {
    let message = message.strip_prefix("(service ").and_then(|rest| rest.split_once(')')).map_or(message, |(_, rest)| rest);
    let words = message.trim_start_matches([',', ' ', ')']).split_whitespace().map(|word| match word.find("arn:aws") {
        Some(at) => format!("{}…{}", &word[..at], word[at..].trim_end_matches([')', '.', ',']).rsplit(':').next().unwrap_or_default()),
        None => word.to_owned(),
    });
    format!("ECS: {}", words.collect::<Vec<_>>().join(" "))
}

/// Why tasks of this definition stopped, each reason once; those of one deployment alone, where its name is known.
pub async fn why(account: &Account, foundation: &Foundation, names: &Names, task_definition: &str, deployment: Option<&str>) -> Result<BTreeSet<String>> {
    let list = account.ecs.list_tasks().cluster(&foundation.cluster).family(names.service()).desired_status(DesiredStatus::Stopped);
    let arns = list.send().await.map_err(failed("ecs:ListTasks"))?.task_arns.unwrap_or_default();
    let mut reasons = BTreeSet::new();
    if !arns.is_empty() {
        let describe = account.ecs.describe_tasks().cluster(&foundation.cluster).set_tasks(Some(arns));
        let tasks = describe.send().await.map_err(failed("ecs:DescribeTasks"))?.tasks.unwrap_or_default();
        let ours = |task: &&Task| {
            let started_by = deployment.is_none_or(|deployment| task.started_by().is_none_or(|by| by == deployment));
            task.task_definition_arn() == Some(task_definition) && started_by
        };
        reasons.extend(tasks.iter().filter(ours).filter_map(reason));
    }
    Ok(reasons)
}

/// Such as: `A task stopped: Essential container in task exited; exit code 1.` None for a task that ECS had no more need of.
fn reason(task: &Task) -> Option<String> {
    if task.stopped_reason().is_some_and(|reason| reason.starts_with("Scaling activity initiated by")) {
        return None;
    }
    let mut words = Vec::new();
    words.extend(task.stopped_reason().map(str::to_owned));
    for container in task.containers() {
        words.extend(container.reason().map(str::to_owned));
        words.extend(container.exit_code().map(|code| format!("exit code {code}")));
    }
    (!words.is_empty()).then(|| format!("A task stopped: {}.", words.join("; ").trim_end_matches('.')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_told_without_the_names_of_services() {
        assert_eq!(plain("(service slf-a-1) has started 1 tasks: (task 12)."), "ECS: has started 1 tasks: (task 12).");
        assert_eq!(plain("(service slf-a-1) (port 8080) is unhealthy in (target-group arn)"), "ECS: (port 8080) is unhealthy in (target-group arn)");
        assert_eq!(plain("something else"), "ECS: something else");
        assert_eq!(
            plain("(service a) is unhealthy in (target-group arn:aws:elasticloadbalancing:eu-central-1:111122223333:targetgroup/slf-a/1) due to (reason x)"),
            "ECS: is unhealthy in (target-group …targetgroup/slf-a/1 due to (reason x)"
        );
    }
}
