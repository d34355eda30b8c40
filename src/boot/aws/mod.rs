//! The target `aws` from its settings, and what its operator does with an account.

mod bootstrap;
mod doctor;
mod package;
mod reading;

pub use self::reading::Reading;

use super::Base;
use crate::config::{Aws, Config};
use crate::deploy::aws::{AwsTarget, Emulated, Settings};
use anyhow::Context as _;
use clap::{Args, Subcommand};
use slipform_aws::Connection;
use slipform_aws::account::AssumedRole;
use std::process::ExitCode;
use std::time::Duration;

/// What an operator does with an AWS account.
#[derive(Debug, Args)]
pub struct Operate {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Prepares the account: applies the foundation, uploads what functions run. Safe to repeat; do so after every upgrade of Slipform.
    Bootstrap(bootstrap::Bootstrap),
    /// Looks whether the account is as apps need it, and how much of its quotas is used. Changes nothing.
    ///
    /// Fails if there is a problem. With `--json` it prints a list of findings.
    Doctor,
}

impl Operate {
    /// Does it; `json` asks for what programs read.
    pub async fn run(self, config: Config, json: bool) -> anyhow::Result<ExitCode> {
        let aws = config.aws.as_ref().context("SLIPFORM_AWS_REGION is not set, so there is no account to work with")?;
        match self.verb {
            Verb::Bootstrap(bootstrap) => {
                bootstrap.run(&config, aws).await?;
                Ok(ExitCode::SUCCESS)
            }
            Verb::Doctor => doctor::run(aws, json).await,
        }
    }
}

/// How the account is reached.
pub fn connection(aws: &Aws) -> Connection {
    let endpoint = aws.emulated.as_ref().map(|emulated| emulated.endpoint.clone());
    let external_id = aws.external_id.as_ref().map(|id| id.expose().to_owned());
    let usual = Connection::new(&aws.region, endpoint);
    Connection {
        // Nothing takes minutes there.
        poll: if aws.emulated.is_some() { Duration::from_millis(100) } else { usual.poll },
        scaling_endpoint: aws.emulated.as_ref().and_then(|emulated| emulated.scaling_endpoint.clone()),
        assume: aws.role.clone().map(|arn| AssumedRole { arn, external_id }).into_iter().collect(),
        ..usual
    }
}

/// The target.
pub fn target(base: &Base, aws: &Aws) -> AwsTarget {
    AwsTarget::new(Settings {
        worker: base.database.worker.clone(),
        keyring: base.keyring.clone(),
        connection: connection(aws),
        stack: aws.stack.clone(),
        emulated: aws.emulated.as_ref().map(|emulated| Emulated { files: emulated.files.clone(), toolkit: base.config.workers.toolkit.clone() }),
    })
}
