//! How many servers an app has: between two bounds, by the load of their CPUs and by the requests that each answers.

use crate::account::{Account, Foundation};
use crate::error::{Absent as _, Result, failed, incomplete};
use crate::names::Names;
use aws_sdk_applicationautoscaling::types::{
    MetricType, PolicyType, PredefinedMetricSpecification, ScalableDimension, ServiceNamespace, TargetTrackingScalingPolicyConfiguration,
};

/// The bounds and goals of an app's scaling.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scaling {
    /// The fewest servers.
    pub least: i32,
    /// The most.
    pub most: i32,
    /// The goal for the average CPU load, in percent.
    pub cpu: f64,
    /// The goal for the requests of one server a minute.
    pub requests: f64,
}

/// What an app gets, unless it says something else.
pub const USUAL: Scaling = Scaling { least: 1, most: 4, cpu: 60.0, requests: 1_000.0 };

const DIMENSION: ScalableDimension = ScalableDimension::EcsServiceDesiredCount;
const ECS: ServiceNamespace = ServiceNamespace::Ecs;
/// How long after a change the next may follow, in seconds: quickly up, slowly down.
const UP: i32 = 60;
/// See [`UP`].
const DOWN: i32 = 300;

/// Makes sure of it. The service exists.
pub async fn ensure(account: &Account, foundation: &Foundation, names: &Names, target_group_arn: &str, scaling: Scaling) -> Result<()> {
    let id = resource(foundation, names);
    let client = &account.scaling;
    let found = client.describe_scalable_targets().service_namespace(ECS).resource_ids(&id).scalable_dimension(DIMENSION).send().await;
    let found = found.map_err(failed("application-autoscaling:DescribeScalableTargets"))?;
    let bounds = found.scalable_targets().first().map(|target| (target.min_capacity(), target.max_capacity()));
    if bounds != Some((scaling.least, scaling.most)) {
        let mut register = client.register_scalable_target().service_namespace(ECS).resource_id(&id).scalable_dimension(DIMENSION);
        register = register.min_capacity(scaling.least).max_capacity(scaling.most);
        if bounds.is_none() {
            register = register.set_tags(Some(names.tags().into_iter().map(|(key, value)| (key.to_owned(), value)).collect()));
        }
        register.send().await.map_err(failed("application-autoscaling:RegisterScalableTarget"))?;
    }
    let policies = client.describe_scaling_policies().service_namespace(ECS).resource_id(&id).scalable_dimension(DIMENSION).send().await;
    let policies = policies.map_err(failed("application-autoscaling:DescribeScalingPolicies"))?;
    for (name, configuration) in wanted(foundation, target_group_arn, scaling)? {
        let name = format!("{}-{name}", names.service());
        let there = policies.scaling_policies().iter().find(|policy| policy.policy_name() == name);
        if there.and_then(|policy| policy.target_tracking_scaling_policy_configuration()) == Some(&configuration) {
            continue;
        }
        let put = client.put_scaling_policy().service_namespace(ECS).resource_id(&id).scalable_dimension(DIMENSION).policy_name(name);
        let put = put.policy_type(PolicyType::TargetTrackingScaling).target_tracking_scaling_policy_configuration(configuration);
        put.send().await.map_err(failed("application-autoscaling:PutScalingPolicy"))?;
    }
    Ok(())
}

fn wanted(foundation: &Foundation, target_group_arn: &str, scaling: Scaling) -> Result<[(&'static str, TargetTrackingScalingPolicyConfiguration); 2]> {
    // `app/<balancer>/<id>/targetgroup/<group>/<id>`
    let balancer = foundation.listener_arn.split_once(":listener/").map_or("", |(_, rest)| rest.rsplit_once('/').map_or(rest, |(name, _)| name));
    let group = target_group_arn.rsplit(':').next().unwrap_or_default();
    let metric = |kind: MetricType, label: Option<String>| {
        let metric = PredefinedMetricSpecification::builder().predefined_metric_type(kind).set_resource_label(label);
        metric.build().map_err(incomplete("application-autoscaling:PutScalingPolicy"))
    };
    let tracking = |goal: f64, metric: PredefinedMetricSpecification| {
        let configuration = TargetTrackingScalingPolicyConfiguration::builder().target_value(goal).predefined_metric_specification(metric);
        let configuration = configuration.scale_out_cooldown(UP).scale_in_cooldown(DOWN).build();
        configuration.map_err(incomplete("application-autoscaling:PutScalingPolicy"))
    };
    let cpu = tracking(scaling.cpu, metric(MetricType::EcsServiceAverageCpuUtilization, None)?)?;
    let requests = tracking(scaling.requests, metric(MetricType::AlbRequestCountPerTarget, Some(format!("{balancer}/{group}")))?)?;
    Ok([("cpu", cpu), ("requests", requests)])
}

fn resource(foundation: &Foundation, names: &Names) -> String {
    format!("service/{}/{}", foundation.cluster, names.service())
}

/// Removes it with its policies and their alarms.
pub async fn remove(account: &Account, foundation: &Foundation, names: &Names) -> Result<()> {
    if !left(account, foundation, names).await? {
        return Ok(());
    }
    let deregister = account.scaling.deregister_scalable_target().service_namespace(ECS).resource_id(resource(foundation, names)).scalable_dimension(DIMENSION);
    deregister.send().await.map_err(failed("application-autoscaling:DeregisterScalableTarget")).absent()?;
    Ok(())
}

/// Whether it is left.
pub async fn left(account: &Account, foundation: &Foundation, names: &Names) -> Result<bool> {
    let describe = account.scaling.describe_scalable_targets().service_namespace(ECS).resource_ids(resource(foundation, names));
    let found = describe.send().await.map_err(failed("application-autoscaling:DescribeScalableTargets"))?;
    Ok(!found.scalable_targets().is_empty())
}
