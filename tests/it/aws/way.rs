//! The way from a worker to AWS, on which things happen: each call passes through here, and at one of them the worker is killed.

use super::emulator::{Emulator, free_port, listens};
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::header::{CONNECTION, CONTENT_LENGTH, HOST, TRANSFER_ENCODING};
use axum::http::{Method, Response};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::sync::{Arc, Mutex};

/// Leads to both emulators until it is dropped.
pub struct Way {
    /// What a worker is told of the way.
    pub settings: [(&'static str, String); 2],
    plan: Arc<Mutex<Plan>>,
    servers: Vec<tokio::task::JoinHandle<()>>,
}

#[derive(Default)]
struct Plan {
    /// Calls so far.
    seen: usize,
    /// Who dies at which call.
    victim: Option<(usize, i32)>,
    /// What was called when it died.
    died: Option<String>,
}

impl Drop for Way {
    fn drop(&mut self) {
        for server in &self.servers {
            server.abort();
        }
    }
}

impl Way {
    pub async fn to(emulator: &Emulator) -> Self {
        let plan = Arc::new(Mutex::new(Plan::default()));
        let mut servers = Vec::new();
        let mut lead = async |to: &str| {
            let port = free_port();
            let office = Post { to: to.to_owned(), http: reqwest::Client::builder().no_proxy().build().unwrap(), plan: plan.clone() };
            let router = Router::new().fallback(pass).with_state(Arc::new(office));
            let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await.unwrap();
            servers.push(tokio::spawn(async move { axum::serve(listener, router).await.unwrap() }));
            listens(port).await;
            format!("http://127.0.0.1:{port}")
        };
        let settings = [("SLIPFORM_AWS_ENDPOINT", lead(&emulator.endpoint).await), ("SLIPFORM_AWS_SCALING_ENDPOINT", lead(&emulator.scaling_endpoint).await)];
        Self { settings, plan, servers }
    }

    /// The process dies at the n-th call from now on, counted from 0: after the call had its effect, before it hears of it.
    pub fn kill_at(&self, call: usize, pid: i32) {
        *self.plan.lock().unwrap() = Plan { victim: Some((call, pid)), ..Plan::default() };
    }

    /// How many calls there were since then, and at which the process died.
    pub fn seen(&self) -> (usize, Option<String>) {
        let plan = self.plan.lock().unwrap();
        (plan.seen, plan.died.clone())
    }
}

struct Post {
    to: String,
    http: reqwest::Client,
    plan: Arc<Mutex<Plan>>,
}

async fn pass(State(post): State<Arc<Post>>, request: Request) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let at = {
        let mut plan = post.plan.lock().unwrap();
        plan.seen += 1;
        plan.seen - 1
    };
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap_or_default();
    let call = described(&parts.method, parts.uri.path(), parts.headers.get("x-amz-target").and_then(|name| name.to_str().ok()), &body);
    let mut headers = parts.headers;
    for name in [CONNECTION, TRANSFER_ENCODING, CONTENT_LENGTH] {
        headers.remove(name);
    }
    // A visitor's name leads on; the way's own does not.
    if headers.get(HOST).is_some_and(|host| host.as_bytes().starts_with(b"127.0.0.1")) {
        headers.remove(HOST);
    }
    let url = format!("{}{}", post.to, parts.uri.path_and_query().map_or("/", |path| path.as_str()));
    let head = parts.method == Method::HEAD;
    let answer = post.http.request(parts.method, url).headers(headers).body(body).send().await.expect("the emulator answers");
    let victim = {
        let mut plan = post.plan.lock().unwrap();
        let victim = plan.victim.filter(|(planned, _)| *planned == at).map(|(_, pid)| pid);
        plan.died = plan.died.take().or_else(|| victim.map(|_| call));
        victim
    };
    if let Some(pid) = victim {
        kill(Pid::from_raw(pid), Signal::SIGKILL).expect("it was alive");
    }
    let mut response = Response::builder().status(answer.status());
    for (name, value) in answer.headers() {
        if *name != CONNECTION && *name != TRANSFER_ENCODING && (head || *name != CONTENT_LENGTH) {
            response = response.header(name, value);
        }
    }
    response.body(Body::from(answer.bytes().await.expect("the answer ends"))).unwrap()
}

/// A call in short, for the messages of assertions.
fn described(method: &Method, path: &str, target: Option<&str>, body: &Bytes) -> String {
    let action = String::from_utf8_lossy(body).split('&').find_map(|pair| pair.strip_prefix("Action=").map(str::to_owned));
    target.map(str::to_owned).or(action).unwrap_or_else(|| format!("{method} {path}"))
}
