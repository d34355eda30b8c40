//! The control plane's policy, as the foundation makes it: all that is needed, nothing else, and a refusal names what is missing.

use crate::emulator::{Calls, Emulator, Faults, scope, server};
use crate::environment::{front, wanted};
use crate::faults::step;
use serde_json::{Value, json};
use slipform_aws::ensure::scaling;
use slipform_aws::environment::Made;
use slipform_aws::ledger::InMemory;
use slipform_aws::objects::{self, Headers};
use slipform_aws::{Account, Connection, Environment, Error, Foundation, Kind, Names, invoke, logs, server};
use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

/// What the emulators let through whatever the policy says: one of them knows an older protocol of CloudWatch only, and the one
/// that scales asks no policies.
const UNCHECKED: [&str; 32] = [
    "acm:AddTagsToCertificate",
    "application-autoscaling:DeregisterScalableTarget",
    "application-autoscaling:DescribeScalableTargets",
    "application-autoscaling:DescribeScalingPolicies",
    "application-autoscaling:PutScalingPolicy",
    "application-autoscaling:RegisterScalableTarget",
    "application-autoscaling:TagResource",
    "cloudfront:CreateDistribution",
    "cloudfront:TagResource",
    "cloudwatch:DeleteAlarms",
    "cloudwatch:DescribeAlarms",
    "cloudwatch:PutMetricAlarm",
    "cloudwatch:TagResource",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeSubnets",
    "ec2:DescribeVpcs",
    "ecs:TagResource",
    "elasticfilesystem:TagResource",
    "elasticloadbalancing:AddTags",
    "iam:CreateServiceLinkedRole",
    "iam:PassRole",
    "iam:TagRole",
    "lambda:GetAccountSettings",
    "lambda:GetAlias",
    "lambda:GetLayerVersion",
    "lambda:TagResource",
    "lambda:UpdateAlias",
    "logs:TagResource",
    "s3:DeleteObjectVersion",
    "s3:GetObject",
    "s3:ListBucket",
    "secretsmanager:TagResource",
];

/// What the control plane does outside of this environment's life, or only where somebody has changed things by hand in a way
/// that the life does not show: every bucket is encrypted by default.
const ELSEWHERE: [&str; 5] = [
    "cloudformation:DescribeStacks",
    "cloudfront:CreateInvalidation",
    "elasticfilesystem:DescribeMountTargets",
    "elasticloadbalancing:ModifyRule",
    "s3:PutEncryptionConfiguration",
];

/// What AWS asks for beside the action of a call: tags at a creation, a role or a network that is handed on, an object that is read.
const IMPLIED: [&str; 20] = [
    "acm:AddTagsToCertificate",
    "application-autoscaling:TagResource",
    "cloudformation:DescribeStacks",
    "cloudfront:TagResource",
    "cloudwatch:TagResource",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeSubnets",
    "ec2:DescribeVpcs",
    "ecs:TagResource",
    "elasticfilesystem:DescribeMountTargets",
    "elasticfilesystem:TagResource",
    "elasticloadbalancing:AddTags",
    "iam:CreateServiceLinkedRole",
    "iam:PassRole",
    "iam:TagRole",
    "lambda:GetLayerVersion",
    "lambda:TagResource",
    "logs:TagResource",
    "s3:GetObject",
    "secretsmanager:TagResource",
];

/// The documents that the foundation made, as one.
async fn document(account: &Account) -> Value {
    let policies = account.iam.list_policies().scope(aws_sdk_iam::types::PolicyScopeType::Local).send().await.unwrap();
    let mut all = Vec::new();
    for policy in policies.policies().iter().filter(|policy| policy.policy_name().unwrap().contains("ControlPlane")) {
        let get = account.iam.get_policy_version().policy_arn(policy.arn().unwrap()).version_id(policy.default_version_id().unwrap());
        let version = get.send().await.unwrap().policy_version.unwrap();
        let text = slipform_aws::policies::decode(version.document().unwrap());
        assert!(text.len() < 6_144, "IAM takes 6,144 characters, and this has {}", text.len());
        let document: Value = serde_json::from_str(&text).unwrap();
        all.extend(document["Statement"].as_array().unwrap().clone());
    }
    assert!(!all.is_empty(), "the policies are there");
    json!({ "Version": "2012-10-17", "Statement": all })
}

fn list(value: &Value) -> Vec<String> {
    value.as_array().map_or_else(|| vec![value.clone()], Clone::clone).iter().map(|item| item.as_str().unwrap().to_owned()).collect()
}

fn actions(policy: &Value) -> BTreeSet<String> {
    policy["Statement"].as_array().unwrap().iter().flat_map(|statement| list(&statement["Action"])).collect()
}

/// The actions that the crate's own errors name.
fn called() -> BTreeSet<String> {
    let mut called = BTreeSet::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            // What only the operator does, as somebody who may make a foundation.
            if entry.ends_with("bootstrap.rs") || entry.ends_with("doctor") {
                continue;
            }
            if entry.is_dir() {
                folders.push(entry);
                continue;
            }
            let source = std::fs::read_to_string(&entry).unwrap();
            called.extend(source.split("failed(\"").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()));
        }
    }
    // Nobody needs to be allowed the first; the second only functions do.
    called.remove("sts:GetCallerIdentity");
    called.remove("s3:DeleteObject");
    called
}

#[tokio::test(flavor = "multi_thread")]
async fn the_control_plane_may_do_what_it_does_and_nothing_else() {
    let emulator = Emulator::start().await;
    let (account, _) = Box::pin(emulator.with_foundation(&Calls::default(), &Faults::default())).await;
    let policy = document(&account).await;
    let (allowed, called) = (actions(&policy), called());
    let missing: Vec<_> = called.difference(&allowed).collect();
    assert!(missing.is_empty(), "called and not allowed: {missing:?}");
    let idle: Vec<_> = allowed.difference(&called).filter(|action| !IMPLIED.contains(&action.as_str())).collect();
    assert!(idle.is_empty(), "allowed and never called: {idle:?}");

    // What changes something names whose things it changes.
    for statement in policy["Statement"].as_array().unwrap() {
        let everything = list(&statement["Resource"]).iter().any(|resource| resource == "*");
        let reads =
            list(&statement["Action"]).iter().all(|action| ["Get", "List", "Describe"].iter().any(|verb| action.split_once(':').unwrap().1.starts_with(verb)));
        assert!(!everything || reads || statement["Condition"].is_object() || statement["Sid"] == "RetireTaskDefinitions", "{statement:#}");
        assert!(list(&statement["Action"]).iter().all(|action| !action.contains('*')), "{statement:#}");
    }
}

/// An environment is made, found changed by hand, mended, and removed, by `control`; the hand is `root`.
async fn life(control: &Account, root: &Account, foundation: &Foundation) -> Result<(), Error> {
    let (names, ledger) = (Names::new(&scope("e1", true)), InMemory::default());
    let alias = "car-rental.apps.example.test";
    let environment = Environment::new(control, foundation, names.clone(), &ledger);
    let made = environment.ensure(&wanted(alias)).await?;
    roll_out(control, foundation, &names, &made).await?;

    root.secrets.put_secret_value().secret_id(names.secret()).secret_string("changed").send().await.unwrap();
    root.secrets.delete_secret().secret_id(names.secret()).send().await.unwrap();
    let (role, policy) = (names.task_role(), "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore");
    root.iam.attach_role_policy().role_name(role).policy_arn(policy).send().await.unwrap();
    let trust = slipform_aws::policies::trust("ec2.amazonaws.com").to_string();
    root.iam.update_assume_role_policy().role_name(names.task_role()).policy_document(trust).send().await.unwrap();
    root.iam.delete_role_permissions_boundary().role_name(names.execution_role()).send().await.unwrap();
    let bucket = names.bucket(&root.id);
    root.s3.delete_public_access_block().bucket(&bucket).send().await.unwrap();
    root.s3.put_object().bucket(&bucket).key("index.html").body(b"<h1>".to_vec().into()).send().await.unwrap();
    let next = Foundation { stage_code_key: "stage/2.zip".into(), ..foundation.clone() };
    Environment::new(control, &next, names.clone(), &ledger).ensure(&wanted(alias)).await?;

    // A custom domain comes and goes.
    environment.domains(&front(alias), &["www.example.com".into()]).await?;
    environment.domains(&front(alias), &[]).await?;

    environment.remove(&front(alias), true, true).await?;
    assert_eq!(environment.left(&front(alias), true, true).await?, Vec::<String>::new());
    Ok(())
}

/// What a rollout asks AWS for beside what it waits for, and what is read of what is live.
async fn roll_out(control: &Account, foundation: &Foundation, names: &Names, made: &Made) -> Result<(), Error> {
    let server = server("r1");
    let task_definition = server::register(control, foundation, names, made, &server).await?;
    server::start(control, foundation, names, made, &task_definition).await?;
    let now = std::time::SystemTime::now();
    server::follow(control, foundation, names, &task_definition, now, Duration::from_secs(10), |_| {}).await?;
    server::start(control, foundation, names, made, &server::register(control, foundation, names, made, &self::server("r2")).await?).await?;
    server::why(control, foundation, names, &task_definition, None).await?;
    scaling::ensure(control, foundation, names, &made.target_group_arn, scaling::USUAL).await?;
    objects::put(control, &made.bucket, "releases/r1/index.html", b"<h1>".to_vec(), Headers::default()).await?;
    objects::copy(control, &made.bucket, "releases/r1/index.html", "web/index.html").await?;
    objects::get(control, &foundation.artifact_bucket, "code/none").await?;
    logs::last(control, &names.server_logs(), 1).await?;
    invoke::invoke(control, &made.functions["publish"], b"{}".to_vec(), Duration::from_secs(10)).await.map(drop)
}

#[tokio::test(flavor = "multi_thread")]
async fn without_any_one_of_its_actions_a_refusal_names_it() {
    let emulator = Emulator::start_strict().await;
    let (calls, faults) = (Calls::default(), Faults::default());
    let (root, foundation) = Box::pin(emulator.with_foundation(&calls, &faults)).await;
    root.iam.create_user().user_name("control-plane").send().await.unwrap();
    let key = root.iam.create_access_key().user_name("control-plane").send().await.unwrap().access_key.unwrap();
    emulator.mirror_service(&foundation, &Names::new(&scope("e1", true))).await;
    let connection = Connection {
        credentials: Some(slipform_aws::account::fixed_credentials(&key.access_key_id, &key.secret_access_key)),
        ..emulator.connection(&calls, &faults)
    };
    let control = Account::connect(&connection).await.unwrap();

    let all = actions(&document(&root).await);
    // The emulator knows neither the resources nor the conditions of many actions, and asks for other names instead of some.
    let allow = async |actions: Vec<&str>| {
        let policy = json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Action": actions, "Resource": "*" }] });
        root.iam.put_user_policy().user_name("control-plane").policy_name("slipform").policy_document(policy.to_string()).send().await.unwrap();
    };
    let without = |removed: &str| {
        let instead = ["lambda:ListAliases", "cloudfront:CreateDistributionWithTags", "s3:DeleteObject"];
        all.iter().map(String::as_str).filter(|action| *action != removed).chain(instead).collect::<Vec<_>>()
    };
    allow(without("")).await;
    life(&control, &root, &foundation).await.unwrap();

    let checked = all.iter().filter(|action| !UNCHECKED.contains(&action.as_str()) && !ELSEWHERE.contains(&action.as_str()));
    let mut faults = Vec::new();
    for action in checked.step_by(step()) {
        allow(without(action)).await;
        match life(&control, &root, &foundation).await {
            Err(error) if error.kind == Kind::Denied && error.call == action && error.hint().unwrap().contains(action.as_str()) => {}
            other => faults.push(format!("{action}: {other:?}")),
        }
        let (names, ledger) = (Names::new(&scope("e1", true)), InMemory::default());
        let environment = Environment::new(&root, &foundation, names, &ledger);
        environment.remove(&front("car-rental.apps.example.test"), true, true).await.unwrap();
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
