use crate::harness::story::{ORGANIZATION, build, create_app, notes};
use crate::harness::{Client, Installation, eventually};
use crate::webhooks::receiver::Receiver;
use reqwest::Method;
use serde_json::json;
use slipform::queue;

/// The value of a line, by its name and all its labels.
fn value(text: &str, line: &str) -> Option<f64> {
    text.lines().find_map(|has| has.strip_prefix(line)?.strip_prefix(' ')?.parse().ok())
}

/// What one request of this route and status is counted as.
fn requests(method: &str, route: &str, status: &str) -> String {
    format!(
        "http_server_request_duration_seconds_count{{error_type=\"\",http_request_method=\"{method}\",http_response_status_code=\"{status}\",http_route=\"{route}\",url_scheme=\"http\"}}"
    )
}

async fn scrape(installation: &Installation) -> String {
    let answer = reqwest::get(installation.ready["metrics"].as_str().expect("where metrics are")).await.unwrap();
    assert!(answer.headers()["content-type"].to_str().unwrap().starts_with("text/plain; version=0.0.4"), "{:?}", answer.headers());
    answer.text().await.unwrap()
}

#[tokio::test]
async fn metrics_name_the_template_of_a_route_and_nothing_that_is_a_tenants() {
    let settings = [("SLIPFORM_METRICS", "127.0.0.1:0"), ("SLIPFORM_WEBHOOK_NETWORKS", "127.0.0.1")];
    let installation = Installation::start_with(&settings).await;
    let (api, receiver) = (installation.client(), Receiver::saying("204 No Content", "").await);
    api.post(&format!("{ORGANIZATION}/webhooks"), &json!({ "url": receiver.url("/hooks") })).await.expect(201);
    let app = create_app(&api, "a-tenants-own-app", &notes()).await;
    let built = build(&api, "a-tenants-own-app", "production").await;
    assert_eq!(built["state"], "succeeded");

    let text = eventually("deliveries are counted", 20, || async {
        let text = scrape(&installation).await;
        (value(&text, "slipform_webhook_attempts_total{outcome=\"succeeded\"}")? >= 7.0).then_some(text)
    })
    .await;
    let is = |line: &str, expected: f64| assert_eq!(value(&text, line), Some(expected), "{line}:\n{text}");
    is(&requests("POST", "/v1/organizations/{org}/apps/{app}/builds", "202"), 1.0);
    is(&requests("POST", "/v1/organizations/{org}/apps", "201"), 1.0);
    is("slipform_builds_total{state=\"succeeded\"}", 1.0);
    is("slipform_builds_total{state=\"failed\"}", 0.0);
    is("slipform_build_duration_seconds_count{kind=\"build\",state=\"succeeded\"}", 1.0);
    is("slipform_build_wait_seconds_count{kind=\"build\"}", 1.0);
    for step in ["provision", "frontend", "backend", "bundle", "database", "publish", "rollout"] {
        is(&format!("slipform_build_step_duration_seconds_count{{outcome=\"succeeded\",step=\"{step}\"}}"), 1.0);
    }
    is("slipform_queue_builds{state=\"waiting\"}", 0.0);
    is("slipform_queue_builds{state=\"blocked\"}", 0.0);
    is("slipform_queue_builds{state=\"running\"}", 0.0);
    is("slipform_queue_oldest_build_seconds", 0.0);
    is("slipform_webhook_deliveries_due", 0.0);
    is("slipform_event_streams", 0.0);
    is("db_client_connection_max{db_client_connection_pool_name=\"application\"}", 20.0);
    assert!(value(&text, "process_resident_memory_bytes").unwrap() > 1e6, "{text}");
    assert!(text.contains("db_client_connection_count{db_client_connection_pool_name=\"worker\",db_client_connection_state=\"idle\"}"), "{text}");

    // Nothing of a tenant: not a name, not an id, not a path.
    let organization = api.get(ORGANIZATION).await.expect(200)["id"].as_str().unwrap().to_owned();
    for own in ["a-tenants-own-app", "default", &organization, app["id"].as_str().unwrap(), built["id"].as_str().unwrap(), "127.0.0.1"] {
        assert!(!text.contains(own), "{own}:\n{text}");
    }
    installation.stop().await;
}

#[tokio::test]
async fn callers_cannot_make_series_and_those_who_follow_are_counted() {
    let installation = Installation::start_with(&[("SLIPFORM_METRICS", "127.0.0.1:0")]).await;
    let api = installation.client();
    let wild = async |word: &str| {
        api.get(&format!("/v1/{word}/{word}?{word}={word}")).await.expect(404);
        api.get(&format!("{ORGANIZATION}/apps/{word}")).await.expect(404);
        api.send(api.request(Method::from_bytes(word.to_uppercase().as_bytes()).unwrap(), &format!("{ORGANIZATION}/apps"))).await.expect(405);
    };
    wild("first").await;
    let series = async || scrape(&installation).await.lines().filter(|line| line.starts_with("http_server_")).count();
    let before = series().await;
    for n in 0..20 {
        wild(&format!("word{n}")).await;
    }
    assert_eq!(series().await, before);
    let text = scrape(&installation).await;
    assert_eq!(value(&text, &requests("GET", "", "404")), Some(21.0), "an address without a route:\n{text}");
    assert_eq!(value(&text, &requests("GET", "/v1/organizations/{org}/apps/{app}", "404")), Some(21.0), "{text}");
    assert_eq!(value(&text, &requests("_OTHER", "/v1/organizations/{org}/apps", "405")), Some(21.0), "{text}");
    assert_eq!(value(&text, "http_server_active_requests{http_request_method=\"GET\",url_scheme=\"http\"}"), Some(0.0), "{text}");

    create_app(&api, "notes", &notes()).await;
    let built = build(&api, "notes", "production").await;
    let follow = format!("{ORGANIZATION}/apps/notes/environments/production/logs?follow=true");
    let followed = api.request(Method::GET, &follow).send().await.unwrap();
    assert_eq!((followed.status().as_u16(), &built["state"]), (200, &json!("succeeded")));
    assert_eq!(value(&scrape(&installation).await, "slipform_event_streams"), Some(1.0));
    drop(followed);
    eventually("it is over", 20, || async { value(&scrape(&installation).await, "slipform_event_streams").filter(|open| *open == 0.0) }).await;
    installation.stop().await;
}

#[tokio::test]
async fn builds_that_end_with_their_environment_are_counted_whoever_ends_them() {
    let installation = Installation::start_with(&[("SLIPFORM_METRICS", "127.0.0.1:0")]).await;
    let api = installation.client();
    create_app(&api, "notes", &notes()).await;
    // No build begins.
    let mut owner = installation.database.owner().await;
    sqlx::query("insert into queue_organizations (organization_id, max_running) select id, 0 from organizations").execute(&mut owner).await.unwrap();
    let queued = async |environment: &str| {
        api.post(&format!("{ORGANIZATION}/apps/notes/builds"), &json!({ "environment": environment })).await.expect(202);
    };
    let previews = format!("{ORGANIZATION}/apps/notes/environments");
    let cancelled = async || value(&scrape(&installation).await, "slipform_builds_total{state=\"cancelled\"}");
    for preview in ["first", "second"] {
        api.post(&previews, &json!({ "slug": preview })).await.expect(201);
        queued(preview).await;
    }
    queued("production").await;
    assert_eq!(cancelled().await, Some(0.0));

    api.send(api.request(Method::DELETE, &format!("{previews}/first")).header("if-match", "*")).await.expect(202);
    assert_eq!(cancelled().await, Some(1.0));
    // A job finds one that the request which began it has not seen.
    let (organization, second): (uuid::Uuid, uuid::Uuid) =
        sqlx::query_as("select organization_id, id from environments where slug = 'second'").fetch_one(&mut owner).await.unwrap();
    queue::jobs::enqueue(&mut owner, Some(organization.into()), "delete_environment", &json!({ "environment": second })).await.unwrap();
    eventually("the job has cancelled it", 20, || async { cancelled().await.filter(|cancelled| *cancelled >= 2.0) }).await;
    api.send(api.request(Method::DELETE, &format!("{ORGANIZATION}/apps/notes")).header("if-match", "*")).await.expect(202);
    assert_eq!(cancelled().await, Some(3.0));
    installation.stop().await;
}

#[tokio::test]
async fn the_port_of_the_api_has_no_metrics_and_the_port_of_metrics_no_api() {
    let installation = Installation::start_with(&[("SLIPFORM_METRICS", "127.0.0.1:0")]).await;
    let api = installation.client();
    for client in [api.clone(), Client::anonymous(installation.ready["api"].as_str().unwrap())] {
        assert_eq!(client.get("/metrics").await.expect(404)["type"], "urn:slipform:problem:no-such-address");
    }
    let metrics = Client::anonymous(installation.ready["metrics"].as_str().unwrap().trim_end_matches("/metrics"));
    assert_eq!(metrics.try_get("/v1/me").await, Some(404));
    assert_eq!(metrics.get("/health/ready").await.expect(200), json!({ "status": "ok" }));
    assert_eq!(metrics.get("/health/live").await.expect(200), json!({ "status": "ok" }));
    installation.stop().await;
}
