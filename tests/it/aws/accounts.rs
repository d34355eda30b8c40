//! An organization's own account.

use super::ecs::Ecs;
use super::emulator::{ACCOUNT, Emulator, STACK};
use super::story::{delete_app, installation, left, visitor};
use crate::harness::story::{ORGANIZATION, build, create_app, log_of, notes, push};
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

    let other = emulator.another(OTHER, STACK, "ours.example.test", added["externalId"].as_str().unwrap()).await;
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

#[tokio::test(flavor = "multi_thread")]
async fn a_second_stack_in_one_account_takes_further_apps() {
    let emulator = Emulator::bootstrapped().await;
    let installation = installation(&emulator).await;
    let api = installation.client();
    let wish = json!({ "name": "more", "region": "eu-central-1", "stack": "more", "domain": "more.example.test",
        "roleArn": format!("arn:aws:iam::{ACCOUNT}:role/more-control-plane") });
    let added = api.post(&format!("{ORGANIZATION}/accounts"), &wish).await.expect(201);
    let account = emulator.another(ACCOUNT, "more", "more.example.test", added["externalId"].as_str().unwrap()).await;
    let _ecs = Ecs::play(&emulator);

    create_app(&api, "notes", &notes()).await;
    let further = json!({ "slug": "further", "name": "Further", "account": "more" });
    api.post(&format!("{ORGANIZATION}/apps"), &further).await.expect(201);
    push(&api, "further", &notes()).await;
    for (app, url) in [("notes", "https://notes.apps.example.test"), ("further", "https://further.more.example.test")] {
        let done = build(&api, app, "production").await;
        assert_eq!((&done["state"], &done["url"]), (&json!("succeeded"), &json!(url)), "{}", log_of(&api, app, &done).await);
    }
    // Each has its own of what has a limit.
    let rules = async |stack: &str| {
        let outputs = slipform_aws::foundation::outputs(&account, stack).await.unwrap();
        let found = account.elb.describe_rules().listener_arn(&outputs["ListenerArn"]).send().await.unwrap().rules.unwrap();
        found.iter().filter(|rule| rule.is_default() != Some(true)).count()
    };
    assert_eq!((rules(STACK).await, rules("more").await), (1, 1));

    delete_app(&api, "further").await;
    assert_eq!((rules(STACK).await, rules("more").await), (1, 0));
    delete_app(&api, "notes").await;
    assert_eq!(left(&emulator, &account).await, Vec::<String>::new());
    installation.stop().await;
}
