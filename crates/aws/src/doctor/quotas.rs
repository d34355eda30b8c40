//! How much of the account's quotas is used.

use super::{Doctor, Finding, Outputs, settled};
use crate::ensure::target_group;
use crate::environment::reserved;
use crate::error::{Result, failed};
use crate::preflight;
use aws_sdk_servicequotas::Client;

/// From this share on, an increase is asked for in time: AWS takes days for some.
const SCARCE: f64 = 0.8;
/// What a server of an app takes, in vCPUs.
const SERVER: f64 = 0.25;

/// One quota, as Service Quotas names it.
struct Quota {
    name: &'static str,
    service: &'static str,
    /// Its name there.
    title: &'static str,
    /// AWS's default, for what Service Quotas does not list.
    default: f64,
    adjustable: bool,
}

const RULES: Quota =
    Quota { name: "quota of rules", service: "elasticloadbalancing", title: "Rules per Application Load Balancer", default: 100.0, adjustable: true };
const GROUPS: Quota = Quota {
    name: "quota of target groups",
    service: "elasticloadbalancing",
    title: "Target Groups per Application Load Balancer",
    default: 100.0,
    adjustable: false,
};
const REGIONAL_GROUPS: Quota = Quota {
    name: "quota of target groups in the region",
    service: "elasticloadbalancing",
    title: "Target Groups per Region",
    default: 3_000.0,
    adjustable: true,
};
const DISTRIBUTIONS: Quota =
    Quota { name: "quota of distributions", service: "cloudfront", title: "Web distributions per AWS account", default: 200.0, adjustable: true };
/// Increased by AWS Support alone (Amazon EFS user guide, "Quotas").
const ACCESS_POINTS: Quota =
    Quota { name: "quota of access points", service: "elasticfilesystem", title: "Access points per file system", default: 10_000.0, adjustable: true };
const SERVICES: Quota = Quota { name: "quota of services", service: "ecs", title: "Services per cluster", default: 5_000.0, adjustable: true };
const PROCESSORS: Quota = Quota { name: "quota of vCPUs", service: "fargate", title: "Fargate On-Demand vCPU resource count", default: 6.0, adjustable: true };

impl Doctor {
    pub(super) async fn used(&self, outputs: &Outputs) -> Vec<Finding> {
        vec![
            self.quota(&self.quotas, RULES, self.rules(outputs).await).await,
            self.quota(&self.quotas, GROUPS, self.groups(outputs.find("LoadBalancerArn")).await).await,
            self.quota(&self.quotas, REGIONAL_GROUPS, self.groups(None).await).await,
            self.quota(&self.global_quotas, DISTRIBUTIONS, self.distributions().await).await,
            self.quota(&self.quotas, ACCESS_POINTS, self.access_points(outputs).await).await,
            self.quota(&self.quotas, SERVICES, self.services(outputs).await.map(|(services, _)| services)).await,
            self.quota(&self.quotas, PROCESSORS, self.services(outputs).await.map(|(_, tasks)| tasks * SERVER)).await,
        ]
    }

    async fn quota(&self, client: &Client, quota: Quota, used: Result<f64>) -> Finding {
        let name = quota.name;
        let finding = async {
            let used = used?;
            let (limit, source) = match limit(client, &quota).await? {
                Some(limit) => (limit, ""),
                None => (quota.default, ", AWS's default"),
            };
            let seen = format!("{used} of {limit}{source}: {}", quota.title);
            let ask = if quota.adjustable {
                format!("Request an increase of \"{}\" in the console under Service Quotas, or remove apps that are no longer needed.", quota.title)
            } else {
                "AWS does not increase this one: place further apps in another installation, or remove what is no longer needed.".to_owned()
            };
            Ok(match used / limit {
                share if share >= 1.0 => Finding::problem(name, seen, ask),
                share if share >= SCARCE => Finding::warning(name, seen, ask),
                _ => Finding::ok(name, seen),
            })
        };
        settled(name, finding.await)
    }

    async fn rules(&self, outputs: &Outputs) -> Result<f64> {
        let rules = target_group::rules(&self.account, outputs.get("ListenerArn")?).await?;
        Ok(count(rules.iter().filter(|rule| rule.is_default() != Some(true)).count()))
    }

    /// Those of a load balancer, or all.
    async fn groups(&self, balancer: Option<&str>) -> Result<f64> {
        let list = self.account.elb.describe_target_groups().set_load_balancer_arn(balancer.map(str::to_owned));
        let mut pages = list.into_paginator().items().send();
        let mut used = 0;
        while let Some(group) = pages.next().await {
            group.map_err(failed("elasticloadbalancing:DescribeTargetGroups"))?;
            used += 1;
        }
        Ok(count(used))
    }

    async fn distributions(&self) -> Result<f64> {
        let mut pages = self.account.cloudfront.list_distributions().into_paginator().items().send();
        let mut used = 0;
        while let Some(distribution) = pages.next().await {
            distribution.map_err(failed("cloudfront:ListDistributions"))?;
            used += 1;
        }
        Ok(count(used))
    }

    async fn access_points(&self, outputs: &Outputs) -> Result<f64> {
        let mut pages = self.account.efs.describe_access_points().file_system_id(outputs.get("FileSystemId")?).into_paginator().items().send();
        let mut used = 0;
        while let Some(point) = pages.next().await {
            point.map_err(failed("elasticfilesystem:DescribeAccessPoints"))?;
            used += 1;
        }
        Ok(count(used))
    }

    /// The cluster's services, and its tasks.
    async fn services(&self, outputs: &Outputs) -> Result<(f64, f64)> {
        let found = self.account.ecs.describe_clusters().clusters(outputs.get("Cluster")?).send().await.map_err(failed("ecs:DescribeClusters"))?;
        let of = |number: fn(&aws_sdk_ecs::types::Cluster) -> i32| found.clusters().first().map(number).map(f64::from).unwrap_or_default();
        Ok((of(|cluster| cluster.active_services_count), of(|cluster| cluster.running_tasks_count + cluster.pending_tasks_count)))
    }

    /// How much concurrency is left for the functions of apps.
    pub(super) async fn concurrency(&self) -> Result<Finding> {
        const NAME: &str = "concurrency";
        let settings = self.account.lambda.get_account_settings().send().await.map_err(failed("lambda:GetAccountSettings"))?;
        let limits = settings.account_limit();
        let (all, free) = limits.map(|limits| (limits.concurrent_executions, limits.unreserved_concurrent_executions.unwrap_or_default())).unwrap_or_default();
        let seen = format!("{free} of {all} concurrent calls of functions are not reserved");
        Ok(if preflight::reserved_concurrency(reserved(), free).is_some() {
            Finding::ok(NAME, seen)
        } else {
            let advice = format!(
                "Request an increase of \"Concurrent executions\" of Lambda under Service Quotas: the functions of the next app cannot reserve the {} \
                 calls that keep its builds independent of other apps. It can be built all the same.",
                reserved()
            );
            Finding::warning(NAME, seen, advice)
        })
    }
}

/// The limit that is in force; `None` where Service Quotas does not list it.
async fn limit(client: &Client, quota: &Quota) -> Result<Option<f64>> {
    let mut pages = client.list_service_quotas().service_code(quota.service).into_paginator().items().send();
    while let Some(found) = pages.next().await {
        let found = found.map_err(failed("servicequotas:ListServiceQuotas"))?;
        if found.quota_name().is_some_and(|name| name.starts_with(quota.title)) {
            return Ok(found.value());
        }
    }
    Ok(None)
}

fn count(number: usize) -> f64 {
    u32::try_from(number).unwrap_or(u32::MAX).into()
}
