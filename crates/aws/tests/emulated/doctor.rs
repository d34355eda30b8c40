//! What the doctor says of a healthy account, and of accounts with one fault each.

use crate::emulator::{ACCOUNT, Calls, Emulator, Faults, REGION};
use aws_sdk_acm::types::ValidationMethod;
use aws_smithy_runtime_api::client::http::{HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use serde_json::json;
use slipform_aws::account::fixed_credentials;
use slipform_aws::doctor::{self, Doctor, Finding, State};
use slipform_aws::{Connection, bootstrap};
use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

const DOMAIN: &str = "apps.example.test";
const QUOTAS: [&str; 7] = [
    "quota of rules",
    "quota of target groups",
    "quota of target groups in the region",
    "quota of distributions",
    "quota of access points",
    "quota of services",
    "quota of vCPUs",
];

/// Service Quotas, which neither emulator has for these services: every service has these.
#[derive(Debug, Clone)]
struct Quotas(Vec<(&'static str, f64)>);

impl Quotas {
    fn client(self) -> aws_sdk_servicequotas::Client {
        let config = aws_sdk_servicequotas::Config::builder().behavior_version_latest().region(aws_sdk_servicequotas::config::Region::new(REGION));
        let config = config.credentials_provider(fixed_credentials("id", "secret")).http_client(SharedHttpClient::new(self));
        aws_sdk_servicequotas::Client::from_conf(config.build())
    }
}

impl HttpClient for Quotas {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Quotas {
    fn call(&self, _: HttpRequest) -> HttpConnectorFuture {
        let quotas: Vec<_> = self.0.iter().map(|(name, value)| json!({ "QuotaName": name, "Value": value })).collect();
        let answer = HttpResponse::new(200.try_into().unwrap(), SdkBody::from(json!({ "Quotas": quotas }).to_string()));
        HttpConnectorFuture::ready(Ok(answer))
    }
}

/// An account that the operator has prepared, seen by a user who may do everything.
async fn prepared(emulator: &Emulator) -> Doctor {
    let (calls, faults) = (Calls::default(), Faults::default());
    let (root, _) = Box::pin(emulator.with_foundation(&calls, &faults)).await;
    let root = Doctor { account: root, ..Doctor::connect(&emulator.connection(&calls, &faults)).await.unwrap() };
    let certificate = root.acm.request_certificate().domain_name(format!("*.{DOMAIN}")).validation_method(ValidationMethod::Dns);
    let certificate = certificate.send().await.unwrap().certificate_arn.unwrap();
    let code = bootstrap::Code { stage: "stage/1.zip".into(), toolkit: "stage/2.zip".into() };
    apply(&root, &[("CloudFrontCertificateArn", &certificate)], Some(&code)).await;

    let iam = &root.account.iam;
    iam.create_user().user_name("operator").send().await.unwrap();
    allow(&root, "operator", "*").await;
    let key = iam.create_access_key().user_name("operator").send().await.unwrap().access_key.unwrap();
    let credentials = fixed_credentials(&key.access_key_id, &key.secret_access_key);
    Doctor::connect(&Connection { credentials: Some(credentials), ..emulator.connection(&calls, &faults) }).await.unwrap()
}

async fn allow(doctor: &Doctor, user: &str, action: &str) {
    let policy = json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Action": action, "Resource": "*" }] });
    doctor.account.iam.put_user_policy().user_name(user).policy_name("all").policy_document(policy.to_string()).send().await.unwrap();
}

async fn apply(doctor: &Doctor, parameters: &[(&str, &str)], code: Option<&bootstrap::Code>) {
    let parameters: BTreeMap<_, _> = parameters.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    bootstrap::apply(&doctor.account, "slipform", &parameters, code, |_| {}).await.unwrap();
}

async fn output(doctor: &Doctor, name: &str) -> String {
    slipform_aws::foundation::outputs(&doctor.account, "slipform").await.unwrap()[name].clone()
}

async fn finding(doctor: &Doctor, name: &str) -> Finding {
    let findings = doctor.examine("slipform", DOMAIN).await;
    findings.iter().find(|finding| finding.name == name).unwrap_or_else(|| panic!("{name}: {findings:#?}")).clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_healthy_account_has_nothing_to_mend_and_one_fault_is_one_finding() {
    let emulator = Emulator::start().await;
    let mut doctor = Box::pin(prepared(&emulator)).await;

    // Without Service Quotas, what is used is not held against anything.
    let findings = doctor.examine("slipform", DOMAIN).await;
    let unknown: Vec<_> = findings.iter().filter(|finding| finding.state == State::Unknown).map(|finding| finding.name).collect();
    assert_eq!(unknown, QUOTAS, "{findings:#?}");
    assert!(findings.iter().filter(|finding| finding.state == State::Unknown).all(|finding| finding.seen.contains("servicequotas:ListServiceQuotas")));

    let plenty = Quotas(vec![("Rules per Application Load Balancer", 100.0), ("Target Groups per Region", 3_000.0)]);
    (doctor.quotas, doctor.global_quotas) = (plenty.clone().client(), plenty.client());
    let findings = doctor.examine("slipform", DOMAIN).await;
    assert!(findings.iter().all(|finding| finding.state == State::Ok && finding.advice.is_none()), "{findings:#?}");
    assert_eq!(findings.len(), 13 + QUOTAS.len(), "{findings:#?}");
    let seen = |name: &str| &findings.iter().find(|finding| finding.name == name).unwrap().seen;
    assert_eq!(seen("quota of rules"), "0 of 100: Rules per Application Load Balancer");
    assert_eq!(seen("quota of distributions"), "0 of 200, AWS's default: Web distributions per AWS account");
    assert!(seen("permissions").contains("user/operator may do all"), "{}", seen("permissions"));
    let text = serde_json::to_value(&findings[0]).unwrap();
    assert_eq!((&text["name"], &text["state"], &text["advice"]), (&json!("credentials"), &json!("ok"), &json!(null)));

    // From here on, one fault after the other; each is told with what to do.
    let problem = async |doctor: &Doctor, name: &str, seen: &str| {
        let finding = finding(doctor, name).await;
        assert_eq!(finding.state, State::Problem, "{finding:#?}");
        assert!(finding.seen.contains(seen) && finding.advice.is_some(), "{finding:#?}");
    };
    let elsewhere = doctor.examine("slipform", "other.example.test").await;
    let domain = elsewhere.iter().find(|finding| finding.name == "domain").unwrap();
    assert_eq!(
        (domain.state, domain.seen.as_str()),
        (State::Problem, "the foundation was made for apps.example.test, and SLIPFORM_AWS_DOMAIN is other.example.test")
    );
    assert!(elsewhere.iter().any(|finding| finding.name == "certificate" && finding.seen.contains("covers *.apps.example.test, and not *.other.example.test")));
    let nothing = doctor.examine("nothing", DOMAIN).await;
    assert_eq!((nothing.len(), nothing[1].state, nothing[1].seen.as_str()), (2, State::Problem, "there is no stack nothing"));

    let account = &doctor.account;
    account.lambda.delete_function().function_name("slipform-steward").send().await.unwrap();
    problem(&doctor, "steward", "there is no function slipform-steward").await;

    let zone = output(&doctor, "HostedZoneId").await;
    let sets = account.route53.list_resource_record_sets().hosted_zone_id(&zone).send().await.unwrap().resource_record_sets;
    let origin = sets.into_iter().find(|set| set.name().starts_with("origin.")).unwrap();
    let change = aws_sdk_route53::types::Change::builder().action(aws_sdk_route53::types::ChangeAction::Delete).resource_record_set(origin).build().unwrap();
    let batch = aws_sdk_route53::types::ChangeBatch::builder().changes(change).build().unwrap();
    account.route53.change_resource_record_sets().hosted_zone_id(&zone).change_batch(batch).send().await.unwrap();
    problem(&doctor, "origin record", "origin.apps.example.test is not in the hosted zone").await;

    let targets = account.efs.describe_mount_targets().file_system_id(output(&doctor, "FileSystemId").await).send().await.unwrap();
    let target = &targets.mount_targets()[0];
    account.efs.delete_mount_target().mount_target_id(target.mount_target_id()).send().await.unwrap();
    problem(&doctor, "file system", target.subnet_id()).await;

    let bucket = output(&doctor, "ArtifactBucket").await;
    account.s3.delete_object().bucket(bucket).key("stage/1.zip").send().await.unwrap();
    problem(&doctor, "code", "stage/1.zip is gone from the bucket").await;

    let servers = doctor.rds.describe_db_instances().send().await.unwrap();
    let server = servers.db_instances()[0].db_instance_identifier().unwrap();
    doctor.rds.modify_db_instance().db_instance_identifier(server).deletion_protection(false).apply_immediately(true).send().await.unwrap();
    let database = finding(&doctor, "database").await;
    assert_eq!(database.state, State::Warning);
    assert!(database.seen.contains("not protected from deletion") && database.advice.unwrap().contains("DatabaseProtection=true"));
    doctor.rds.delete_db_instance().db_instance_identifier(server).skip_final_snapshot(true).send().await.unwrap();
    problem(&doctor, "database", "there is no database server at").await;

    let certificate = output(&doctor, "CloudFrontCertificateArn").await;
    doctor.acm.delete_certificate().certificate_arn(&certificate).send().await.unwrap();
    problem(&doctor, "certificate", "is not there").await;

    // A quota that is used up, or nearly.
    let group = account.elb.create_target_group().name("one").protocol(aws_sdk_elasticloadbalancingv2::types::ProtocolEnum::Http).port(80);
    group.vpc_id(output(&doctor, "VpcId").await).send().await.unwrap();
    doctor.quotas = Quotas(vec![("Target Groups per Region", 1.0)]).client();
    problem(&doctor, "quota of target groups in the region", "1 of 1").await;

    // A user who may ask, and nothing else.
    allow(&doctor, "operator", "iam:*").await;
    problem(&doctor, "permissions", "lambda:CreateFunction").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_was_not_prepared_to_the_end_is_told_so() {
    let emulator = Emulator::start().await;
    let (calls, faults) = (Calls::default(), Faults::default());
    Box::pin(emulator.with_foundation(&calls, &faults)).await;
    let connection = emulator.connection(&calls, &faults);
    calls.take();
    let findings = doctor::examine(&connection, "slipform", DOMAIN).await;
    let state = |name: &str| findings.iter().find(|finding| finding.name == name).unwrap();
    // The root user's credentials.
    assert_eq!(state("credentials").state, State::Warning);
    assert_eq!((state("code").state, state("code").seen.as_str()), (State::Problem, "the foundation has no output ToolkitLayerArn"));
    assert_eq!(state("steward").state, State::Problem);
    assert_eq!(state("stack").state, State::Ok);
    assert_eq!(state("template").state, State::Ok);
    let changes: Vec<_> = calls.take().into_iter().filter(|call| !crate::environment::reads(call)).collect();
    assert_eq!(changes, Vec::<String>::new(), "a doctor only looks");

    // Another version's template.
    let doctor = Doctor::connect(&connection).await.unwrap();
    let template = bootstrap::TEMPLATE.replace("idle_timeout.timeout_seconds, Value: \"65\"", "idle_timeout.timeout_seconds, Value: \"66\"");
    let outputs = ["AppsDomain", "HostedZoneId", "CloudFrontCertificateArn", "OriginProtocol"];
    let kept = outputs.map(|name| aws_sdk_cloudformation::types::Parameter::builder().parameter_key(name).use_previous_value(true).build());
    let update = doctor.account.cloudformation.update_stack().stack_name("slipform").template_body(template).set_parameters(Some(kept.to_vec()));
    update.capabilities(aws_sdk_cloudformation::types::Capability::CapabilityNamedIam).send().await.unwrap();
    let mut seen = finding(&doctor, "stack").await;
    while seen.seen.ends_with("_IN_PROGRESS") {
        assert_eq!(seen.state, State::Warning);
        seen = finding(&doctor, "stack").await;
    }
    assert_eq!(finding(&doctor, "template").await.state, State::Warning);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_aws_refuses_to_tell_is_unknown_and_the_missing_action_is_named() {
    let emulator = Emulator::start_strict().await;
    let doctor = Box::pin(prepared(&emulator)).await;
    for (name, action) in [
        ("stack", "cloudformation:DescribeStacks"),
        ("template", "cloudformation:GetTemplate"),
        ("domain", "route53:GetHostedZone"),
        ("origin record", "route53:ListResourceRecordSets"),
        ("certificate", "acm:DescribeCertificate"),
        ("file system", "elasticfilesystem:DescribeMountTargets"),
        ("database", "rds:DescribeDBInstances"),
        ("load balancer", "elasticloadbalancing:DescribeLoadBalancers"),
        ("steward", "lambda:GetFunctionConfiguration"),
        ("permissions", "iam:GetPolicy"),
        ("quota of services", "ecs:DescribeClusters"),
    ] {
        let policy = json!({ "Version": "2012-10-17", "Statement": [
            { "Effect": "Allow", "Action": "*", "Resource": "*" },
            { "Effect": "Deny", "Action": action, "Resource": "*" },
        ] });
        let root = Doctor::connect(&emulator.connection(&Calls::default(), &Faults::default())).await.unwrap();
        root.account.iam.put_user_policy().user_name("operator").policy_name("all").policy_document(policy.to_string()).send().await.unwrap();
        let finding = finding(&doctor, name).await;
        assert_eq!(finding.state, State::Unknown, "{finding:#?}");
        assert_eq!(finding.advice.as_deref(), Some(format!("Allow the action {action} to whoever runs this command.").as_str()), "{finding:#?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_is_told_to_be_validated_and_renewed() {
    let emulator = Emulator::start().await;
    let connection = Connection { endpoint: Some(emulator.scaling_endpoint.clone()), ..emulator.connection(&Calls::default(), &Faults::default()) };
    let acm = Doctor::connect(&connection).await.unwrap().acm;
    let request = acm.request_certificate().domain_name(format!("*.{DOMAIN}")).validation_method(ValidationMethod::Dns);
    let arn = request.send().await.unwrap().certificate_arn.unwrap();
    let look = async |at: SystemTime| doctor::certificate(&acm, &arn, DOMAIN, at).await.unwrap();

    let pending = look(SystemTime::now()).await;
    assert_eq!(pending.state, State::Problem, "{pending:#?}");
    assert!(pending.seen.contains("waits for its validation") && pending.advice.unwrap().contains("CNAME"));
    let mut issued = look(SystemTime::now()).await;
    for _ in 0..100 {
        if issued.state != State::Problem {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
        issued = look(SystemTime::now()).await;
    }
    assert_eq!(issued.state, State::Ok, "{issued:#?}");
    assert!(issued.seen.starts_with("it covers *.apps.example.test until "), "{issued:#?}");

    // Just before its end, and behind it.
    let end = acm.describe_certificate().certificate_arn(&arn).send().await.unwrap().certificate.unwrap().not_after.unwrap();
    let end = SystemTime::try_from(end).unwrap();
    assert_eq!(look(end - Duration::from_hours(20 * 24)).await.state, State::Warning);
    assert_eq!(look(end + Duration::from_hours(1)).await.state, State::Problem);

    // One that CloudFront does not look at.
    let elsewhere = format!("arn:aws:acm:{REGION}:{ACCOUNT}:certificate/0199aa2e-5a4b-7cc1-8d5e-3f1f6f0f8f11");
    let elsewhere = doctor::certificate(&acm, &elsewhere, DOMAIN, SystemTime::now()).await.unwrap();
    assert!(elsewhere.state == State::Problem && elsewhere.seen.contains("is not in us-east-1"), "{elsewhere:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn credentials_that_aws_does_not_accept_are_the_only_finding() {
    let connection =
        Connection { attempts: 1, credentials: Some(fixed_credentials("id", "secret")), ..Connection::new(REGION, Some("http://127.0.0.1:9".into())) };
    let findings = doctor::examine(&connection, "slipform", DOMAIN).await;
    assert_eq!((findings.len(), findings[0].name, findings[0].state), (1, "credentials", State::Problem));
    assert!(findings[0].seen.starts_with("sts:GetCallerIdentity"), "{findings:#?}");
}
