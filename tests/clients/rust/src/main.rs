//! Drives a whole build with the client that openapi-generator makes from openapi/control-plane.json: sign in, push a design, build
//! it, wait until it is live, build another version, roll back. Prints one line of JSON.
//!
//! Environment: `SLIPFORM_API`, `SLIPFORM_EMAIL`, `SLIPFORM_PASSWORD`, `SLIPFORM_DESIGN` (a file), `SLIPFORM_APP` (a slug that is free).

use reqwest::blocking::Client;
use serde_json::{Value, json};
use slipform_client::apis::configuration::Configuration;
use slipform_client::apis::{Error, apps_api, builds_api, designs_api, environments_api, identity_api};
use slipform_client::models::{BuildBody, BuildKind, BuildState, Credentials, NewApp, NewBuild, RefreshTokenBody, RollbackRequest};
use std::time::{Duration, Instant};

fn setting(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set"))
}

/// What an operation answered; its problem is in the message of the panic.
fn good<T, E: std::fmt::Debug>(answer: Result<T, Error<E>>) -> T {
    match answer {
        Ok(body) => body,
        Err(Error::ResponseError(refusal)) => panic!("{} {}: {:?}", refusal.status, refusal.content, refusal.entity),
        Err(error) => panic!("{error:?}"),
    }
}

/// The status with which a live app answers. Names below localhost need not resolve here: this machine is asked.
fn status_of(http: &Client, address: &str) -> u16 {
    let url: reqwest::Url = address.parse().expect("an address");
    let port = url.port().expect("a port");
    let host = format!("{}:{port}", url.host_str().expect("a host"));
    let request = http.get(format!("http://127.0.0.1:{port}/")).header(reqwest::header::HOST, host);
    request.send().expect("the app answers").status().as_u16()
}

struct Story {
    api: Configuration,
    org: String,
    app: String,
}

impl Story {
    fn push(&self, design: &Value) -> i32 {
        good(designs_api::push_design(&self.api, &self.org, &self.app, serde_json::from_value(design.clone()).expect("an object"), Some("by a client"), None)).number
    }

    fn build(&self) -> BuildBody {
        let wish = NewBuild { environment: Some("production".into()), ..NewBuild::default() };
        self.ended(good(builds_api::create_build(&self.api, &self.org, &self.app, wish, None)))
    }

    fn roll_back(&self) -> BuildBody {
        self.ended(good(environments_api::roll_back(&self.api, &self.org, &self.app, "production", RollbackRequest::default(), None)))
    }

    fn ended(&self, mut build: BuildBody) -> BuildBody {
        let end = Instant::now() + Duration::from_secs(120);
        while matches!(build.state, BuildState::Queued | BuildState::Running) {
            assert!(Instant::now() < end, "the build does not end: {build:?}");
            build = good(builds_api::show_build(&self.api, &self.org, &self.app, build.number, Some("wait=10"), None));
        }
        assert_eq!(build.state, BuildState::Succeeded, "{build:?}");
        build
    }

    fn live(&self, release: i32) -> String {
        let environment = good(environments_api::show_environment(&self.api, &self.org, &self.app, "production", None));
        assert_eq!(environment.live_release, Some(release), "{environment:?}");
        assert_eq!(status_of(&self.api.client, &environment.url), 200, "{}", environment.url);
        environment.url
    }
}

fn main() {
    let began = Instant::now();
    let slug = setting("SLIPFORM_APP");
    let client = Client::builder().no_proxy().build().expect("a client");
    let mut api = Configuration { base_path: setting("SLIPFORM_API"), client, ..Configuration::new() };
    let credentials = Credentials { email: setting("SLIPFORM_EMAIL"), password: setting("SLIPFORM_PASSWORD") };
    let session = good(identity_api::sign_in(&api, credentials));
    api.bearer_access_token = Some(session.access_token);
    let story = Story { api, org: session.organizations[0].slug.clone(), app: slug.clone() };

    let text = std::fs::read_to_string(setting("SLIPFORM_DESIGN")).expect("a design");
    let mut design: Value = serde_json::from_str(&text).expect("JSON");
    let wish = NewApp { slug: slug.clone(), name: "By Rust".into(), ..NewApp::default() };
    let app = good(apps_api::create_app(&story.api, &story.org, wish, Some("the-app")));
    assert_eq!(app.slug, slug);

    assert_eq!(story.push(&design), 1);
    let first = story.build();
    story.live(1);

    design["app"]["description"] = json!("Another version.");
    assert_eq!(story.push(&design), 2);
    let second = story.build();
    story.live(2);

    let back = story.roll_back();
    assert_eq!(back.kind, BuildKind::Rollback, "{back:?}");
    let url = story.live(1);

    // What the client knows of the rest: a page of a list, and an error.
    let page = good(builds_api::list_builds(&story.api, &story.org, &slug, None, Some(BuildState::Succeeded), Some(2), None, None));
    assert_eq!(page.items.iter().map(|build| build.number).collect::<Vec<_>>(), [back.number, second.number]);
    match apps_api::show_app(&story.api, &story.org, "no-such-app", None) {
        Err(Error::ResponseError(refusal)) => {
            assert_eq!(refusal.status, 404);
            // Which variant it is does not show the status: they are told apart by their shape alone, which is the same.
            let problem = serde_json::to_value(refusal.entity.expect("a problem")).expect("JSON");
            assert_eq!(problem["type"], "urn:slipform:problem:not-found", "{problem}");
        }
        other => panic!("{other:?}"),
    }
    good(identity_api::sign_out(&story.api, RefreshTokenBody { refresh_token: session.refresh_token }));

    let numbers = [first, second, back].map(|build| build.number);
    let seconds = began.elapsed().as_secs_f64();
    println!("{}", json!({ "client": "openapi-generator", "app": slug, "builds": numbers, "liveRelease": 1, "url": url, "seconds": seconds }));
}
