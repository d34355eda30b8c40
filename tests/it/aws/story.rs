//! The whole path on AWS, as its users walk it.

use super::ecs::Ecs;
use super::emulator::{ACCOUNT, Emulator, REGION};
use crate::harness::postgres::server_url;
use crate::harness::story::{ORGANIZATION, build, create_app, finished, log_of, notes, push, sign_up};
use crate::harness::{Client, Installation, eventually};
use serde_json::{Value, json};
use slipform_aws::Account;
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _};
use std::collections::BTreeMap;

/// An installation whose apps run on an emulator.
pub async fn installation(emulator: &Emulator) -> Installation {
    let mut settings = emulator.settings();
    settings.push(("SLIPFORM_TARGET".into(), "aws".into()));
    let settings: Vec<(&str, &str)> = settings.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    Installation::start_with(&settings).await
}

/// A visitor, who comes through CloudFront.
pub async fn visitor(emulator: &Emulator, account: &Account) -> Client {
    let found = account.cloudfront.list_distributions().send().await.unwrap();
    let domain = found.distribution_list.unwrap().items.unwrap()[0].domain_name.clone();
    Client::behind(&emulator.endpoint, &domain)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_design_becomes_a_live_app_on_aws_that_changes_goes_back_and_leaves_nothing() {
    let emulator = Emulator::bootstrapped().await;
    let ecs = Ecs::play(&emulator);
    let installation = installation(&emulator).await;
    let api = installation.client();

    let app = create_app(&api, "notes", &notes()).await;
    assert_eq!((&app["target"], &app["url"]), (&json!("aws"), &json!("https://notes.apps.example.test")));
    let first = build(&api, "notes", "production").await;
    let log = log_of(&api, "notes", &first).await;
    assert_eq!(first["state"], "succeeded", "{first:#}\n{log}\n{}", emulator.log());
    for line in ["Ready: function", "Wrote the interface", "esbuild, server", "Applied migration", "Copied", "The new server is healthy", "It is healthy"] {
        assert!(log.contains(line), "{line}: {log}");
    }

    // Its code and its log are read from where they are.
    let production = format!("{ORGANIZATION}/apps/notes/environments/production");
    let code = api.get(&format!("{production}/releases/1/code")).await;
    assert!(code.expect_text(200).starts_with("PK"));
    assert_eq!(code.headers["content-disposition"], "attachment; filename=\"notes-1.zip\"");
    let logs = format!("{production}/logs");
    assert_eq!(api.get(&logs).await.expect_text(200), "", "nothing has been written yet");
    write_log(&emulator, "listening").await;
    assert_eq!(api.get(&logs).await.expect_text(200), "{\"line\":\"listening\"}\n");
    let mut following = api.request(reqwest::Method::GET, &format!("{logs}?follow=true&lines=1")).send().await.unwrap();
    assert_eq!(following.chunk().await.unwrap().unwrap(), "{\"line\":\"listening\"}\n");
    write_log(&emulator, "a second line").await;
    assert_eq!(following.chunk().await.unwrap().unwrap(), "{\"line\":\"a second line\"}\n");
    drop(following);

    // A record is made through the public address.
    let site = visitor(&emulator, &emulator.account).await;
    assert!(site.get("/").await.expect_text(200).contains("<title>Notes"));
    assert!(site.get("/notes/new").await.expect_text(200).contains("<title>Notes"), "every address of the interface leads to its page");
    site.post("/api/notes", &json!({ "title": "Milk" })).await.expect(401);
    let ada = sign_up(&site, "Ada").await;
    let milk = ada.post("/api/notes", &json!({ "title": "Milk", "rank": 5 })).await.expect(201);
    let path = format!("/api/notes/{}", milk["id"].as_str().unwrap());

    // An update renames a field and adds another.
    let mut changed = notes();
    changed["entities"][0]["fields"][1]["name"] = json!("priority");
    changed["entities"][0]["fields"].as_array_mut().unwrap().push(json!({ "id": "f-done", "name": "done", "type": "boolean", "default": false }));
    push(&api, "notes", &changed).await;
    let second = while_the_database_waits(&api, "Done to Note.").await;
    assert_eq!(second["state"], "succeeded", "{second:#}\n{}", log_of(&api, "notes", &second).await);
    assert_eq!(ada.get(&path).await.expect(200)["priority"], 5);
    assert_eq!(ecs.started().len(), 2);

    // Another one changes a page alone: no server is started for it.
    changed["pages"][0]["title"] = json!("All notes");
    push(&api, "notes", &changed).await;
    let third = build(&api, "notes", "production").await;
    let log = log_of(&api, "notes", &third).await;
    assert!(third["state"] == "succeeded" && log.contains("only the interface is switched"), "{third:#}\n{log}");
    assert_eq!(ecs.started().len(), 2);
    assert_eq!(ada.get(&path).await.expect(200)["priority"], 5);

    // And goes back.
    let back = api.post(&format!("{ORGANIZATION}/apps/notes/environments/production/rollback"), &json!({ "release": 1 })).await.expect(202);
    let back = finished(&api, "notes", &back).await;
    assert_eq!(back["state"], "succeeded", "{back:#}\n{}", log_of(&api, "notes", &back).await);
    assert_eq!(ada.get(&path).await.expect(200)["rank"], 5);
    assert_eq!(ecs.started().len(), 3);

    // The app is deleted, and nothing is left of it.
    delete_app(&api, "notes").await;
    let mut owner = installation.database.owner().await;
    let rows: i64 = sqlx::query_scalar("select count(*) from resources").fetch_one(&mut owner).await.unwrap();
    assert_eq!((rows, left(&emulator, &emulator.account).await), (0, Vec::<String>::new()));
    installation.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_on_aws_answers_at_a_domain_of_its_owners_own() {
    let emulator = Emulator::bootstrapped().await;
    let _ecs = Ecs::play(&emulator);
    let installation = installation(&emulator).await;
    let api = installation.client();
    create_app(&api, "notes", &notes()).await;
    let domains = format!("{ORGANIZATION}/apps/notes/environments/production/domains");
    let own = api.post(&domains, &json!({ "name": "shop.apps.example.test" })).await.expect(422);
    assert!(own["detail"].as_str().unwrap().contains("given by this installation"), "{own}");
    let given = api.post(&domains, &json!({ "name": "www.example.com", "certificate": "-", "privateKey": "-" })).await.expect(422);
    assert!(given["detail"].as_str().unwrap().contains("requested and renewed by Slipform"), "{given}");

    // It waits until there is something to which it can lead.
    let path = format!("{domains}/www.example.com");
    api.post(&domains, &json!({ "name": "www.example.com" })).await.expect(201);
    let is = async |state: &str, word: &str| {
        eventually(&format!("it is {state}: {word}"), 30, async || {
            let domain = api.get(&path).await.expect(200);
            (domain["state"] == state && domain.to_string().contains(word)).then_some(domain)
        })
        .await
    };
    is("pending", "build the app").await;
    let built = build(&api, "notes", "production").await;
    assert_eq!(built["state"], "succeeded", "{built:#}\n{}", log_of(&api, "notes", &built).await);
    let domain = is("active", "validation").await;
    let distribution = emulator.account.cloudfront.list_distributions().send().await.unwrap().distribution_list.unwrap().items.unwrap().remove(0);
    assert_eq!(domain["records"][0], json!({ "name": "www.example.com", "type": "CNAME", "value": distribution.domain_name, "purpose": "address" }));
    assert!(domain["expiresAt"].is_string(), "{domain}");
    let aliases = async || {
        let found = emulator.account.cloudfront.get_distribution_config().id(&distribution.id).send().await.unwrap();
        let mut aliases = found.distribution_config.unwrap().aliases.unwrap().items.unwrap_or_default();
        aliases.sort();
        aliases
    };
    assert_eq!(aliases().await, ["notes.apps.example.test", "www.example.com"]);

    // A person signs up from a page of that domain; a later build keeps it.
    let site = visitor(&emulator, &emulator.account).await;
    let person = json!({ "name": "Ada", "email": "ada@example.com", "password": "correct horse battery" });
    let sign_up = |place: &str| {
        let request = site.request(reqwest::Method::POST, "/api/auth/sign-up").json(&person);
        request.header("origin", "https://www.example.com").header("sec-fetch-site", place)
    };
    site.send(sign_up("cross-site")).await.expect(403);
    site.send(sign_up("same-origin")).await.expect(201);
    let mut changed = notes();
    changed["pages"][0]["title"] = json!("All notes");
    push(&api, "notes", &changed).await;
    assert_eq!(build(&api, "notes", "production").await["state"], "succeeded");
    assert_eq!(aliases().await, ["notes.apps.example.test", "www.example.com"]);

    // It is removed, another is added, and the app is deleted with it.
    api.delete(&path).await.expect(202);
    eventually("the domain is gone", 30, async || (api.get(&path).await.status == 404).then_some(())).await;
    assert_eq!(aliases().await, ["notes.apps.example.test"]);
    api.post(&domains, &json!({ "name": "www.example.com" })).await.expect(201);
    is("active", "validation").await;
    delete_app(&api, "notes").await;
    let mut owner = installation.database.owner().await;
    let rows: i64 = sqlx::query_scalar("select (select count(*) from resources) + (select count(*) from domains)").fetch_one(&mut owner).await.unwrap();
    assert_eq!((rows, left(&emulator, &emulator.account).await), (0, Vec::<String>::new()));
    installation.stop().await;
}

/// As ECS does for a server that writes a line. By hand: the types of the client are its own crate's, which the tests do not name.
async fn write_log(emulator: &Emulator, line: &str) {
    let groups = emulator.account.logs.describe_log_groups().send().await.unwrap().log_groups.unwrap_or_default();
    let group = groups.into_iter().filter_map(|group| group.log_group_name).find(|name| name.ends_with("/server")).unwrap();
    let (stream, now) = (uuid::Uuid::new_v4().to_string(), chrono::Utc::now().timestamp_millis());
    let events = json!([{ "timestamp": now, "message": line }]);
    for (call, body) in [
        ("CreateLogStream", json!({ "logGroupName": group, "logStreamName": stream })),
        ("PutLogEvents", json!({ "logGroupName": group, "logStreamName": stream, "logEvents": events })),
    ] {
        let post = reqwest::Client::builder().no_proxy().build().unwrap().post(&emulator.endpoint);
        let signed = format!("AWS4-HMAC-SHA256 Credential={ACCOUNT}/20260101/{REGION}/logs/aws4_request, SignedHeaders=host, Signature=0");
        let post = post.header("authorization", signed).header("content-type", "application/x-amz-json-1.1");
        let answer = post.header("x-amz-target", format!("Logs_20140328.{call}")).body(body.to_string()).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{call}");
    }
}

/// Builds while the database stage waits for a table that is kept busy, and reads in the build's log what the function says meanwhile.
async fn while_the_database_waits(api: &Client, line: &str) -> Value {
    let environment = api.get(&format!("{ORGANIZATION}/apps/notes/environments/production")).await.expect(200);
    let name = environment["id"].as_str().unwrap().replace('-', "");
    let options: PgConnectOptions = server_url().parse().unwrap();
    let mut busy = options.database(&format!("app_{name}")).connect().await.unwrap();
    let mut lock = busy.begin().await.unwrap();
    sqlx::raw_sql("lock table notes in access share mode").execute(&mut *lock).await.unwrap();
    let build = api.post(&format!("{ORGANIZATION}/apps/notes/builds"), &json!({ "environment": "production" })).await.expect(202);
    let log = eventually("the function says what it will do", 30, async || {
        let log = log_of(api, "notes", &build).await;
        log.contains(line).then_some(log)
    })
    .await;
    assert!(!log.contains("Applied migration 0002") && !log.contains("Trying again"), "{log}");
    lock.rollback().await.unwrap();
    let ended = finished(api, "notes", &build).await;
    let log = log_of(api, "notes", &ended).await;
    assert_eq!(log.matches(line).count(), 1, "told once: {log}");
    ended
}

pub async fn delete_app(api: &Client, slug: &str) {
    let path = format!("{ORGANIZATION}/apps/{slug}");
    let tag = api.get(&path).await.headers["etag"].to_str().unwrap().to_owned();
    api.send(api.request(reqwest::Method::DELETE, &path).header("if-match", tag)).await.expect(202);
    eventually("the app is gone", 60, async || (api.get(&path).await.status == 404).then_some(())).await;
}

/// What an account still has of apps.
pub async fn left(emulator: &Emulator, account: &Account) -> Vec<String> {
    there(emulator, account).await.into_values().flatten().collect()
}

/// What an account has of apps, service by service.
pub async fn there(emulator: &Emulator, account: &Account) -> BTreeMap<&'static str, Vec<String>> {
    let mut all = BTreeMap::new();
    let mut found = |kind, names: Vec<String>| {
        let ours = |name: &String| name.starts_with("slf-") || name.starts_with("slipform/slipform/") || name.contains("/slf-");
        all.insert(kind, names.into_iter().filter(ours).collect::<Vec<_>>());
    };
    let functions = account.lambda.list_functions().send().await.unwrap().functions.unwrap_or_default();
    found("functions", functions.into_iter().filter_map(|function| function.function_name).collect());
    found("roles", account.iam.list_roles().send().await.unwrap().roles.into_iter().map(|role| role.role_name).collect());
    let buckets = account.s3.list_buckets().send().await.unwrap().buckets.unwrap_or_default();
    found("buckets", buckets.into_iter().filter_map(|bucket| bucket.name).collect());
    let secrets = account.secrets.list_secrets().send().await.unwrap().secret_list.unwrap_or_default();
    found("secrets", secrets.into_iter().filter_map(|secret| secret.name).collect());
    let groups = account.logs.describe_log_groups().send().await.unwrap().log_groups.unwrap_or_default();
    found("log groups", groups.into_iter().filter_map(|group| group.log_group_name).collect());
    let alarms = account.cloudwatch.describe_alarms().send().await.unwrap().metric_alarms.unwrap_or_default();
    found("alarms", alarms.into_iter().filter_map(|alarm| alarm.alarm_name).collect());
    let groups = account.elb.describe_target_groups().send().await.unwrap().target_groups.unwrap_or_default();
    found("target groups", groups.into_iter().filter_map(|group| group.target_group_name).collect());
    found("task definitions", account.ecs.list_task_definitions().send().await.unwrap().task_definition_arns.unwrap_or_default());
    let distributions = account.cloudfront.list_distributions().send().await.unwrap().distribution_list.and_then(|list| list.items).unwrap_or_default();
    found("distributions", distributions.into_iter().map(|distribution| distribution.comment).collect());
    let points = account.efs.describe_access_points().send().await.unwrap().access_points.unwrap_or_default();
    found("access points", points.into_iter().map(|_| "slf-access-point".to_owned()).collect());
    let outputs = slipform_aws::foundation::outputs(account, "slipform").await.unwrap();
    let archives = slipform_aws::objects::list(account, &outputs["ArtifactBucket"], "code/").await.unwrap();
    found("code archives", archives.into_iter().map(|archive| archive.key).collect());
    let certificates = account.acm.list_certificates().send().await.unwrap().certificate_summary_list.unwrap_or_default();
    all.insert("certificates", certificates.into_iter().filter_map(|certificate| certificate.domain_name).collect());
    let zone = account.route53.list_resource_record_sets().hosted_zone_id(&outputs["HostedZoneId"]).send().await.unwrap().resource_record_sets;
    all.insert(
        "records",
        zone.into_iter().filter(|set| matches!(set.r#type.as_str(), "A" | "AAAA" | "CNAME") && !set.name.starts_with("origin.")).map(|set| set.name).collect(),
    );
    let files = walkdir::WalkDir::new(emulator.files()).into_iter().flatten().filter(|entry| entry.file_type().is_file());
    all.insert("files", files.map(|entry| entry.path().display().to_string()).collect());
    all
}
