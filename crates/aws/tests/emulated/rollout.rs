//! Rollouts on ECS that take a while, or go wrong: what is answered, what is told meanwhile, and what is done to the service.
//! Time is the test's own, so that minutes pass at once.

use crate::emulator::{REGION, scope, server};
use crate::scripted::{Course, Fault, Scripted};
use slipform_aws::account::fixed_credentials;
use slipform_aws::ensure::access_point::AccessPoint;
use slipform_aws::ensure::distribution::Distribution;
use slipform_aws::environment::Made;
use slipform_aws::server::{self, Followed, Running};
use slipform_aws::{Account, Connection, Foundation, Kind, Names};
use std::collections::{BTreeMap, HashMap};
use std::time::{Duration, SystemTime};
use tokio::time::Instant;

const LIMIT: Duration = Duration::from_mins(15);

/// A control plane in front of the fake.
struct Site {
    ecs: Scripted,
    account: Account,
    foundation: Foundation,
    names: Names,
    made: Made,
}

impl Site {
    async fn new() -> Self {
        let ecs = Scripted::default();
        let connection = Connection { credentials: Some(fixed_credentials("id", "secret")), http: ecs.clone().into(), ..Connection::new(REGION, None) };
        let outputs = [
            "PrivateSubnets",
            "PublicSubnets",
            "FunctionSecurityGroup",
            "TaskSecurityGroup",
            "VpcId",
            "FileSystemId",
            "FileSystemArn",
            "ArtifactBucket",
            "Cluster",
            "ListenerArn",
            "OriginDomain",
            "OriginProtocol",
            "HostedZoneId",
            "AppsDomain",
            "CloudFrontCertificateArn",
            "OriginAccessControl",
            "ResponseHeadersPolicy",
            "SinglePageFunctionArn",
            "BoundaryArn",
            "ToolkitLayerArn",
            "StageCodeKey",
            "StewardFunction",
            "DatabaseHost",
            "DatabasePort",
            "ServerImage",
            "LogRetentionDays",
        ];
        let outputs: HashMap<String, String> = outputs.map(|name| (name.to_owned(), "30".to_owned())).into();
        let id = |name: &str| format!("arn:aws:{name}");
        let made = Made {
            access_point: AccessPoint { id: "fsap-1".into(), arn: id("fsap-1") },
            secret_arn: id("secret"),
            task_role_arn: id("task-role"),
            execution_role_arn: id("execution-role"),
            target_group_arn: id("target-group"),
            bucket: "bucket".into(),
            distribution: Distribution { id: "E1".into(), arn: id("E1"), domain: "d1.cloudfront.net".into() },
            functions: BTreeMap::new(),
        };
        Self {
            account: Account::of_function(&connection).await,
            foundation: Foundation::read("slipform", &outputs).unwrap(),
            names: Names::new(&scope("e1", true)),
            ecs,
            made,
        }
    }

    /// One whose first release is live.
    async fn live() -> (Self, Running) {
        let site = Self::new().await;
        let (_, followed, _) = site.roll_out("r1").await;
        assert_eq!(followed, Followed::Completed);
        site.ecs.changes();
        site.ecs.an_hour_passes();
        let before = site.running().await;
        (site, before)
    }

    async fn running(&self) -> Running {
        server::running(&self.account, &self.foundation, &self.names).await.unwrap().unwrap()
    }

    async fn start(&self, release: &str) -> String {
        let (account, foundation, names) = (&self.account, &self.foundation, &self.names);
        let definition = server::register(account, foundation, names, &self.made, &server(release)).await.unwrap();
        server::start(account, foundation, names, &self.made, &definition).await.unwrap();
        definition
    }

    async fn follow(&self, definition: &str, since: SystemTime, say: impl FnMut(&str)) -> Followed {
        server::follow(&self.account, &self.foundation, &self.names, definition, since, LIMIT, say).await.unwrap()
    }

    /// What a rollout does: its definition, how it ended, and what was told.
    async fn roll_out(&self, release: &str) -> (String, Followed, Vec<String>) {
        let (since, mut said) = (SystemTime::now(), Vec::new());
        let definition = self.start(release).await;
        let followed = self.follow(&definition, since, |line| said.push(line.to_owned())).await;
        (definition, followed, said)
    }

    async fn go_back(&self, before: Option<&Running>) {
        server::go_back(&self.account, &self.foundation, &self.names, before).await.unwrap();
    }
}

fn cause(followed: Followed) -> String {
    match followed {
        Followed::Failed(cause) => cause,
        other => panic!("{other:?}"),
    }
}

#[tokio::test(start_paused = true)]
async fn a_rollout_that_takes_a_while_is_told_step_by_step() {
    let (site, before) = Site::live().await;
    assert!(before.settled && before.release == "r1" && before.stable.as_ref() == Some(&before.task_definition), "{before:?}");
    site.ecs.then(&[Course::Completes(20)]);
    let begin = Instant::now();
    let (definition, followed, said) = site.roll_out("r2").await;
    assert_eq!(followed, Followed::Completed);
    assert!(begin.elapsed() > Duration::from_secs(50), "{:?}", begin.elapsed());
    assert!(said[0].starts_with("ECS: has started 1 tasks"), "{said:?}");
    assert_eq!(
        said[1..],
        ["ECS: registered 1 targets in (target-group arn)", "ECS: (deployment ecs-svc/4) deployment completed.", "ECS: has reached a steady state."]
    );
    assert_eq!(site.ecs.changes(), ["RegisterTaskDefinition", "UpdateService"]);
    let running = site.running().await;
    assert!(running.settled && running.release == "r2" && running.task_definition == definition, "{running:?}");
}

#[tokio::test(start_paused = true)]
async fn why_no_task_stays_is_the_cause_that_the_maker_reads() {
    for (course, words) in [
        (Course::Exits(1), "A task stopped: Essential container in task exited; exit code 1."),
        (Course::OutOfMemory, "A task stopped: Essential container in task exited; OutOfMemoryError: Container killed due to memory usage; exit code 137."),
        (Course::NoImage, "A task stopped: CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref: not found."),
        (Course::NoFiles, "A task stopped: ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes"),
        (Course::Unhealthy, "ECS: (port 8080) is unhealthy in (target-group arn) due to (reason Health checks failed with these codes: [502])."),
    ] {
        let (site, before) = Site::live().await;
        site.ecs.then(&[course]);
        let (_, followed, said) = site.roll_out("r2").await;
        let cause = cause(followed);
        assert!(cause.starts_with("ECS deployment circuit breaker: tasks failed to start. ") && cause.contains(words), "{cause}");
        assert_eq!(cause.matches("A task stopped").count(), 1, "each reason once: {cause}");
        assert!(!cause.contains("deployment failed:"), "that it failed is no reason: {cause}");
        assert!(said.iter().any(|line| line.contains("rolling back to deployment")), "{said:?}");

        // ECS goes back by itself, and is let do so.
        site.ecs.changes();
        site.go_back(Some(&before)).await;
        assert_eq!(site.ecs.changes(), Vec::<String>::new());
        let running = loop {
            let running = site.running().await;
            assert_eq!((&running.task_definition, &running.stable), (&before.task_definition, &before.stable));
            if running.settled {
                break running;
            }
        };
        assert_eq!(running.release, "r1");
    }
}

#[tokio::test(start_paused = true)]
async fn a_rollback_that_ended_before_anybody_could_look_is_a_failure_all_the_same() {
    let (site, before) = Site::live().await;
    site.ecs.then(&[Course::Exits(1)]);
    let since = SystemTime::now();
    let definition = site.start("r2").await;
    site.ecs.fail("DescribeServices", Fault::Lost, 10);
    let cause = cause(site.follow(&definition, since, |_| {}).await);
    assert!(cause.starts_with("ECS gave the deployment up and went back") && cause.contains("exit code 1"), "{cause}");
    assert_eq!(site.running().await, before);

    // The same release once more: its revision is found, and deployed anew, for nothing of it is under way.
    site.ecs.changes();
    let (again, followed, _) = site.roll_out("r2").await;
    assert_eq!((again, followed), (definition, Followed::Completed));
    assert_eq!(site.ecs.changes(), ["UpdateService"]);
}

#[tokio::test(start_paused = true)]
async fn a_first_deployment_that_fails_leaves_nothing_running_and_can_be_tried_again() {
    let site = Site::new().await;
    site.ecs.then(&[Course::Exits(1)]);
    let (definition, followed, _) = site.roll_out("r1").await;
    assert!(cause(followed).contains("exit code 1"));
    assert_eq!(site.running().await.stable, None);
    site.go_back(None).await;
    assert_eq!(site.ecs.wanted(), Some((0, definition.clone())));
    assert_eq!(site.ecs.changes(), ["RegisterTaskDefinition", "CreateService", "UpdateService"]);

    // ECS keeps the deployment that failed, so that only another one can succeed, or fail for a cause of its own.
    let before = site.running().await;
    assert_eq!(before.desired, 0);
    site.ecs.then(&[Course::OutOfMemory]);
    let failure = cause(site.roll_out("r1").await.1);
    assert!(failure.contains("exit code 137") && !failure.contains("exit code 1."), "{failure}");
    site.go_back(Some(&before)).await;
    assert_eq!(site.ecs.wanted(), Some((0, definition.clone())));
    assert_eq!(site.roll_out("r1").await.1, Followed::Completed);
    assert_eq!(site.ecs.wanted(), Some((1, definition)));
    assert_eq!(site.ecs.revisions(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_deployment_that_never_ends_is_given_up_and_what_was_live_comes_back() {
    let (site, before) = Site::live().await;
    site.ecs.then(&[Course::Unplaced]);
    let begin = Instant::now();
    let (_, followed, _) = site.roll_out("r2").await;
    let cause = cause(followed);
    assert!(cause.starts_with("ECS did not finish the deployment within 15 minutes.") && cause.contains("Capacity is unavailable"), "{cause}");
    assert!(begin.elapsed() < LIMIT + Duration::from_mins(1), "{:?}", begin.elapsed());
    site.go_back(Some(&before)).await;
    assert_eq!(site.ecs.wanted(), Some((1, before.task_definition.clone())));
    assert_eq!(site.running().await, before);
}

#[tokio::test(start_paused = true)]
async fn another_ones_deployment_is_no_failure_of_this_one() {
    // In the service's past, ECS has gone back once.
    let (site, before) = Site::live().await;
    site.ecs.then(&[Course::Exits(1)]);
    cause(site.roll_out("r2").await.1);
    while !site.running().await.settled {}
    site.ecs.an_hour_passes();

    for fate in [Course::Completes(1), Course::Completes(5)] {
        site.ecs.then(&[Course::Completes(9), fate]);
        let since = SystemTime::now();
        let definition = site.start(&format!("r3, {fate:?}")).await;
        let mut taken = false;
        let followed = site
            .follow(&definition, since, |_| {
                if !std::mem::replace(&mut taken, true) {
                    site.ecs.deploy(&before.task_definition);
                }
            })
            .await;
        assert_eq!(followed, Followed::Overtaken, "{fate:?}");
        while !site.running().await.settled {}
    }
}

#[tokio::test(start_paused = true)]
async fn polls_that_are_throttled_or_lost_are_no_reason_to_give_up() {
    let (site, _) = Site::live().await;
    site.ecs.then(&[Course::Completes(20)]);
    let since = SystemTime::now();
    let definition = site.start("r2").await;
    site.ecs.fail("DescribeServices", Fault::Throttled, 15);
    site.ecs.fail("DescribeServices", Fault::Lost, 14);
    assert_eq!(site.follow(&definition, since, |_| {}).await, Followed::Completed);

    // For as long as the limit, and no longer.
    site.ecs.then(&[Course::Unplaced]);
    let (begin, since) = (Instant::now(), SystemTime::now());
    let definition = site.start("r3").await;
    site.ecs.fail("DescribeServices", Fault::Throttled, 100_000);
    let error = server::follow(&site.account, &site.foundation, &site.names, &definition, since, LIMIT, |_| {}).await.unwrap_err();
    assert_eq!((error.kind, error.call), (Kind::Throttled, "ecs:DescribeServices"));
    assert!(begin.elapsed() > LIMIT && begin.elapsed() < LIMIT * 2, "{:?}", begin.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_deployment_that_is_not_yet_seen_is_neither_deleted_nor_overtaken() {
    let site = Site::new().await;
    for release in ["r1", "r2"] {
        let since = SystemTime::now();
        let definition = site.start(release).await;
        site.ecs.late(4);
        assert_eq!(site.follow(&definition, since, |_| {}).await, Followed::Completed);
    }
    // What is never seen is not waited for until the end.
    let begin = Instant::now();
    let definition = site.start("r3").await;
    site.ecs.late(usize::MAX);
    assert_eq!(site.follow(&definition, SystemTime::now(), |_| {}).await, Followed::Overtaken);
    assert!(begin.elapsed() < Duration::from_mins(1), "{:?}", begin.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_failure_stays_one_although_its_tasks_cannot_be_read() {
    let (site, _) = Site::live().await;
    site.ecs.then(&[Course::Exits(1)]);
    site.ecs.fail("ListTasks", Fault::Throttled, 6);
    let cause = cause(site.roll_out("r2").await.1);
    assert!(cause.starts_with("ECS deployment circuit breaker: tasks failed to start. Why its tasks stopped could not be read: ecs:ListTasks"), "{cause}");
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_is_lost_doubles_nothing() {
    for fault in [Fault::Lost, Fault::Throttled] {
        let site = Site::new().await;
        for operation in ["RegisterTaskDefinition", "CreateService", "UpdateService"] {
            site.ecs.fail(operation, fault, 1);
        }
        assert_eq!(site.roll_out("r1").await.1, Followed::Completed);
        let definition = site.roll_out("r2").await.0;
        assert_eq!((site.ecs.revisions(), site.running().await.task_definition), (2, definition.clone()));
        let effects = |operation: &str, changes: &[String]| changes.iter().filter(|change| *change == operation).count();
        let (changes, tries) = (site.ecs.changes(), if fault == Fault::Lost { 1 } else { 2 });
        assert_eq!(effects("CreateService", &changes), tries, "{changes:?}");
        assert_eq!(effects("UpdateService", &changes), tries, "{changes:?}");

        // A deployment that is forced is begun once as well.
        site.ecs.then(&[Course::Exits(1)]);
        site.ecs.delete();
        cause(site.roll_out("r2").await.1);
        site.ecs.changes();
        site.ecs.fail("UpdateService", fault, 1);
        site.ecs.then(&[Course::Completes(4), Course::Exits(1)]);
        let (again, followed, _) = site.roll_out("r2").await;
        assert_eq!((again, followed), (definition, Followed::Completed));
        assert_eq!(effects("UpdateService", &site.ecs.changes()), tries);
    }
}

#[tokio::test(start_paused = true)]
async fn a_service_that_is_deleted_by_hand_is_told_and_made_again() {
    let (site, _) = Site::live().await;
    site.ecs.then(&[Course::Completes(9)]);
    let since = SystemTime::now();
    let definition = site.start("r2").await;
    let followed = site.follow(&definition, since, |_| site.ecs.delete()).await;
    assert_eq!(cause(followed), "The service was deleted while it was being deployed.");
    assert_eq!(server::running(&site.account, &site.foundation, &site.names).await.unwrap(), None);
    site.ecs.changes();
    assert_eq!(site.roll_out("r2").await.1, Followed::Completed);
    assert_eq!(site.ecs.changes(), ["CreateService"], "its definition is still there");
}

#[tokio::test(start_paused = true)]
async fn whoever_goes_on_with_a_rollout_goes_back_to_what_was_complete() {
    let (site, live) = Site::live().await;
    // A worker dies meanwhile; the next finds the deployment under way.
    site.ecs.then(&[Course::Exits(1)]);
    let definition = site.start("r2").await;
    let before = site.running().await;
    assert_eq!((&before.task_definition, &before.stable, before.settled), (&definition, &live.stable, false));
    site.ecs.changes();
    let (_, followed, _) = site.roll_out("r2").await;
    assert!(cause(followed).contains("exit code 1"));
    site.go_back(Some(&before)).await;
    assert_eq!(site.ecs.changes(), Vec::<String>::new(), "neither deployed anew nor brought back");
    assert_eq!(site.ecs.wanted(), Some((1, live.task_definition)));
}

#[tokio::test(start_paused = true)]
async fn a_service_goes_with_all_its_revisions() {
    let (site, _) = Site::live().await;
    site.roll_out("r2").await;
    server::remove(&site.account, &site.foundation, &site.names).await.unwrap();
    assert!(!server::left(&site.account, &site.foundation, &site.names).await.unwrap());
    assert_eq!((site.ecs.wanted(), site.ecs.revisions()), (None, 0));
}
