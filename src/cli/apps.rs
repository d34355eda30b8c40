//! `slipform apps`.

use super::client::Client;
use super::output::{Output, text};
use super::{Failure, Outcome};
use clap::{Args, Subcommand};
use serde_json::json;
use std::process::ExitCode;

/// Lists apps, or one of the verbs below.
#[derive(Debug, Args)]
pub struct Apps {
    #[command(subcommand)]
    verb: Option<Verb>,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Lists apps (the same as without a verb).
    List,
    /// Creates an app.
    Create {
        /// Short name: lower-case letters, digits and hyphens.
        slug: String,
        /// Human name; the slug without it.
        #[arg(long)]
        name: Option<String>,
        /// Where it shall run: `local` or `aws`; the installation's usual target without it.
        #[arg(long)]
        target: Option<String>,
        /// In which of the organization's AWS accounts.
        #[arg(long)]
        account: Option<String>,
    },
    /// Deletes an app with everything that runs, its data and its code.
    Delete {
        /// Short name.
        slug: String,
        /// Do not ask.
        #[arg(long)]
        yes: bool,
    },
}

impl Apps {
    pub async fn run(self, client: &Client, output: &Output) -> Outcome {
        match self.verb.unwrap_or(Verb::List) {
            Verb::List => {
                let apps = client.list(&client.path("/apps")).await?;
                output.table(
                    &apps,
                    &[("APP", |a| text(a, "/slug")), ("NAME", |a| text(a, "/name")), ("STATE", |a| text(a, "/state")), ("ADDRESS", |a| text(a, "/url"))],
                    "No apps yet. Create one: slipform apps create <slug>",
                );
            }
            Verb::Create { slug, name, target, account } => {
                let mut body = json!({ "slug": slug, "name": name.unwrap_or_else(|| slug.clone()) });
                for (key, value) in [("target", target), ("account", account)] {
                    if let Some(value) = value {
                        body[key] = value.into();
                    }
                }
                let app = client.post(&client.path("/apps"), &body).await?;
                output.value(&app);
                output.text(&format!("Created {}. Next: slipform design push {} <file>", text(&app, "/slug"), text(&app, "/slug")));
            }
            Verb::Delete { slug, yes } => {
                if !yes {
                    return Err(Failure::Other(format!("this deletes {slug} with its data and its code. Say --yes if you mean it")));
                }
                client.delete(&client.path(&format!("/apps/{slug}"))).await?;
                output.value(&json!({ "slug": slug, "state": "deleting" }));
                output.text(&format!("Deleting {slug}."));
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}
