//! A toolkit whose programs wait instead of compiling, so that a test decides how long a build stands in its bundle step.

use super::temporary_folder;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

/// Removed with the test.
pub struct WaitingToolkit(tempfile::TempDir);

/// A program that a build has started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Program {
    pub pid: i32,
    pub niceness: i32,
}

impl WaitingToolkit {
    pub fn make() -> Self {
        let folder = temporary_folder();
        let go = folder.path().join("go");
        // Whatever goes wrong: without its folder it ends too.
        let script =
            format!("#!/bin/sh\nwhile [ -e \"$0\" ] && [ ! -e '{}' ]; do sleep 0.05; done\necho '✘ [ERROR] It waited for nothing' >&2\nexit 1\n", go.display());
        for machine in ["linux-x64", "linux-arm64"] {
            for program in [format!("@esbuild/{machine}/bin/esbuild"), format!("@typescript/typescript-{machine}/lib/tsc")] {
                let file = folder.path().join("node_modules").join(program);
                std::fs::create_dir_all(file.parent().unwrap()).unwrap();
                std::fs::write(&file, &script).unwrap();
                std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o755)).unwrap();
            }
        }
        Self(folder)
    }

    /// For `SLIPFORM_TOOLKIT`.
    pub fn path(&self) -> &str {
        self.0.path().to_str().expect("temporary folders have plain names")
    }

    /// From now on every program fails at once, as over an error in the code.
    pub fn end_waiting(&self) {
        std::fs::write(self.0.path().join("go"), "").unwrap();
    }

    /// The programs that wait.
    pub fn running(&self) -> Vec<Program> {
        let pids = std::fs::read_dir("/proc").unwrap().flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok());
        pids.filter_map(|pid| program_at(pid, self.0.path())).collect()
    }
}

/// None for a process that is another program, also one that is still to become the program.
fn program_at(pid: i32, toolkit: &Path) -> Option<Program> {
    let proc = PathBuf::from(format!("/proc/{pid}"));
    let line = std::fs::read(proc.join("cmdline")).ok()?;
    let mut words = line.split(|byte| *byte == 0).map(String::from_utf8_lossy);
    let is_script = words.next()?.ends_with("/sh") && words.next()?.starts_with(toolkit.to_str()?);
    let stat = std::fs::read_to_string(proc.join("stat")).ok()?;
    // The name stands in parentheses and may contain anything; the state after it is the third field, the niceness the 19th.
    let niceness = stat.rsplit_once(')')?.1.split_whitespace().nth(16)?.parse().ok()?;
    is_script.then_some(Program { pid, niceness })
}
