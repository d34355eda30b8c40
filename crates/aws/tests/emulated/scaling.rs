//! How many servers an app has, on moto: made, found as it was, corrected, removed.

use crate::emulator::{Calls, Emulator, Faults, scope};
use crate::environment::reads;
use aws_sdk_applicationautoscaling::types::{ScalableDimension, ServiceNamespace};
use slipform_aws::Names;
use slipform_aws::ensure::scaling::{self, Scaling, USUAL};

#[tokio::test(flavor = "multi_thread")]
async fn scaling_is_made_found_as_it_was_corrected_and_removed() {
    let emulator = Emulator::start().await;
    let (calls, faults) = (Calls::default(), Faults::default());
    let (account, foundation) = Box::pin(emulator.with_foundation(&calls, &faults)).await;
    let names = Names::new(&scope("e1", true));
    emulator.mirror_service(&foundation, &names).await;
    let group = "arn:aws:elasticloadbalancing:eu-central-1:111122223333:targetgroup/slf-a/0123456789abcdef";
    let changes = || calls.take().into_iter().filter(|call| !reads(call)).collect::<Vec<_>>();
    assert!(!scaling::left(&account, &foundation, &names).await.unwrap());

    scaling::ensure(&account, &foundation, &names, group, USUAL).await.unwrap();
    assert_eq!(changes().len(), 3, "the bounds, and a policy for each of two goals");
    let id = format!("service/{}/{}", foundation.cluster, names.service());
    let (ecs, count) = (ServiceNamespace::Ecs, ScalableDimension::EcsServiceDesiredCount);
    let bounds = async || {
        let describe = account.scaling.describe_scalable_targets().service_namespace(ecs.clone()).resource_ids(&id).scalable_dimension(count.clone());
        let targets = describe.send().await.unwrap().scalable_targets.unwrap();
        targets.iter().map(|target| (target.min_capacity(), target.max_capacity())).collect::<Vec<_>>()
    };
    let policies = async || {
        let found = account.scaling.describe_scaling_policies().service_namespace(ecs.clone()).resource_id(&id).send().await.unwrap();
        found.scaling_policies.unwrap()
    };
    assert_eq!(bounds().await, [(USUAL.least, USUAL.most)]);
    let labels: Vec<_> = policies()
        .await
        .iter()
        .filter_map(|policy| {
            let tracking = policy.target_tracking_scaling_policy_configuration.as_ref()?;
            tracking.predefined_metric_specification.as_ref()?.resource_label.clone()
        })
        .collect();
    let [label] = labels.as_slice() else { panic!("{labels:?}") };
    assert!(label.starts_with("app/") && label.ends_with("/targetgroup/slf-a/0123456789abcdef"), "{label}");
    calls.take();

    // Once more: it is as it was, so nothing is changed.
    scaling::ensure(&account, &foundation, &names, group, USUAL).await.unwrap();
    assert_eq!(changes(), Vec::<String>::new());

    // Other bounds and another goal than before, and a policy that somebody has removed.
    let wider = Scaling { most: 8, cpu: 50.0, ..USUAL };
    account
        .scaling
        .delete_scaling_policy()
        .policy_name(format!("{}-requests", names.service()))
        .service_namespace(ecs.clone())
        .resource_id(&id)
        .scalable_dimension(count.clone())
        .send()
        .await
        .unwrap();
    calls.take();
    scaling::ensure(&account, &foundation, &names, group, wider).await.unwrap();
    assert_eq!(changes().len(), 3);
    assert_eq!(bounds().await, [(1, 8)]);
    let mut goals: Vec<_> =
        policies().await.iter().filter_map(|policy| Some(policy.target_tracking_scaling_policy_configuration.as_ref()?.target_value)).collect();
    goals.sort_by(f64::total_cmp);
    assert_eq!(goals, [50.0, 1_000.0]);

    assert!(scaling::left(&account, &foundation, &names).await.unwrap());
    scaling::remove(&account, &foundation, &names).await.unwrap();
    assert!(!scaling::left(&account, &foundation, &names).await.unwrap());
    assert!(bounds().await.is_empty());
    calls.take();
    scaling::remove(&account, &foundation, &names).await.unwrap();
    assert_eq!(changes(), Vec::<String>::new());
}
