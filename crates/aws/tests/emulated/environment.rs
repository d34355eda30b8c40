//! One environment: made, found as it was, corrected, removed.

use crate::emulator::{Calls, Emulator, Faults, scope};
use aws_sdk_elasticloadbalancingv2::types::{HttpHeaderConditionConfig, Rule, RuleCondition};
use slipform_aws::environment::{Front, Wanted};
use slipform_aws::ledger::{InMemory, Ledger as _};
use slipform_aws::names::STAGES;
use slipform_aws::{Environment, Names};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

const ORIGIN_SECRET: &str = "origin-secret-of-the-environment";

pub fn wanted(host: &str) -> Wanted {
    Wanted { secret: r#"{"databaseUrl":"postgres://app@db/app"}"#.into(), origin_secret: ORIGIN_SECRET.into(), host: host.into(), variables: BTreeMap::new() }
}

/// What leads to it.
pub fn front(host: &str) -> Front {
    Front { host: host.into(), origin_secret: ORIGIN_SECRET.into() }
}

/// Whether a call changes nothing.
pub fn reads(call: &str) -> bool {
    let operation = call.split_once('.').map_or(call, |(_, operation)| operation);
    ["Get", "List", "Describe", "Head"].iter().any(|verb| operation.starts_with(verb))
}

#[tokio::test(flavor = "multi_thread")]
async fn an_environment_is_made_found_as_it_was_corrected_and_removed_without_a_trace() {
    let emulator = Emulator::start().await;
    let (calls, faults) = (Calls::default(), Faults::default());
    let (account, mut foundation) = Box::pin(emulator.with_foundation(&calls, &faults)).await;
    let (names, ledger) = (Names::new(&scope("e1", true)), InMemory::default());
    let alias = "car-rental.apps.example.test";

    let made = Environment::new(&account, &foundation, names.clone(), &ledger).ensure(&wanted(alias)).await.unwrap();
    assert_eq!(made.functions.len(), STAGES.len());
    assert!(made.functions["bundle"].ends_with(":live"), "{:?}", made.functions);
    assert!(calls.take().len() > 50);
    let entries = ledger.entries().await.unwrap();
    assert!(entries.iter().all(|entry| entry.observed.is_some()), "{entries:#?}");

    // Once more: it is as it was, so nothing is changed.
    let again = Environment::new(&account, &foundation, names.clone(), &ledger).ensure(&wanted(alias)).await.unwrap();
    assert_eq!(again, made);
    let changes: Vec<_> = calls.take().into_iter().filter(|call| !reads(call)).collect();
    assert!(changes.is_empty(), "{changes:?}");

    // Another version of Slipform: every function gets the new code, and callers reach it.
    foundation.stage_code_key = "stage/2.zip".into();
    Environment::new(&account, &foundation, names.clone(), &ledger).ensure(&wanted(alias)).await.unwrap();
    let changes: Vec<_> = calls.take().into_iter().filter(|call| !reads(call)).collect();
    assert!(changes.iter().all(|call| call.starts_with("Lambda.")), "{changes:?}");
    for stage in STAGES {
        let live = account.lambda.get_function_configuration().function_name(names.function(stage)).qualifier("live").send().await.unwrap();
        assert_eq!(live.environment().unwrap().variables().unwrap()["SLIPFORM_CODE"], "stage/2.zip");
        assert_eq!(live.version(), Some("2"));
    }

    // Somebody has changed and removed things by hand.
    account.secrets.put_secret_value().secret_id(names.secret()).secret_string("changed").send().await.unwrap();
    account.iam.delete_role_policy().role_name(names.task_role()).policy_name("slipform").send().await.unwrap();
    account.lambda.delete_function().function_name(names.function("publish")).send().await.unwrap();
    let distributions = account.cloudfront.list_distributions().send().await.unwrap().distribution_list.unwrap();
    let id = distributions.items()[0].id();
    let found = account.cloudfront.get_distribution_config().id(id).send().await.unwrap();
    let mut config = found.distribution_config.unwrap();
    config.enabled = false;
    config.default_root_object = Some("maintenance.html".into());
    config.cache_behaviors = None;
    config.web_acl_id = Some("the-operators-firewall".into());
    account.cloudfront.update_distribution().id(id).if_match(found.e_tag.unwrap()).distribution_config(config).send().await.unwrap();
    Environment::new(&account, &foundation, names.clone(), &ledger).ensure(&wanted(alias)).await.unwrap();
    let secret = account.secrets.get_secret_value().secret_id(names.secret()).send().await.unwrap();
    assert_eq!(secret.secret_string(), Some(wanted(alias).secret.as_str()));
    let mended = account.cloudfront.get_distribution_config().id(id).send().await.unwrap().distribution_config.unwrap();
    assert!(mended.enabled && mended.default_root_object() == Some("index.html"), "{mended:#?}");
    assert_eq!(mended.cache_behaviors().unwrap().items()[0].path_pattern(), "/api/*");
    assert_eq!(mended.web_acl_id(), Some("the-operators-firewall"), "what the operator has added stays");
    calls.take();
    Environment::new(&account, &foundation, names.clone(), &ledger).ensure(&wanted(alias)).await.unwrap();
    let changes: Vec<_> = calls.take().into_iter().filter(|call| !reads(call)).collect();
    assert!(changes.is_empty(), "{changes:?}");

    // The distribution gets another secret: the old one leads nowhere any more.
    let renewed = Wanted { origin_secret: "renewed".into(), ..wanted(alias) };
    Environment::new(&account, &foundation, names.clone(), &ledger).ensure(&renewed).await.unwrap();
    let rules = account.elb.describe_rules().listener_arn(&foundation.listener_arn).send().await.unwrap();
    let headers = rules.rules().iter().flat_map(Rule::conditions).filter_map(RuleCondition::http_header_config);
    let secrets: Vec<&String> = headers.flat_map(HttpHeaderConditionConfig::values).collect();
    assert_eq!(secrets, ["renewed"]);

    // A name that leads elsewhere is nobody's to take: this one is the load balancer's.
    let (other, name) = (InMemory::default(), "origin.apps.example.test");
    let preview = Environment::new(&account, &foundation, Names::new(&scope("e2", false)), &other);
    let wish = Wanted { origin_secret: "another".into(), ..wanted(name) };
    assert_eq!(preview.ensure(&wish).await.unwrap_err().code, "name-taken");
    preview.remove(&Front { host: name.into(), origin_secret: "another".into() }, true, false).await.unwrap();
    let records = account.route53.list_resource_record_sets().hosted_zone_id(&foundation.hosted_zone).send().await.unwrap();
    assert!(records.resource_record_sets().iter().any(|set| set.name().starts_with("origin.")), "{records:?}");

    let environment = Environment::new(&account, &foundation, names, &ledger);
    assert!(!environment.left(&front(alias), true, true).await.unwrap().is_empty());
    environment.remove(&front(alias), true, true).await.unwrap();
    assert_eq!(environment.left(&front(alias), true, true).await.unwrap(), Vec::<String>::new());
    assert_eq!(ledger.entries().await.unwrap(), []);
    // What is gone is removed once more without complaint.
    environment.remove(&front(alias), true, true).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn previews_share_their_functions_and_go_one_by_one() {
    let emulator = Emulator::start().await;
    let (calls, faults) = (Calls::default(), Faults::default());
    let (account, foundation) = Box::pin(emulator.with_foundation(&calls, &faults)).await;
    let ledgers = [InMemory::default(), InMemory::default(), InMemory::default()];
    let scopes = [scope("e1", true), scope("e2", false), scope("e3", false)];
    let alias = |scope: &slipform_aws::Scope| format!("{}--car-rental.apps.example.test", scope.environment_slug);
    let secret = |scope: &slipform_aws::Scope| format!("secret-of-{}", scope.environment);
    let mut made = Vec::new();
    for (scope, ledger) in scopes.iter().zip(&ledgers) {
        let wanted = Wanted { origin_secret: secret(scope), ..wanted(&alias(scope)) };
        made.push(Environment::new(&account, &foundation, Names::new(scope), ledger).ensure(&wanted).await.unwrap());
    }
    assert_eq!(made[1].functions, made[2].functions);
    assert_ne!(made[0].functions, made[1].functions);
    assert_eq!(made[0].access_point, made[1].access_point, "one file system an app");

    // The first preview goes, and the second keeps what they share.
    let own = |scope: &slipform_aws::Scope| Front { host: alias(scope), origin_secret: secret(scope) };
    let remove = async |index: usize, last: bool, app: bool| {
        let environment = Environment::new(&account, &foundation, Names::new(&scopes[index]), &ledgers[index]);
        environment.remove(&own(&scopes[index]), last, app).await.unwrap();
        assert_eq!(ledgers[index].entries().await.unwrap(), []);
        environment.left(&own(&scopes[index]), last, app).await.unwrap()
    };
    assert_eq!(remove(1, false, false).await, Vec::<String>::new());
    account.lambda.get_function().function_name(Names::new(&scopes[2]).function("bundle")).qualifier("live").send().await.unwrap();
    assert_eq!(remove(2, true, false).await, Vec::<String>::new());
    assert_eq!(remove(0, true, true).await, Vec::<String>::new());
    assert!(account.lambda.list_functions().send().await.unwrap().functions().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_longest_path_of_a_first_provisioning_is_short() {
    let emulator = Emulator::start().await;
    let (calls, faults) = (Calls::default(), Faults::default());
    let (account, foundation) = Box::pin(emulator.with_foundation(&calls, &faults)).await;
    let (names, ledger) = (Names::new(&scope("e1", true)), InMemory::default());
    // Every call takes the same time, so that the whole takes as many times that as its longest path has calls.
    let latency = Duration::from_millis(200);
    faults.slow_down(latency);
    let begin = Instant::now();
    Environment::new(&account, &foundation, names, &ledger).ensure(&wanted("car-rental.apps.example.test")).await.unwrap();
    let path = begin.elapsed().as_secs_f64() / latency.as_secs_f64();
    let all = calls.take();
    assert!(path < 60.0, "{path} of {} calls: {all:?}", all.len());
}
