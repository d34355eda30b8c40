//! Requests that nobody has thought of: schemathesis makes them of the OpenAPI document, and tells whole stories by its links.

use crate::api::oidc::issuer::{AUDIENCE, Issuer, Signer};
use crate::harness::{Installation, checkout};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use tokio::process::Command;

/// As one of those who may send them. `FUZZ_EXAMPLES` (`make fuzz-api`) makes a short look a long one; the reports stay in target/.
async fn sends_requests(who: &str, more: &[(&str, &str)], certificate: Option<&Certificate>) {
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
    let reports: PathBuf = checkout().join("target/fuzz-api").join(who);
    let _ = std::fs::remove_dir_all(&reports);
    std::fs::create_dir_all(&reports).unwrap();
    let log = reports.join("server.log");
    let installation = Installation::start_logged(&[&settings, more].concat(), &log).await;
    let id_token = |subject: u32| {
        let mut claims = issuer.claims(&subject.to_string());
        claims["exp"] = json!(claims["iat"].as_u64().unwrap() + 86_400);
        signer.sign(&claims)
    };
    let id_tokens: Vec<String> = (0..5).map(id_token).collect();
    let text = |pointer: &str| installation.ready.pointer(pointer).and_then(Value::as_str).unwrap_or_else(|| panic!("{}", installation.ready)).to_owned();
    let mut run = Command::new(checkout().join("tests/openapi/fuzz/run"));
    run.arg(std::env::var("FUZZ_EXAMPLES").unwrap_or_else(|_| "8".into()));
    run.env("SLIPFORM_API", text("/api")).env("SLIPFORM_EMAIL", text("/credentials/email")).env("SLIPFORM_PASSWORD", text("/credentials/password"));
    run.env("SLIPFORM_ID_TOKENS", id_tokens.join(" "));
    if who == "token" {
        run.env("SLIPFORM_TOKEN", text("/token"));
    }
    if let Some(certificate) = certificate {
        run.env("SLIPFORM_CERTIFICATE", &certificate.chain).env("SLIPFORM_CERTIFICATE_KEY", &certificate.key);
    }
    let done = run.env("SLIPFORM_REPORTS", &reports).kill_on_drop(true).output().await.unwrap();
    let (said, complained) = (String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
    assert!(done.status.success(), "`scripts/setup --tests` installs what is missing; {} has every request\n{said}{complained}", reports.display());
    installation.stop().await;
    holds_no_fault(&log);
}

/// A fault of Slipform that no answer has shown: what goes wrong behind the answers is tried again, perhaps with success.
fn holds_no_fault(log: &Path) {
    let text = std::fs::read_to_string(log).unwrap();
    let faults: Vec<&str> = text.lines().filter(|line| line.contains(" ERROR ") || line.contains("panicked at")).collect();
    assert!(faults.is_empty(), "{} of {} lines in {}:\n{}", faults.len(), text.lines().count(), log.display(), faults.join("\n"));
}

/// One for every domain that the requests add.
struct Certificate {
    chain: String,
    key: String,
}

impl Certificate {
    fn new() -> Self {
        let made = rcgen::generate_simple_self_signed(["*.example.com".to_owned()]).unwrap();
        Self { chain: made.cert.pem(), key: made.signing_key.serialize_pem() }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_of_a_person_are_answered_as_documented() {
    sends_requests("person", &[], None).await;
}

/// Where live apps are reached by TLS, and the API under a name.
#[tokio::test(flavor = "multi_thread")]
async fn requests_of_a_token_are_answered_as_documented() {
    let folder = checkout().join("tests/it/machine");
    let [edge, key] = ["certificate.pem", "key.pem"].map(|file| folder.join(file).display().to_string());
    let settings = [("SLIPFORM_EDGE_TLS_CERT", edge.as_str()), ("SLIPFORM_EDGE_TLS_KEY", &key), ("SLIPFORM_PUBLIC_URL", "https://slipform.example.com")];
    sends_requests("token", &settings, Some(&Certificate::new())).await;
}
