//! The way from a worker to AWS, on which things happen: each call passes through here, and at one of them the worker is killed,
//! the answer is lost, or AWS asks for patience in the words of the service.

use super::emulator::{Emulator, free_port, listens};
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::header::{AUTHORIZATION, CONNECTION, CONTENT_LENGTH, HOST, TRANSFER_ENCODING};
use axum::http::{HeaderMap, Method, Response};
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
    /// What happens at which call.
    planned: Option<(usize, Fault)>,
    /// What was called when it happened.
    happened: Option<String>,
}

/// What can happen at a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The process dies, after the call had its effect and before it hears of it.
    Killed(i32),
    /// The call has its effect, and the answer does not arrive.
    Lost,
    /// The call has no effect: too many requests.
    Throttled,
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

    /// Plans a fault for the n-th call from now on, counted from 0.
    pub fn plan(&self, call: usize, fault: Fault) {
        *self.plan.lock().unwrap() = Plan { planned: Some((call, fault)), ..Plan::default() };
    }

    /// How many calls there were since then, and at which it happened.
    pub fn seen(&self) -> (usize, Option<String>) {
        let plan = self.plan.lock().unwrap();
        (plan.seen, plan.happened.clone())
    }
}

struct Post {
    to: String,
    http: reqwest::Client,
    plan: Arc<Mutex<Plan>>,
}

async fn pass(State(post): State<Arc<Post>>, request: Request) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap_or_default();
    let fault = {
        let mut plan = post.plan.lock().unwrap();
        let fault = plan.planned.filter(|(call, _)| *call == plan.seen).map(|(_, fault)| fault);
        plan.seen += 1;
        if fault.is_some() {
            let target = parts.headers.get("x-amz-target").and_then(|name| name.to_str().ok());
            plan.happened = Some(described(&parts.method, parts.uri.path(), target, &body));
        }
        fault
    };
    if fault == Some(Fault::Throttled) {
        return throttled(&parts.headers);
    }
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
    match fault {
        Some(Fault::Killed(pid)) => kill(Pid::from_raw(pid), Signal::SIGKILL).expect("it was alive"),
        // The connection ends with its task, before the first byte of an answer. An empty answer could not be cut any later.
        Some(Fault::Lost) => std::panic::resume_unwind(Box::new("the answer is lost")),
        _ => {}
    }
    let mut response = Response::builder().status(answer.status());
    for (name, value) in answer.headers() {
        if *name != CONNECTION && *name != TRANSFER_ENCODING && (head || *name != CONTENT_LENGTH) {
            response = response.header(name, value);
        }
    }
    response.body(Body::from(answer.bytes().await.expect("the answer ends"))).unwrap()
}

const XML: (&str, &str) = ("content-type", "text/xml");

/// What each protocol says (Smithy specification, "AWS protocols"; the codes are those that the services document).
fn throttled(headers: &HeaderMap) -> Response<Body> {
    let authorization = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    // `Credential=<key>/<day>/<region>/<service>/aws4_request`
    let service = authorization.split('/').nth(3).unwrap_or_default();
    let (status, header, body): (u16, _, &[u8]) = match service {
        "lambda" => (429, ("x-amzn-errortype", "TooManyRequestsException"), br#"{"Type":"User","message":"Rate exceeded"}"#),
        "elasticfilesystem" => (429, ("x-amzn-errortype", "ThrottlingException"), br#"{"ErrorCode":"ThrottlingException","Message":"Rate exceeded"}"#),
        "ecs" | "secretsmanager" | "logs" | "acm" | "application-autoscaling" => {
            (400, ("x-amzn-errortype", "ThrottlingException"), br#"{"__type":"ThrottlingException","message":"Rate exceeded"}"#)
        }
        "s3" => (503, XML, b"<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>"),
        "iam" | "sts" | "cloudfront" | "route53" | "elasticloadbalancing" | "cloudformation" => {
            (400, XML, b"<ErrorResponse><Error><Type>Sender</Type><Code>Throttling</Code><Message>Rate exceeded</Message></Error></ErrorResponse>")
        }
        // CBOR: a map of two pairs, in which a text begins with 0x60 and its length.
        "monitoring" => (400, ("smithy-protocol", "rpc-v2-cbor"), b"\xa2\x66__type\x6aThrottling\x67message\x6dRate exceeded"),
        // A visitor.
        "" => (503, ("retry-after", "0"), b""),
        other => panic!("how does {other} ask for patience?"),
    };
    Response::builder().status(status).header(header.0, header.1).body(Body::from(body.to_vec())).unwrap()
}

/// A call in short, for the messages of assertions.
fn described(method: &Method, path: &str, target: Option<&str>, body: &Bytes) -> String {
    let action = String::from_utf8_lossy(body).split('&').find_map(|pair| pair.strip_prefix("Action=").map(str::to_owned));
    target.map(str::to_owned).or(action).unwrap_or_else(|| format!("{method} {path}"))
}
