//! What an operator reads of an account, and what a script does.

use super::emulator::{ACCOUNT, DOMAIN, Emulator, STACK, zone};
use serde_json::Value;

#[tokio::test(flavor = "multi_thread")]
async fn the_doctor_tells_what_is_wrong_with_an_account_and_fails_while_anything_is() {
    let emulator = Emulator::start().await;
    let read = emulator.doctor(&["--json"]);
    assert_eq!(read.status.code(), Some(1), "{}", String::from_utf8_lossy(&read.stderr));
    let findings: Value = serde_json::from_slice(&read.stdout).unwrap();
    assert_eq!(findings[1]["name"], "stack", "{findings:#}");
    assert_eq!((&findings[1]["state"], &findings[1]["advice"]), (&"problem".into(), &"Run `slipform aws bootstrap`.".into()), "{findings:#}");

    // Once it is done, the certificate is what is missing still.
    let done = emulator.bootstrap(ACCOUNT, STACK, DOMAIN, &zone(&emulator.account, DOMAIN).await, &[]);
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let read = emulator.doctor(&[]);
    assert_eq!(read.status.code(), Some(1), "{}", String::from_utf8_lossy(&read.stderr));
    let text = String::from_utf8(read.stdout).unwrap();
    let problems: Vec<&str> = text.lines().filter(|line| line.starts_with("PROBLEM")).collect();
    assert!(matches!(problems.as_slice(), [one] if one.contains("certificate")), "{text}");
    assert!(text.contains("Problems: 1."), "{text}");
}
