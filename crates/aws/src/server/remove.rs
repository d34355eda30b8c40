//! How the service and its task definitions go.

use super::find;
use crate::account::{Account, Foundation};
use crate::ensure::patiently;
use crate::error::{Absent as _, Error, Kind, Result, failed};
use crate::names::Names;
use aws_sdk_ecs::types::TaskDefinitionStatus;
use std::time::Duration;

/// How long its last tasks may take to stop and to leave their network interfaces.
const DRAIN: Duration = Duration::from_mins(5);
/// As many as one call deletes.
const SOME: usize = 10;

/// Stops all servers, removes the service, then every revision of its task definition.
pub async fn remove(account: &Account, foundation: &Foundation, names: &Names) -> Result<()> {
    let (cluster, name) = (&foundation.cluster, names.service());
    if find(account, cluster, &name).await?.is_some() {
        account.ecs.update_service().cluster(cluster).service(&name).desired_count(0).send().await.map_err(failed("ecs:UpdateService")).absent()?;
        patiently(|| async {
            account.ecs.delete_service().cluster(cluster).service(&name).force(true).send().await.map_err(failed("ecs:DeleteService")).absent().map(drop)
        })
        .await?;
    }
    let end = tokio::time::Instant::now() + DRAIN;
    while tasks(account, cluster, &name).await? > 0 {
        if tokio::time::Instant::now() > end {
            return Err(Error::new(Kind::Busy, "ecs:ListTasks", "still-draining", "Its last tasks have not stopped within five minutes."));
        }
        tokio::time::sleep(account.poll).await;
    }
    for arn in definitions(account, &name, TaskDefinitionStatus::Active).await? {
        account.ecs.deregister_task_definition().task_definition(&arn).send().await.map_err(failed("ecs:DeregisterTaskDefinition")).absent()?;
    }
    for some in definitions(account, &name, TaskDefinitionStatus::Inactive).await?.chunks(SOME) {
        let delete = account.ecs.delete_task_definitions().set_task_definitions(Some(some.to_vec()));
        delete.send().await.map_err(failed("ecs:DeleteTaskDefinitions")).absent()?;
    }
    Ok(())
}

async fn tasks(account: &Account, cluster: &str, family: &str) -> Result<usize> {
    let list = account.ecs.list_tasks().cluster(cluster).family(family).send().await.map_err(failed("ecs:ListTasks"))?;
    Ok(list.task_arns.unwrap_or_default().len())
}

/// The revisions of a family and of no other whose name begins alike.
async fn definitions(account: &Account, family: &str, status: TaskDefinitionStatus) -> Result<Vec<String>> {
    let mut pages = account.ecs.list_task_definitions().family_prefix(family).status(status).into_paginator().items().send();
    let mut all = Vec::new();
    let ours = format!(":task-definition/{family}:");
    while let Some(arn) = pages.next().await {
        all.extend(Some(arn.map_err(failed("ecs:ListTaskDefinitions"))?).filter(|arn| arn.contains(&ours)));
    }
    Ok(all)
}

/// Whether the service or a revision that could still be started is left. AWS forgets deleted ones by itself.
pub async fn left(account: &Account, foundation: &Foundation, names: &Names) -> Result<bool> {
    let service = find(account, &foundation.cluster, &names.service()).await?.is_some();
    Ok(service || !definitions(account, &names.service(), TaskDefinitionStatus::Active).await?.is_empty())
}
