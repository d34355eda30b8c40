//! The app's server on ECS: a task definition that starts a release from the file system, and the service that keeps it running.

mod definition;
mod follow;
mod remove;

pub use follow::{Followed, follow, why};
pub use remove::{left, remove};

use crate::account::{Account, Foundation};
use crate::ensure::{look_again, once};
use crate::environment::Made;
use crate::error::{Error, Kind, Result, failed, incomplete};
use crate::names::Names;
use crate::preflight::{self, ServerSize};
use aws_sdk_ecs::types::{
    AssignPublicIp, AwsVpcConfiguration, Deployment, DeploymentCircuitBreaker, DeploymentConfiguration, DeploymentRolloutState, LaunchType, LoadBalancer,
    NetworkConfiguration, PropagateTags, Service, Tag,
};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;

/// The only container of a task.
pub const CONTAINER: &str = "server";
/// Where the container finds the app's file system.
pub const FILES: &str = "/app";
/// How long a new server may fail its health check after its start, in seconds.
const GRACE: i32 = 60;

/// A server that is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    /// The container's image, by digest.
    pub image: String,
    /// The release whose program it runs.
    pub release: String,
    /// Where the program stands in the app's file system: `production/releases/<id>/server.mjs`.
    pub program: String,
    /// SHA-256 of the program.
    pub program_hash: String,
    /// How large it is.
    pub size: ServerSize,
    /// Its variables.
    pub variables: BTreeMap<String, String>,
    /// Variables that come from the environment's secret, by the key in it.
    pub secrets: BTreeMap<String, String>,
}

impl Server {
    /// The same for servers that behave the same, whatever release they come from: a release that changes only the interface
    /// needs no new server.
    pub fn fingerprint(&self, made: &Made) -> String {
        let variables: Vec<_> = self.variables.iter().filter(|(name, _)| *name != "RELEASE").collect();
        let all = serde_json::json!([
            self.image,
            self.program_hash,
            [self.size.cpu, self.size.memory],
            variables,
            self.secrets,
            [&made.secret_arn, &made.task_role_arn, &made.execution_role_arn, &made.access_point.id],
        ]);
        Sha256::digest(all.to_string()).iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
    }
}

/// What runs, as ECS knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Running {
    /// The task definition of the service.
    pub task_definition: String,
    /// [`Server::fingerprint`] of it.
    pub fingerprint: String,
    /// Its release.
    pub release: String,
    /// Whether a deployment is going on, or did not succeed.
    pub settled: bool,
    /// How many servers are wanted; 0 after a first deployment failed.
    pub desired: i32,
    /// The task definition of the last deployment that reached its end, to which ECS and we go back; `None` where none has.
    pub stable: Option<String>,
}

/// Tag of a task definition.
const FINGERPRINT: &str = "slipform:server";
/// Tag of a task definition.
const RELEASE: &str = "slipform:release";

/// What runs; `None` where there is no service.
pub async fn running(account: &Account, foundation: &Foundation, names: &Names) -> Result<Option<Running>> {
    let Some(service) = find(account, &foundation.cluster, &names.service()).await? else { return Ok(None) };
    let task_definition = runs(&service).unwrap_or_default().to_owned();
    let tags = definition::tags(account, &task_definition).await?;
    let tag = |key: &str| tags.get(key).cloned().unwrap_or_default();
    Ok(Some(Running {
        fingerprint: tag(FINGERPRINT),
        release: tag(RELEASE),
        settled: matches!(service.deployments(), [only] if is_complete(only)),
        desired: service.desired_count,
        stable: stable(&service),
        task_definition,
    }))
}

/// The deployment that ECS works on, or worked on last.
fn primary(service: &Service) -> Option<&Deployment> {
    service.deployments().iter().find(|deployment| deployment.status() == Some("PRIMARY"))
}

/// What the service is meant to run. Where ECS has gone back by itself, its deployments are what says so.
fn runs(service: &Service) -> Option<&str> {
    primary(service).and_then(Deployment::task_definition).or(service.task_definition())
}

fn is_complete(deployment: &Deployment) -> bool {
    deployment.rollout_state().is_none_or(|state| *state == DeploymentRolloutState::Completed)
}

fn is_failed(deployment: &Deployment) -> bool {
    deployment.rollout_state() == Some(&DeploymentRolloutState::Failed)
}

/// Whether ECS made this deployment itself, to undo one that failed.
fn is_rollback(deployment: &Deployment) -> bool {
    deployment.rollout_state_reason().is_some_and(|reason| reason.contains("rolling back"))
}

/// See [`Running::stable`]. A deployment under way has the one that it replaces beside it until it is complete.
fn stable(service: &Service) -> Option<String> {
    let newest_first = || primary(service).into_iter().chain(service.deployments());
    let found = newest_first().find(|deployment| is_complete(deployment)).or_else(|| newest_first().find(|deployment| is_rollback(deployment)));
    found.and_then(Deployment::task_definition).map(str::to_owned)
}

/// The active service of this name.
async fn find(account: &Account, cluster: &str, name: &str) -> Result<Option<Service>> {
    let found = account.ecs.describe_services().cluster(cluster).services(name).send().await.map_err(failed("ecs:DescribeServices"))?;
    Ok(found.services.unwrap_or_default().into_iter().find(|service| service.status() == Some("ACTIVE")))
}

/// Registers the server's task definition; one that a lost answer left behind is found by its tag. Answers with its ARN.
pub async fn register(account: &Account, foundation: &Foundation, names: &Names, made: &Made, server: &Server) -> Result<String> {
    preflight::server_size(server.size)?;
    definition::ensure(account, foundation, names, made, server).await
}

/// Makes the service run a task definition: a new service, or a deployment of the one that is there. Safe to repeat. A call whose
/// answer was lost is not sent again, but looked for: a second one would be a second deployment.
pub async fn start(account: &Account, foundation: &Foundation, names: &Names, made: &Made, task_definition: &str) -> Result<()> {
    let mut failures = 0;
    loop {
        let sent = match find(account, &foundation.cluster, &names.service()).await? {
            Some(service) if is_started(&service, task_definition) => return Ok(()),
            Some(service) => update(account, foundation, names, &service, task_definition).await,
            None => create(account, foundation, names, made, task_definition).await,
        };
        let Err(error) = sent else { return Ok(()) };
        let Some(pause) = look_again(&error, &mut failures) else { return Err(error) };
        tokio::time::sleep(pause).await;
    }
}

fn is_started(service: &Service, task_definition: &str) -> bool {
    runs(service) == Some(task_definition) && service.desired_count > 0 && !primary(service).is_some_and(is_failed)
}

async fn update(account: &Account, foundation: &Foundation, names: &Names, service: &Service, task_definition: &str) -> Result<()> {
    let mut update = account.ecs.update_service().cluster(&foundation.cluster).service(names.service()).task_definition(task_definition);
    // How many there are is the autoscaling's to say, unless nothing runs.
    if service.desired_count == 0 {
        update = update.desired_count(1);
    }
    // A deployment that has failed starts no servers any more, and the same definition alone begins no other.
    if runs(service) == Some(task_definition) {
        update = update.force_new_deployment(true);
    }
    let once = aws_sdk_ecs::Config::builder().retry_config(once());
    update.customize().config_override(once).send().await.map_err(failed("ecs:UpdateService"))?;
    Ok(())
}

async fn create(account: &Account, foundation: &Foundation, names: &Names, made: &Made, task_definition: &str) -> Result<()> {
    let breaker = DeploymentCircuitBreaker::builder().enable(true).rollback(true).build();
    let network = AwsVpcConfiguration::builder()
        .set_subnets(Some(foundation.public_subnets.clone()))
        .security_groups(&foundation.task_security_group)
        .assign_public_ip(AssignPublicIp::Enabled)
        .build()
        .map_err(incomplete("ecs:CreateService"))?;
    let balancer =
        LoadBalancer::builder().target_group_arn(&made.target_group_arn).container_name(CONTAINER).container_port(crate::ensure::target_group::PORT).build();
    let tags = names.tags().into_iter().map(|(key, value)| Tag::builder().key(key).value(value).build()).collect();
    let create = account
        .ecs
        .create_service()
        .cluster(&foundation.cluster)
        .service_name(names.service())
        .task_definition(task_definition)
        .desired_count(1)
        .launch_type(LaunchType::Fargate)
        .network_configuration(NetworkConfiguration::builder().awsvpc_configuration(network).build())
        .load_balancers(balancer)
        .health_check_grace_period_seconds(GRACE)
        .deployment_configuration(
            DeploymentConfiguration::builder().minimum_healthy_percent(100).maximum_percent(200).deployment_circuit_breaker(breaker).build(),
        )
        .enable_ecs_managed_tags(true)
        .propagate_tags(PropagateTags::TaskDefinition)
        .set_tags(Some(tags));
    let once = aws_sdk_ecs::Config::builder().retry_config(once());
    match create.customize().config_override(once).send().await.map_err(failed("ecs:CreateService")) {
        // It has appeared since it was looked for, and what is there may be another one's idea.
        Err(error) if error.message.contains("not idempotent") => match find(account, &foundation.cluster, &names.service()).await? {
            Some(service) if runs(&service) == Some(task_definition) => Ok(()),
            Some(_) => Err(Error::new(Kind::Busy, "ecs:CreateService", "changed-meanwhile", "The service was made by somebody else meanwhile.")),
            None => Err(Error { kind: Kind::Busy, ..error }),
        },
        Err(error) => Err(error),
        Ok(_) => Ok(()),
    }
}

/// Goes back to what ran before; where nothing did, nothing runs. A deployment that `before` found under way was none that ran.
pub async fn go_back(account: &Account, foundation: &Foundation, names: &Names, before: Option<&Running>) -> Result<()> {
    let name = names.service();
    let Some(service) = find(account, &foundation.cluster, &name).await? else { return Ok(()) };
    let update = account.ecs.update_service().cluster(&foundation.cluster).service(&name);
    let update = match before.filter(|before| before.desired > 0).and_then(|before| before.stable.as_deref()) {
        Some(stable) if runs(&service) == Some(stable) => return Ok(()),
        Some(stable) => update.task_definition(stable),
        None => update.desired_count(0),
    };
    update.send().await.map_err(failed("ecs:UpdateService"))?;
    Ok(())
}
