//! `slipform releases`, `rollback`, `open`, `code`.

use super::client::Client;
use super::output::{Output, text};
use super::{Failure, Outcome};
use clap::Args;
use serde_json::json;
use std::path::PathBuf;
use std::process::ExitCode;

/// An app and one of its environments.
#[derive(Debug, Args)]
pub struct Place {
    /// The app.
    app: String,
    /// The environment.
    #[arg(long, short, default_value = "production")]
    environment: String,
}

impl Place {
    /// A path below the environment.
    pub fn path(&self, client: &Client, rest: &str) -> String {
        client.path(&format!("/apps/{}/environments/{}{rest}", self.app, self.environment))
    }
}

/// Lists releases.
#[derive(Debug, Args)]
pub struct Releases {
    #[command(flatten)]
    place: Place,
}

impl Releases {
    pub async fn run(self, client: &Client, output: &Output) -> Outcome {
        let releases = client.list(&self.place.path(client, "/releases")).await?;
        output.table(
            &releases,
            &[
                ("RELEASE", |r| text(r, "/number")),
                ("DESIGN", |r| text(r, "/designVersion")),
                ("BUILD", |r| text(r, "/build")),
                ("CREATED", |r| text(r, "/createdAt")),
                ("", |r| if r["live"] == true { "live".into() } else { String::new() }),
            ],
            "No releases yet. Build the app: slipform build <app>",
        );
        Ok(ExitCode::SUCCESS)
    }
}

/// Goes back to an earlier release.
#[derive(Debug, Args)]
#[command(after_help = super::EXIT_CODES)]
pub struct Rollback {
    #[command(flatten)]
    place: Place,
    /// The release; the one before the live one without it.
    #[arg(long)]
    release: Option<u32>,
}

impl Rollback {
    pub async fn run(self, client: &Client, output: &Output) -> Outcome {
        let body = self.release.map_or_else(|| json!({}), |release| json!({ "release": release }));
        let build = client.post(&self.place.path(client, "/rollback"), &body).await?;
        super::builds::follow(client, output, &self.place.app, &build).await
    }
}

/// Brings the live release back with everything that it needs.
#[derive(Debug, Args)]
#[command(after_help = super::EXIT_CODES)]
pub struct Repair {
    #[command(flatten)]
    place: Place,
}

impl Repair {
    pub async fn run(self, client: &Client, output: &Output) -> Outcome {
        let build = client.post(&self.place.path(client, "/repair"), &json!({})).await?;
        super::builds::follow(client, output, &self.place.app, &build).await
    }
}

/// Opens the app in a browser.
#[derive(Debug, Args)]
pub struct Open {
    #[command(flatten)]
    place: Place,
}

impl Open {
    pub async fn run(self, client: &Client, output: &Output) -> Outcome {
        let environment = client.get(&self.place.path(client, "")).await?;
        let url = text(&environment, "/url");
        output.value(&json!({ "url": url }));
        output.text(&url);
        // Only a web address is handed to another program.
        let safe = url.starts_with("http://") || url.starts_with("https://");
        if !output.json && safe {
            let opener = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };
            // Without a desktop the printed address must do.
            let _ = tokio::process::Command::new(opener).arg(&url).stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null()).status().await;
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// Downloads the code base of a release.
#[derive(Debug, Args)]
pub struct Code {
    #[command(flatten)]
    place: Place,
    /// The release; the live one without it.
    #[arg(long)]
    release: Option<u32>,
    /// The file to write; `<app>-<release>.zip` without it.
    #[arg(long, short)]
    output: Option<PathBuf>,
}

impl Code {
    pub async fn run(self, client: &Client, output: &Output) -> Outcome {
        let number = match self.release {
            Some(number) => number.to_string(),
            None => text(&client.get(&self.place.path(client, "")).await?, "/liveRelease"),
        };
        if number.is_empty() {
            return Err(Failure::Other(format!("{} is not live in {}; name a release with --release", self.place.app, self.place.environment)));
        }
        let path = self.place.path(client, &format!("/releases/{number}/code"));
        let mut response = client.send(client.request(reqwest::Method::GET, &path)).await?;
        let file = self.output.unwrap_or_else(|| PathBuf::from(format!("{}-{number}.zip", self.place.app)));
        let broken = |e: &dyn std::fmt::Display| Failure::Other(format!("{}: {e}", file.display()));
        let part = file.with_extension("zip.part");
        let mut out = tokio::fs::File::create(&part).await.map_err(|e| broken(&e))?;
        while let Some(chunk) = response.chunk().await.map_err(|e| broken(&e))? {
            tokio::io::AsyncWriteExt::write_all(&mut out, &chunk).await.map_err(|e| broken(&e))?;
        }
        tokio::io::AsyncWriteExt::flush(&mut out).await.map_err(|e| broken(&e))?;
        tokio::fs::rename(&part, &file).await.map_err(|e| broken(&e))?;
        output.value(&json!({ "file": file, "release": number }));
        output.text(&file.display().to_string());
        Ok(ExitCode::SUCCESS)
    }
}
