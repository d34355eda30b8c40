//! Lambda 5: puts a release's files into place, whole or not at all.

use super::tree::{self, Contents, Staging};
use super::{Context, Stage, StageError};
use crate::domain::StepName;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::io::{Cursor, Write as _};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

/// What the release is made from; its content comes from the build's code and artifacts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Input {
    /// Name of the only folder in `code.zip`: the app's slug.
    pub name: String,
    /// Hash of the design version.
    pub design_hash: String,
    /// The schema position that its code needs.
    pub schema_position: u32,
}

/// `manifest.json`: everything that a release consists of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(missing_docs)]
pub struct Manifest {
    pub release: String,
    pub build: String,
    pub design_hash: String,
    pub schema_position: u32,
    /// By path; without `manifest.json` itself.
    pub files: Vec<File>,
}

/// A file of a release.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct File {
    /// Relative to the release's folder, `/`-separated.
    pub path: String,
    /// In bytes.
    pub size: u64,
    /// In hex.
    pub sha256: String,
}

impl Manifest {
    /// The size of all files together, in bytes.
    pub fn size(&self) -> u64 {
        self.files.iter().map(|file| file.size).sum()
    }
}

/// Puts a release into place.
#[derive(Debug, Clone, Copy)]
pub struct Publish;

impl Stage for Publish {
    const NAME: StepName = StepName::Publish;
    type Input = Input;
    type Output = Manifest;

    async fn run(context: &Context, input: &Input) -> Result<Manifest, StageError> {
        run(context, input).await
    }
}

/// Assembles the release's folder. Repeated after a crash it finds the same content in place and leaves it there.
pub async fn run(context: &Context, input: &Input) -> Result<Manifest, StageError> {
    let (context, input) = (context.clone(), input.clone());
    tree::blocking(move || {
        let mut files = Contents::new();
        for (path, file) in tree::list(&context.paths.artifacts)? {
            if path.starts_with("web/") || path == "server.mjs" || path == "server.mjs.map" {
                files.insert(path, tree::read(&file)?);
            }
        }
        files.insert("code.zip".into(), code_zip(&context, &input.name)?);
        let manifest = Manifest {
            release: context.run.release.to_string(),
            build: context.run.build.to_string(),
            design_hash: input.design_hash,
            schema_position: input.schema_position,
            files: files
                .iter()
                .map(|(path, content)| File { path: path.clone(), size: content.len() as u64, sha256: hex::encode(Sha256::digest(content)) })
                .collect(),
        };
        let text = serde_json::to_vec_pretty(&manifest).expect("plain data becomes JSON");
        let place = &context.paths.release;
        if std::fs::read(place.join("manifest.json")).is_ok_and(|there| there == text) {
            context.log.info("The release is in place already");
            return Ok(manifest);
        }
        files.insert("manifest.json".into(), text);
        let staging = Staging::beside(place, "release")?;
        tree::write(&context, staging.folder(), files.iter().map(|(path, content)| (path.as_str(), content.as_slice())))?;
        if context.cancel.is_cancelled() {
            return Err(StageError::cancelled());
        }
        // Nothing has recorded what may stand there: a worker was lost after it had put a release of other code into place.
        tree::remove(place)?;
        staging.become_folder(place)?;
        context.log.info(format!("Published {} files, {} KB", manifest.files.len(), manifest.size().div_ceil(1024)));
        Ok(manifest)
    })
    .await
}

/// The code base as a zip of one folder. The same code gives the same bytes: files in order, all from one date.
fn code_zip(context: &Context, name: &str) -> Result<Vec<u8>, StageError> {
    let failed = |error: &dyn std::error::Error| StageError::fail("file-system", "The code could not be packed", error.to_string());
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(6))
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644);
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (path, file) in tree::list(&context.paths.code)? {
        if context.cancel.is_cancelled() {
            return Err(StageError::cancelled());
        }
        zip.start_file(format!("{name}/{path}"), options).map_err(|e| failed(&e))?;
        zip.write_all(&tree::read(&file)?).map_err(|e| failed(&e))?;
    }
    Ok(zip.finish().map_err(|e| failed(&e))?.into_inner())
}
