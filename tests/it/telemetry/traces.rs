use super::collector::{Collector, Seen};
use crate::harness::story::{ORGANIZATION, create_app, finished, notes};
use crate::harness::{Client, Installation, Parts, eventually};
use crate::webhooks::receiver::Receiver;
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeSet;

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
const CALLER: &str = "b7ad6b7169203331";

// Of OTLP.
const INTERNAL: i32 = 1;
const SERVER: i32 = 2;
const CLIENT: i32 = 3;

fn caller() -> String {
    format!("00-{TRACE}-{CALLER}-01")
}

async fn webhook(api: &Client, receiver: &Receiver) {
    api.post(&format!("{ORGANIZATION}/webhooks"), &json!({ "url": receiver.url("/hooks/only-they-know") })).await.expect(201);
}

/// The kinds of the events that a receiver got with a traceparent of this trace, each with the span it names.
fn told(receiver: &Receiver, trace: &str) -> Vec<(String, String)> {
    let of = |request: crate::webhooks::receiver::Received| {
        let span = request.header("traceparent").strip_prefix(&format!("00-{trace}-"))?.strip_suffix("-01")?.to_owned();
        let event: Value = serde_json::from_str(&request.body).unwrap();
        Some((event["type"].as_str().unwrap().to_owned(), span))
    };
    let mut told: Vec<_> = receiver.received().into_iter().filter_map(of).collect();
    told.sort();
    told
}

fn one<'a>(spans: &'a [Seen], name: &str) -> &'a Seen {
    let found: Vec<_> = spans.iter().filter(|span| span.name == name).collect();
    assert_eq!(found.len(), 1, "{name}: {spans:#?}");
    found[0]
}

#[tokio::test]
async fn one_trace_spans_a_request_the_queue_the_steps_of_a_build_and_the_deliveries() {
    let collector = Collector::start().await;
    let parts = Parts::start_with(&collector.settings()).await;
    let (api, receiver) = (parts.client(), Receiver::saying("204 No Content", "").await);
    webhook(&api, &receiver).await;
    create_app(&api, "notes", &notes()).await;
    let route = format!("{ORGANIZATION}/apps/notes/builds");
    let request = api.request(Method::POST, &route).header("traceparent", caller()).json(&json!({ "environment": "production" }));
    let build = api.send(request).await.expect(202);
    assert_eq!(finished(&api, "notes", &build).await["state"], "succeeded");

    let steps = ["provision", "frontend", "backend", "bundle", "database", "publish", "rollout"];
    let events = ["build.queued", "build.running", "build.succeeded", "release.live"];
    let spans = eventually("all spans", 20, || async {
        let spans = collector.of(TRACE);
        (spans.len() >= 3 + steps.len() + events.len()).then_some(spans)
    })
    .await;
    assert_eq!(spans.len(), 3 + steps.len() + events.len(), "{spans:#?}");
    assert!(spans.iter().all(|span| span.service == "slipform" && !span.failed), "{spans:#?}");

    let server = one(&spans, "POST /v1/organizations/{org}/apps/{app}/builds");
    assert_eq!((server.parent.as_str(), server.kind), (CALLER, SERVER));
    assert_eq!(server.attribute("http.route"), "/v1/organizations/{org}/apps/{app}/builds");
    assert_eq!((server.attribute("http.request.method"), server.attribute("http.response.status_code")), ("POST", "202"));
    assert_eq!((server.attribute("url.path"), server.attribute("url.scheme")), (route.as_str(), "http"));

    let queue = one(&spans, "queue");
    assert_eq!((queue.parent.as_str(), queue.kind), (server.id.as_str(), INTERNAL));
    let run = one(&spans, "RUN build");
    assert_eq!((run.parent.as_str(), run.kind), (server.id.as_str(), SERVER));
    assert_eq!((run.attribute("cicd.pipeline.name"), run.attribute("cicd.pipeline.result")), ("build", "success"));
    assert_eq!(run.attribute("cicd.pipeline.run.id"), build["id"]);
    for name in steps {
        let step = one(&spans, name);
        assert_eq!((step.parent.as_str(), step.kind), (run.id.as_str(), INTERNAL), "{name}");
        assert_eq!((step.attribute("cicd.pipeline.task.name"), step.attribute("cicd.pipeline.task.run.result")), (name, "success"));
    }

    // The receiver joins the very span that sent it its event.
    let told = told(&receiver, TRACE);
    assert_eq!(told.iter().map(|(kind, _)| kind.as_str()).collect::<Vec<_>>(), events);
    for (kind, span) in told {
        let sent = spans.iter().find(|seen| seen.id == span).unwrap_or_else(|| panic!("{kind}: {span}"));
        assert_eq!((sent.name.as_str(), sent.parent.as_str(), sent.kind), ("POST", server.id.as_str(), CLIENT));
        assert_eq!((sent.attribute("server.address"), sent.attribute("http.response.status_code")), ("127.0.0.1", "204"));
        assert_eq!((sent.attribute("server.port"), sent.attribute("slipform.event.type")), (&*receiver.address.port().to_string(), kind.as_str()));
    }
    parts.kill().await;
}

#[tokio::test]
async fn what_a_change_causes_stands_in_its_trace_and_a_malformed_one_begins_another() {
    let collector = Collector::start().await;
    let settings = collector.settings();
    let installation = Installation::start_with(&settings.each_ref().map(|(name, value)| (name.as_str(), value.as_str()))).await;
    let (api, receiver) = (installation.client(), Receiver::saying("500 Internal Server Error", "").await);
    webhook(&api, &receiver).await;

    // Each of these is answered as if it were not there.
    let wrong =
        ["", "00", &caller().to_uppercase(), &format!("{}-more", caller()), &caller().replace(TRACE, &"0".repeat(32)), "00-'; drop table builds; ---01"];
    for (n, wrong) in wrong.iter().enumerate() {
        let path = format!("{ORGANIZATION}/members?limit={}&secret=in-the-query", n + 1);
        api.send(api.request(Method::GET, &path).header("traceparent", *wrong)).await;
    }
    let twice = api.request(Method::GET, &format!("{ORGANIZATION}/members")).header("traceparent", caller()).header("traceparent", caller());
    api.send(twice).await.expect(200);
    let begun = eventually("spans of all requests", 20, || async {
        let found: Vec<_> = collector.all().into_iter().filter(|span| span.name == "GET /v1/organizations/{org}/members").collect();
        (found.len() > wrong.len()).then_some(found)
    })
    .await;
    assert!(begun.iter().all(|span| span.parent.is_empty() && span.trace != TRACE), "{begun:#?}");
    assert_eq!(begun.iter().map(|span| &span.trace).collect::<BTreeSet<_>>().len(), wrong.len() + 1, "each its own");

    // A job, and the event of something that is no build.
    create_app(&api, "notes", &notes()).await;
    let delete = api.request(Method::DELETE, &format!("{ORGANIZATION}/apps/notes")).header("if-match", "*").header("traceparent", caller());
    api.send(delete).await.expect(202);
    let spans = eventually("the job", 20, || async { Some(collector.of(TRACE)).filter(|spans| spans.iter().any(|span| span.name == "delete_app")) }).await;
    let server = one(&spans, "DELETE /v1/organizations/{org}/apps/{app}");
    assert!(spans.iter().filter(|span| span.name == "delete_app").all(|job| job.parent == server.id), "{spans:#?}");

    // What the job changes is told in the trace, too, from where the job stands in it.
    let below = |what: &str, spans: &[Seen]| {
        let jobs: BTreeSet<_> = spans.iter().filter(|span| span.name == "delete_app").map(|span| &span.id).collect();
        spans.iter().any(|span| span.attribute("slipform.event.type") == what && jobs.contains(&span.parent))
    };
    eventually("what the job tells of", 30, || async {
        let spans = collector.of(TRACE);
        (below("app.deleted", &spans) && below("environment.deleted", &spans)).then_some(())
    })
    .await;
    let kinds: BTreeSet<_> = told(&receiver, TRACE).into_iter().map(|(kind, _)| kind).collect();
    assert_eq!(kinds.iter().map(String::as_str).collect::<Vec<_>>(), ["app.deleted", "environment.deleted"]);

    let other = TRACE.replace("0af", "1af");
    let create = api.request(Method::POST, &format!("{ORGANIZATION}/apps")).header("traceparent", caller().replace(TRACE, &other));
    api.send(create.json(&json!({ "slug": "more", "name": "More" }))).await.expect(201);
    eventually("both events", 20, || async { (told(&receiver, &other).len() == 2).then_some(()) }).await;
    assert_eq!(told(&receiver, &other).iter().map(|(kind, _)| kind.as_str()).collect::<Vec<_>>(), ["app.created", "environment.created"]);
    // The receiver was not well, which the span of its delivery says.
    let sent = eventually("their spans", 20, || async { collector.of(&other).into_iter().find(|span| span.name == "POST") }).await;
    assert!(sent.failed && sent.attribute("error.type") == "500", "{sent:#?}");

    // Ends in order, so that all spans have come.
    let token = installation.ready["token"].as_str().unwrap().to_owned();
    installation.stop().await;
    for span in collector.all() {
        let said = format!("{span:?}");
        for secret in [token.as_str(), "in-the-query", "only-they-know", "whsec_"] {
            assert!(!said.contains(secret), "{secret}: {said}");
        }
    }
}

#[tokio::test]
async fn a_caller_cannot_make_a_span_large() {
    let collector = Collector::start().await;
    let settings = collector.settings();
    let installation = Installation::start_with(&settings.each_ref().map(|(name, value)| (name.as_str(), value.as_str()))).await;
    let api = installation.client();
    let long = "x".repeat(40_000);
    let send = async |method: &str, path: &str| {
        let request = api.request(Method::from_bytes(method.as_bytes()).unwrap(), path).header("traceparent", caller());
        api.send(request).await
    };
    send("GET", &format!("/nowhere/{long}")).await.expect(404);
    send("GET", &format!("{ORGANIZATION}/apps/{long}")).await.expect(404);
    send(&"M".repeat(2_000), &format!("{ORGANIZATION}/apps")).await.expect(405);
    let spans = eventually("all spans", 20, || async { Some(collector.of(TRACE)).filter(|spans| spans.len() == 3) }).await;
    assert_eq!(one(&spans, "GET").attributes.get("url.path"), None);
    let path = one(&spans, "GET /v1/organizations/{org}/apps/{app}").attribute("url.path");
    assert!(path.starts_with(&format!("{ORGANIZATION}/apps/xxx")) && path.len() == 256, "{path}");
    let method = one(&spans, "HTTP /v1/organizations/{org}/apps").attribute("http.request.method_original");
    assert_eq!(method, "M".repeat(32));
    installation.stop().await;
}

#[tokio::test]
async fn without_a_collector_nothing_is_sent_and_a_callers_trace_reaches_the_receiver_as_it_is() {
    let collector = Collector::start().await;
    let settings = collector.settings();
    let mut settings: Vec<(&str, &str)> = settings.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    settings.push(("OTEL_SDK_DISABLED", "true"));
    let installation = Installation::start_with(&settings).await;
    let (api, receiver) = (installation.client(), Receiver::saying("204 No Content", "").await);
    webhook(&api, &receiver).await;
    let create = |slug: &str| api.request(Method::POST, &format!("{ORGANIZATION}/apps")).json(&json!({ "slug": slug, "name": slug }));
    api.send(create("untraced")).await.expect(201);
    api.send(create("traced").header("traceparent", caller())).await.expect(201);
    eventually("four events", 20, || async { (receiver.received().len() == 4).then_some(()) }).await;
    for request in receiver.received() {
        let expected = if request.body.contains("untraced") { String::new() } else { caller() };
        assert_eq!(request.header("traceparent"), expected, "{}", request.body);
    }
    installation.stop().await;
    assert!(collector.all().is_empty(), "{:?}", collector.all());
}
