//! `slipform design`.

use super::client::Client;
use super::output::{Output, printable, text};
use super::{Failure, Outcome};
use clap::Subcommand;
use reqwest::StatusCode;
use serde_json::{Value, json};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Checks, pushes and compares designs.
#[derive(Debug, Subcommand)]
pub enum Design {
    /// Checks a design without keeping it; exit code 1 when it has problems.
    Validate {
        /// The file; `-` for standard input.
        file: PathBuf,
    },
    /// Keeps a design as a version of an app; the same content again is the same version.
    Push {
        /// The app.
        app: String,
        /// The file; `-` for standard input.
        file: PathBuf,
        /// What changed, for others to read.
        #[arg(long, short)]
        message: Option<String>,
    },
    /// Shows what changed between two versions.
    Diff {
        /// The app.
        app: String,
        /// The earlier version; the one before the later without it.
        from: Option<u32>,
        /// The later version; the newest without it.
        to: Option<u32>,
    },
}

impl Design {
    pub async fn run(self, client: &Client, output: &Output) -> Outcome {
        match self {
            Self::Validate { file } => {
                let (_, answer) = client.post_document(&client.path("/designs/validate"), read(&file)?).await?;
                output.value(&answer);
                let problems = answer["problems"].as_array().cloned().unwrap_or_default();
                for problem in &problems {
                    output.text(&printable(&format!("{}  {}", text(problem, "/pointer"), text(problem, "/detail"))));
                }
                if problems.is_empty() {
                    output.text("The design is valid.");
                    return Ok(ExitCode::SUCCESS);
                }
                output.note(&format!("{} problem(s).", problems.len()));
                Ok(ExitCode::FAILURE)
            }
            Self::Push { app, file, message } => {
                let message = message.map(|m| format!("?message={}", encode(&m))).unwrap_or_default();
                let (status, version) = client.post_document(&client.path(&format!("/apps/{app}/designs{message}")), read(&file)?).await?;
                output.value(&version);
                let number = text(&version, "/number");
                output.text(&if status == StatusCode::CREATED {
                    format!("Version {number} of {app}. Next: slipform build {app}")
                } else {
                    format!("Nothing changed: this is version {number} of {app}.")
                });
                Ok(ExitCode::SUCCESS)
            }
            Self::Diff { app, from, to } => {
                let to = match to {
                    Some(to) => to,
                    None => newest(client, &app).await?,
                };
                let from = from.unwrap_or(to.saturating_sub(1));
                if from == 0 {
                    return Err(Failure::Other(format!("{app} has only one version; there is nothing to compare")));
                }
                let diff = client.get(&client.path(&format!("/apps/{app}/designs/diff?from={from}&to={to}"))).await?;
                output.value(&diff);
                let changes = diff["changes"].as_array().cloned().unwrap_or_default();
                for change in &changes {
                    output.text(&printable(&text(change, "/summary")));
                }
                if changes.is_empty() {
                    output.text("Nothing changed.");
                }
                Ok(ExitCode::SUCCESS)
            }
        }
    }
}

async fn newest(client: &Client, app: &str) -> Result<u32, Failure> {
    let page: Value = client.get(&client.path(&format!("/apps/{app}/designs?limit=1"))).await?;
    let number = page.pointer("/items/0/number").and_then(Value::as_u64).and_then(|n| u32::try_from(n).ok());
    number.ok_or_else(|| Failure::Refused(json!({ "title": format!("{app} has no design version yet"), "detail": "push one with `slipform design push`" })))
}

fn read(file: &Path) -> Result<Vec<u8>, Failure> {
    if file.as_os_str() == "-" {
        let mut bytes = Vec::new();
        std::io::stdin().lock().read_to_end(&mut bytes).map_err(|e| Failure::Other(format!("standard input: {e}")))?;
        return Ok(bytes);
    }
    std::fs::read(file).map_err(|e| Failure::Other(format!("{}: {e}", file.display())))
}

/// Percent-encoding of everything but unreserved characters (RFC 3986, 2.3).
pub fn encode(text: &str) -> String {
    text.bytes().map(|b| if b.is_ascii_alphanumeric() || b"-._~".contains(&b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}
