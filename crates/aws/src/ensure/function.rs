//! One stage as a function: its code, its settings, a published version behind the alias `live`, its share of the concurrency.

use super::patiently;
use crate::account::Account;
use crate::error::{Absent as _, Error, Kind, Result, failed, incomplete};
use aws_sdk_lambda::operation::get_function_configuration::GetFunctionConfigurationOutput;
use aws_sdk_lambda::types::{
    AccountLimit, Concurrency, Environment, FileSystemConfig, FunctionCode, FunctionConfiguration, LastUpdateStatus, LoggingConfig, Runtime, State, VpcConfig,
};
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

/// What callers name: it moves to a new version only when that is ready.
pub const ALIAS: &str = "live";
/// Says which code a version has; the key names the code by its hash.
pub const CODE: &str = "SLIPFORM_CODE";

/// A function that is wanted.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct Wanted {
    pub name: String,
    pub description: String,
    pub role_arn: String,
    /// Bucket and key of the zip.
    pub code: (String, String),
    /// In MiB.
    pub memory: i32,
    /// In seconds.
    pub timeout: i32,
    pub variables: BTreeMap<String, String>,
    pub subnets: Vec<String>,
    pub security_group: String,
    /// ARN of the access point, and where it is mounted.
    pub file_system: (String, String),
    pub layers: Vec<String>,
    pub log_group: String,
    /// Reserved for it, where the account has so much to give.
    pub concurrency: Option<i32>,
    pub tags: HashMap<String, String>,
}

impl Wanted {
    fn environment(&self) -> Environment {
        let code = (CODE.to_owned(), self.code.1.clone());
        Environment::builder().set_variables(Some(self.variables.clone().into_iter().chain([code]).collect())).build()
    }

    /// Everything that makes one version differ from another.
    fn shape(&self) -> Value {
        let mut subnets = self.subnets.clone();
        subnets.sort();
        json!({
            "role": self.role_arn, "memory": self.memory, "timeout": self.timeout, "subnets": subnets, "groups": [self.security_group],
            "files": [[self.file_system.0, self.file_system.1]], "layers": self.layers, "log": self.log_group,
            "variables": self.variables.iter().map(|(k, v)| (k.as_str(), v.as_str())).chain([(CODE, self.code.1.as_str())]).collect::<BTreeMap<_, _>>(),
        })
    }
}

fn shape_of(config: &FunctionConfiguration) -> Value {
    let vpc = config.vpc_config();
    let mut subnets: Vec<_> = vpc.map(|vpc| vpc.subnet_ids().to_vec()).unwrap_or_default();
    subnets.sort();
    let variables = config.environment().and_then(|environment| environment.variables());
    json!({
        "role": config.role(), "memory": config.memory_size(), "timeout": config.timeout(), "subnets": subnets,
        "groups": vpc.map(|vpc| vpc.security_group_ids().to_vec()).unwrap_or_default(),
        "files": config.file_system_configs().iter().map(|files| [files.arn(), files.local_mount_path()]).collect::<Vec<_>>(),
        "layers": config.layers().iter().map(|layer| layer.arn()).collect::<Vec<_>>(),
        "log": config.logging_config().and_then(|logging| logging.log_group()),
        "variables": variables.map(|all| all.iter().collect::<BTreeMap<_, _>>()).unwrap_or_default(),
    })
}

/// Makes sure of it. Answers with the ARN of the alias.
pub async fn ensure(account: &Account, wanted: &Wanted) -> Result<String> {
    let lambda = &account.lambda;
    let get = || async { lambda.get_function().function_name(&wanted.name).send().await.map_err(failed("lambda:GetFunction")).absent() };
    let found = if let Some(found) = get().await? {
        found
    } else {
        create(account, wanted).await?;
        get().await?.ok_or_else(|| Error::new(Kind::Busy, "lambda:GetFunction", "not-there", "The function is not there yet."))?
    };
    if let Some(config) = found.configuration().filter(|config| shape_of(config) != wanted.shape()) {
        quiet(account, &wanted.name, None).await?;
        update(account, wanted, config).await?;
    }
    let alias = publish(account, wanted).await?;
    let reserved = found.concurrency().and_then(Concurrency::reserved_concurrent_executions);
    if let Some(concurrency) = wanted.concurrency.filter(|wanted| Some(*wanted) != reserved) {
        let put = lambda.put_function_concurrency().function_name(&wanted.name).reserved_concurrent_executions(concurrency);
        match put.send().await.map_err(failed("lambda:PutFunctionConcurrency")) {
            // Somebody has just taken what was left of the account's concurrency: then this one shares what nobody has reserved.
            Err(error) if error.code != "InvalidParameterValueException" => return Err(error),
            _ => {}
        }
    }
    Ok(alias)
}

async fn create(account: &Account, wanted: &Wanted) -> Result<()> {
    let made = patiently(|| async {
        let create = account
            .lambda
            .create_function()
            .function_name(&wanted.name)
            .description(&wanted.description)
            .runtime(Runtime::Providedal2023)
            .handler("bootstrap")
            .architectures(aws_sdk_lambda::types::Architecture::X8664)
            .role(&wanted.role_arn)
            .code(FunctionCode::builder().s3_bucket(&wanted.code.0).s3_key(&wanted.code.1).build())
            .memory_size(wanted.memory)
            .timeout(wanted.timeout)
            .environment(wanted.environment())
            .vpc_config(vpc(wanted))
            .file_system_configs(files(wanted)?)
            .set_layers(Some(wanted.layers.clone()))
            .logging_config(LoggingConfig::builder().log_group(&wanted.log_group).build())
            .set_tags(Some(wanted.tags.clone()));
        create.send().await.map_err(failed("lambda:CreateFunction")).map(drop)
    });
    match made.await {
        Err(error) if error.kind != Kind::Exists => return Err(error),
        _ => {}
    }
    settle(account, &wanted.name, None).await
}

fn vpc(wanted: &Wanted) -> VpcConfig {
    VpcConfig::builder().set_subnet_ids(Some(wanted.subnets.clone())).security_group_ids(&wanted.security_group).build()
}

fn files(wanted: &Wanted) -> Result<FileSystemConfig> {
    let files = FileSystemConfig::builder().arn(&wanted.file_system.0).local_mount_path(&wanted.file_system.1).build();
    files.map_err(incomplete("lambda:CreateFunction"))
}

/// First the code, then the settings, which say which code it is: whoever is killed between the two begins with the code again.
async fn update(account: &Account, wanted: &Wanted, config: &FunctionConfiguration) -> Result<()> {
    let lambda = &account.lambda;
    let code = config.environment().and_then(|environment| environment.variables()).and_then(|variables| variables.get(CODE));
    if code != Some(&wanted.code.1) {
        patiently(|| async {
            let update = lambda.update_function_code().function_name(&wanted.name).s3_bucket(&wanted.code.0).s3_key(&wanted.code.1);
            update.send().await.map_err(failed("lambda:UpdateFunctionCode")).map(drop)
        })
        .await?;
        settle(account, &wanted.name, None).await?;
    }
    patiently(|| async {
        let update = lambda
            .update_function_configuration()
            .function_name(&wanted.name)
            .role(&wanted.role_arn)
            .memory_size(wanted.memory)
            .timeout(wanted.timeout)
            .environment(wanted.environment())
            .vpc_config(vpc(wanted))
            .file_system_configs(files(wanted)?)
            .set_layers(Some(wanted.layers.clone()))
            .logging_config(LoggingConfig::builder().log_group(&wanted.log_group).build());
        update.send().await.map_err(failed("lambda:UpdateFunctionConfiguration")).map(drop)
    })
    .await?;
    settle(account, &wanted.name, None).await
}

/// The alias leads to a version that is as wanted.
async fn publish(account: &Account, wanted: &Wanted) -> Result<String> {
    let lambda = &account.lambda;
    let live = lambda.get_alias().function_name(&wanted.name).name(ALIAS).send().await.map_err(failed("lambda:GetAlias")).absent()?;
    if let Some(live) = &live {
        let version = live.function_version().unwrap_or_default();
        let config = lambda.get_function_configuration().function_name(&wanted.name).qualifier(version).send().await;
        let config = config.map_err(failed("lambda:GetFunctionConfiguration")).absent()?;
        if config.is_some_and(|config| {
            let shared = FunctionConfiguration::builder()
                .set_role(config.role)
                .set_memory_size(config.memory_size)
                .set_timeout(config.timeout)
                .set_vpc_config(config.vpc_config)
                .set_file_system_configs(config.file_system_configs)
                .set_layers(config.layers)
                .set_logging_config(config.logging_config)
                .set_environment(config.environment)
                .build();
            shape_of(&shared) == wanted.shape()
        }) {
            return Ok(live.alias_arn().unwrap_or_default().to_owned());
        }
    }
    // One that was killed may have left a change under way.
    settle(account, &wanted.name, None).await?;
    let version = patiently(|| async { lambda.publish_version().function_name(&wanted.name).send().await.map_err(failed("lambda:PublishVersion")) }).await?;
    let version = version.version.unwrap_or_default();
    // Nobody calls one that is not there yet.
    settle(account, &wanted.name, Some(&version)).await?;
    if live.is_none() {
        let create = lambda.create_alias().function_name(&wanted.name).name(ALIAS).function_version(&version);
        match create.send().await.map_err(failed("lambda:CreateAlias")) {
            Ok(made) => return Ok(made.alias_arn.unwrap_or_default()),
            Err(error) if error.kind != Kind::Exists => return Err(error),
            Err(_) => {}
        }
    }
    let update = lambda.update_alias().function_name(&wanted.name).name(ALIAS).function_version(&version);
    let arn = update.send().await.map_err(failed("lambda:UpdateAlias"))?.alias_arn.unwrap_or_default();
    remove_old_versions(account, &wanted.name, &version).await?;
    Ok(arn)
}

/// Every version counts against the account's storage of code; those that nobody can call any more go. The one before stays, for
/// calls that were under way when the alias moved.
async fn remove_old_versions(account: &Account, name: &str, live: &str) -> Result<()> {
    let mut versions = Vec::new();
    let mut pages = account.lambda.list_versions_by_function().function_name(name).into_paginator().items().send();
    while let Some(version) = pages.next().await {
        let version = version.map_err(failed("lambda:ListVersionsByFunction"))?.version.unwrap_or_default();
        versions.extend(version.parse::<u64>().ok().filter(|_| version != live));
    }
    versions.sort_unstable();
    versions.pop();
    for version in versions {
        let delete = account.lambda.delete_function().function_name(name).qualifier(version.to_string());
        delete.send().await.map_err(failed("lambda:DeleteFunction")).absent()?;
    }
    Ok(())
}

/// Waits until no change is under way, and the function can be called.
async fn settle(account: &Account, name: &str, version: Option<&str>) -> Result<()> {
    let config = quiet(account, name, version).await?;
    if config.state() == Some(&State::Failed) || config.last_update_status() == Some(&LastUpdateStatus::Failed) {
        let reason = config.state_reason().or(config.last_update_status_reason()).unwrap_or("no reason was given");
        return Err(Error::new(Kind::Refused, "lambda:GetFunctionConfiguration", "function-failed", format!("Lambda cannot run {name}: {reason}.")));
    }
    Ok(())
}

/// Waits until no change is under way, however the last one has ended: a new change may mend it.
async fn quiet(account: &Account, name: &str, version: Option<&str>) -> Result<GetFunctionConfigurationOutput> {
    let mut pause = Duration::from_millis(100);
    for _ in 0..90 {
        let get = account.lambda.get_function_configuration().function_name(name).set_qualifier(version.map(str::to_owned));
        let config = get.send().await.map_err(failed("lambda:GetFunctionConfiguration"))?;
        if config.state() != Some(&State::Pending) && config.last_update_status() != Some(&LastUpdateStatus::InProgress) {
            return Ok(config);
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(Duration::from_secs(2));
    }
    Err(Error::new(Kind::Busy, "lambda:GetFunctionConfiguration", "function-pending", format!("{name} did not become ready within three minutes.")))
}

/// How much concurrency the account has that nobody has reserved, and the most memory of a function.
pub async fn unreserved(account: &Account) -> Result<i32> {
    let settings = account.lambda.get_account_settings().send().await.map_err(failed("lambda:GetAccountSettings"))?;
    Ok(settings.account_limit().and_then(AccountLimit::unreserved_concurrent_executions).unwrap_or_default())
}

/// Removes it with its versions and its alias.
pub async fn remove(account: &Account, name: &str) -> Result<()> {
    patiently(|| async { account.lambda.delete_function().function_name(name).send().await.map_err(failed("lambda:DeleteFunction")).absent().map(drop) }).await
}

/// Which of these are left.
pub async fn left(account: &Account, names: &[String]) -> Result<Vec<String>> {
    let mut left = Vec::new();
    let mut pages = account.lambda.list_functions().into_paginator().items().send();
    while let Some(function) = pages.next().await {
        let name = function.map_err(failed("lambda:ListFunctions"))?.function_name.unwrap_or_default();
        left.extend(names.contains(&name).then_some(name));
    }
    Ok(left)
}
