//! Lambda 1: design → `web/` of the code base.

use super::generation::Input;
use super::tree::{self, Contents, Staging};
use super::{Context, Stage, StageError};
use crate::domain::StepName;
use serde::{Deserialize, Serialize};
use slipform_codegen::generate;

/// What it wrote.
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
}

/// Design → React code base.
#[derive(Debug, Clone, Copy)]
pub struct Frontend;

impl Stage for Frontend {
    const NAME: StepName = StepName::Frontend;
    type Input = Input;
    type Output = Output;

    async fn run(context: &Context, input: &Input) -> Result<Output, StageError> {
        run(context, input).await
    }
}

/// Writes `web/` in place of what stands there. Touches nothing else, so it can run beside the backend stage.
pub async fn run(context: &Context, input: &Input) -> Result<Output, StageError> {
    let (context, input) = (context.clone(), input.clone());
    tree::blocking(move || {
        let prepared = input.prepare()?;
        let generated = generate::frontend::generate(prepared.generator_input());
        let mut files: Contents = generated.iter().map(|(path, content)| (path.to_owned(), content.to_owned())).collect();
        let custom = tree::overlay(&context, &mut files, "frontend", |path| path.starts_with("web/"))?;

        let code = &context.paths.code;
        std::fs::create_dir_all(code).map_err(|e| tree::io_error("create the folder", code, &e))?;
        let staging = Staging::beside(code, "frontend")?;
        tree::write(&context, staging.folder(), files.iter().map(|(path, content)| (path.as_str(), content.as_slice())))?;
        staging.install("web", &code.join("web"))?;

        let output =
            Output { files: files.len(), bytes: files.values().map(|c| c.len() as u64).sum(), custom_added: custom.added, custom_changed: custom.changed };
        context.log.info(format!("Wrote the interface: {} files", output.files));
        Ok(output)
    })
    .await
}
