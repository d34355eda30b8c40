//! `slipform aws bootstrap`.

use super::{connection, package};
use crate::config::{Aws, Config};
use anyhow::Context as _;
use clap::Args;
use slipform_aws::{Account, bootstrap};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Prepares an account.
#[derive(Debug, Args)]
pub struct Bootstrap {
    /// The hosted zone of the domain; needed at the first time.
    #[arg(long)]
    hosted_zone: Option<String>,
    /// ARN of a certificate for *.<domain> in us-east-1; needed at the first time, outside of us-east-1.
    #[arg(long)]
    certificate: Option<String>,
    /// A parameter of the foundation, as Name=Value; docs/aws.md lists them. May be repeated.
    #[arg(long = "parameter", value_parser = pair)]
    parameters: Vec<(String, String)>,
    /// The program that functions run; the one beside `slipform` without it.
    #[arg(long)]
    stage_binary: Option<PathBuf>,
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("must be Name=Value")?;
    Ok((name.to_owned(), value.to_owned()))
}

impl Bootstrap {
    /// Applies, uploads, applies again with what was uploaded.
    pub async fn run(self, config: &Config, aws: &Aws) -> anyhow::Result<()> {
        let binary = match self.stage_binary {
            Some(path) => path,
            None => std::env::current_exe()?.with_file_name("slipform-stage"),
        };
        let program = std::fs::read(&binary).with_context(|| format!("cannot read the stage binary {}; name it with --stage-binary", binary.display()))?;
        if aws.emulated.is_none() {
            package::runs_on_lambda(&program).with_context(|| format!("{} cannot run on Lambda", binary.display()))?;
        }
        let mut parameters: BTreeMap<String, String> = self.parameters.into_iter().collect();
        parameters.insert("AppsDomain".into(), aws.domain.clone());
        parameters.extend(self.hosted_zone.map(|zone| ("HostedZoneId".into(), zone)));
        parameters.extend(self.certificate.map(|arn| ("CloudFrontCertificateArn".into(), arn)));

        let account = Account::connect(&connection(aws)).await?;
        let say = |line: &str| eprintln!("{line}");
        eprintln!("Preparing account {} in {} with the stack {}. The first time takes about a quarter of an hour.", account.id, account.region, aws.stack);
        // The bucket for the code is the stack's own: where it is there already, one pass is enough.
        let outputs = match slipform_aws::foundation::outputs(&account, &aws.stack).await {
            Ok(outputs) if outputs.contains_key("ArtifactBucket") => outputs,
            _ => bootstrap::apply(&account, &aws.stack, &parameters, None, say).await?,
        };
        let bucket = outputs.get("ArtifactBucket").context("the stack has no artifact bucket")?;
        let toolkit = config.workers.toolkit.clone();
        let (stage, layer) = tokio::task::spawn_blocking(move || anyhow::Ok((package::stage(&program)?, package::layer(&toolkit)?))).await??;
        eprintln!("Uploading the stage binary ({} MB) and the toolkit ({} MB).", stage.len() >> 20, layer.len() >> 20);
        let code = bootstrap::Code {
            stage: bootstrap::upload(&account, bucket, "stage", stage).await?,
            toolkit: bootstrap::upload(&account, bucket, "toolkit", layer).await?,
        };
        let outputs = bootstrap::apply(&account, &aws.stack, &parameters, Some(&code), say).await?;
        println!("The account is ready. Give the control plane's credentials these two policies:");
        for name in ["ControlPlanePolicyArn", "ControlPlaneServersPolicyArn"] {
            println!("  {}", outputs.get(name).map_or("?", String::as_str));
        }
        if let Some(role) = outputs.get("ControlPlaneRoleArn") {
            println!("A control plane in another account assumes this role:");
            println!("  {role}");
        }
        println!("Workers take the new code within two minutes, and each app's functions get it with the app's next build.");
        Ok(())
    }
}
