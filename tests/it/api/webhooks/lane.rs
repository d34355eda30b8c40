//! Deliveries: tried again, given up, taken over, and kept from holding up others.

use super::{Hook, Hooks, body, received};
use crate::api::HERE;
use crate::harness::eventually;
use crate::webhooks::interop::everybody_verifies;
use crate::webhooks::receiver::{Behaviour, Receiver, says};
use reqwest::Method;
use serde_json::{Value, json};
use slipform::queue::deliveries;
use std::time::{Duration, Instant};

/// Waits that long at most for what one tenant must not hold up for another.
const PROMPT: Duration = Duration::from_secs(5);

#[tokio::test]
async fn a_receiver_that_fails_gets_the_event_again_until_it_takes_it() {
    let hooks = Hooks::start().await;
    let receiver = Receiver::saying("500 Internal Server Error", "broken").await;
    let hook = hooks.hook(&receiver, &[]).await;
    let address = hooks.test(&hook).await;
    let failed = hooks.tried(&address, 1).await;
    assert_eq!((&failed["state"], &failed["log"][0]["status"], &failed["log"][0]["responseBody"]), (&json!("queued"), &json!(500), &json!("broken")));
    let pause = |delivery: &Value| {
        let time = |value: &Value| chrono::DateTime::parse_from_rfc3339(value.as_str().unwrap()).unwrap();
        (time(&delivery["nextAttemptAt"]) - time(&delivery["log"].as_array().unwrap().last().unwrap()["at"])).as_seconds_f64()
    };
    assert!((4.4..7.0).contains(&pause(&failed)), "{failed}");
    // It asks for an hour, where the schedule says five minutes.
    receiver.becomes(says("503 Service Unavailable\r\nretry-after: 3600", ""));
    hooks.later().await;
    let busy = hooks.tried(&address, 2).await;
    assert!((3599.0..3603.0).contains(&pause(&busy)), "{busy}");
    receiver.becomes(Behaviour::Closes);
    hooks.later().await;
    let closed = hooks.tried(&address, 3).await;
    assert_eq!((&closed["log"][2]["status"], closed["log"][2]["error"].as_str()), (&Value::Null, Some("It closed the connection too early.")));
    receiver.becomes(says("204 No Content", ""));
    hooks.later().await;
    let arrived = hooks.delivery_is(&address, "succeeded").await;
    assert_eq!((&arrived["attempts"], arrived["log"].as_array().unwrap().len(), &arrived["nextAttemptAt"]), (&json!(4), 4, &Value::Null));

    let requests = receiver.received();
    let ids: std::collections::BTreeSet<&str> = requests.iter().map(|request| request.header("webhook-id")).collect();
    assert_eq!((requests.len(), ids.len()), (3, 1), "one event, the same in every attempt");
    for request in &requests {
        everybody_verifies(&hook.secret, request, true).await;
    }
    let failing: Option<chrono::DateTime<chrono::Utc>> =
        sqlx::query_scalar("select failing_since from webhook_endpoints").fetch_one(&mut hooks.owner().await).await.unwrap();
    assert_eq!((failing, &hooks.state(&hook).await["state"]), (None, &json!("enabled")));
}

#[tokio::test]
async fn a_receiver_that_wants_no_more_is_disabled_the_others_hear_of_it_and_what_waits_goes_out_when_it_is_enabled() {
    let hooks = Hooks::start().await;
    let (receiver, other) = (Receiver::saying("503 Service Unavailable", "").await, Receiver::saying("200 OK", "").await);
    let (hook, listener) = (hooks.hook(&receiver, &[]).await, hooks.hook(&other, &["endpoint.disabled"]).await);
    let waiting = hooks.test(&hook).await;
    hooks.tried(&waiting, 1).await;
    receiver.becomes(says("410 Gone", ""));
    let last = hooks.test(&hook).await;
    hooks.delivery_is(&last, "failed").await;
    let now = hooks.state(&hook).await;
    assert_eq!(now["state"], "disabled");
    assert!(now["message"].as_str().unwrap().contains("410 Gone"), "{now}");
    let told = received(&other, 1).await.remove(0);
    everybody_verifies(&listener.secret, &told, true).await;
    assert_eq!((&body(&told)["type"], &body(&told)["data"]["webhook"]["id"]), (&json!("endpoint.disabled"), &json!(hook.id)));
    let audit = hooks.client.get(&format!("{HERE}/audit?operation=endpoint.disabled")).await.expect(200);
    assert_eq!((&audit["items"][0]["actorKind"], &audit["items"][0]["subjectId"]), (&json!("worker"), &json!(hook.id)));
    assert_eq!(audit["items"].as_array().unwrap().len(), 1);

    // Nothing goes there any more, whatever happens.
    let before = receiver.received().len();
    hooks.later().await;
    hooks.client.post(&format!("{HERE}/apps"), &json!({ "slug": "unseen", "name": "Unseen" })).await.expect(201);
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!((receiver.received().len(), hooks.client.get(&waiting).await.expect(200)["state"].as_str()), (before, Some("queued")));
    hooks.client.post(&format!("{last}/redeliver"), &json!({})).await.expect(409);

    receiver.becomes(says("200 OK", ""));
    let enable = hooks.client.request(Method::PATCH, &Hooks::path(&hook)).header("if-match", "*").json(&json!({ "state": "enabled" }));
    assert_eq!(hooks.client.send(enable).await.expect(200)["message"], Value::Null);
    hooks.delivery_is(&waiting, "succeeded").await;
    assert_eq!(receiver.received().len(), before + 1, "what happened meanwhile is not sent later");
    assert_eq!(other.received().len(), 1);
}

#[tokio::test]
async fn a_receiver_that_takes_nothing_for_days_is_disabled_with_the_end_of_a_delivery() {
    let hooks = Hooks::start().await;
    let receiver = Receiver::saying("500 Internal Server Error", "").await;
    let hook = hooks.hook(&receiver, &[]).await;
    let mut owner = hooks.owner().await;
    // Its last attempt, when nothing has arrived for so many days.
    let mut last_attempt = async |days: f64| {
        let address = hooks.test(&hook).await;
        hooks.tried(&address, 1).await;
        sqlx::query("update webhook_endpoints set failing_since = now() - make_interval(secs => $1 * 86400)").bind(days).execute(&mut owner).await.unwrap();
        sqlx::query("update webhook_deliveries set attempt = 9 where state = 'queued'").execute(&mut owner).await.unwrap();
        hooks.later().await;
        let failed = hooks.delivery_is(&address, "failed").await;
        assert_eq!((&failed["attempts"], failed["finishedAt"].is_string(), &failed["nextAttemptAt"]), (&json!(10), true, &Value::Null));
        hooks.state(&hook).await
    };
    assert_eq!(last_attempt(4.9).await["state"], "enabled");
    let disabled = last_attempt(5.1).await;
    assert_eq!(disabled["state"], "disabled");
    assert!(disabled["message"].as_str().unwrap().starts_with("Nothing has arrived since "), "{disabled}");
}

#[tokio::test]
async fn a_worker_that_is_lost_in_the_middle_of_a_delivery_loses_none() {
    let mut hooks = Hooks::start().await;
    let receiver = Receiver::start(Behaviour::Hangs("")).await;
    let hook = hooks.hook(&receiver, &[]).await;
    let address = hooks.test(&hook).await;
    received(&receiver, 1).await;
    hooks.kill().await;
    assert_eq!(hooks.client.get(&address).await.expect(200)["state"], "running", "nobody knows what became of it");
    assert_eq!(hooks.client.post(&format!("{address}/redeliver"), &json!({})).await.expect(409)["type"], "urn:slipform:problem:delivery-running");
    receiver.becomes(says("200 OK", ""));
    hooks.work();
    assert_eq!(deliveries::rescue(&hooks.api.pools.worker).await.unwrap(), 0, "its lease runs");
    sqlx::query("update webhook_deliveries set lease_until = now()").execute(&mut hooks.owner().await).await.unwrap();
    assert_eq!(deliveries::rescue(&hooks.api.pools.worker).await.unwrap(), 1);
    hooks.delivery_is(&address, "succeeded").await;
    let both = receiver.received();
    assert_eq!((both.len(), both[0].header("webhook-id")), (2, both[1].header("webhook-id")), "twice, and recognizable");
}

/// A worker that was slow meets the one that has taken over.
#[tokio::test]
async fn what_was_taken_over_is_not_written_by_the_one_before() {
    let mut hooks = Hooks::start().await;
    hooks.kill().await;
    let receiver = Receiver::saying("200 OK", "").await;
    let hook = hooks.hook(&receiver, &[]).await;
    hooks.test(&hook).await;
    let pool = &hooks.api.pools.worker;
    let first = deliveries::claim(pool, "first", Duration::ZERO, 10).await.unwrap().remove(0);
    assert!(deliveries::claim(pool, "second", Duration::from_secs(9), 10).await.unwrap().is_empty(), "it is the first one's");
    assert_eq!(deliveries::rescue(pool).await.unwrap(), 1);
    let second = deliveries::claim(pool, "second", Duration::from_secs(9), 10).await.unwrap().remove(0);
    assert!(second.fence > first.fence && second.id == first.id && second.attempt == 2);
    let mut conn = pool.acquire().await.unwrap();
    assert!(!deliveries::end(&mut conn, &first, deliveries::Fate::Failed).await.unwrap());
    assert!(deliveries::end(&mut conn, &second, deliveries::Fate::Succeeded).await.unwrap());
    assert!(!deliveries::end(&mut conn, &second, deliveries::Fate::Failed).await.unwrap(), "it has ended");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn slow_receivers_of_one_organization_hold_up_nobody_elses() {
    let hooks = Hooks::start().await;
    let stranger = hooks.api.stranger().await;
    let mut slow = Vec::new();
    for _ in 0..20 {
        let receiver = Receiver::start(Behaviour::Hangs("")).await;
        let hook = hooks.hook(&receiver, &[]).await;
        for _ in 0..5 {
            hooks.test(&hook).await;
        }
        slow.push(receiver);
    }
    let most = usize::try_from(deliveries::PER_ORGANIZATION).unwrap();
    let all = || slow.iter().map(|receiver| receiver.received().len()).sum::<usize>();
    eventually("the slow ones have as much as they may", 10, || async { (all() == most).then_some(()) }).await;
    let receiver = Receiver::saying("200 OK", "").await;
    let made = stranger.post("/v1/organizations/other/webhooks", &json!({ "url": receiver.url("/") })).await.expect(201);
    let test = format!("/v1/organizations/other/webhooks/{}/test", made["id"].as_str().unwrap());
    let begun = Instant::now();
    for _ in 0..10 {
        stranger.post(&test, &json!({})).await.expect(202);
    }
    received(&receiver, 10).await;
    assert!(begun.elapsed() < PROMPT, "{:?}", begun.elapsed());
    assert_eq!(all(), most, "no more at once for one organization");
    assert!(slow.iter().all(|receiver| receiver.received().len() <= 2), "no more at once for one receiver");
}

/// What was allowed when it was added need not be any more, and what a name leads to is known when it is connected to.
#[tokio::test]
async fn what_is_not_allowed_is_not_sent_to_and_the_log_says_so() {
    let mut hooks = Hooks::start().await;
    hooks.kill().await;
    hooks.work_with("127.0.0.3");
    let receiver = Receiver::saying("200 OK", "").await;
    // The name of this machine, which leads to an address of its own.
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap().trim().to_ascii_lowercase();
    let port = receiver.address.port();
    for (url, error) in [
        (format!("http://127.0.0.2:{port}/"), "127.0.0.2 is no address of the public internet."),
        ("http://169.254.169.254/latest/meta-data/".to_owned(), "169.254.169.254 is no address of the public internet."),
        (receiver.url("/"), "127.0.0.1 is no address of the public internet."),
        (format!("http://{host}:{port}/"), "Its name leads to no address of the public internet."),
    ] {
        let hook = hooks.hook(&receiver, &[]).await;
        sqlx::query("update webhook_endpoints set url = $1 where id = $2::uuid").bind(&url).bind(&hook.id).execute(&mut hooks.owner().await).await.unwrap();
        let address = hooks.test(&hook).await;
        let refused = hooks.tried(&address, 1).await;
        let said = refused["log"][0]["error"].as_str().unwrap_or_default();
        assert!(said.contains(error) && refused["log"][0]["status"].is_null(), "{url}: {refused}");
    }
    assert_eq!(receiver.connections(), 0);
}

/// A secret that cannot be opened, since its key is gone, says so and harms nobody else.
#[tokio::test]
async fn a_secret_that_cannot_be_opened_is_a_failure_that_rotation_mends() {
    let hooks = Hooks::start().await;
    let receiver = Receiver::saying("200 OK", "").await;
    let (hook, fine) = (hooks.hook(&receiver, &[]).await, hooks.hook(&receiver, &[]).await);
    let sql = "update webhook_endpoints set sealed_secret = (select sealed_secret from webhook_endpoints where id = $2::uuid) where id = $1::uuid";
    sqlx::query(sql).bind(&hook.id).bind(&fine.id).execute(&mut hooks.owner().await).await.unwrap();
    let address = hooks.test(&hook).await;
    let failed = hooks.tried(&address, 1).await;
    assert!(failed["log"][0]["error"].as_str().unwrap().contains("Rotate it"), "a secret is bound to its webhook: {failed}");
    let other = hooks.test(&fine).await;
    hooks.delivery_is(&other, "succeeded").await;
    let rotated: Hook = {
        let answer = hooks.client.post(&format!("{}/rotate", Hooks::path(&hook)), &json!({})).await.expect(200);
        Hook { id: hook.id.clone(), secret: answer["secret"].as_str().unwrap().to_owned() }
    };
    hooks.later().await;
    hooks.delivery_is(&address, "succeeded").await;
    everybody_verifies(&rotated.secret, receiver.received().last().unwrap(), true).await;
}

#[tokio::test]
async fn events_are_forgotten_after_thirty_days_with_their_deliveries() {
    let hooks = Hooks::start().await;
    let receiver = Receiver::saying("200 OK", "").await;
    let hook = hooks.hook(&receiver, &[]).await;
    let (old, new) = (hooks.test(&hook).await, hooks.test(&hook).await);
    for address in [&old, &new] {
        hooks.delivery_is(address, "succeeded").await;
    }
    let id = old.rsplit('/').next().unwrap();
    let sql = "update webhook_events set at = now() - interval '31 days' where id = (select event_id from webhook_deliveries where id = $1::uuid)";
    sqlx::query(sql).bind(id).execute(&mut hooks.owner().await).await.unwrap();
    let mut conn = hooks.api.pools.worker.acquire().await.unwrap();
    assert_eq!(slipform::store::deliveries::sweep(&mut conn, Duration::from_hours(30 * 24)).await.unwrap(), 1);
    hooks.client.get(&old).await.expect(404);
    hooks.client.get(&new).await.expect(200);
}
