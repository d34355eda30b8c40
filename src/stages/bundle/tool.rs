//! The native programs of the toolkit, and how they are run.

use super::super::{Context, StageError, tree};
use std::ffi::{OsStr, OsString};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};
use tokio::process::Command;

/// Compiling an app of 100 entities takes a fraction of a second; what takes this long will not end.
const LIMIT: Duration = Duration::from_mins(2);

/// The pinned packages and programs.
#[derive(Debug)]
pub struct Toolkit {
    packages: PathBuf,
    /// The bundler.
    pub esbuild: PathBuf,
    /// The TypeScript compiler.
    pub tsc: PathBuf,
}

impl Toolkit {
    /// Finds the programs for this machine.
    pub fn open(folder: &Path) -> Result<Self, StageError> {
        let missing = |what: &Path| {
            tracing::error!(path = %what.display(), "the toolkit is not there");
            StageError::fail("toolkit-missing", "The toolkit is not installed", "The packages and programs that compile every app are not there.")
                .hint("Ask the operator to run `scripts/setup`, or to set SLIPFORM_TOOLKIT to the folder that holds the toolkit's node_modules.")
        };
        let system = if cfg!(target_os = "macos") { "darwin" } else { "linux" };
        let machine = if cfg!(target_arch = "aarch64") { "arm64" } else { "x64" };
        let packages = folder.join("node_modules");
        let packages = std::fs::canonicalize(&packages).map_err(|_| missing(&packages))?;
        let program = |path: String| Some(packages.join(path)).filter(|p| p.is_file()).ok_or_else(|| missing(&packages.join("@esbuild")));
        let esbuild = program(format!("@esbuild/{system}-{machine}/bin/esbuild"))?;
        let tsc = program(format!("@typescript/typescript-{system}-{machine}/lib/tsc"))?;
        Ok(Self { packages, esbuild, tsc })
    }

    /// The `node_modules` folder, without symbolic links.
    pub fn packages(&self) -> &Path {
        &self.packages
    }
}

/// A program that ended by itself.
#[derive(Debug)]
pub struct Done {
    pub success: bool,
    /// Standard output and standard error, one after the other.
    pub output: String,
    pub elapsed: Duration,
}

/// Runs a program below normal priority, so that a build slows neither the API nor live apps. It sees no environment but
/// `variables`. A cancel, the time limit or dropping the future kills it.
pub async fn run(context: &Context, program: &Path, arguments: &[OsString], folder: &Path, variables: &[(&str, &OsStr)]) -> Result<Done, StageError> {
    let name = program.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let begun = Instant::now();
    // `nice` becomes the program it is given, so that the process we kill is the program itself.
    let mut nice = Command::new("nice");
    nice.args(["-n", &tree::NICENESS.to_string()]).arg(program);
    let start = |mut command: Command| {
        let command = command.args(arguments).current_dir(folder).env_clear().envs(variables.iter().copied());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true).spawn()
    };
    let child = match start(nice) {
        // A small image may lack it, and has nobody beside to be nice to.
        Err(error) if error.kind() == ErrorKind::NotFound => start(Command::new(program)),
        started => started,
    };
    let child = child.map_err(|e| tree::io_error("start", program, &e))?;
    let output = tokio::select! {
        () = context.cancel.cancelled() => return Err(StageError::cancelled()),
        () = tokio::time::sleep(LIMIT) => {
            return Err(StageError::retry("compile-timeout", "Compiling took too long", format!("{name} had not ended after {} seconds.", LIMIT.as_secs())));
        }
        output = child.wait_with_output() => output.map_err(|e| tree::io_error("run", program, &e))?,
    };
    let mut text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.push_str(&String::from_utf8_lossy(&output.stderr));
    Ok(Done { success: output.status.success(), output: text, elapsed: begun.elapsed() })
}

/// A compiler that failed without saying what is wrong in the code: killed for want of memory, or a full disk.
pub fn broke_down(name: &str, output: &str) -> StageError {
    if output.contains("no space left on device") {
        return StageError::fail("disk-full", "The disk is full", format!("{name} could not write its output: no space is left on the disk."))
            .hint("What is live goes on as it was. Ask the operator to free space below the folder of SLIPFORM_HOME, then build again.");
    }
    let last = output.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("it was killed, perhaps for want of memory");
    StageError::retry("compiler-failed", "The compiler broke down", format!("{name} ended without a result: {}.", last.trim()))
}
