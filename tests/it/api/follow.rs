//! Following a build: what a worker writes arrives once and in order, however often the connection breaks.

use super::{Api, HERE};
use crate::harness::Client;
use serde_json::{Value, json};
use slipform::domain::{StepName, StepState};
use slipform::queue::{self, Claim, Ending};
use slipform::store::pipeline;
use std::time::Duration;

#[derive(Debug, Clone, PartialEq)]
pub struct Seen {
    pub id: String,
    pub kind: String,
    pub data: Value,
}

/// Reads events until the stream ends or `most` have come.
pub async fn read(client: &Client, path: &str, after: Option<&str>, most: usize) -> Vec<Seen> {
    let mut request = client.request(reqwest::Method::GET, path);
    if let Some(after) = after {
        request = request.header("last-event-id", after);
    }
    let mut response = request.send().await.unwrap();
    assert!(response.status().is_success());
    let (mut text, mut seen) = (String::new(), Vec::new());
    while let Ok(Some(chunk)) = response.chunk().await {
        text.push_str(std::str::from_utf8(&chunk).unwrap());
        while let Some((block, rest)) = text.split_once("\n\n") {
            seen.extend(event(block));
            text = rest.to_owned();
            if seen.len() == most {
                return seen;
            }
        }
    }
    seen
}

/// Reads so many bytes of the stream, and what of it are whole events: the connection breaks in the middle of one.
async fn read_bytes(client: &Client, path: &str, after: Option<&str>, bytes: usize) -> Vec<Seen> {
    let request = client.request(reqwest::Method::GET, path);
    let mut response = after.into_iter().fold(request, |request, after| request.header("last-event-id", after)).send().await.unwrap();
    let mut read = Vec::new();
    while let Ok(Some(chunk)) = response.chunk().await {
        read.extend_from_slice(&chunk);
        if read.len() >= bytes {
            break;
        }
    }
    read.truncate(bytes);
    let text = String::from_utf8_lossy(&read);
    let whole = text.rsplit_once("\n\n").map_or("", |(whole, _)| whole);
    whole.split("\n\n").filter_map(event).collect()
}

/// An event, unless it is a comment.
fn event(block: &str) -> Option<Seen> {
    let field = |name: &str| block.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default().trim().to_owned();
    (!field("data:").is_empty()).then(|| Seen { id: field("id:"), kind: field("event:"), data: serde_json::from_str(&field("data:")).unwrap() })
}

/// Does what a worker would do, with a break before each event.
async fn work(api: &Api, claim: &Claim) {
    let pool = &api.pools.worker;
    let mut connection = pool.acquire().await.unwrap();
    for (index, name) in StepName::ALL.iter().enumerate() {
        pipeline::start_step(&mut connection, claim.build, claim.fence, *name).await.unwrap().expect("the lease is good");
        let lines: Vec<String> = (0..index * 3).map(|line| format!("{name} {line}")).collect();
        let levels = vec!["info".to_owned(); lines.len()];
        pipeline::log(&mut connection, claim.build, claim.fence, *name, &levels, &lines).await.unwrap();
        queue::announce(pool, &[claim.build]).await;
        tokio::time::sleep(Duration::from_millis(20)).await;
        assert!(pipeline::end_step(&mut connection, claim.build, claim.fence, *name, StepState::Succeeded, None, None).await.unwrap());
        queue::announce(pool, &[claim.build]).await;
    }
    let mut tx = slipform::store::begin(pool).await.unwrap();
    queue::finish(&mut tx, claim.hold(), Ending::Succeeded).await.unwrap().expect("the lease is good");
    tx.commit().await.unwrap();
    queue::announce(pool, &[claim.build]).await;
}

async fn claim(api: &Api) -> Claim {
    queue::claim(&api.pools.worker, "story", Duration::from_mins(1), 0).await.unwrap().expect("a build waits")
}

#[tokio::test]
async fn events_arrive_once_and_in_order_however_often_the_connection_breaks() {
    let api = Api::start().await;
    let client = api.with_notes().await;
    let build = format!("{HERE}/apps/notes/builds/{}", api.build().await);
    let path = format!("{build}/events");
    let claim = claim(&api).await;

    // One never breaks, at another process; others break after each 1, 2 or 5 events and go on where they were.
    let second = api.second();
    let whole = read(&second, &path, None, usize::MAX);
    let broken = async |every: usize| {
        let mut seen: Vec<Seen> = Vec::new();
        loop {
            let more = read(&client, &path, seen.last().map(|e| e.id.as_str()), every).await;
            let ended = more.is_empty();
            seen.extend(more);
            if ended {
                return seen;
            }
        }
    };
    let (whole, one, two, five, ()) = tokio::join!(whole, broken(1), broken(2), broken(5), work(&api, &claim));
    assert_eq!(whole.len(), 1 + 1 + 7 * 2 + (0..7).map(|i| i * 3).sum::<usize>() + 1, "{whole:#?}");
    assert_eq!((whole[0].kind.as_str(), &whole[0].data["state"]), ("build", &json!("queued")));
    let last = whole.last().unwrap();
    assert_eq!((last.kind.as_str(), &last.data["state"]), ("build", &json!("succeeded")));
    let log = whole.iter().find(|e| e.kind == "log").unwrap();
    assert_eq!((&log.data["step"], &log.data["line"]), (&json!("frontend"), &json!("frontend 0")));
    for seen in [one, two, five] {
        assert_eq!(seen, whole);
    }
    // Or it breaks wherever it likes: within an event, within its id, between the two line ends.
    for bytes in [331, 512, 1009, 4096] {
        let mut seen: Vec<Seen> = Vec::new();
        loop {
            let more = read_bytes(&client, &path, seen.last().map(|e| e.id.as_str()), bytes).await;
            if more.is_empty() {
                break;
            }
            seen.extend(more);
        }
        assert_eq!(seen, whole, "{bytes} bytes at a time");
    }
    let after = client.send(client.request(reqwest::Method::GET, &path).header("last-event-id", &last.id)).await;
    assert_eq!(after.status, 204, "nothing more will come");
    client.send(client.request(reqwest::Method::GET, &path).header("last-event-id", "x")).await.expect(422);

    let finished = client.get(&build).await.expect(200);
    assert_eq!(finished["state"], "succeeded");
    assert!(finished["durationMs"].is_i64() && finished["steps"][0]["durationMs"].is_i64());
    let log = client.get(&format!("{build}/logs?step=bundle")).await;
    assert_eq!(log.headers["content-type"], "application/x-ndjson");
    let lines: Vec<Value> = log.text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.iter().map(|l| l["line"].as_str().unwrap()).collect::<Vec<_>>(), (0..9).map(|i| format!("bundle {i}")).collect::<Vec<_>>());
    client.get(&format!("{build}/logs?step=nothing")).await.expect(422);
    assert_eq!(client.get(&format!("{build}/logs")).await.text.lines().count(), 63);
}

#[tokio::test]
async fn a_running_build_is_asked_to_end_and_streams_end_with_the_server() {
    let api = Api::start().await;
    let client = api.with_notes().await;
    let build = format!("{HERE}/apps/notes/builds/{}", api.build().await);
    claim(&api).await;
    let cancelled = client.post(&format!("{build}/cancel"), &json!({})).await.expect(202);
    assert_eq!((&cancelled["state"], &cancelled["cancelRequested"]), (&json!("running"), &json!(true)));

    let path = format!("{build}/events");
    let following = tokio::spawn(async move { read(&client, &path, None, usize::MAX).await });
    tokio::time::sleep(Duration::from_millis(200)).await;
    api.shutdown.cancel();
    let seen = tokio::time::timeout(Duration::from_secs(5), following).await.expect("the stream ends").unwrap();
    assert_eq!(seen.last().unwrap().data["cancelRequested"], true);
}

#[tokio::test]
async fn listening_survives_a_lost_connection() {
    let api = Api::start().await;
    let client = api.with_notes().await;
    let number = api.build().await;
    let mut owner = api.database.owner().await;
    let ended = sqlx::query("select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and query like 'LISTEN%'")
        .execute(&mut owner)
        .await
        .unwrap();
    assert_eq!(ended.rows_affected(), 1, "one connection listens");
    tokio::time::sleep(Duration::from_secs(1)).await;
    let path = format!("{HERE}/apps/notes/builds/{number}");
    let start = std::time::Instant::now();
    let cancel = async {
        tokio::time::sleep(Duration::from_millis(200)).await;
        client.post(&format!("{path}/cancel"), &json!({})).await.expect(202);
    };
    let wait = client.send(client.request(reqwest::Method::GET, &path).header("prefer", "wait=20"));
    let (answer, ()) = tokio::join!(wait, cancel);
    assert_eq!(answer.expect(200)["state"], "cancelled");
    assert!(start.elapsed() < Duration::from_secs(4), "{:?}", start.elapsed());
}

#[tokio::test]
async fn many_who_follow_one_build_hear_the_same_and_the_database_is_asked_once() {
    let api = Api::start().await;
    let client = api.with_notes().await;
    let path = format!("{HERE}/apps/notes/builds/{}/events", api.build().await);
    let claim = claim(&api).await;
    let following: Vec<_> = (0..15)
        .map(|_| {
            tokio::spawn({
                let (client, path) = (client.clone(), path.clone());
                async move { read(&client, &path, None, usize::MAX).await }
            })
        })
        .collect();
    tokio::time::sleep(Duration::from_millis(500)).await;
    let mut owner = api.database.owner().await;
    let mut scans = async || {
        let read = "select pg_stat_clear_snapshot()::text, (select coalesce(sum(idx_scan), 0)::bigint from pg_stat_user_tables where relname = 'build_events')";
        tokio::time::sleep(Duration::from_millis(1_200)).await;
        sqlx::query_as::<_, (String, i64)>(read).fetch_one(&mut owner).await.unwrap().1
    };
    let listening = "select count(*) from pg_stat_activity where datname = current_database() and query like 'LISTEN%'";
    let listening: i64 = sqlx::query_scalar(listening).fetch_one(&mut api.database.owner().await).await.unwrap();
    assert_eq!(listening, 1, "one connection hears for all who follow");
    let before = scans().await;
    work(&api, &claim).await;
    let all = futures::future::join_all(following).await;
    let asked = scans().await - before;
    let first = all[0].as_ref().unwrap();
    assert_eq!(first.last().unwrap().data["state"], "succeeded");
    assert!(all.iter().all(|seen| seen.as_ref().unwrap() == first));
    // Seventeen notices; each for itself, the fifteen would have asked more than two hundred times.
    assert!(asked < 100, "{asked}");
}

#[tokio::test]
async fn an_organization_has_so_many_streams_and_no_more() {
    let api = Api::start().await;
    let client = api.with_notes().await;
    let path = format!("{HERE}/apps/notes/builds/{}/events", api.build().await);
    let open = async || client.request(reqwest::Method::GET, &path).send().await.unwrap();
    let mut streams = Vec::new();
    for _ in 0..20 {
        streams.push(open().await);
    }
    assert!(streams.iter().all(|stream| stream.status() == 200));
    let refused = client.get(&path).await;
    assert!(refused.headers.contains_key("retry-after"));
    assert_eq!(refused.expect(429)["type"], "urn:slipform:problem:too-many-requests");
    drop(streams.pop());
    let again = crate::harness::eventually("a place is free again", 5, async || Some(open().await.status()).filter(|status| *status == 200)).await;
    assert_eq!(again, 200);
}
