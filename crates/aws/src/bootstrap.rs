//! Prepares an account: the foundation's stack, and the code that functions run, which the stack's own bucket holds.

use crate::account::Account;
use crate::error::{Absent as _, Error, Kind, Result, failed};
use crate::{foundation, objects};
use aws_sdk_cloudformation::types::{Capability, Parameter, StackEvent};
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::Duration;
use tokio::time::Instant;

/// The template of the foundation.
pub const TEMPLATE: &str = include_str!("../../../docker/aws/foundation.yaml");
/// How long the stack may take: a database server needs a quarter of an hour.
const LIMIT: Duration = Duration::from_hours(1);

/// Code in the artifact bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code {
    /// Of the stage binary.
    pub stage: String,
    /// Of the toolkit's layer.
    pub toolkit: String,
}

/// Makes the stack, or brings it to this template and these parameters; those that are not named stay as they are. `say` hears what
/// CloudFormation does. Safe to repeat; a change that is going on is waited for first.
pub async fn apply(
    account: &Account,
    stack: &str,
    parameters: &BTreeMap<String, String>,
    code: Option<&Code>,
    mut say: impl FnMut(&str),
) -> Result<HashMap<String, String>> {
    let mut wanted = parameters.clone();
    if let Some(code) = code {
        wanted.insert("StageCodeKey".into(), code.stage.clone());
        wanted.insert("ToolkitKey".into(), code.toolkit.clone());
    }
    let before = settled(account, stack, &mut say).await?;
    match before {
        None => {
            let given = wanted.iter().map(|(name, value)| Parameter::builder().parameter_key(name).parameter_value(value).build()).collect();
            let create = account.cloudformation.create_stack().stack_name(stack).template_body(TEMPLATE).set_parameters(Some(given));
            let create = create.capabilities(Capability::CapabilityIam).capabilities(Capability::CapabilityNamedIam);
            match create.send().await.map_err(failed("cloudformation:CreateStack")) {
                Err(error) if error.kind != Kind::Exists => return Err(error),
                _ => {}
            }
        }
        Some(there) => {
            if matches!(there.status.as_str(), "ROLLBACK_COMPLETE" | "CREATE_FAILED" | "ROLLBACK_FAILED" | "DELETE_FAILED") {
                return Err(Error::new(
                    Kind::Refused,
                    "cloudformation:CreateStack",
                    &there.status,
                    format!(
                        "The stack {stack} could not be made once, and CloudFormation changes such a stack no more. Delete it in the console, then try again."
                    ),
                ));
            }
            let known: BTreeSet<&str> = template_parameters().collect();
            let mut given: Vec<Parameter> =
                wanted.iter().map(|(name, value)| Parameter::builder().parameter_key(name).parameter_value(value).build()).collect();
            let kept = there.parameters.iter().filter(|name| known.contains(name.as_str()) && !wanted.contains_key(*name));
            given.extend(kept.map(|name| Parameter::builder().parameter_key(name).use_previous_value(true).build()));
            let update = account.cloudformation.update_stack().stack_name(stack).template_body(TEMPLATE).set_parameters(Some(given));
            let update = update.capabilities(Capability::CapabilityIam).capabilities(Capability::CapabilityNamedIam);
            match update.send().await.map_err(failed("cloudformation:UpdateStack")) {
                Err(error) if error.message.contains("No updates are to be performed") => {}
                Err(error) => return Err(error),
                Ok(_) => {}
            }
        }
    }
    let after = settled(account, stack, &mut say).await?;
    match after.map(|there| there.status) {
        Some(status) if matches!(status.as_str(), "CREATE_COMPLETE" | "UPDATE_COMPLETE") => foundation::outputs(account, stack).await,
        status => {
            let reason = first_failure(account, stack).await?.unwrap_or_else(|| "CloudFormation gives no reason.".into());
            Err(Error::new(Kind::Refused, "cloudformation:UpdateStack", &status.unwrap_or_default(), reason))
        }
    }
}

/// Uploads something under a name that its content gives it, unless it is there. Answers with the key.
pub async fn upload(account: &Account, bucket: &str, folder: &str, content: Vec<u8>) -> Result<String> {
    let hash = Sha256::digest(&content).iter().take(12).fold(String::new(), |text, byte| format!("{text}{byte:02x}"));
    let key = format!("{folder}/{hash}.zip");
    if account.s3.head_object().bucket(bucket).key(&key).send().await.map_err(failed("s3:GetObject")).absent()?.is_none() {
        objects::put(account, bucket, &key, content, objects::Headers::default()).await?;
    }
    Ok(key)
}

/// The names of the template's parameters: the keys below `Parameters:`.
fn template_parameters() -> impl Iterator<Item = &'static str> {
    let section = TEMPLATE.split_once("\nParameters:\n").map_or("", |(_, rest)| rest).lines();
    section
        .take_while(|line| line.is_empty() || line.starts_with(' '))
        .filter_map(|line| line.strip_prefix("  ")?.strip_suffix(':').filter(|name| !name.starts_with(' ')))
}

struct There {
    status: String,
    parameters: Vec<String>,
}

/// The stack once nothing changes it any more; `None` where there is none.
async fn settled(account: &Account, stack: &str, say: &mut impl FnMut(&str)) -> Result<Option<There>> {
    let end = Instant::now() + LIMIT;
    let mut said: BTreeSet<String> = BTreeSet::new();
    loop {
        let described = account.cloudformation.describe_stacks().stack_name(stack).send().await.map_err(failed("cloudformation:DescribeStacks"));
        let found = match described {
            Err(error) if error.kind == Kind::NotFound || error.message.contains("does not exist") => return Ok(None),
            Err(error) if matches!(error.kind, Kind::Unreachable | Kind::Throttled) && Instant::now() < end => None,
            answer => answer?.stacks.unwrap_or_default().into_iter().next(),
        };
        if let Some(found) = found {
            let status = found.stack_status().map(|status| status.as_str().to_owned()).unwrap_or_default();
            if status == "DELETE_COMPLETE" {
                return Ok(None);
            }
            if !status.ends_with("_IN_PROGRESS") {
                let parameters = found.parameters().iter().filter_map(|parameter| parameter.parameter_key().map(str::to_owned)).collect();
                return Ok(Some(There { status, parameters }));
            }
            if said.insert(status.clone()) {
                say(&format!("The stack is {status}."));
            }
        }
        if Instant::now() > end {
            return Err(Error::new(Kind::Busy, "cloudformation:DescribeStacks", "still-changing", "The stack was still changing after an hour."));
        }
        tokio::time::sleep(account.poll).await;
    }
}

/// Why the last change failed: the oldest failure that is not a mere consequence.
async fn first_failure(account: &Account, stack: &str) -> Result<Option<String>> {
    let events = account.cloudformation.describe_stack_events().stack_name(stack).send().await.map_err(failed("cloudformation:DescribeStackEvents"))?;
    let failure = |event: &&StackEvent| event.resource_status().is_some_and(|status| status.as_str().ends_with("_FAILED"));
    let consequence = |event: &&StackEvent| event.resource_status_reason().is_some_and(|reason| reason.contains("cancelled"));
    Ok(events
        .stack_events()
        .iter()
        .filter(failure)
        .rfind(|event| !consequence(event))
        .map(|event| format!("{}: {}", event.logical_resource_id().unwrap_or_default(), event.resource_status_reason().unwrap_or("no reason"))))
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_parameters_of_the_template_are_found() {
        let names: Vec<_> = super::template_parameters().collect();
        assert!(names.contains(&"AppsDomain") && names.contains(&"ServerImage") && names.contains(&"ToolkitKey"), "{names:?}");
        assert!(!names.contains(&"Type") && !names.contains(&"Vpc"), "{names:?}");
    }
}
