//! Removals that AWS refuses while something else needs the thing, on moto, which refuses them as AWS does.

use crate::emulator::{ACCOUNT, Calls, Emulator, Faults, REGION};
use aws_sdk_elasticloadbalancingv2::types::{Action, ActionTypeEnum, HttpHeaderConditionConfig, ProtocolEnum, RuleCondition, TargetTypeEnum};
use slipform_aws::ensure::{role, target_group};
use slipform_aws::{Account, Connection};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

async fn on_moto(emulator: &Emulator) -> Account {
    let connection = emulator.connection(&Calls::default(), &Faults::default());
    Account::connect(&Connection { endpoint: Some(emulator.scaling_endpoint.clone()), ..connection }).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_target_group_goes_when_the_rule_that_leads_to_it_is_gone() {
    let emulator = Emulator::start().await;
    let account = on_moto(&emulator).await;
    let elb = &account.elb;
    let network = Network::find(&emulator).await;
    let balancer = elb.create_load_balancer().name("apps").subnets(&network.subnets[0]).subnets(&network.subnets[1]).send().await.unwrap();
    let balancer = balancer.load_balancers.unwrap()[0].load_balancer_arn.clone().unwrap();
    let group = elb.create_target_group().name("slf-a").target_type(TargetTypeEnum::Ip).protocol(ProtocolEnum::Http).port(8080).vpc_id(&network.vpc);
    let group = group.send().await.unwrap().target_groups.unwrap()[0].target_group_arn.clone().unwrap();
    let forward = || Action::builder().r#type(ActionTypeEnum::Forward).target_group_arn(&group).build();
    let nothing = aws_sdk_elasticloadbalancingv2::types::FixedResponseActionConfig::builder().status_code("404").build();
    let nothing = Action::builder().r#type(ActionTypeEnum::FixedResponse).fixed_response_config(nothing).build();
    let listener = elb.create_listener().load_balancer_arn(balancer).protocol(ProtocolEnum::Http).port(80).default_actions(nothing);
    let listener = listener.send().await.unwrap().listeners.unwrap()[0].listener_arn.clone().unwrap();
    let header = HttpHeaderConditionConfig::builder().http_header_name("x-slipform-origin").values("secret").build();
    let condition = RuleCondition::builder().field("http-header").http_header_config(header).build();
    let rule = elb.create_rule().listener_arn(listener).priority(1).conditions(condition).actions(forward()).send().await.unwrap();
    let rule = rule.rules.unwrap()[0].rule_arn.clone().unwrap();

    let refused = elb.delete_target_group().target_group_arn(&group).send().await.unwrap_err();
    assert!(format!("{refused:?}").contains("ResourceInUse"), "{refused:?}");
    let other = account.clone();
    let removal = tokio::spawn(async move { target_group::remove(&other, "slf-a").await });
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert!(!removal.is_finished(), "it waits");
    elb.delete_rule().rule_arn(rule).send().await.unwrap();
    removal.await.unwrap().unwrap();
    assert!(elb.describe_target_groups().send().await.unwrap().target_groups().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_goes_with_what_somebody_has_attached_to_it() {
    let emulator = Emulator::start().await;
    let iam = on_moto(&emulator).await;
    let trust = slipform_aws::policies::trust("lambda.amazonaws.com").to_string();
    iam.iam.create_role().role_name("slf-a").assume_role_policy_document(trust).send().await.unwrap();
    let policy = iam
        .iam
        .create_policy()
        .policy_name("of-the-operator")
        .policy_document(r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}"#);
    let policy = policy.send().await.unwrap().policy.unwrap().arn.unwrap();
    iam.iam.attach_role_policy().role_name("slf-a").policy_arn(&policy).send().await.unwrap();
    let refused = iam.iam.delete_role().role_name("slf-a").send().await.unwrap_err();
    assert!(format!("{refused:?}").contains("DeleteConflict"), "{refused:?}");

    role::remove(&iam, "slf-a").await.unwrap();
    assert_eq!(role::left(&iam, &["slf-a".to_owned()]).await.unwrap(), Vec::<String>::new());
    assert!(iam.iam.get_policy().policy_arn(&policy).send().await.is_ok(), "the policy itself is the operator's");
}

/// The network that every account begins with.
struct Network {
    vpc: String,
    subnets: [String; 2],
}

impl Network {
    /// By hand: the crate has no client of EC2.
    async fn find(emulator: &Emulator) -> Self {
        let authority = emulator.scaling_endpoint.trim_start_matches("http://");
        let body = "Action=DescribeSubnets&Version=2016-11-15";
        let signed = format!("AWS4-HMAC-SHA256 Credential={ACCOUNT}/20260101/{REGION}/ec2/aws4_request, SignedHeaders=host, Signature=0");
        let kind = "application/x-www-form-urlencoded";
        let head = format!("POST / HTTP/1.1\r\nhost: {authority}\r\nauthorization: {signed}\r\ncontent-type: {kind}\r\nconnection: close");
        let mut connection = TcpStream::connect(authority).await.unwrap();
        connection.write_all(format!("{head}\r\ncontent-length: {}\r\n\r\n{body}", body.len()).as_bytes()).await.unwrap();
        let mut answer = String::new();
        connection.read_to_string(&mut answer).await.unwrap();
        let all = |tag: &str| answer.split(&format!("<{tag}>")).skip(1).map(|rest| rest.split('<').next().unwrap().to_owned()).collect::<Vec<_>>();
        let subnets = all("subnetId");
        Self { vpc: all("vpcId")[0].clone(), subnets: [subnets[0].clone(), subnets[1].clone()] }
    }
}
