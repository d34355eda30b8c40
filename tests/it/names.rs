//! Addresses of live apps under the operator's own domain, which no resolver of the test's machine knows.

use crate::harness::story::{ORGANIZATION, build, create_app, notes, push, sign_up};
use crate::harness::{Client, Installation, eventually};
use nix::sys::signal::Signal;
use reqwest::Method;
use serde_json::json;

/// The longest name of an app, and that of a preview.
const APP: &str = "notes-whose-name-is-as-long-as-it-may-be";
const PREVIEW: &str = "the-longest-of-names";

#[tokio::test]
async fn apps_with_the_longest_names_answer_under_the_operators_domain_and_nowhere_else() {
    let mut installation = Installation::start_with(&[("SLIPFORM_APPS_DOMAIN", "Apps.Example.Test.")]).await;
    let api = installation.client();
    create_app(&api, APP, &notes()).await;
    let production = build(&api, APP, "production").await;
    assert_eq!(production["state"], "succeeded", "{production:#}");
    let edge: reqwest::Url = production["url"].as_str().unwrap().parse().unwrap();
    assert_eq!(edge.host_str(), Some(format!("{APP}.apps.example.test").as_str()));
    let app = Client::of_app(edge.as_str());
    sign_up(&app, "Ada").await.post("/api/notes", &json!({ "title": "Milk" })).await.expect(201);
    assert!(app.get("/").await.expect_text(200).contains("<title>Notes"));

    api.post(&format!("{ORGANIZATION}/apps/{APP}/environments"), &json!({ "slug": PREVIEW })).await.expect(201);
    push(&api, APP, &{
        let mut design = notes();
        design["app"]["name"] = json!("Notes of tomorrow");
        design
    })
    .await;
    let preview = build(&api, APP, PREVIEW).await;
    assert_eq!(preview["state"], "succeeded", "{preview:#}");
    let url: reqwest::Url = preview["url"].as_str().unwrap().parse().unwrap();
    let label = url.host_str().unwrap().strip_suffix(".apps.example.test").unwrap().to_owned();
    assert_eq!(label, format!("{PREVIEW}--{APP}"));
    let next = Client::of_app(url.as_str());
    assert!(next.get("/").await.expect_text(200).contains("<title>Notes of tomorrow"));
    assert_eq!(next.get("/api/notes").await.expect(200)["items"], json!([]));

    // Any case, with and without a port; but no other domain.
    let edge = Client::anonymous(&format!("http://127.0.0.1:{}", edge.port().unwrap()));
    let at = async |host: String| edge.send(edge.request(Method::GET, "/api/notes").header("host", host)).await.status.as_u16();
    for (host, status) in [
        (format!("{APP}.apps.example.test"), 200),
        (format!("{}.APPS.example.test:80", APP.to_uppercase()), 200),
        (format!("{APP}.localhost"), 404),
        (format!("{APP}.example.test"), 404),
        (format!("{APP}.apps.example.test.evil.test"), 404),
        ("apps.example.test".to_owned(), 404),
    ] {
        assert_eq!(at(host.clone()).await, status, "{host}");
    }

    // `up` waits for its apps by names that it cannot resolve either. It gives up after 15 seconds at the earliest.
    let begun = std::time::Instant::now();
    installation.restart(Signal::SIGTERM).await;
    assert!(begun.elapsed() < std::time::Duration::from_secs(15), "{:?}", begun.elapsed());
    let url = installation.ready["apps"][0]["url"].as_str().unwrap().to_owned();
    let app = Client::of_app(&url);
    let back = eventually("the app is back", 20, async || {
        let answer = app.get("/api/notes").await;
        (answer.status == 200).then(|| answer.json())
    });
    assert_eq!(back.await["items"][0]["title"], "Milk");
    installation.stop().await;
}
