//! A fault at a call of a first deployment, or of a removal: it ends right, nothing is there twice, nothing is left. At every call
//! with `SLIPFORM_FAULT_EVERY=1` (`make test-aws`), at every seventh otherwise.

use crate::emulator::{Calls, Emulator, Fault, Faults, scope, server};
use crate::environment::{front, wanted};
use slipform_aws::ensure::{distribution, scaling};
use slipform_aws::ledger::{InMemory, Ledger as _};
use slipform_aws::names::STAGES;
use slipform_aws::objects::{self, Headers};
use slipform_aws::server::Followed;
use slipform_aws::{Account, Environment, Error, Foundation, Names, invoke, server};
use std::time::{Duration, SystemTime};

/// How many things of the environment there are, by kind.
async fn census(account: &Account, foundation: &Foundation) -> [(&'static str, usize); 14] {
    let points = account.efs.describe_access_points().file_system_id(&foundation.file_system).send().await.unwrap();
    let functions = account.lambda.list_functions().send().await.unwrap();
    let roles = account.iam.list_roles().send().await.unwrap();
    let groups = account.elb.describe_target_groups().send().await.unwrap();
    let routes = account.elb.describe_rules().listener_arn(&foundation.listener_arn).send().await.unwrap();
    let distributions = account.cloudfront.list_distributions().send().await.unwrap();
    let buckets = account.s3.list_buckets().send().await.unwrap();
    let logs = account.logs.describe_log_groups().send().await.unwrap();
    let alarms = account.cloudwatch.describe_alarms().send().await.unwrap();
    let records = account.route53.list_resource_record_sets().hosted_zone_id(&foundation.hosted_zone).send().await.unwrap();
    let secrets = account.secrets.list_secrets().send().await.unwrap();
    let services = account.ecs.list_services().cluster(&foundation.cluster).send().await.unwrap().service_arns.unwrap_or_default();
    let active = if services.is_empty() {
        0
    } else {
        let found = account.ecs.describe_services().cluster(&foundation.cluster).set_services(Some(services)).send().await.unwrap();
        found.services().iter().filter(|service| service.status() == Some("ACTIVE")).count()
    };
    let definitions = account.ecs.list_task_definitions().send().await.unwrap();
    let ecs = aws_sdk_applicationautoscaling::types::ServiceNamespace::Ecs;
    let scaled = account.scaling.describe_scalable_targets().service_namespace(ecs).send().await.unwrap();
    [
        ("services", active),
        ("task definitions", definitions.task_definition_arns().len()),
        ("scalable targets", scaled.scalable_targets().len()),
        ("access points", points.access_points().len()),
        ("functions", functions.functions().len()),
        ("roles", roles.roles().iter().filter(|role| role.role_name().starts_with("slf-")).count()),
        ("target groups", groups.target_groups().len()),
        ("rules", routes.rules().iter().filter(|rule| rule.is_default() != Some(true)).count()),
        ("distributions", distributions.distribution_list().map_or(0, |list| list.items().len())),
        ("buckets", buckets.buckets().iter().filter(|bucket| bucket.name().is_some_and(|name| name.starts_with("slf-"))).count()),
        ("log groups", logs.log_groups().iter().filter(|group| group.log_group_name().is_some_and(|name| name.starts_with("/slipform/"))).count()),
        ("alarms", alarms.metric_alarms().len()),
        ("records", records.resource_record_sets().iter().filter(|set| set.name().starts_with("car-rental.")).count()),
        ("secrets", secrets.secret_list().iter().filter(|secret| secret.name().is_some_and(|name| name.starts_with("slipform/"))).count()),
    ]
}

const RIGHT: [(&str, usize); 14] = [
    ("services", 1),
    ("task definitions", 1),
    ("scalable targets", 1),
    ("access points", 1),
    ("functions", STAGES.len()),
    ("roles", 3),
    ("target groups", 1),
    ("rules", 1),
    ("distributions", 1),
    ("buckets", 1),
    ("log groups", 2),
    ("alarms", 3),
    ("records", 2),
    ("secrets", 1),
];

/// The calls of one deployment, in the order in which a build makes them. What stages do, they do in their functions; here these
/// only fail.
async fn deploy(environment: &Environment<'_, InMemory>, account: &Account, foundation: &Foundation) -> Result<(), Error> {
    let names = Names::new(&scope("e1", true));
    let made = Box::pin(environment.ensure(&wanted(ALIAS))).await?;
    invoke::invoke(account, &made.functions["frontend"], b"{}".to_vec(), Duration::from_secs(20)).await?;
    objects::put(account, &made.bucket, "releases/r1/index.html", b"<h1>".to_vec(), Headers::default()).await?;
    let task_definition = server::register(account, foundation, &names, &made, &server("r1")).await?;
    server::start(account, foundation, &names, &made, &task_definition).await?;
    let followed = server::follow(account, foundation, &names, &task_definition, SystemTime::now(), Duration::from_secs(20), |_| {}).await?;
    assert_eq!(followed, Followed::Completed);
    objects::copy(account, &made.bucket, "releases/r1/index.html", "web/index.html").await?;
    distribution::invalidate(account, &made.distribution.id, "r1", &["/index.html".to_owned()]).await?;
    scaling::ensure(account, foundation, &names, &made.target_group_arn, scaling::USUAL).await
}

/// A deployment is tried once more, as a build's step is.
async fn deploy_again(environment: &Environment<'_, InMemory>, account: &Account, foundation: &Foundation, context: &str) {
    Box::pin(deploy(environment, account, foundation)).await.unwrap_or_else(|error| panic!("{context}: {error}"));
}

const ALIAS: &str = "car-rental.apps.example.test";

/// The distance from one case to the next.
pub fn step() -> usize {
    std::env::var("SLIPFORM_FAULT_EVERY").map_or(7, |every| every.parse().expect("SLIPFORM_FAULT_EVERY is a number"))
}

async fn at_calls(fault: Fault) {
    let emulator = Emulator::start().await;
    let (calls, faults) = (Calls::default(), Faults::default());
    let (account, foundation) = Box::pin(emulator.with_foundation(&calls, &faults)).await;
    let alias = ALIAS;
    emulator.mirror_service(&foundation, &Names::new(&scope("e1", true))).await;
    let mut at = 0;
    loop {
        let (names, ledger) = (Names::new(&scope("e1", true)), InMemory::default());
        let environment = Environment::new(&account, &foundation, names, &ledger);
        faults.plan(at, fault);
        let made = Box::pin(deploy(&environment, &account, &foundation)).await;
        let requests = faults.clear();
        let context = format!("{fault:?} at request {at}: {:?}", calls.take().get(at));
        // The SDK tries again by itself; what it cannot know is the next attempt's to find out.
        if let Err(error) = made {
            deploy_again(&environment, &account, &foundation, &format!("{context}: {error}")).await;
        }
        assert_eq!(census(&account, &foundation).await, RIGHT, "{context}");
        environment.remove(&front(alias), true, true).await.unwrap_or_else(|error| panic!("{context}: {error}"));
        assert_eq!(environment.left(&front(alias), true, true).await.unwrap(), Vec::<String>::new(), "{context}");
        assert_eq!(ledger.entries().await.unwrap(), [], "{context}");
        calls.take();
        at += step();
        if at >= requests {
            break;
        }
    }
    assert!(at > 50, "only {at} requests");
}

/// The same for a removal.
async fn at_calls_of_a_removal(fault: Fault) {
    let emulator = Emulator::start().await;
    let (calls, faults) = (Calls::default(), Faults::default());
    let (account, foundation) = Box::pin(emulator.with_foundation(&calls, &faults)).await;
    let alias = ALIAS;
    emulator.mirror_service(&foundation, &Names::new(&scope("e1", true))).await;
    let mut at = 0;
    loop {
        let (names, ledger) = (Names::new(&scope("e1", true)), InMemory::default());
        let environment = Environment::new(&account, &foundation, names, &ledger);
        deploy_again(&environment, &account, &foundation, "before a removal").await;
        calls.take();
        faults.plan(at, fault);
        let removed = environment.remove(&front(alias), true, true).await;
        let requests = faults.clear();
        let context = format!("{fault:?} at request {at} of a removal: {:?}", calls.take().get(at));
        if let Err(error) = removed {
            environment.remove(&front(alias), true, true).await.unwrap_or_else(|again| panic!("{context}: {error}, then {again}"));
        }
        assert_eq!(environment.left(&front(alias), true, true).await.unwrap(), Vec::<String>::new(), "{context}");
        assert!(census(&account, &foundation).await.iter().all(|(_, count)| *count == 0), "{context}: {:?}", census(&account, &foundation).await);
        assert_eq!(ledger.entries().await.unwrap(), [], "{context}");
        at += step();
        if at >= requests {
            break;
        }
    }
    assert!(at > 30, "only {at} requests");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removal_gets_over_any_answer_that_is_lost() {
    at_calls_of_a_removal(Fault::Lost).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removal_gets_over_any_call_that_is_throttled() {
    at_calls_of_a_removal(Fault::Throttled).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_is_lost_after_its_effect_at_any_call_leaves_nothing_double() {
    Box::pin(at_calls(Fault::Lost)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_throttled_call_anywhere_is_tried_again() {
    Box::pin(at_calls(Fault::Throttled)).await;
}

/// Killed at every call: the future is dropped when the n-th request is under way, as a worker that dies drops it.
#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_dies_at_any_call_is_followed_by_one_that_finishes() {
    let emulator = Emulator::start().await;
    let (calls, faults) = (Calls::default(), Faults::default());
    let (account, foundation) = Box::pin(emulator.with_foundation(&calls, &faults)).await;
    let alias = ALIAS;
    emulator.mirror_service(&foundation, &Names::new(&scope("e1", true))).await;
    let mut at = 0;
    loop {
        let (names, ledger) = (Names::new(&scope("e1", true)), InMemory::default());
        let environment = Environment::new(&account, &foundation, names, &ledger);
        faults.clear();
        let finished = {
            let mut deployment = Box::pin(deploy(&environment, &account, &foundation));
            let mut finished = None;
            while finished.is_none() && calls.seen() <= at {
                tokio::select! {
                    biased;
                    made = &mut deployment => finished = Some(made),
                    () = tokio::time::sleep(std::time::Duration::from_micros(200)) => {}
                }
            }
            finished
        };
        let context = format!("killed at call {at}");
        let done = finished.is_some();
        deploy_again(&environment, &account, &foundation, &context).await;
        assert_eq!(census(&account, &foundation).await, RIGHT, "{context}");
        environment.remove(&front(alias), true, true).await.unwrap_or_else(|error| panic!("{context}: {error}"));
        assert_eq!(environment.left(&front(alias), true, true).await.unwrap(), Vec::<String>::new(), "{context}");
        calls.take();
        if done {
            break;
        }
        at += step();
    }
    assert!(at > 50, "only {at} calls");
}
