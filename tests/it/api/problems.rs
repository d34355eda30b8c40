//! Every error is a problem after RFC 9457, whoever refuses.

use super::{Api, HERE};
use crate::harness::client::Answer;
use reqwest::Method;
use serde_json::{Value, json};

#[track_caller]
fn problem(answer: &Answer, status: u16, word: &str) -> Value {
    let body = answer.expect(status);
    assert_eq!(answer.headers["content-type"], "application/problem+json");
    assert_eq!(body["type"], format!("urn:slipform:problem:{word}"), "{body}");
    assert_eq!(body["status"], status);
    assert!(!body["title"].as_str().unwrap().is_empty());
    assert!(uuid::Uuid::parse_str(body["instance"].as_str().unwrap().strip_prefix("urn:uuid:").unwrap()).is_ok());
    body
}

#[tokio::test]
async fn every_kind_of_refusal_is_a_problem() {
    let api = Api::start().await;
    let client = api.client();
    let apps = format!("{HERE}/apps");
    let post = |media: &str, body: &str| client.request(Method::POST, &apps).header("content-type", media).body(body.to_owned());

    problem(&client.get("/v1/nothing").await, 404, "no-such-address");
    problem(&client.get("/").await, 404, "no-such-address");
    let answer = client.delete("/v1/me").await;
    problem(&answer, 405, "method-not-allowed");
    assert!(answer.headers["allow"].to_str().unwrap().contains("GET"));
    problem(&client.send(post("text/plain", "{}")).await, 415, "unsupported-media-type");
    problem(&client.send(post("application/json", "{}").header("content-encoding", "gzip")).await, 415, "unsupported-media-type");
    problem(&client.send(client.request(Method::POST, &apps)).await, 415, "unsupported-media-type");
    problem(&client.send(post("application/json", "{\"slug\": ")).await, 400, "malformed-json");
    problem(&client.send(post("application/json", "{\"slug\": \"a\", \"name\": \"A\"} x")).await, 400, "malformed-json");
    problem(&client.send(post("application/json", &format!("\"{}\"", "x".repeat(70_000)))).await, 413, "too-large");
    problem(&api.anonymous().get("/v1/me").await, 401, "unauthenticated");
    problem(&client.get("/v1/organizations/nowhere/apps").await, 404, "not-found");
    problem(&client.get(&format!("{apps}/nothing")).await, 404, "not-found");
    problem(&api.with_role("viewer").await.post(&apps, &json!({ "slug": "a", "name": "A" })).await, 403, "forbidden");

    for (body, pointer) in [
        (json!({ "slug": "a", "name": "A", "color": 1 }), "/color"),
        (json!({ "slug": 1, "name": "A" }), "/slug"),
        (json!({ "slug": "a" }), ""),
        (json!({ "slug": "A", "name": "A" }), "/slug"),
        (json!({ "slug": "a--b", "name": "A" }), "/slug"),
        (json!({ "slug": "01890a5d-ac96-774b-bcce-b302099a8057", "name": "A" }), "/slug"),
        (json!({ "slug": "a", "name": "" }), "/name"),
        (json!({ "slug": "a", "name": "two\nlines" }), "/name"),
    ] {
        let refused = problem(&client.post(&apps, &body).await, 422, "invalid");
        assert_eq!(refused["errors"][0]["pointer"], pointer, "{body}: {refused}");
    }
    // Characters that Postgres does not have are no names of anything.
    problem(&client.get(&format!("{apps}/a%00b")).await, 404, "not-found");
    problem(&client.get("/v1/organizations/%00/apps").await, 404, "not-found");
    problem(&client.get("/v1/organizations/%ff/apps").await, 404, "no-such-address");
    problem(&client.get(&format!("{apps}?cursor=%00")).await, 422, "invalid");
    problem(&client.get(&format!("{HERE}/audit/export?operation=a%00")).await, 422, "invalid");
    client.post(&apps, &json!({ "slug": "real", "name": "Real" })).await.expect(201);
    problem(&client.post(&format!("{apps}/real/builds"), &json!({ "environment": "a\u{0}b" })).await, 422, "invalid");
    problem(&client.get(&format!("{apps}/real/builds?environment=%00")).await, 422, "invalid");
    client.delete(&format!("{apps}/real")).await.expect(202);

    let doubled = problem(&client.send(post("application/json", "{\"slug\": \"a\", \"slug\": \"b\", \"name\": \"A\"}")).await, 422, "invalid");
    assert!(doubled["errors"][0]["detail"].as_str().unwrap().contains("duplicate"));
    assert_eq!(client.get(&apps).await.expect(200)["items"].as_array().unwrap().len(), 1, "nothing else was kept");
}

#[tokio::test]
async fn a_database_that_does_not_answer_is_said_and_nothing_of_it_is_shown() {
    let api = Api::start().await;
    let client = api.client();
    api.anonymous().get("/health/ready").await.expect(200);
    api.pools.application.close().await;
    let body = problem(&client.get(&format!("{HERE}/apps")).await, 503, "unavailable");
    assert!(!body.to_string().to_lowercase().contains("pool"), "{body}");
    problem(&client.get("/health/ready").await, 503, "unavailable");
    assert_eq!(client.get("/health/live").await.expect(200)["status"], "ok");
}

#[tokio::test]
async fn every_answer_carries_the_headers_that_protect() {
    let api = Api::start().await;
    for (path, status) in [("/health/live", 200), ("/nothing", 404), ("/openapi.json", 200), ("/docs/", 200)] {
        let answer = api.anonymous().get(path).await;
        assert_eq!(answer.status, status, "{path}");
        assert_eq!(answer.headers["x-content-type-options"], "nosniff");
        assert_eq!(answer.headers["x-frame-options"], "DENY");
        assert!(answer.headers["content-security-policy"].to_str().unwrap().starts_with("default-src"));
        assert!(answer.headers.contains_key("cache-control"));
        assert!(!answer.headers.contains_key("strict-transport-security"), "it is not reached over TLS");
    }
    let tls = Api::start_where(|settings| settings.public_url = Some("https://slipform.example.com".into())).await;
    for path in ["/health/live", "/nothing", "/docs/"] {
        assert_eq!(tls.anonymous().get(path).await.headers["strict-transport-security"], "max-age=31536000", "{path}");
    }
    let docs = api.anonymous().get("/docs/").await;
    assert!(docs.text.contains("swagger-ui"));
    for part in ["swagger-ui-bundle.js", "swagger-ui.css", "swagger-initializer.js"] {
        assert_eq!(api.anonymous().get(&format!("/docs/{part}")).await.status, 200, "{part}");
    }
    assert!(api.anonymous().get("/docs/swagger-initializer.js").await.text.contains("/openapi.json"));
}

/// Pages of an origin that the operator has named may call the API, and read why they were refused; others may not.
#[tokio::test]
async fn a_page_of_another_origin_reads_answers_and_errors_if_the_operator_has_named_it() {
    let api = Api::start().await;
    let client = api.client();
    let ask = async |method: Method, path: &str, origin: &str, wanted: Option<&str>| {
        let request = api.anonymous().request(method, path).header("origin", origin);
        let request = wanted
            .into_iter()
            .fold(request, |request, headers| request.header("access-control-request-method", "PATCH").header("access-control-request-headers", headers));
        client.send(request).await
    };
    let of = |answer: &Answer, name: &str| answer.headers.get(name).map(|value| value.to_str().unwrap().to_ascii_lowercase()).unwrap_or_default();
    let app = format!("{HERE}/apps/notes");
    let editor = "https://editor.example.com";
    let wanted = "authorization,content-type,if-match,idempotency-key,prefer,last-event-id";
    let preflight = ask(Method::OPTIONS, &app, editor, Some(wanted)).await;
    assert_eq!((preflight.status.as_u16(), of(&preflight, "access-control-allow-origin").as_str()), (200, editor));
    let allowed = of(&preflight, "access-control-allow-headers");
    assert!(wanted.split(',').all(|header| allowed.split(',').any(|named| named == header)), "{allowed}");
    assert!(of(&preflight, "access-control-allow-methods").contains("patch"));
    assert_eq!(of(&preflight, "access-control-allow-credentials"), "", "no cookie is ever taken");
    let refused = ask(Method::GET, &app, editor, None).await;
    assert_eq!((refused.status.as_u16(), of(&refused, "access-control-allow-origin").as_str()), (401, editor), "a page can read errors");
    let exposed = of(&refused, "access-control-expose-headers");
    assert!(
        ["allow", "etag", "location", "link", "retry-after", "ratelimit", "x-request-id"].iter().all(|name| exposed.split(',').any(|named| named == *name)),
        "{exposed}"
    );
    assert!(of(&refused, "vary").contains("origin"));
    for other in ["https://evil.example.com", "https://editor.example.com.evil.example", "http://editor.example.com", "null"] {
        for (method, wanted) in [(Method::OPTIONS, Some("authorization")), (Method::GET, None)] {
            assert_eq!(of(&ask(method, &app, other, wanted).await, "access-control-allow-origin"), "", "{other}");
        }
    }
}

/// Each form of an answer has a tag of its own, and any of them is good to ask with.
#[tokio::test]
async fn an_answer_comes_compressed_as_the_client_likes() {
    let api = Api::start().await;
    let client = api.with_notes().await;
    let path = format!("{HERE}/apps/notes/designs/1/document");
    let get = async |accepted: &str, known: Option<&str>| {
        let request = client.request(Method::GET, &path).header("accept-encoding", accepted);
        let response = known.into_iter().fold(request, |request, known| request.header("if-none-match", known)).send().await.unwrap();
        let of = |name: &str| response.headers().get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default();
        let told = (of("content-encoding"), of("etag"));
        (response.status().as_u16(), told, response.bytes().await.unwrap())
    };
    let (_, (none, plain), whole) = get("identity", None).await;
    let (_, (zstd, of_zstd), small) = get("zstd, gzip;q=0.5", None).await;
    let (_, (gzip, of_gzip), _) = get("gzip", None).await;
    assert_eq!((none.as_str(), zstd.as_str(), gzip.as_str()), ("", "zstd", "gzip"));
    assert!(small.len() < whole.len() / 2 && small.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]), "{} of {}", small.len(), whole.len());
    assert!(plain != of_zstd && plain != of_gzip && of_zstd != of_gzip);
    for tag in [&plain, &of_zstd, &of_gzip] {
        let (status, (_, answered), body) = get("zstd", Some(tag)).await;
        assert_eq!((status, &answered, body.len()), (304, tag, 0));
    }
}

/// What the document does not allow is refused, with its place.
#[tokio::test]
async fn what_the_document_does_not_allow_is_refused() {
    let api = Api::start().await;
    let client = api.with_notes().await;
    api.build().await;
    let here = |path: &str| format!("{HERE}{path}");
    let long = "x".repeat(41);
    for (path, pointer) in [
        ("/audit?since=-9999-01-01T00:00:00Z".to_owned(), "/query/since"),
        ("/audit/export?until=%2B262000-01-01T00:00:00Z".to_owned(), "/query/until"),
        ("/audit?since=2026-01-01%2000:00:00Z".to_owned(), "/query/since"),
        (format!("/audit?operation={long}"), "/query/operation"),
        (format!("/apps/notes/builds?environment={long}"), "/query/environment"),
    ] {
        let refused = problem(&client.get(&here(&path)).await, 422, "invalid");
        assert_eq!(refused["errors"][0]["pointer"], pointer, "{path}: {refused}");
    }
    for (path, body, pointer) in [
        ("/apps", json!(["listed", "Listed"]), ""),
        ("/apps/notes/builds", json!([null, null]), ""),
        ("/apps/notes/builds", json!({ "designVersion": null }), "/designVersion"),
        ("/apps", json!({ "slug": "b", "name": "B", "account": null }), "/account"),
        ("/tokens", json!({ "name": "T", "role": "viewer", "expiresAt": "+262000-01-01T00:00:00Z" }), "/expiresAt"),
        ("/tokens", json!({ "name": "T", "role": "owner" }), "/role"),
        ("/apps/notes/builds", json!({ "environment": "nowhere" }), "/environment"),
        ("/apps", json!({ "slug": "b", "name": "B", "target": "aws", "account": "nobodys" }), "/account"),
    ] {
        let refused = problem(&client.post(&here(path), &body).await, 422, "invalid");
        assert_eq!(refused["errors"][0]["pointer"], pointer, "{body}: {refused}");
    }
    assert!(client.get(&here("/apps/listed")).await.status == 404, "a list is no object");
    problem(&client.send(client.request(Method::POST, &here("/apps")).header("content-type", "application/json").body("[1,")).await, 400, "malformed-json");
    let follow = client.request(Method::GET, &here("/apps/notes/builds/1/events"));
    for wrong in ["x", "-5"] {
        let refused = problem(&client.send(follow.try_clone().unwrap().header("last-event-id", wrong)).await, 422, "invalid");
        assert_eq!(refused["errors"][0]["pointer"], "/header/Last-Event-ID");
    }
    problem(&client.send(client.request(Method::DELETE, "/v1/me/organizations/%00")).await, 404, "not-found");
    let umlauts = format!("{}@b.example", "ä".repeat(244));
    client.post(&here("/invitations"), &json!({ "email": umlauts, "role": "viewer" })).await.expect(201);
}
