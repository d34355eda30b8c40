//! Requests that nobody has thought of: schemathesis makes them of the OpenAPI document, and tells whole stories by its links.

use crate::api::oidc::issuer::{AUDIENCE, Issuer, Signer};
use crate::harness::{Installation, checkout};
use serde_json::{Value, json};
use std::path::PathBuf;
use tokio::process::Command;

/// As one of those who may send them. `FUZZ_EXAMPLES` (`make fuzz-api`) makes a short look a long one; the reports stay in target/.
async fn sends_requests(who: &str) {
    let signer = Signer::elliptic("1");
    let issuer = Issuer::start(&[&signer]).await;
    let trusted = json!([{ "issuer": issuer.name(), "audience": AUDIENCE }]).to_string();
    let settings = [
        ("SLIPFORM_REQUESTS_PER_MINUTE", "1000000"),
        ("SLIPFORM_RELEASES", "100"),
        ("SLIPFORM_TRUSTED_PROXIES", "127.0.0.1"),
        ("SLIPFORM_QUOTA_APPS", "10000"),
        ("SLIPFORM_QUOTA_PREVIEWS", "10000"),
        ("SLIPFORM_WEBHOOK_NETWORKS", "127.0.0.1"),
        ("SLIPFORM_OIDC_ISSUERS", &trusted),
    ];
    let installation = Installation::start_with(&settings).await;
    let id_token = |subject: u32| {
        let mut claims = issuer.claims(&subject.to_string());
        claims["exp"] = json!(claims["iat"].as_u64().unwrap() + 86_400);
        signer.sign(&claims)
    };
    let id_tokens: Vec<String> = (0..5).map(id_token).collect();
    let text = |pointer: &str| installation.ready.pointer(pointer).and_then(Value::as_str).unwrap_or_else(|| panic!("{}", installation.ready)).to_owned();
    let reports: PathBuf = checkout().join("target/fuzz-api").join(who);
    let _ = std::fs::remove_dir_all(&reports);
    let mut run = Command::new(checkout().join("tests/openapi/fuzz/run"));
    run.arg(std::env::var("FUZZ_EXAMPLES").unwrap_or_else(|_| "8".into()));
    run.env("SLIPFORM_API", text("/api")).env("SLIPFORM_EMAIL", text("/credentials/email")).env("SLIPFORM_PASSWORD", text("/credentials/password"));
    run.env("SLIPFORM_ID_TOKENS", id_tokens.join(" "));
    if who == "token" {
        run.env("SLIPFORM_TOKEN", text("/token"));
    }
    let done = run.env("SLIPFORM_REPORTS", &reports).kill_on_drop(true).output().await.unwrap();
    let (said, complained) = (String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
    assert!(done.status.success(), "`scripts/setup --tests` installs what is missing; {} has every request\n{said}{complained}", reports.display());
    installation.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_of_a_person_are_answered_as_documented() {
    sends_requests("person").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_of_a_token_are_answered_as_documented() {
    sends_requests("token").await;
}
