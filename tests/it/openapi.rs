//! The OpenAPI document as programs see it: a public linter finds nothing in it, and clients that were made for the last release still fit.

use crate::harness::checkout;
use std::path::Path;
use std::process::Command;

fn run(command: &mut Command) -> String {
    let done = command.output().expect("it starts: `scripts/setup --tests` installs what is missing");
    let said = format!("{}{}", String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
    assert!(done.status.success(), "{command:?}\n{said}");
    said
}

fn python(program: &str, arguments: &[&Path]) -> String {
    run(Command::new("python3").arg(checkout().join("tests/openapi/breaking").join(program)).args(arguments))
}

#[test]
fn a_linter_finds_nothing() {
    let folder = checkout().join("tests/openapi/lint");
    let mut spectral = Command::new("node");
    spectral.arg("node_modules/@stoplight/spectral-cli/dist/index.js").args(["lint", "../../../openapi/control-plane.json", "--ruleset", "ruleset.yaml"]);
    run(spectral.arg("--fail-severity=hint").current_dir(folder));
}

/// `make openapi-baseline` makes today's document the one that must not be broken; then say what breaks in CHANGELOG.md.
#[test]
fn clients_that_were_made_for_the_baseline_still_fit() {
    let openapi = checkout().join("openapi");
    python("rules.py", &[&openapi.join("baseline.json"), &openapi.join("control-plane.json")]);
}

#[test]
fn breakages_that_are_planted_are_found_and_what_is_compatible_is_not_refused() {
    let folder = tempfile::tempdir().unwrap();
    python("plant.py", &[&checkout().join("openapi/control-plane.json"), folder.path()]);
    let said = python("rules.py", &[Path::new("--plants"), folder.path()]);
    assert!(said.lines().count() > 100 && said.ends_with("0 wrong\n"), "{said}");
}
