//! How an operator prepares an account.

use super::emulator::{ACCOUNT, DOMAIN, Emulator, STACK, zone};

#[tokio::test(flavor = "multi_thread")]
async fn an_account_is_prepared_again_without_a_change_and_follows_a_new_binary() {
    let emulator = Emulator::start().await;
    let zone = zone(&emulator.account, DOMAIN).await;
    let told = |done: &std::process::Output| format!("{}\n{}", String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
    let first = emulator.bootstrap(ACCOUNT, STACK, DOMAIN, &zone, &[]);
    assert!(first.status.success() && told(&first).contains("ControlPlanePolicy"), "{}", told(&first));
    let before = slipform_aws::foundation::outputs(&emulator.account, "slipform").await.unwrap();
    assert!(before["StageCodeKey"].starts_with("stage/") && before["StewardFunction"].contains("steward"), "{before:#?}");

    let again = emulator.bootstrap(ACCOUNT, STACK, DOMAIN, &zone, &[]);
    assert!(again.status.success(), "{}", told(&again));
    assert_eq!(slipform_aws::foundation::outputs(&emulator.account, "slipform").await.unwrap(), before);

    // Parameters that are not named stay as they are; a new program gets a new name.
    emulator.change_stage_binary();
    let newer = emulator.bootstrap(ACCOUNT, STACK, DOMAIN, &zone, &["--parameter", "LogRetentionDays=7"]);
    assert!(newer.status.success(), "{}", told(&newer));
    let after = slipform_aws::foundation::outputs(&emulator.account, "slipform").await.unwrap();
    assert_eq!((after["LogRetentionDays"].as_str(), &after["DatabasePort"]), ("7", &before["DatabasePort"]));
    assert_ne!(after["StageCodeKey"], before["StageCodeKey"]);

    let wrong = emulator.bootstrap(ACCOUNT, STACK, DOMAIN, &zone, &["--stage-binary", "/nowhere"]);
    assert!(!wrong.status.success() && told(&wrong).contains("cannot be used multiple times"), "{}", told(&wrong));
}
