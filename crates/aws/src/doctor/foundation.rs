//! What the foundation's stack made: is it there, and does it work?

use super::{Finding, Outputs};
use crate::account::Account;
use crate::bootstrap::TEMPLATE;
use crate::error::{Absent as _, Kind, Result, failed};
use crate::foundation;
use aws_sdk_efs::types::LifeCycleState;
use aws_sdk_elasticloadbalancingv2::types::LoadBalancerStateEnum;
use aws_sdk_lambda::types::{LastUpdateStatus, State};
use aws_sdk_route53::types::{HostedZoneConfig, RrType};
use std::collections::HashMap;

const BOOTSTRAP: &str = "Run `slipform aws bootstrap`.";

/// The stack's state, and its outputs where it has any.
pub async fn stack(account: &Account, stack: &str) -> (Finding, Option<HashMap<String, String>>) {
    const NAME: &str = "stack";
    let described = account.cloudformation.describe_stacks().stack_name(stack).send().await.map_err(failed("cloudformation:DescribeStacks"));
    let status = match described {
        // CloudFormation calls a stack that is not there a validation error.
        Err(error) if error.message.contains("does not exist") => return (Finding::problem(NAME, format!("there is no stack {stack}"), BOOTSTRAP), None),
        Err(error) => return (Finding::unknown(NAME, &error), None),
        Ok(found) => found.stacks().first().and_then(|stack| stack.stack_status()).map(|status| status.as_str().to_owned()).unwrap_or_default(),
    };
    let seen = format!("{stack} is {status}");
    let finding = match status.as_str() {
        "CREATE_COMPLETE" | "UPDATE_COMPLETE" | "IMPORT_COMPLETE" => Finding::ok(NAME, seen),
        "UPDATE_ROLLBACK_COMPLETE" => {
            Finding::warning(NAME, format!("{seen}: its last change did not succeed"), format!("{BOOTSTRAP} It tells what CloudFormation says."))
        }
        other if other.ends_with("_IN_PROGRESS") => Finding::warning(NAME, seen, "Wait until CloudFormation has ended, then run this command again."),
        _ => Finding::problem(NAME, seen, "See the stack's events in the console of CloudFormation; a stack that was never complete has to be deleted."),
    };
    let outputs = foundation::outputs(account, stack).await.ok().filter(|outputs| !outputs.is_empty());
    (finding, outputs)
}

/// Whether the template is this program's.
pub async fn template(account: &Account, stack: &str) -> Result<Finding> {
    let found = account.cloudformation.get_template().stack_name(stack).send().await.map_err(failed("cloudformation:GetTemplate"))?;
    if significant(found.template_body().unwrap_or_default()) == significant(TEMPLATE) {
        return Ok(Finding::ok("template", "it is the one of this program"));
    }
    Ok(Finding::warning("template", "it is another one than this program's", format!("{BOOTSTRAP} It brings the stack to this program's template.")))
}

/// Of a template, the lines that say what is made. CloudFormation keeps the old template where only its words for people have
/// changed, and gives back question marks for what is not ASCII.
fn significant(template: &str) -> Vec<String> {
    let conditions = template.split_once("\nConditions:\n").map_or(template, |(_, rest)| rest);
    let resources = conditions.split_once("\nOutputs:\n").map_or(conditions, |(resources, _)| resources).lines();
    let says = |line: &&str| !line.trim().is_empty() && !line.trim_start().starts_with('#');
    resources.filter(says).map(|line| line.trim_end().chars().filter(|character| character.is_ascii() && *character != '?').collect()).collect()
}

/// Whether what functions run was uploaded, and is still there.
pub async fn code(account: &Account, stack: &str, outputs: &Outputs) -> Result<Finding> {
    const NAME: &str = "code";
    if let Err(missing) = crate::Foundation::read(stack, &outputs.0) {
        return Ok(Finding::problem(NAME, missing, format!("{BOOTSTRAP} It uploads what functions run, and applies the template with it.")));
    }
    let (bucket, key) = (outputs.get("ArtifactBucket")?, outputs.get("StageCodeKey")?);
    let found = account.s3.head_object().bucket(bucket).key(key).send().await.map_err(failed("s3:GetObject")).absent()?;
    Ok(match found {
        Some(_) => Finding::ok(NAME, format!("functions run {key}")),
        None => Finding::problem(NAME, format!("{key} is gone from the bucket {bucket}"), format!("{BOOTSTRAP} It uploads it again.")),
    })
}

/// Whether the hosted zone is there and holds the domain at which apps are to answer.
pub async fn domain(account: &Account, outputs: &Outputs, domain: &str) -> Result<Finding> {
    const NAME: &str = "domain";
    let (id, made_for) = (outputs.get("HostedZoneId")?, outputs.get("AppsDomain")?);
    if made_for != domain {
        let seen = format!("the foundation was made for {made_for}, and SLIPFORM_AWS_DOMAIN is {domain}");
        return Ok(Finding::problem(NAME, seen, "Set SLIPFORM_AWS_DOMAIN to the domain of the foundation, or run `slipform aws bootstrap` with a new one."));
    }
    let Some(found) = account.route53.get_hosted_zone().id(id).send().await.map_err(failed("route53:GetHostedZone")).absent()? else {
        return Ok(Finding::problem(
            NAME,
            format!("there is no hosted zone {id}"),
            "Run `slipform aws bootstrap --hosted-zone <ID>` with one that holds the domain.",
        ));
    };
    let zone = found.hosted_zone().map(|zone| zone.name().trim_end_matches('.')).unwrap_or_default();
    let inside = domain.strip_suffix(zone).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    if !inside {
        let advice = "Run `slipform aws bootstrap --hosted-zone <ID>` with the zone that holds the domain.";
        return Ok(Finding::problem(NAME, format!("the hosted zone {id} is that of {zone}, which does not hold {domain}"), advice));
    }
    if found.hosted_zone().and_then(|zone| zone.config()).is_some_and(HostedZoneConfig::private_zone) {
        return Ok(Finding::problem(NAME, format!("the hosted zone {id} is private"), "Give the foundation a public one: visitors come from everywhere."));
    }
    let servers = found.delegation_set().map(|set| set.name_servers().join(", ")).unwrap_or_default();
    Ok(Finding::ok(NAME, format!("the hosted zone of {zone} holds {domain}; compare its name servers with those that your registrar has: {servers}")))
}

/// Whether the name by which CloudFront reaches the load balancer is in the zone.
pub async fn origin(account: &Account, outputs: &Outputs) -> Result<Finding> {
    const NAME: &str = "origin record";
    let name = format!("origin.{}", outputs.get("AppsDomain")?);
    let list = account.route53.list_resource_record_sets().hosted_zone_id(outputs.get("HostedZoneId")?).start_record_name(&name).max_items(10);
    let found = list.send().await.map_err(failed("route53:ListResourceRecordSets")).absent()?;
    let sets = found.map(|found| found.resource_record_sets).unwrap_or_default();
    let there = sets.iter().any(|set| set.name().trim_end_matches('.') == name && *set.r#type() == RrType::A && set.alias_target().is_some());
    Ok(if there {
        Finding::ok(NAME, format!("{name} leads to the load balancer"))
    } else {
        let advice = "Make an alias of this name for the load balancer, or delete and make the stack's resource OriginRecord again.";
        Finding::problem(NAME, format!("{name} is not in the hosted zone, so CloudFront does not find the load balancer"), advice)
    })
}

/// Whether functions and servers can mount the file system in every subnet.
pub async fn files(account: &Account, outputs: &Outputs) -> Result<Finding> {
    const NAME: &str = "file system";
    let id = outputs.get("FileSystemId")?;
    let found = account.efs.describe_mount_targets().file_system_id(id).send().await.map_err(failed("elasticfilesystem:DescribeMountTargets")).absent()?;
    let Some(found) = found else {
        return Ok(Finding::problem(NAME, format!("there is no file system {id}"), "All code of all apps was on it: restore it from AWS Backup."));
    };
    let available =
        |subnet: &str| found.mount_targets().iter().any(|target| target.subnet_id() == subnet && *target.life_cycle_state() == LifeCycleState::Available);
    let without: Vec<&str> = outputs.get("PrivateSubnets")?.split(',').map(str::trim).filter(|subnet| !available(subnet)).collect();
    Ok(if without.is_empty() {
        Finding::ok(NAME, format!("{id} can be mounted in each private subnet"))
    } else {
        let advice = "See its network settings in the console of EFS: each private subnet needs a mount target that is available.";
        Finding::problem(NAME, format!("{id} has no mount target that is available in {}", without.join(", ")), advice)
    })
}

/// Whether the database server is there, and kept.
pub async fn database(rds: &aws_sdk_rds::Client, outputs: &Outputs) -> Result<Finding> {
    const NAME: &str = "database";
    let (host, port) = (outputs.get("DatabaseHost")?, outputs.get("DatabasePort")?);
    let mut pages = rds.describe_db_instances().into_paginator().items().send();
    let found = loop {
        match pages.next().await {
            None => break None,
            Some(instance) => {
                let instance = instance.map_err(failed("rds:DescribeDBInstances"))?;
                // Several servers of an emulator have one address, and differ in the port.
                let at = |end: &aws_sdk_rds::types::Endpoint| end.address() == Some(host) && end.port().is_some_and(|number| number.to_string() == port);
                if instance.endpoint().is_some_and(at) {
                    break Some(instance);
                }
            }
        }
    };
    let Some(found) = found else {
        return Ok(Finding::problem(NAME, format!("there is no database server at {host}:{port}"), "Restore it from its last snapshot, under the same name."));
    };
    let status = found.db_instance_status().unwrap_or_default();
    let size = match (found.allocated_storage().unwrap_or_default(), found.max_allocated_storage()) {
        (now, Some(most)) => format!("{now} GiB, which grow to {most}"),
        (now, None) => format!("{now} GiB, which do not grow"),
    };
    let seen = format!("it is {status} and has {size}");
    Ok(match status {
        "available" | "backing-up" | "storage-optimization" | "configuring-enhanced-monitoring" => {
            if found.deletion_protection() != Some(true) {
                let advice = "Run `slipform aws bootstrap --parameter DatabaseProtection=true`: it holds the data of all apps.";
                return Ok(Finding::warning(NAME, format!("{seen}; it is not protected from deletion"), advice));
            }
            if found.max_allocated_storage() == found.allocated_storage() || found.max_allocated_storage().is_none() {
                let advice = "Run `slipform aws bootstrap --parameter DatabaseMaxStorage=<GiB>` with more.";
                return Ok(Finding::warning(NAME, seen, advice));
            }
            Finding::ok(NAME, seen)
        }
        "storage-full" => Finding::problem(NAME, seen, "Run `slipform aws bootstrap --parameter DatabaseMaxStorage=<GiB>` with more."),
        _ => Finding::problem(NAME, seen, "See its events in the console of RDS; what changes it passes by itself as a rule."),
    })
}

/// Whether the load balancer answers.
pub async fn balancer(account: &Account, outputs: &Outputs) -> Result<Finding> {
    const NAME: &str = "load balancer";
    let arn = outputs.get("LoadBalancerArn")?;
    let call = failed("elasticloadbalancing:DescribeLoadBalancers");
    let found = account.elb.describe_load_balancers().load_balancer_arns(arn).send().await.map_err(call).absent()?;
    let Some(state) = found.as_ref().and_then(|found| found.load_balancers().first()?.state()) else {
        return Ok(Finding::problem(NAME, format!("there is no load balancer {arn}"), "Delete the stack and make it again; the data of apps outlives it."));
    };
    let code = state.code().map_or("in no known state", LoadBalancerStateEnum::as_str);
    Ok(match state.code() {
        Some(LoadBalancerStateEnum::Active) => Finding::ok(NAME, "it is active"),
        Some(LoadBalancerStateEnum::Provisioning) => Finding::warning(NAME, "it is being made", "Run this command again in a few minutes."),
        _ => Finding::problem(NAME, format!("it is {code}: {}", state.reason().unwrap_or("AWS gives no reason")), "See it in the console of EC2."),
    })
}

/// Whether the function that makes databases can be called.
pub async fn steward(account: &Account, outputs: &Outputs) -> Result<Finding> {
    const NAME: &str = "steward";
    let missing = |seen: String| Ok(Finding::problem(NAME, seen, format!("{BOOTSTRAP} Without the steward no app gets a database.")));
    let Some(name) = outputs.find("StewardFunction") else { return missing("the foundation has no output StewardFunction".into()) };
    let found = account.lambda.get_function_configuration().function_name(name).send().await.map_err(failed("lambda:GetFunctionConfiguration"));
    let found = match found {
        Err(error) if error.kind == Kind::NotFound => return missing(format!("there is no function {name}")),
        answer => answer?,
    };
    let reason = found.state_reason().or(found.last_update_status_reason()).unwrap_or("AWS gives no reason");
    Ok(match (found.state(), found.last_update_status()) {
        (Some(State::Failed), _) | (_, Some(LastUpdateStatus::Failed)) => {
            Finding::problem(NAME, format!("{name} cannot run: {reason}"), format!("Mend what AWS says. {BOOTSTRAP}"))
        }
        // Lambda takes the network of a function that was idle for weeks away, and gives it back at its next call.
        (Some(State::Active | State::Inactive) | None, _) => Finding::ok(NAME, format!("{name} can be called")),
        (Some(state), _) => Finding::warning(NAME, format!("{name} is {}: {reason}", state.as_str()), "Run this command again in a few minutes."),
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_template_is_the_same_without_its_words_for_people() {
        let template = |description: &str, comment: &str, name: &str| {
            format!("Description: {description}\nConditions:\n  A: !Ref B\n{comment}Resources:\n  C: {name}\nOutputs:\n  D: !Ref C\n")
        };
        let one = super::significant(&template("one", "# a comment\n\n", "…"));
        assert_eq!(one, super::significant(&template("two", "", "?")));
        assert_ne!(one, super::significant(&template("one", "# a comment\n", "other")));
        assert!(super::significant(super::TEMPLATE).len() > 300);
    }
}
