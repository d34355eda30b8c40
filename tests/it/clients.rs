//! Clients that public generators make of the OpenAPI document: they compile, and each drives a build from sign-in to rollback.

use crate::harness::story::notes;
use crate::harness::{Installation, checkout};
use serde_json::Value;
use tokio::process::Command;

/// Generates a client, compiles it, and lets it build `app` in an installation.
async fn drives_a_build(client: &str) {
    let installation = Installation::start().await;
    let design = installation.home().join("notes.json");
    std::fs::write(&design, notes().to_string()).unwrap();
    let text = |pointer: &str| installation.ready.pointer(pointer).and_then(Value::as_str).unwrap_or_else(|| panic!("{}", installation.ready)).to_owned();
    let mut run = Command::new(checkout().join("tests/clients/run"));
    run.arg(client).env("SLIPFORM_API", text("/api")).env("SLIPFORM_DESIGN", design).env("SLIPFORM_APP", client);
    run.env("SLIPFORM_EMAIL", text("/credentials/email")).env("SLIPFORM_PASSWORD", text("/credentials/password"));
    // Beside everything else that is compiled, and not thrown away with the client.
    run.env("CARGO_TARGET_DIR", checkout().join("target/clients")).kill_on_drop(true);
    let done = run.output().await.unwrap();
    let (said, complained) = (String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
    assert!(done.status.success(), "{client}: `scripts/setup --tests` installs what is missing\n{said}{complained}");
    let told: Value = said.lines().last().and_then(|line| serde_json::from_str(line).ok()).unwrap_or_else(|| panic!("{said}{complained}"));
    assert!(told.is_object(), "{told}");
    let releases = installation.client().get(&format!("/v1/organizations/default/apps/{client}/environments/production/releases")).await.expect(200);
    let live: Vec<(&Value, &Value)> = releases["items"].as_array().unwrap().iter().map(|release| (&release["number"], &release["live"])).collect();
    assert_eq!(live, [(&Value::from(2), &Value::from(false)), (&Value::from(1), &Value::from(true))], "built twice, and back");
    installation.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_in_typescript_drives_a_build() {
    drives_a_build("typescript").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_in_python_drives_a_build() {
    drives_a_build("python").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_in_rust_drives_a_build() {
    drives_a_build("rust").await;
}
