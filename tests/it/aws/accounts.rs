//! An organization's own account.

use super::ecs::Ecs;
use super::emulator::{ACCOUNT, Emulator};
use super::story::{delete_app, installation, left, visitor};
use crate::harness::story::{ORGANIZATION, build, create_app, log_of, notes};
use serde_json::json;

const OTHER: &str = "444455556666";

#[tokio::test(flavor = "multi_thread")]
async fn an_app_comes_up_in_its_organizations_own_account_and_in_no_other() {
    let emulator = Emulator::bootstrapped().await;
    let installation = installation(&emulator).await;
    let api = installation.client();

    // The account is added first: its owner needs the external id for the role.
    let wish = json!({ "name": "ours", "region": "eu-central-1", "domain": "ours.example.test", "default": true,
        "roleArn": format!("arn:aws:iam::{OTHER}:role/slipform-control-plane") });
    let added = api.post(&format!("{ORGANIZATION}/accounts"), &wish).await.expect(201);
    create_app(&api, "notes", &notes()).await;
    let early = build(&api, "notes", "production").await;
    assert!(early["state"] == "failed" && early["error"]["code"].as_str().unwrap().starts_with("aws-"), "nobody has prepared it: {early:#}");

    let other = emulator.another(OTHER, "ours.example.test", added["externalId"].as_str().unwrap()).await;
    let _ecs = Ecs::play_in(&emulator, &other);
    let done = build(&api, "notes", "production").await;
    assert_eq!((&done["state"], &done["url"]), (&json!("succeeded"), &json!("https://notes.ours.example.test")), "{}", log_of(&api, "notes", &done).await);
    let site = visitor(&emulator, &other).await;
    // The emulator takes the account whose things are asked for from the credentials of a request.
    let theirs = |path: &str| format!("{path}?X-Amz-Credential={OTHER}/20260101/eu-central-1/cloudfront/aws4_request");
    assert!(site.get(&theirs("/")).await.expect_text(200).contains("<title>Notes"));
    assert_eq!(site.get(&theirs("/api/health")).await.expect(200)["status"], "ok");
    assert_eq!(
        left(&emulator, &emulator.account).await.iter().filter(|name| name.contains("slf-")).filter(|name| !name.starts_with('/')).count(),
        0,
        "in {ACCOUNT}"
    );
    assert!(left(&emulator, &other).await.len() > 15);

    delete_app(&api, "notes").await;
    assert_eq!(left(&emulator, &other).await, Vec::<String>::new());
    api.delete(&format!("{ORGANIZATION}/accounts/ours")).await.expect(204);
    installation.stop().await;
}
