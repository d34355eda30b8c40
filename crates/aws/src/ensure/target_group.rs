//! How the load balancer finds the app's server: a target group, and a rule of the shared listener that leads to it.
//!
//! The rule looks at a secret header that the environment's own distribution adds. So the load balancer answers nobody who goes
//! round CloudFront, and a custom domain changes nothing here.

use crate::account::{Account, Foundation};
use crate::error::{Absent as _, Error, Kind, Result, failed};
use crate::names::Names;
use aws_sdk_elasticloadbalancingv2::types::{
    Action, ActionTypeEnum, HttpHeaderConditionConfig, Matcher, ProtocolEnum, Rule, RuleCondition, Tag, TargetGroupAttribute, TargetTypeEnum,
};

/// The header by which the load balancer knows an environment's distribution.
pub const ORIGIN_HEADER: &str = "x-slipform-origin";
/// The port of every app's server.
pub const PORT: i32 = 8080;
/// Priorities of rules; the listener has its own order, and each environment a header of its own, so any free one will do.
const PRIORITIES: std::ops::RangeInclusive<i32> = 1..=50_000;
/// How long a server that is replaced may go on answering, in seconds.
const DRAIN: &str = "20";

/// Makes sure of the group. Answers with its ARN.
pub async fn ensure(account: &Account, foundation: &Foundation, names: &Names) -> Result<String> {
    let name = names.target_group();
    if let Some(arn) = find(account, &name).await? {
        return Ok(arn);
    }
    let tags = names.tags().into_iter().map(|(key, value)| Tag::builder().key(key).value(value).build()).collect();
    let create = account
        .elb
        .create_target_group()
        .name(&name)
        .target_type(TargetTypeEnum::Ip)
        .protocol(ProtocolEnum::Http)
        .port(PORT)
        .vpc_id(&foundation.vpc)
        .health_check_path("/api/health")
        .health_check_interval_seconds(10)
        .health_check_timeout_seconds(5)
        .healthy_threshold_count(2)
        .unhealthy_threshold_count(3)
        .matcher(Matcher::builder().http_code("200").build())
        .set_tags(Some(tags));
    let arn = match create.send().await.map_err(failed("elasticloadbalancing:CreateTargetGroup")) {
        Ok(made) => made.target_groups().first().and_then(|group| group.target_group_arn()).unwrap_or_default().to_owned(),
        Err(error) if error.kind == Kind::Exists => find(account, &name).await?.ok_or(error)?,
        Err(error) => return Err(error),
    };
    Ok(arn)
}

/// Makes sure that what is replaced is drained quickly.
pub async fn ensure_attributes(account: &Account, arn: &str) -> Result<()> {
    const DELAY: &str = "deregistration_delay.timeout_seconds";
    let found = account.elb.describe_target_group_attributes().target_group_arn(arn).send().await;
    let found = found.map_err(failed("elasticloadbalancing:DescribeTargetGroupAttributes"))?;
    if !found.attributes().iter().any(|attribute| attribute.key() == Some(DELAY) && attribute.value() == Some(DRAIN)) {
        let delay = TargetGroupAttribute::builder().key(DELAY).value(DRAIN).build();
        let modify = account.elb.modify_target_group_attributes().target_group_arn(arn).attributes(delay);
        modify.send().await.map_err(failed("elasticloadbalancing:ModifyTargetGroupAttributes"))?;
    }
    Ok(())
}

async fn find(account: &Account, name: &str) -> Result<Option<String>> {
    let found = account.elb.describe_target_groups().names(name).send().await.map_err(failed("elasticloadbalancing:DescribeTargetGroups")).absent()?;
    Ok(found.and_then(|found| found.target_groups().first()?.target_group_arn().map(str::to_owned)))
}

/// Makes sure of the rule that leads from `secret` to the group, and that no other secret does. Answers with its ARN.
pub async fn ensure_rule(account: &Account, listener: &str, secret: &str, group: &str, tags: &[(&'static str, String)]) -> Result<String> {
    let forward = || Action::builder().r#type(ActionTypeEnum::Forward).target_group_arn(group).build();
    let header = HttpHeaderConditionConfig::builder().http_header_name(ORIGIN_HEADER).values(secret).build();
    let condition = RuleCondition::builder().field("http-header").http_header_config(header).build();
    let (mut tried, mut failures) = (Vec::new(), 0);
    loop {
        let rules = rules(account, listener).await?;
        if let Some(rule) = rules.iter().find(|rule| leads_to(rule, group) || secret_of(rule) == Some(secret)) {
            let arn = rule.rule_arn().unwrap_or_default().to_owned();
            if !leads_to(rule, group) || secret_of(rule) != Some(secret) {
                let modify = account.elb.modify_rule().rule_arn(&arn).conditions(condition).actions(forward());
                modify.send().await.map_err(failed("elasticloadbalancing:ModifyRule"))?;
            }
            return Ok(arn);
        }
        let taken: Vec<i32> = rules.iter().filter_map(|rule| rule.priority()?.parse().ok()).chain(tried.iter().copied()).collect();
        let free = PRIORITIES.clone().find(|priority| !taken.contains(priority));
        let priority =
            free.ok_or_else(|| Error::new(Kind::Quota, "elasticloadbalancing:CreateRule", "no-priority", "Every priority of the listener is taken."))?;
        let tags = tags.iter().map(|(key, value)| Tag::builder().key(*key).value(value).build()).collect();
        let create = account.elb.create_rule().listener_arn(listener).priority(priority).conditions(condition.clone()).actions(forward()).set_tags(Some(tags));
        let once = aws_sdk_elasticloadbalancingv2::Config::builder().retry_config(super::once());
        match create.customize().config_override(once).send().await.map_err(failed("elasticloadbalancing:CreateRule")) {
            Ok(made) => return Ok(made.rules().first().and_then(Rule::rule_arn).unwrap_or_default().to_owned()),
            // Another environment was faster.
            Err(error) if error.code.starts_with("PriorityInUse") && tried.len() < 20 => tried.push(priority),
            Err(error) => match super::look_again(&error, &mut failures) {
                Some(pause) => tokio::time::sleep(pause).await,
                None => return Err(error),
            },
        }
    }
}

/// All rules of a listener.
pub(crate) async fn rules(account: &Account, listener: &str) -> Result<Vec<Rule>> {
    let mut all = Vec::new();
    let mut marker = None;
    loop {
        let page = account.elb.describe_rules().listener_arn(listener).set_marker(marker).send().await;
        let page = page.map_err(failed("elasticloadbalancing:DescribeRules"))?;
        all.extend_from_slice(page.rules());
        marker = page.next_marker;
        if marker.is_none() {
            return Ok(all);
        }
    }
}

fn leads_to(rule: &Rule, group: &str) -> bool {
    rule.actions().iter().any(|action| action.target_group_arn() == Some(group))
}

fn secret_of(rule: &Rule) -> Option<&str> {
    let header = rule.conditions().iter().find_map(RuleCondition::http_header_config)?;
    header.values().first().map(String::as_str).filter(|_| header.http_header_name().is_some_and(|name| name.eq_ignore_ascii_case(ORIGIN_HEADER)))
}

/// Removes the rules that lead to the group, whatever their secret, and the one with this secret.
pub async fn remove_rules(account: &Account, listener: &str, name: &str, secret: &str) -> Result<()> {
    let group = find(account, name).await?;
    let ours = |rule: &&Rule| secret_of(rule) == Some(secret) || group.as_ref().is_some_and(|group| leads_to(rule, group));
    for rule in rules(account, listener).await?.iter().filter(ours) {
        let delete = account.elb.delete_rule().rule_arn(rule.rule_arn().unwrap_or_default());
        delete.send().await.map_err(failed("elasticloadbalancing:DeleteRule")).absent()?;
    }
    Ok(())
}

/// Removes the group.
pub async fn remove(account: &Account, name: &str) -> Result<()> {
    let Some(arn) = find(account, name).await? else { return Ok(()) };
    super::patiently(|| async {
        account.elb.delete_target_group().target_group_arn(&arn).send().await.map_err(failed("elasticloadbalancing:DeleteTargetGroup")).absent().map(drop)
    })
    .await
}

/// Whether the group or the rule is left.
pub async fn left(account: &Account, listener: &str, name: &str, secret: &str) -> Result<bool> {
    Ok(find(account, name).await?.is_some() || rules(account, listener).await?.iter().any(|rule| secret_of(rule) == Some(secret)))
}
