//! `slipform architecture`.

use super::client::Client;
use super::output::{Output, printable, text};
use super::releases::Place;
use super::{Failure, Outcome};
use clap::Args;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Shows what an app consists of and what it costs, or writes that as a diagram.
#[derive(Debug, Args)]
pub struct Architecture {
    #[command(flatten)]
    place: Place,
    /// Write the diagram to this file instead.
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
}

impl Architecture {
    pub async fn run(self, client: &Client, output: &Output) -> Outcome {
        if let Some(file) = &self.svg {
            let path = self.place.path(client, "/architecture.svg");
            let picture = client.send(client.request(reqwest::Method::GET, &path)).await?.bytes().await;
            write(file, &picture.map_err(|e| Failure::Other(format!("the answer broke off: {e}")))?)?;
            output.value(&json!({ "file": file }));
            output.text(&file.display().to_string());
            return Ok(ExitCode::SUCCESS);
        }
        let it = client.get(&self.place.path(client, "/architecture")).await?;
        output.value(&it);
        if !output.json {
            show(&it, *output);
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// Whole or not at all.
fn write(file: &Path, picture: &[u8]) -> Result<(), Failure> {
    let part = file.with_added_extension("part");
    let written = std::fs::write(&part, picture).and_then(|()| std::fs::rename(&part, file));
    written.map_err(|e| Failure::Other(format!("cannot write {}: {e}", file.display())))
}

fn show(it: &Value, output: Output) {
    let parts = it["parts"].as_array().cloned().unwrap_or_default();
    output.table(
        &parts,
        &[
            ("LAYER", |p| text(p, "/layer")),
            ("PART", |p| text(p, "/title")),
            ("NAME", |p| text(p, "/name")),
            ("STATE", |p| text(p, "/state")),
            ("", |p| text(p, "/message")),
        ],
        "It consists of nothing.",
    );
    let amount = |pointer: &str| it.pointer(pointer).and_then(Value::as_f64).unwrap_or_default();
    let cost = match it["cost"]["region"].as_str() {
        None => "It costs nothing beyond the machine.".to_owned(),
        Some(region) => format!(
            "It costs about ${:.2} a month, and ${:.2} as its share of the ${:.2} for what all apps use (list prices of {}, {}).\nWhat that assumes: --json",
            amount("/cost/monthly"),
            amount("/cost/foundation/share"),
            amount("/cost/foundation/monthly"),
            printable(&text(it, "/cost/pricesOf")),
            printable(region),
        ),
    };
    output.text(&format!("\n{cost}"));
}
