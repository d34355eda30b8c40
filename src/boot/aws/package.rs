//! What functions run, as Lambda takes it: zip archives that are the same for the same content.

use anyhow::{Context as _, bail, ensure};
use std::io::{Cursor, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

/// The newest glibc that `provided.al2023` has (Amazon Linux 2023 user guide, "Comparing AL2 and AL2023").
const GLIBC: u32 = 34;
/// What Lambda unpacks at most, function and layers together, in bytes (AWS Lambda developer guide, "Lambda quotas").
const UNPACKED: u64 = 250 << 20;

/// The stage binary, under the name that Lambda starts.
pub fn stage(program: &[u8]) -> anyhow::Result<Vec<u8>> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file("bootstrap", options(0o755))?;
    zip.write_all(program)?;
    Ok(zip.finish()?.into_inner())
}

/// The toolkit: Lambda unpacks a layer into `/opt`, where the bundle stage looks for `node_modules`.
pub fn layer(toolkit: &Path) -> anyhow::Result<Vec<u8>> {
    let root = toolkit.join("node_modules");
    let files = crate::stages::tree::list(&root).map_err(|e| anyhow::anyhow!("{e}"))?;
    ensure!(!files.is_empty(), "the toolkit is not installed in {}; run `scripts/setup`", toolkit.display());
    ensure!(
        files.keys().any(|path| path.starts_with("@esbuild/linux-x64/")),
        "the toolkit in {} is for another processor than x86-64, which functions have",
        toolkit.display()
    );
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let mut size = 0;
    for (path, file) in files {
        let content = std::fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?;
        size += content.len() as u64;
        let executable = std::fs::metadata(&file)?.permissions().mode() & 0o111 != 0;
        zip.start_file(format!("node_modules/{path}"), options(if executable { 0o755 } else { 0o644 }))?;
        zip.write_all(&content)?;
    }
    ensure!(size < UNPACKED, "the toolkit has {} MB, and Lambda unpacks 250 at most", size >> 20);
    Ok(zip.finish()?.into_inner())
}

fn options(mode: u32) -> SimpleFileOptions {
    SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(4))
        .last_modified_time(DateTime::default())
        .unix_permissions(mode)
}

/// Refuses a program that `provided.al2023` on x86-64 cannot start.
pub fn runs_on_lambda(program: &[u8]) -> anyhow::Result<()> {
    ensure!(program.starts_with(b"\x7fELF"), "it is no Linux program");
    // e_machine (System V ABI, "ELF header"): 62 is x86-64.
    ensure!(program.get(18..20) == Some(&[62, 0]), "it is not built for x86-64");
    match newest_glibc(program) {
        Some(version) if version > GLIBC => bail!(
            "it needs glibc 2.{version}, and Lambda has 2.{GLIBC}; build it with `make release`, or with `cargo zigbuild --target x86_64-unknown-linux-gnu.2.{GLIBC}`"
        ),
        _ => Ok(()),
    }
}

/// The highest `GLIBC_2.<n>` among the versions of symbols that a program needs; `None` for one that is linked statically.
fn newest_glibc(program: &[u8]) -> Option<u32> {
    const NAME: &[u8] = b"\0GLIBC_2.";
    let versions = program.windows(NAME.len()).enumerate().filter(|(_, window)| *window == NAME).filter_map(|(at, _)| {
        let digits: Vec<u8> = program[at + NAME.len()..].iter().copied().take_while(u8::is_ascii_digit).take(3).collect();
        String::from_utf8(digits).ok()?.parse().ok()
    });
    versions.max()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A header of a program for a machine, then the names of what it needs.
    fn program(machine: u8, needs: &str) -> Vec<u8> {
        let mut bytes = b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0".to_vec();
        bytes.extend([machine, 0]);
        bytes.extend(needs.as_bytes());
        bytes
    }

    #[test]
    fn a_program_that_lambda_cannot_start_is_refused_before_it_is_uploaded() {
        let refusal = |program: &[u8]| runs_on_lambda(program).unwrap_err().to_string();
        assert!(refusal(b"#!/bin/sh").contains("no Linux program"));
        assert!(refusal(&program(183, "\0GLIBC_2.17\0")).contains("x86-64"));
        assert!(refusal(&program(62, "\0GLIBC_2.2.5\0GLIBC_2.39\0GLIBC_2.17\0")).contains("glibc 2.39"));
        assert!(runs_on_lambda(&program(62, "\0GLIBC_2.34\0GLIBC_2.9\0")).is_ok() && runs_on_lambda(&program(62, "")).is_ok());
    }

    #[test]
    fn what_is_packed_can_be_started_and_is_the_same_for_the_same_content() {
        let folder = tempfile::tempdir().unwrap();
        assert!(layer(folder.path()).unwrap_err().to_string().contains("scripts/setup"));
        let tool = folder.path().join("node_modules/@esbuild/linux-x64");
        std::fs::create_dir_all(&tool).unwrap();
        std::fs::write(tool.join("run"), "x").unwrap();
        std::fs::set_permissions(tool.join("run"), std::fs::Permissions::from_mode(0o755)).unwrap();
        std::fs::write(tool.join("text"), "y").unwrap();
        let foreign = folder.path().join("foreign");
        std::fs::create_dir_all(foreign.join("node_modules/@esbuild/linux-arm64")).unwrap();
        std::fs::write(foreign.join("node_modules/@esbuild/linux-arm64/esbuild"), "x").unwrap();
        assert!(layer(&foreign).unwrap_err().to_string().contains("another processor"));
        let packed = layer(folder.path()).unwrap();
        assert_eq!(packed, layer(folder.path()).unwrap());
        let mut archive = zip::ZipArchive::new(Cursor::new(packed)).unwrap();
        assert_eq!(archive.by_name("node_modules/@esbuild/linux-x64/run").unwrap().unix_mode().map(|mode| mode & 0o777), Some(0o755));
        assert_eq!(archive.by_name("node_modules/@esbuild/linux-x64/text").unwrap().unix_mode().map(|mode| mode & 0o777), Some(0o644));
        let mut archive = zip::ZipArchive::new(Cursor::new(stage(b"program").unwrap())).unwrap();
        assert_eq!(archive.by_name("bootstrap").unwrap().unix_mode().map(|mode| mode & 0o777), Some(0o755));
    }
}
