//! Lambda 3: the code base → artifacts: one server file, and the interface's files named by the hash of their content.
//!
//! One toolkit serves all apps: bare imports resolve to its packages, so that no app runs `npm install`. esbuild and the
//! TypeScript compiler are native programs; they run as processes of low priority and end with the stage, however it ends.

mod faults;
mod meta;
mod page;
mod tool;

use super::tree::{self, Staging};
use super::{Context, Level, Stage, StageError};
use crate::domain::StepName;
use faults::Fault;
use serde::{Deserialize, Serialize};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use tool::Toolkit;

/// How strictly to compile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Input {
    /// Whether a file of `custom/` differs from what Slipform generates. Then the code base is type-checked; what
    /// Slipform writes itself was, before it was released.
    pub custom_changed: bool,
}

/// What it made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Output {
    /// Size of `server.mjs` in bytes.
    pub server_bytes: u64,
    /// Size of everything under `web/` in bytes.
    pub web_bytes: u64,
    /// Number of files under `web/`.
    pub web_files: usize,
    /// Whether the code was type-checked.
    pub type_checked: bool,
}

/// Code base → artifacts.
#[derive(Debug, Clone, Copy)]
pub struct Bundle;

impl Stage for Bundle {
    const NAME: StepName = StepName::Bundle;
    type Input = Input;
    type Output = Output;

    async fn run(context: &Context, input: &Input) -> Result<Output, StageError> {
        run(context, input).await
    }
}

/// Compiles the server and the interface, and type-checks beside them where that is due. The artifacts appear whole or not at all.
pub async fn run(context: &Context, input: &Input) -> Result<Output, StageError> {
    let toolkit = Toolkit::open(&context.toolkit)?;
    let code = real(&context.paths.code)?;
    // It may wait for a compiler that a killed worker left behind.
    let place = context.paths.artifacts.clone();
    let staging = tree::blocking(move || Staging::beside(&place, "bundle")).await?;
    let out = real(staging.folder())?;

    let (server, web, types) = tokio::join!(
        compile(context, &toolkit, "server", &code, server_arguments(&out)),
        compile(context, &toolkit, "interface", &code, web_arguments(&out)),
        check_types(context, &toolkit, &code, input.custom_changed),
    );
    // A cancel or a missing program is the answer at once; what is wrong in the code is told all together.
    let mut found = server?;
    found.extend(web?);
    found.extend(types?);
    faults::refuse(context, found)?;

    let server_meta = meta::Meta::take(&out.join("server.meta.json"))?;
    let web_meta = meta::Meta::take(&out.join("web.meta.json"))?;
    for meta in [&server_meta, &web_meta] {
        meta.refuse_foreign_files(&code, toolkit.packages())?;
    }
    page::write(&code, &out.join("web"), &web_meta)?;
    let output = measure(&out, input.custom_changed)?;

    tree::remove(&context.paths.artifacts)?;
    staging.become_folder(&context.paths.artifacts)?;
    context.log.info(format!(
        "Compiled the server ({} KB) and the interface ({} files, {} KB)",
        output.server_bytes.div_ceil(1024),
        output.web_files,
        output.web_bytes.div_ceil(1024)
    ));
    Ok(output)
}

fn measure(out: &Path, type_checked: bool) -> Result<Output, StageError> {
    let size = |path: &Path| std::fs::metadata(path).map(|m| m.len()).map_err(|e| tree::io_error("read", path, &e));
    let web = tree::list(&out.join("web"))?;
    let web_bytes = web.values().map(|file| size(file)).sum::<Result<u64, _>>()?;
    Ok(Output { server_bytes: size(&out.join("server.mjs"))?, web_bytes, web_files: web.len(), type_checked })
}

/// One run of esbuild. What is wrong in the code comes back as faults.
async fn compile(context: &Context, toolkit: &Toolkit, what: &str, code: &Path, arguments: Vec<OsString>) -> Result<Vec<Fault>, StageError> {
    let done = tool::run(context, &toolkit.esbuild, &arguments, code, &[("NODE_PATH", toolkit.packages().as_os_str())]).await?;
    context.log.info(format!("esbuild, {what}: {} ms", done.elapsed.as_millis()));
    for line in done.output.lines() {
        context.log.line(if done.success { Level::Warn } else { Level::Error }, line);
    }
    if done.success {
        return Ok(Vec::new());
    }
    let found = faults::of_esbuild(&done.output);
    if found.is_empty() { Err(tool::broke_down("esbuild", &done.output)) } else { Ok(found) }
}

/// One run of the TypeScript compiler, which finds packages only in a folder `node_modules` above the code.
async fn check_types(context: &Context, toolkit: &Toolkit, code: &Path, due: bool) -> Result<Vec<Fault>, StageError> {
    if !due {
        return Ok(Vec::new());
    }
    let _packages = PackagesLink::make(code, toolkit.packages())?;
    let arguments = ["--project", "tsconfig.json", "--noEmit", "--pretty", "false"].map(OsString::from);
    let done = tool::run(context, &toolkit.tsc, &arguments, code, &[]).await?;
    context.log.info(format!("Type check: {} ms", done.elapsed.as_millis()));
    if done.success {
        return Ok(Vec::new());
    }
    for line in done.output.lines() {
        context.log.line(Level::Error, line);
    }
    let found = faults::of_tsc(&done.output);
    if found.is_empty() { Err(tool::broke_down("the type check", &done.output)) } else { Ok(found) }
}

/// `node_modules` in the code base, as long as the type check runs.
struct PackagesLink(PathBuf);

impl PackagesLink {
    fn make(code: &Path, packages: &Path) -> Result<Self, StageError> {
        let link = code.join("node_modules");
        tree::remove(&link)?;
        std::os::unix::fs::symlink(packages, &link).map_err(|e| tree::io_error("create the link", &link, &e))?;
        Ok(Self(link))
    }
}

impl Drop for PackagesLink {
    fn drop(&mut self) {
        // A link that stays behind does no harm: it is not packed into the code's zip, and the next run replaces it.
        let _ = std::fs::remove_file(&self.0);
    }
}

fn server_arguments(out: &Path) -> Vec<OsString> {
    let mut arguments = strings(&[
        "server/src/main.ts",
        "--bundle",
        "--platform=node",
        "--format=esm",
        "--target=node20",
        "--sourcemap=linked",
        "--keep-names",
        "--legal-comments=none",
        // Packages that still call `require` find one.
        "--banner:js=import { createRequire as __createRequire } from \"node:module\"; const require = __createRequire(import.meta.url);",
    ]);
    arguments.extend(common());
    arguments.push(option("--outfile=", &out.join("server.mjs")));
    arguments.push(option("--metafile=", &out.join("server.meta.json")));
    arguments
}

fn web_arguments(out: &Path) -> Vec<OsString> {
    let mut arguments = strings(&[
        "web/src/main.tsx",
        "--bundle",
        "--splitting",
        "--minify",
        "--format=esm",
        "--target=es2022",
        "--jsx=automatic",
        "--define:process.env.NODE_ENV=\"production\"",
        "--legal-comments=none",
        "--public-path=/",
        "--entry-names=assets/[name]-[hash]",
        "--chunk-names=assets/[name]-[hash]",
        "--asset-names=assets/[name]-[hash]",
        "--loader:.svg=file",
        "--loader:.png=file",
        "--loader:.jpg=file",
        "--loader:.webp=file",
        "--loader:.woff2=file",
    ]);
    arguments.extend(common());
    arguments.push(option("--outdir=", &out.join("web")));
    arguments.push(option("--metafile=", &out.join("web.meta.json")));
    arguments
}

fn common() -> Vec<OsString> {
    strings(&["--color=false", "--log-level=warning", "--log-limit=50", "--charset=utf8"])
}

fn strings(values: &[&str]) -> Vec<OsString> {
    values.iter().map(OsString::from).collect()
}

fn option(name: &str, path: &Path) -> OsString {
    let mut option = OsString::from(name);
    option.push(path);
    option
}

/// The path without symbolic links: the compilers report such paths, and we compare with them.
fn real(path: &Path) -> Result<PathBuf, StageError> {
    std::fs::canonicalize(path).map_err(|e| tree::io_error("open", path, &e))
}

#[cfg(test)]
mod tests;
