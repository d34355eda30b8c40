//! `slipform domains`.

use super::client::Client;
use super::output::{Output, text};
use super::{Failure, Outcome};
use clap::{Args, Subcommand};
use reqwest::Method;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Lists the custom domains of an app, or one of the verbs below.
#[derive(Debug, Args)]
pub struct Domains {
    /// The app.
    app: String,
    /// The environment.
    #[arg(long, short, default_value = "production", global = true)]
    environment: String,
    #[command(subcommand)]
    verb: Option<Verb>,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Lists custom domains (the same as without a verb).
    List,
    /// Shows one, with the records that its owner has to set.
    Show {
        /// Such as `www.example.com`.
        name: String,
    },
    /// Adds one, and says which records its owner has to set.
    Add {
        /// Such as `www.example.com`.
        name: String,
        /// File with the certificate chain in PEM; only where this machine serves the app with TLS.
        #[arg(long, requires = "key")]
        certificate: Option<PathBuf>,
        /// File with the private key of the certificate in PEM.
        #[arg(long, requires = "certificate")]
        key: Option<PathBuf>,
    },
    /// Gives one another certificate.
    Renew {
        /// Such as `www.example.com`.
        name: String,
        /// File with the certificate chain in PEM.
        #[arg(long)]
        certificate: PathBuf,
        /// File with the private key of the certificate in PEM.
        #[arg(long)]
        key: PathBuf,
    },
    /// Removes one; the app keeps its own address.
    Remove {
        /// Such as `www.example.com`.
        name: String,
    },
}

impl Domains {
    pub async fn run(self, client: &Client, output: &Output) -> Outcome {
        let path = client.path(&format!("/apps/{}/environments/{}/domains", self.app, self.environment));
        match self.verb.unwrap_or(Verb::List) {
            Verb::List => {
                let domains = client.list_whole(&path).await?;
                let columns: [super::output::Column<'_>; 4] = [
                    ("DOMAIN", |d| text(d, "/name")),
                    ("STATE", |d| text(d, "/state")),
                    ("CERTIFICATE ENDS", |d| text(d, "/expiresAt")),
                    ("", |d| text(d, "/message")),
                ];
                output.table(&domains, &columns, &format!("No custom domains. Add one: slipform domains {} add <name>", self.app));
            }
            Verb::Show { name } => shown(*output, &client.get(&format!("{path}/{name}")).await?),
            Verb::Add { name, certificate, key } => {
                let mut body = json!({ "name": name });
                if let (Some(certificate), Some(key)) = (certificate, key) {
                    body["certificate"] = read(&certificate)?.into();
                    body["privateKey"] = read(&key)?.into();
                }
                let domain = client.post(&path, &body).await?;
                shown(*output, &domain);
                output.text(&format!("Its records appear in a moment: slipform domains {} show {}", self.app, text(&domain, "/name")));
            }
            Verb::Renew { name, certificate, key } => {
                let body = json!({ "certificate": read(&certificate)?, "privateKey": read(&key)? });
                let request = client.change(Method::PUT, &format!("{path}/{name}/certificate"), &format!("{path}/{name}")).await?;
                let domain = client.answer(request.json(&body)).await?;
                output.value(&domain);
                output.text(&format!("{} is served with a certificate that ends on {}.", text(&domain, "/name"), text(&domain, "/expiresAt")));
            }
            Verb::Remove { name } => {
                client.delete(&format!("{path}/{name}")).await?;
                output.value(&json!({ "name": name, "state": "deleting" }));
                output.text(&format!("Removing {name}."));
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn shown(output: Output, domain: &Value) {
    output.value(domain);
    let message = text(domain, "/message");
    output.text(format!("{} is {}. {message}", text(domain, "/name"), text(domain, "/state")).trim_end());
    for record in domain["records"].as_array().into_iter().flatten() {
        output.text(&format!("  {} {} {}  ({})", text(record, "/name"), text(record, "/type"), text(record, "/value"), text(record, "/purpose")));
    }
}

fn read(file: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(file).map_err(|e| Failure::Other(format!("cannot read {}: {e}", file.display())))
}
