//! The task definition: what ECS starts.

use super::{CONTAINER, FILES, FINGERPRINT, RELEASE, Server};
use crate::account::{Account, Foundation};
use crate::ensure::target_group::PORT;
use crate::ensure::{look_again, once};
use crate::environment::Made;
use crate::error::{Absent as _, Result, failed, incomplete};
use crate::names::Names;
use aws_sdk_ecs::types::{
    Compatibility, ContainerDefinition, CpuArchitecture, EfsAuthorizationConfig, EfsAuthorizationConfigIam, EfsTransitEncryption, EfsVolumeConfiguration,
    HealthCheck, KeyValuePair, LinuxParameters, LogConfiguration, LogDriver, MountPoint, NetworkMode, OsFamily, PortMapping, RuntimePlatform, Secret,
    SortOrder, Tag, TaskDefinitionField, TransportProtocol, Volume,
};
use aws_smithy_types::error::operation::BuildError;
use std::collections::HashMap;

/// How long a server may finish its requests; its own limit is shorter.
const STOP: i32 = 30;
/// Asks as the load balancer does, from inside.
const HEALTHY: &str = "fetch('http://127.0.0.1:8080/api/health').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))";

/// Finds the newest revision if it is the one that is wanted, or registers one. A registration whose answer was lost is not sent
/// again, but looked for: a second one would be a second revision.
pub async fn ensure(account: &Account, foundation: &Foundation, names: &Names, made: &Made, server: &Server) -> Result<String> {
    let fingerprint = server.fingerprint(made);
    let mut failures = 0;
    loop {
        if let Some(found) = newest(account, names, &fingerprint, &server.release).await? {
            return Ok(found);
        }
        match register(account, foundation, names, made, server, &fingerprint).await {
            Ok(arn) => return Ok(arn),
            Err(error) => {
                let Some(pause) = look_again(&error, &mut failures) else { return Err(error) };
                tokio::time::sleep(pause).await;
            }
        }
    }
}

/// The newest revision, if its tags are these.
async fn newest(account: &Account, names: &Names, fingerprint: &str, release: &str) -> Result<Option<String>> {
    let listed = account.ecs.list_task_definitions().family_prefix(names.service()).sort(SortOrder::Desc).max_results(1).send().await;
    let listed = listed.map_err(failed("ecs:ListTaskDefinitions"))?;
    let Some(newest) = listed.task_definition_arns().first() else { return Ok(None) };
    let tags = tags(account, newest).await?;
    let is = |key: &str, value: &str| tags.get(key).is_some_and(|tag| tag == value);
    Ok((is(FINGERPRINT, fingerprint) && is(RELEASE, release)).then(|| newest.clone()))
}

async fn register(account: &Account, foundation: &Foundation, names: &Names, made: &Made, server: &Server, fingerprint: &str) -> Result<String> {
    let container = container(account, names, made, server).map_err(incomplete("ecs:RegisterTaskDefinition"))?;
    let volumes = volumes(foundation, made).map_err(incomplete("ecs:RegisterTaskDefinition"))?;
    let mut all: Vec<(&str, String)> = names.tags().to_vec();
    all.extend([(FINGERPRINT, fingerprint.to_owned()), (RELEASE, server.release.clone())]);
    let register = account
        .ecs
        .register_task_definition()
        .family(names.service())
        .network_mode(NetworkMode::Awsvpc)
        .requires_compatibilities(Compatibility::Fargate)
        .runtime_platform(RuntimePlatform::builder().cpu_architecture(CpuArchitecture::X8664).operating_system_family(OsFamily::Linux).build())
        .cpu(server.size.cpu.to_string())
        .memory(server.size.memory.to_string())
        .task_role_arn(&made.task_role_arn)
        .execution_role_arn(&made.execution_role_arn)
        .container_definitions(container)
        .set_volumes(Some(volumes))
        .set_tags(Some(all.into_iter().map(|(key, value)| Tag::builder().key(key).value(value).build()).collect()));
    let once = aws_sdk_ecs::Config::builder().retry_config(once());
    let done = register.customize().config_override(once).send().await.map_err(failed("ecs:RegisterTaskDefinition"))?;
    Ok(done.task_definition.and_then(|made| made.task_definition_arn).unwrap_or_default())
}

fn container(account: &Account, names: &Names, made: &Made, server: &Server) -> Result<ContainerDefinition, BuildError> {
    // The heap is smaller than the limit, so that V8 collects before the container is ended from outside.
    let heap = format!("--max-old-space-size={}", server.size.memory * 11 / 16);
    let mut container = ContainerDefinition::builder()
        .name(CONTAINER)
        .image(&server.image)
        .essential(true)
        .command("node")
        .command(heap)
        .command(format!("{FILES}/{}", server.program))
        .user("1000:1000")
        .readonly_root_filesystem(true)
        .stop_timeout(STOP)
        .linux_parameters(LinuxParameters::builder().init_process_enabled(true).build())
        .port_mappings(PortMapping::builder().container_port(PORT).host_port(PORT).protocol(TransportProtocol::Tcp).build())
        .mount_points(MountPoint::builder().source_volume("files").container_path(FILES).read_only(true).build())
        .mount_points(MountPoint::builder().source_volume("temporary").container_path("/tmp").build())
        .health_check(
            HealthCheck::builder().command("CMD").command("node").command("-e").command(HEALTHY).interval(10).timeout(5).retries(3).start_period(30).build()?,
        )
        .log_configuration(
            LogConfiguration::builder()
                .log_driver(LogDriver::Awslogs)
                .options("awslogs-group", names.server_logs())
                .options("awslogs-region", &account.region)
                .options("awslogs-stream-prefix", CONTAINER)
                // A log that cannot be delivered must not stop the app.
                .options("mode", "non-blocking")
                .options("max-buffer-size", "4m")
                .build()?,
        );
    for (name, value) in &server.variables {
        container = container.environment(KeyValuePair::builder().name(name).value(value).build());
    }
    for (name, key) in &server.secrets {
        container = container.secrets(Secret::builder().name(name).value_from(format!("{}:{key}::", made.secret_arn)).build()?);
    }
    Ok(container.build())
}

fn volumes(foundation: &Foundation, made: &Made) -> Result<Vec<Volume>, BuildError> {
    let authorization = EfsAuthorizationConfig::builder().access_point_id(&made.access_point.id).iam(EfsAuthorizationConfigIam::Enabled).build();
    let files = EfsVolumeConfiguration::builder()
        .file_system_id(&foundation.file_system)
        .transit_encryption(EfsTransitEncryption::Enabled)
        .authorization_config(authorization)
        .build()?;
    Ok(vec![Volume::builder().name("files").efs_volume_configuration(files).build(), Volume::builder().name("temporary").build()])
}

/// The tags of a task definition; none where it is gone.
pub async fn tags(account: &Account, task_definition: &str) -> Result<HashMap<String, String>> {
    let describe = account.ecs.describe_task_definition().task_definition(task_definition).include(TaskDefinitionField::Tags);
    let found = describe.send().await.map_err(failed("ecs:DescribeTaskDefinition")).absent()?;
    let tags = found.and_then(|found| found.tags).unwrap_or_default();
    Ok(tags.into_iter().filter_map(|tag| Some((tag.key?, tag.value?))).collect())
}
