//! Lambda 2: design → server, shared types, migrations, tests and everything at the root of the code base.

use super::generation::{Input, Planned};
use super::tree::{self, Contents, Staging};
use super::{Context, Stage, StageError};
use crate::domain::StepName;
use serde::{Deserialize, Serialize};
use slipform_codegen::generate;
use std::collections::BTreeSet;

/// What it wrote and planned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Output {
    /// Number of files.
    pub files: usize,
    /// Their size together.
    pub bytes: u64,
    /// Generated files that are the owner's from now on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub custom_added: Vec<String>,
    /// Whether a file of the owner differs from what is generated, or stands beside it.
    pub custom_changed: bool,
    /// The schema that the code was written for.
    pub planned: Planned,
}

/// Design → server code base and migrations.
#[derive(Debug, Clone, Copy)]
pub struct Backend;

impl Stage for Backend {
    const NAME: StepName = StepName::Backend;
    type Input = Input;
    type Output = Output;

    async fn run(context: &Context, input: &Input) -> Result<Output, StageError> {
        run(context, input).await
    }
}

/// Writes everything but `web/` in place of what stands there, so it can run beside the frontend stage.
pub async fn run(context: &Context, input: &Input) -> Result<Output, StageError> {
    let (context, input) = (context.clone(), input.clone());
    tree::blocking(move || {
        let prepared = input.prepare()?;
        let generated = generate::backend::generate(prepared.generator_input());
        let mut files: Contents = generated.iter().map(|(path, content)| (path.to_owned(), content.to_owned())).collect();
        let custom = tree::overlay(&context, &mut files, "backend", |path| !path.starts_with("web/"))?;

        let code = &context.paths.code;
        std::fs::create_dir_all(code).map_err(|e| tree::io_error("create the folder", code, &e))?;
        let staging = Staging::beside(code, "backend")?;
        tree::write(&context, staging.folder(), files.iter().map(|(path, content)| (path.as_str(), content.as_slice())))?;
        let top: BTreeSet<&str> = files.keys().filter_map(|path| path.split('/').next()).collect();
        for entry in std::fs::read_dir(code).map_err(|e| tree::io_error("read the folder", code, &e))? {
            let entry = entry.map_err(|e| tree::io_error("read the folder", code, &e))?;
            let name = entry.file_name();
            if name != "web" && !name.to_str().is_some_and(|name| top.contains(name)) {
                tree::remove(&entry.path())?;
            }
        }
        for name in top {
            staging.install(name, &code.join(name))?;
        }

        let output = Output {
            files: files.len(),
            bytes: files.values().map(|c| c.len() as u64).sum(),
            custom_added: custom.added,
            custom_changed: custom.changed,
            planned: prepared.planned(&input.before),
        };
        context.log.info(format!("Wrote the server: {} files", output.files));
        Ok(output)
    })
    .await
}
