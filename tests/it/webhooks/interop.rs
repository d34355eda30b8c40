//! Public libraries of others verify what Slipform signs.

use super::receiver::{Received, Receiver};
use super::{MESSAGE, guard, networks};
use crate::harness::checkout;
use slipform::domain::destination::Destination;
use slipform::domain::sign::Secret;
use slipform::jobs::webhooks::send::send;
use std::process::Stdio;
use tokio::io::AsyncWriteExt as _;

/// A delivery signed with these, as it arrived.
async fn delivered(secrets: &[Secret]) -> Received {
    let receiver = Receiver::saying("204 No Content", "").await;
    let allowed = networks("127.0.0.1");
    let destination = Destination::parse(&receiver.url("/"), &allowed).unwrap();
    let attempt = send(&guard(&allowed, &[&[]]), &destination, MESSAGE, secrets, chrono::Utc::now()).await;
    assert_eq!(attempt.status, Some(204));
    receiver.received().remove(0)
}

/// The deliveries that each library is shown, and whether they are good.
async fn cases() -> Vec<(&'static str, Secret, Received, bool)> {
    let (old, new, stranger) = (Secret::generate(), Secret::generate(), Secret::generate());
    let (short, long) = ("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", format!("whsec_{}", ["Zm9vYmFy"; 10].concat()));
    let both = delivered(&[new.clone(), old.clone()]).await;
    let changed = Received { body: both.body.replace("test", "text"), ..both.clone() };
    let mut cases = vec![
        ("the new secret of a rotation", new.clone(), both.clone(), true),
        ("the old secret of a rotation", old, both.clone(), true),
        ("another secret", stranger, both, false),
        ("another body", new, changed, false),
    ];
    for text in [short, &long] {
        let secret: Secret = text.parse().unwrap();
        let received = delivered(std::slice::from_ref(&secret)).await;
        cases.push(("a secret of another length", secret, received, true));
    }
    cases
}

#[tokio::test]
async fn the_library_for_rust_verifies_deliveries() {
    for (name, secret, received, good) in cases().await {
        let headers = received.headers.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect();
        let verified = standardwebhooks::Webhook::new(&secret.reveal()).unwrap().verify(received.body.as_bytes(), &headers);
        assert_eq!(verified.is_ok(), good, "{name}: {verified:?}");
    }
}

#[tokio::test]
async fn the_library_for_python_verifies_deliveries() {
    verified_by("python3", "tests/webhooks/verify.py", ("PYTHONPATH", ".tools/standardwebhooks")).await;
}

#[tokio::test]
async fn the_library_for_javascript_verifies_deliveries() {
    verified_by("node", "tests/webhooks/verify.mjs", ("NODE_PATH", "tests/webhooks/node_modules")).await;
}

async fn verified_by(program: &str, script: &str, modules: (&str, &str)) {
    for (name, secret, received, good) in cases().await {
        verify(program, script, modules, &secret.reveal(), &received, good).await.unwrap_or_else(|said| panic!("{name}: {said}"));
    }
}

/// Shows a delivery to each of the three libraries; fails the test if one of them does not find it as it should be.
pub async fn everybody_verifies(secret: &str, received: &Received, good: bool) {
    let headers = received.headers.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect();
    let verified = standardwebhooks::Webhook::new(secret).unwrap().verify(received.body.as_bytes(), &headers);
    assert_eq!(verified.is_ok(), good, "{verified:?}");
    for (program, script, modules) in [
        ("python3", "tests/webhooks/verify.py", ("PYTHONPATH", ".tools/standardwebhooks")),
        ("node", "tests/webhooks/verify.mjs", ("NODE_PATH", "tests/webhooks/node_modules")),
    ] {
        verify(program, script, modules, secret, received, good).await.unwrap_or_else(|said| panic!("{program}: {said}"));
    }
}

async fn verify(program: &str, script: &str, (variable, folder): (&str, &str), secret: &str, received: &Received, good: bool) -> Result<(), String> {
    let root = checkout();
    let headers: serde_json::Map<_, _> = received.headers.iter().map(|(name, value)| (name.clone(), value.clone().into())).collect();
    let delivery = serde_json::json!({ "secret": secret, "headers": headers, "body": received.body });
    let mut command = tokio::process::Command::new(program);
    command.arg(root.join(script)).env(variable, root.join(folder)).stdin(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(delivery.to_string().as_bytes()).await.unwrap();
    let output = child.wait_with_output().await.unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    let expected = output.status.code() == Some(i32::from(!good)) && (good || said.contains("not verified"));
    if expected { Ok(()) } else { Err(format!("{}: {said}", output.status)) }
}
