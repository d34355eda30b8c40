//! `slipform build` and `slipform logs`: live progress from the build's events.

use super::client::Client;
use super::output::{Output, printable, text};
use super::{Failure, Outcome};
use clap::Args;
use serde_json::{Value, json};
use std::process::ExitCode;
use std::time::Duration;

/// Builds an app and follows the build to its end.
#[derive(Debug, Args)]
#[command(after_help = super::EXIT_CODES)]
pub struct Build {
    /// The app.
    app: String,
    /// The environment.
    #[arg(long, short, default_value = "production")]
    environment: String,
    /// The design version; the newest without it.
    #[arg(long)]
    design: Option<u32>,
    /// Start the build and do not follow it.
    #[arg(long)]
    detach: bool,
}

impl Build {
    pub async fn run(self, client: &Client, output: &Output) -> Outcome {
        let mut body = json!({ "environment": self.environment });
        if let Some(number) = self.design {
            body["designVersion"] = number.into();
        }
        let build = client.post(&client.path(&format!("/apps/{}/builds", self.app)), &body).await?;
        if self.detach {
            output.value(&build);
            output.text(&format!("Build {} of {} is {}.", text(&build, "/number"), self.app, text(&build, "/state")));
            return Ok(ExitCode::SUCCESS);
        }
        follow(client, output, &self.app, &build).await
    }
}

/// Follows a build to its end and says how it ended.
pub async fn follow(client: &Client, output: &Output, app: &str, build: &Value) -> Outcome {
    let number = text(build, "/number");
    let path = client.path(&format!("/apps/{app}/builds/{number}"));
    output.note(&format!("Build {number} of {app} ({})", text(build, "/environment")));
    let mut tail = Vec::new();
    events(client, &format!("{path}/events"), |kind, data| {
        output.value(&json!({ "type": kind, "data": data }));
        match kind {
            "step" => progress(*output, data),
            "log" => {
                tail.push(format!("    {}", printable(&text(data, "/line"))));
                if tail.len() > 15 {
                    tail.remove(0);
                }
            }
            _ => {}
        }
        kind == "build" && is_final(&text(data, "/state"))
    })
    .await?;
    let build = client.get(&path).await?;
    output.value(&json!({ "type": "result", "data": build }));
    Ok(match text(&build, "/state").as_str() {
        "succeeded" => {
            output.text(&text(&build, "/url"));
            ExitCode::SUCCESS
        }
        "failed" => {
            for line in &tail {
                output.note(line);
            }
            output.note(&format!("Failed: {}", failure(&build)));
            ExitCode::from(3)
        }
        state => {
            output.note(&printable(&format!("The build was {state}. {}", text(&build, "/reason"))));
            ExitCode::from(4)
        }
    })
}

fn is_final(state: &str) -> bool {
    !matches!(state, "queued" | "running")
}

/// The error of a build in words: what, why, and what to do next.
fn failure(build: &Value) -> String {
    let parts = ["/error/title", "/error/detail", "/error/hint"].map(|part| text(build, part));
    let words: Vec<&str> = parts.iter().map(String::as_str).filter(|p| !p.is_empty()).collect();
    printable(&if words.is_empty() { text(build, "/reason") } else { words.join("\n  ") })
}

fn progress(output: Output, step: &Value) {
    let (name, state) = (text(step, "/name"), text(step, "/state"));
    let seconds = step["durationMs"].as_f64().map(|ms| format!("{:.1} s", ms / 1000.0)).unwrap_or_default();
    let (mark, color) = match state.as_str() {
        "running" => ("…", "36"),
        "succeeded" => ("✓", "32"),
        "failed" => ("✗", "31"),
        "skipped" => ("–", "2"),
        _ => return,
    };
    if output.live {
        output.note(&format!("\x1b[{color}m  {mark}\x1b[0m {name:<10} {seconds}"));
    } else if state != "running" {
        output.note(&format!("  {mark} {name:<10} {seconds}"));
    }
}

/// Reads server-sent events (HTML Living Standard, 9.2) until `each` says that it has seen enough. A connection that
/// breaks is made again after the last event that came.
async fn events(client: &Client, path: &str, mut each: impl FnMut(&str, &Value) -> bool) -> Result<(), Failure> {
    let mut last: Option<String> = None;
    let mut failures = 0;
    loop {
        let mut buffer = Vec::new();
        match client.events(path, last.as_deref()).await {
            Ok(mut response) => {
                failures = 0;
                while let Ok(Some(chunk)) = response.chunk().await {
                    buffer.extend_from_slice(&chunk);
                    while let Some(end) = buffer.windows(2).position(|w| w == b"\n\n") {
                        let block = String::from_utf8_lossy(&buffer.drain(..end + 2).collect::<Vec<_>>()).into_owned();
                        let (mut kind, mut data) = (String::from("message"), String::new());
                        for line in block.lines() {
                            match line.split_once(':').map(|(field, value)| (field, value.strip_prefix(' ').unwrap_or(value))) {
                                Some(("id", id)) => last = Some(id.to_owned()),
                                Some(("event", event)) => event.clone_into(&mut kind),
                                Some(("data", more)) => data.push_str(more),
                                _ => {}
                            }
                        }
                        if !data.is_empty() && each(&kind, &serde_json::from_str(&data).unwrap_or(Value::Null)) {
                            return Ok(());
                        }
                    }
                }
            }
            Err(Failure::Unreachable { .. }) if failures < 10 => failures += 1,
            Err(failure) => return Err(failure),
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}

/// Prints the log of a build, or of the running app.
#[derive(Debug, Args)]
pub struct Logs {
    /// The app.
    app: String,
    /// The log of this build; that of the running app without it.
    #[arg(long)]
    build: Option<u32>,
    /// The environment.
    #[arg(long, short, default_value = "production")]
    environment: String,
    /// Go on as lines come.
    #[arg(long, short)]
    follow: bool,
}

impl Logs {
    pub async fn run(self, client: &Client, output: &Output) -> Outcome {
        if let Some(number) = self.build {
            let path = client.path(&format!("/apps/{}/builds/{number}", self.app));
            let running = !is_final(&text(&client.get(&path).await?, "/state"));
            if self.follow && running {
                events(client, &format!("{path}/events"), |kind, data| {
                    if kind == "log" {
                        output.value(data);
                        output.text(&printable(&format!("{:<10} {}", text(data, "/step"), text(data, "/line"))));
                    }
                    kind == "build" && is_final(&text(data, "/state"))
                })
                .await?;
                return Ok(ExitCode::SUCCESS);
            }
            return stream(client, output, &format!("{path}/logs")).await;
        }
        let follow = if self.follow { "?follow=true" } else { "" };
        stream(client, output, &client.path(&format!("/apps/{}/environments/{}/logs{follow}", self.app, self.environment))).await
    }
}

/// Prints lines of JSON as they come: whole as JSON, else their text.
async fn stream(client: &Client, output: &Output, path: &str) -> Outcome {
    let mut response = client.send(client.request(reqwest::Method::GET, path)).await?;
    let mut buffer = Vec::new();
    loop {
        let chunk = response.chunk().await.map_err(|e| Failure::Other(format!("the log broke off: {e}")))?;
        buffer.extend_from_slice(chunk.as_deref().unwrap_or(if buffer.is_empty() { b"" } else { b"\n" }));
        while let Some(end) = buffer.iter().position(|b| *b == b'\n') {
            let line = String::from_utf8_lossy(&buffer.drain(..=end).collect::<Vec<_>>()).trim_end().to_owned();
            if line.is_empty() {
                continue;
            }
            if output.json {
                output.line(&line);
            } else {
                let value: Value = serde_json::from_str(&line).unwrap_or(Value::Null);
                let words = [text(&value, "/at"), text(&value, "/step"), text(&value, "/line")].join(" ");
                output.text(printable(if value.get("line").is_some() { words.trim() } else { &line }).as_str());
            }
        }
        if chunk.is_none() {
            return Ok(ExitCode::SUCCESS);
        }
    }
}
