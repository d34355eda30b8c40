//! What the operator does with quotas, beside an installation that runs; and what it counts, when it ends.

use crate::harness::story::{ORGANIZATION, create_app, notes};
use crate::harness::{Installation, program};
use nix::sys::signal::Signal;
use serde_json::{Value, json};
use std::process::Output;
use tokio::process::Command;

const SETTINGS: [(&str, &str); 2] = [("SLIPFORM_QUOTA_APPS", "1"), ("SLIPFORM_QUOTA_RUNNING_BUILDS", "3")];

async fn quota(installation: &Installation, line: &str) -> Output {
    let mut command = Command::new(program());
    command.arg("quota").args(line.split_whitespace()).env("DATABASE_URL", &installation.database.url).envs(SETTINGS);
    command.output().await.unwrap()
}

#[track_caller]
fn said(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).unwrap()
}

#[tokio::test]
async fn an_operator_sees_and_sets_what_an_organization_may_have_while_it_is_served() {
    let installation = Installation::start_with(&SETTINGS).await;
    let api = installation.client();
    let apps = format!("{ORGANIZATION}/apps");
    create_app(&api, "notes", &notes()).await;
    let refused = api.post(&apps, &json!({ "slug": "todo", "name": "To do" })).await.expect(409);
    assert_eq!(refused["quota"], json!({ "name": "apps", "used": 1, "limit": 1 }));
    let shown = said(&quota(&installation, "show default").await);
    assert!(shown.starts_with("apps            1 of 1 (default)\npreviews        0 of 200 (default)\n"), "{shown}");

    let shown = said(&quota(&installation, "set default apps=2 running-builds=5 storage=1GiB").await);
    assert!(
        shown.contains("apps            1 of 2\n") && shown.contains(" of 1 GiB\n") && shown.contains("requests        1200 a minute (default)\n"),
        "{shown}"
    );
    api.post(&apps, &json!({ "slug": "todo", "name": "To do" })).await.expect(201);
    let shown: Value = serde_json::from_str(&said(&quota(&installation, "--json show default").await)).unwrap();
    assert_eq!(shown["quotas"][2], json!({ "name": "running-builds", "used": 0, "limit": 5, "default": false }));
    let mut owner = installation.database.owner().await;
    let most = "select max_running from queue_organizations w join organizations o on o.id = w.organization_id where o.slug = 'default'";
    let running = async |owner: &mut sqlx::PgConnection| -> i32 { sqlx::query_scalar(most).fetch_one(owner).await.unwrap() };
    assert_eq!(running(&mut owner).await, 5);
    said(&quota(&installation, "set default running-builds=default").await);
    assert_eq!(running(&mut owner).await, 3);

    // The organization reads who set what.
    let lines = api.get(&format!("{ORGANIZATION}/audit?operation=SetQuotas")).await.expect(200);
    let first = &lines["items"][1];
    assert_eq!((&first["actorKind"], &first["actorName"], &first["subjectName"]), (&json!("operator"), &json!("operator"), &json!("default")));
    assert_eq!(first["before"], json!({ "apps": null, "running-builds": null, "storage": null }));
    assert_eq!(first["after"], json!({ "apps": 2, "running-builds": 5, "storage": 1 << 30 }));

    for (line, words) in [("set default disk=1", "there are apps, previews"), ("set default apps=-1", "from 0 to 1000000"), ("show nowhere", "no organization")]
    {
        let refused = quota(&installation, line).await;
        let error = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(!refused.status.success() && error.contains(words), "{line}: {error}");
    }
    installation.stop().await;
}

#[tokio::test]
async fn no_request_is_forgotten_when_the_installation_is_asked_to_end() {
    let mut installation = Installation::start_with(&SETTINGS).await;
    let api = installation.client();
    // The start has asked for something as well.
    let before = api.get(&format!("{ORGANIZATION}/usage")).await.expect(200)["days"][30]["requests"].as_i64().unwrap();
    for _ in 0..40 {
        api.get(&format!("{ORGANIZATION}/apps")).await.expect(200);
    }
    installation.restart(Signal::SIGTERM).await;
    let written: i64 = sqlx::query_scalar("select sum(requests)::bigint from usage_days").fetch_one(&mut installation.database.owner().await).await.unwrap();
    assert!((before + 40..before + 45).contains(&written), "{written} after {before}");

    // What is usual follows the setting, also for an organization that the queue knows already.
    create_app(&installation.client(), "notes", &notes()).await;
    installation.client().post(&format!("{ORGANIZATION}/apps/notes/builds"), &json!({})).await.expect(202);
    let running = async || -> i32 {
        sqlx::query_scalar("select max_running from queue_organizations").fetch_one(&mut installation.database.owner().await).await.unwrap()
    };
    assert_eq!(running().await, 3);
    let quotas = slipform::domain::quotas::Quotas { apps: 1, previews: 1, running_builds: 4, waiting_builds: 1, storage: 1, requests: 10 };
    let url = slipform::config::Secret::new(&installation.database.url);
    slipform::boot::database::set_usual(&url, &quotas).await.unwrap();
    assert_eq!(running().await, 4);
    installation.stop().await;
}
