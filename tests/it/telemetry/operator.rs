//! The port of one part, beside the part.

use crate::harness::{Client, TestDatabase, checkout, eventually, temporary_folder};
use serde_json::json;
use slipform::boot::up::Part;
use slipform::boot::{Base, PrivatePostgres, operator};
use slipform::config::Config;
use slipform::queue;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

#[tokio::test]
async fn a_part_is_ready_until_it_ends_or_its_database_does_and_shows_its_own_pool_alone() {
    let (database, folder) = (TestDatabase::create().await, temporary_folder());
    let mut config = Config::for_testing(folder.path(), &database.url, &checkout().join("toolkit"));
    config.key = Some(database.key.parse().unwrap());
    assert!(operator::bind(&config).unwrap().is_none(), "nothing listens unless somebody says so");
    config.telemetry.address = Some(([127, 0, 0, 1], 0).into());
    let base = Base::prepare(config, PrivatePostgres::Refuse).await.unwrap();

    let mut shown = Vec::new();
    for part in [Part::Serve, Part::Worker, Part::Host] {
        let port = operator::bind(&base.config).unwrap().unwrap();
        let (client, ending) = (Client::anonymous(&format!("http://{}", port.local_addr().unwrap())), CancellationToken::new());
        shown.push((part, operator::answer(&base, Some(part), port, ending.clone()), client, ending));
    }
    for (part, _, client, _) in &shown {
        client.get("/health/ready").await.expect(200);
        let text = client.get("/metrics").await.expect_text(200).to_owned();
        let own = match part {
            Part::Serve => "application",
            Part::Worker => "worker",
            Part::Host => "host",
        };
        let pools: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("db_client_connection_max{db_client_connection_pool_name=\"")).collect();
        assert!(pools.len() == 1 && pools[0].starts_with(own), "{part:?}: {pools:?}");
        // Only a worker may see what waits of all organizations.
        assert_eq!(text.contains("slipform_queue_builds"), *part == Part::Worker, "{part:?}:\n{text}");
    }

    // What waits is told as it is in the database, without what its time has not come for.
    let mut owner = database.owner().await;
    for (kind, after) in [("sweep", "0 s"), ("sweep", "1 hour")] {
        let job = queue::jobs::enqueue(&mut owner, None, kind, &json!({ "after": after })).await.unwrap();
        sqlx::query("update jobs set run_at = now() + $2::interval where id = $1").bind(job.0).bind(after).execute(&mut owner).await.unwrap();
    }
    let (_, _, worker, ending) = &shown[1];
    eventually("it looks again", 10, || async { worker.get("/metrics").await.expect_text(200).contains("\nslipform_queue_jobs_due 1\n").then_some(()) }).await;

    // One that ends gets no new work, and is watched until its end.
    ending.cancel();
    assert_eq!(worker.get("/health/ready").await.expect(503), json!({ "status": "ending" }));
    worker.get("/health/live").await.expect(200);
    worker.get("/metrics").await.expect_text(200);

    base.database.application.close().await;
    let (_, guard, serve, _) = shown.swap_remove(0);
    serve.get("/health/ready").await.expect(503);
    serve.get("/health/live").await.expect(200);
    drop(guard);
    eventually("nobody listens any more", 5, || async { serve.try_get("/health/live").await.is_none().then_some(()) }).await;
    drop(shown);
    base.stop().await;
}

#[tokio::test]
async fn many_who_ask_make_one_question_of_the_database_which_it_need_not_think_about_for_long() {
    let (database, folder) = (TestDatabase::create().await, temporary_folder());
    let mut config = Config::for_testing(folder.path(), &database.url, &checkout().join("toolkit"));
    config.key = Some(database.key.parse().unwrap());
    config.telemetry.address = Some(([127, 0, 0, 1], 0).into());
    let base = Base::prepare(config, PrivatePostgres::Refuse).await.unwrap();
    let port = operator::bind(&base.config).unwrap().unwrap();
    let client = Client::anonymous(&format!("http://{}", port.local_addr().unwrap()));
    let guard = operator::answer(&base, Some(Part::Worker), port, CancellationToken::new());

    // The database is stuck over what is asked.
    let (mut owner, mut watcher) = (database.owner().await, database.owner().await);
    sqlx::query("begin").execute(&mut owner).await.unwrap();
    sqlx::query("lock table jobs in access exclusive mode").execute(&mut owner).await.unwrap();
    let asked: Vec<_> = (0..20)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move { client.get("/metrics").await.expect_text(200).contains("slipform_queue") })
        })
        .collect();
    let mut stuck = async || {
        let waiting = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
        sqlx::query_scalar::<_, i64>(waiting).fetch_one(&mut watcher).await.unwrap()
    };
    let mut most = 0;
    while asked.iter().any(|asked| !asked.is_finished()) {
        most = most.max(stuck().await);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(most, 1);
    for asked in asked {
        assert!(!asked.await.unwrap(), "nothing could be looked up");
    }
    // The database has given it up, too.
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(stuck().await, 0);
    sqlx::query("rollback").execute(&mut owner).await.unwrap();
    eventually("it looks again", 10, || async { client.get("/metrics").await.expect_text(200).contains("slipform_queue_builds").then_some(()) }).await;
    drop(guard);
    base.stop().await;
}
