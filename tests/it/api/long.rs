//! What is read in batches is read whole: nothing is missing and nothing comes twice where one batch ends and the next begins.

use super::follow::{self, Seen};
use super::{Api, HERE};
use crate::harness::Client;
use serde_json::{Value, json};
use slipform::domain::BuildId;
use slipform::queue::{self, Ending};
use std::time::Duration;

/// How much of a log there is: several batches, and more than is kept for those who follow.
const LINES: i32 = 2_500;

/// As if a worker had written these lines.
async fn write(api: &Api, build: BuildId, lines: std::ops::RangeInclusive<i32>) {
    let sql = "insert into build_events (build_id, organization_id, type, step, data)
         select id, organization_id, 'log', case when n % 2 = 0 then 'frontend' else 'backend' end, jsonb_build_object('level', 'info', 'line', 'line ' || n)
         from builds, generate_series($2, $3) n where id = $1 order by n";
    let written = sqlx::query(sql).bind(build.0).bind(lines.start()).bind(lines.end()).execute(&mut api.database.owner().await).await.unwrap();
    assert_eq!(written.rows_affected(), u64::try_from(lines.count()).unwrap());
    queue::announce(&api.pools.worker, &[build]).await;
}

/// The ids of all that has happened, in order.
async fn happened(api: &Api, build: BuildId) -> Vec<String> {
    let sql = "select id::text from build_events where build_id = $1 order by build_events.id";
    sqlx::query_scalar(sql).bind(build.0).fetch_all(&mut api.database.owner().await).await.unwrap()
}

/// Reads events until the stream ends or `most` have come: an event that is missing is not waited for.
async fn read(client: &Client, path: &str, after: Option<&str>, most: usize) -> Vec<Seen> {
    tokio::time::timeout(Duration::from_mins(1), follow::read(client, path, after, most)).await.unwrap_or_else(|_| panic!("not {most} events behind {after:?}"))
}

fn ids(seen: &[Seen]) -> Vec<&str> {
    seen.iter().map(|event| event.id.as_str()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_long_build_is_followed_without_a_gap_or_a_repeat_from_wherever_one_begins() {
    let api = Api::start().await;
    let client = api.with_notes().await;
    let path = format!("{HERE}/apps/notes/builds/{}/events", api.build().await);
    let claim = queue::claim(&api.pools.worker, "story", Duration::from_mins(10), 0).await.unwrap().expect("a build waits");
    // One is there from the beginning, and hears of more than is read at once.
    let early = tokio::spawn({
        let (client, path) = (client.clone(), path.clone());
        async move { read(&client, &path, None, usize::MAX).await }
    });
    tokio::time::sleep(Duration::from_millis(300)).await;
    write(&api, claim.build, 1..=1_300).await;
    write(&api, claim.build, 1_301..=LINES).await;
    let all = happened(&api, claim.build).await;
    assert_eq!(all.len(), 2 + usize::try_from(LINES).unwrap(), "it was queued, it runs, and its log");
    let beginnings = [0, 499, 500, 501, 1_000, 1_500, all.len() - 1];
    let after = |behind: usize| behind.checked_sub(1).map(|last| all[last].as_str());
    for behind in beginnings {
        let seen = read(&client, &path, after(behind), all.len() - behind).await;
        assert_eq!(ids(&seen), all[behind..], "behind {behind}, while it runs");
    }

    let mut tx = slipform::store::begin(&api.pools.worker).await.unwrap();
    queue::finish(&mut tx, claim.hold(), Ending::Succeeded).await.unwrap().expect("the lease is good");
    tx.commit().await.unwrap();
    queue::announce(&api.pools.worker, &[claim.build]).await;
    let early = early.await.unwrap();
    let whole = happened(&api, claim.build).await;
    assert_eq!(ids(&early), whole);
    assert_eq!(early.last().unwrap().data["state"], "succeeded");
    let lines: Vec<&Value> = early.iter().filter(|event| event.kind == "log").map(|event| &event.data["line"]).collect();
    assert_eq!(lines, (1..=LINES).map(|n| json!(format!("line {n}"))).collect::<Vec<_>>().iter().collect::<Vec<_>>());
    for behind in beginnings {
        assert_eq!(read(&client, &path, after(behind), usize::MAX).await, early[behind..], "behind {behind}, when it has ended");
    }
}

#[tokio::test]
async fn a_long_log_and_a_long_audit_log_are_read_whole() {
    let api = Api::start().await;
    let client = api.with_notes().await;
    let log = format!("{HERE}/apps/notes/builds/{}/logs", api.build().await);
    let build = queue::claim(&api.pools.worker, "story", Duration::from_mins(10), 0).await.unwrap().expect("a build waits").build;
    write(&api, build, 1..=LINES).await;
    let lines = async |path: &str| {
        let answer = client.get(path).await;
        let lines = answer.expect_text(200).lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        lines.collect::<Vec<_>>()
    };
    let read = lines(&log).await;
    assert!(read.iter().map(|line| &line["line"]).eq((1..=LINES).map(|n| json!(format!("line {n}"))).collect::<Vec<_>>().iter()));
    // As many as two batches have.
    sqlx::query("delete from build_events where build_id = $1 and type = 'log' and id > (select min(id) + 2001 from build_events where build_id = $1)")
        .bind(build.0)
        .execute(&mut api.database.owner().await)
        .await
        .unwrap();
    let of_one_step = lines(&format!("{log}?step=frontend")).await;
    assert!(of_one_step.iter().map(|line| &line["line"]).eq((1..=1_000).map(|n| json!(format!("line {}", 2 * n))).collect::<Vec<_>>().iter()));

    // Seventy lines of each moment: where a batch ends, others of the same moment follow.
    let mut owner = api.database.owner().await;
    let sql = "insert into audit_log (id, organization_id, at, actor_kind, actor_name, operation, subject_kind, subject_name)
         select gen_random_uuid(), $1, now() - n / 70 * interval '1 second', 'worker', 'worker', 'release.live', 'release', 'notes/' || n
         from generate_series(1, 1200) n";
    sqlx::query(sql).bind(api.owner.organization.0).execute(&mut owner).await.unwrap();
    let written: Vec<String> = sqlx::query_scalar("select id::text from audit_log where organization_id = $1 order by at desc, audit_log.id desc")
        .bind(api.owner.organization.0)
        .fetch_all(&mut owner)
        .await
        .unwrap();
    assert!(written.len() > 1_200, "{}", written.len());
    let exported = lines(&format!("{HERE}/audit/export")).await;
    assert!(exported.iter().map(|line| line["id"].as_str().unwrap()).eq(written.iter().map(String::as_str)), "{} lines", exported.len());
}
