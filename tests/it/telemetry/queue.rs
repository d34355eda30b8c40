//! What the queue says of traces and of itself.

use crate::queue::{Tenant, World};
use slipform::domain::{BuildState, TraceParent};
use slipform::queue::{self, Ending};
use slipform::store::TenantTx;
use std::time::Duration;
use uuid::Uuid;

const CALLER: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
const OTHER: &str = "00-1af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

fn trace(text: &str) -> TraceParent {
    text.parse().unwrap()
}

/// Somebody wants to be told everything.
async fn hook(world: &World, tenant: &Tenant) {
    sqlx::query(
        "insert into webhook_endpoints (id, organization_id, url, description, types, sealed_secret) values ($1, $2, 'https://example.com', '', '{}', '')",
    )
    .bind(Uuid::now_v7())
    .bind(tenant.organization)
    .execute(&world.owner)
    .await
    .unwrap();
}

#[tokio::test]
async fn an_event_of_a_build_stands_in_its_own_trace_and_in_none_if_it_has_none() {
    let world = World::new().await;
    let tenant = world.tenant("acme", 4).await;
    hook(&world, &tenant).await;

    // Somebody with a trace cancels one of each, and replaces one of each.
    for (environment, own) in [(0, None), (1, Some(trace(CALLER)))] {
        let (build, _) = world.enqueue_in(&tenant, environment, own).await;
        let mut tx = TenantTx::begin_traced(&world.database.application, tenant.organization, Some(trace(OTHER))).await.unwrap();
        queue::cancel(tx.connection(), tenant.organization, build).await.unwrap();
        tx.commit().await.unwrap();
    }
    for (environment, own) in [(2, None), (3, Some(trace(CALLER)))] {
        world.enqueue_in(&tenant, environment, own).await;
        world.enqueue_in(&tenant, environment, Some(trace(OTHER))).await;
    }
    let told: Vec<(String, String, Option<String>)> = sqlx::query_as(
        "select data #>> '{environment,slug}', type, trace_parent from webhook_events where type in ('build.cancelled', 'build.superseded') order by 1",
    )
    .fetch_all(&world.owner)
    .await
    .unwrap();
    let own = || Some(CALLER.to_owned());
    let expected = [("e1", "cancelled", None), ("e2", "cancelled", own()), ("e3", "superseded", None), ("e4", "superseded", own())];
    assert_eq!(told, expected.map(|(environment, what, trace)| (environment.to_owned(), format!("build.{what}"), trace)));

    // What it brings live as well.
    let tenant = world.tenant("second", 1).await;
    hook(&world, &tenant).await;
    let (build, _) = world.enqueue(&tenant, 0).await;
    while world.claim(0).await.is_some() {}
    assert_eq!(world.state(build).await.0, BuildState::Running);
    let mut tx = world.owner.begin().await.unwrap();
    sqlx::query("select set_config('slipform.trace_parent', $1, true)").bind(OTHER).execute(&mut *tx).await.unwrap();
    sqlx::query(
        "insert into releases (id, organization_id, app_id, environment_id, number, build_id, design_version_id, design_hash, schema_position, manifest, size_bytes)
         select id, organization_id, app_id, environment_id, 1, id, design_version_id, '', 0, '{}', 0 from builds where id = $1",
    )
    .bind(build)
    .execute(&mut *tx)
    .await
    .unwrap();
    sqlx::query("update environments set live_release_id = $1 where id = $2").bind(build).bind(tenant.environments[0]).execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
    let live: Vec<Option<String>> =
        sqlx::query_scalar("select trace_parent from webhook_events where type = 'release.live'").fetch_all(&world.owner).await.unwrap();
    assert_eq!(live, [None]);
}

#[tokio::test]
async fn a_build_begins_once_however_often_it_is_given_back() {
    let world = World::new().await;
    let tenant = world.tenant("acme", 1).await;
    world.enqueue(&tenant, 0).await;
    let first = world.claim(0).await.unwrap();
    world.give_back(first.hold()).await.unwrap();
    let again = world.claim(0).await.unwrap();
    assert_eq!((first.attempt, first.first), (1, true));
    assert_eq!((again.attempt, again.first), (1, false), "an attempt that was given back does not count");
}

#[tokio::test]
async fn what_must_wait_is_no_backlog() {
    let world = World::new().await;
    let depth = async || {
        let depth = queue::depth(&world.database.worker, Duration::from_secs(2)).await.unwrap();
        (depth.builds_waiting, depth.builds_blocked, depth.builds_running, depth.oldest_build_seconds)
    };
    assert_eq!(depth().await, (0, 0, 0, 0.0));
    // Two run of an organization, as many as may, and two more of it wait.
    let tenant = world.tenant("busy", 4).await;
    for environment in 0..4 {
        world.enqueue(&tenant, environment).await;
    }
    let running = world.claim(0).await.unwrap();
    world.claim(0).await.unwrap();
    // One runs of another, and the next of the same environment waits for it.
    let other = world.tenant("other", 1).await;
    world.enqueue(&other, 0).await;
    world.claim(0).await.unwrap();
    world.enqueue(&other, 0).await;
    sqlx::query("update builds set created_at = now() - interval '1 hour'").execute(&world.owner).await.unwrap();
    assert_eq!(depth().await, (0, 3, 3, 0.0));

    world.finish(running.hold(), Ending::Succeeded).await.unwrap();
    let (waiting, blocked, running, oldest) = depth().await;
    assert_eq!((waiting, blocked, running), (2, 1, 2));
    assert!((3_600.0..3_700.0).contains(&oldest), "{oldest}");
}
