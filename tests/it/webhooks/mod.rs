//! The way of events to real receivers.

mod corpus;
mod deliveries;
pub mod interop;
pub mod receiver;
mod story;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use slipform::domain::destination::Destination;
use slipform::domain::networks::Networks;
use slipform::domain::sign::Secret;
use slipform::jobs::webhooks::guard::Guard;
use slipform::jobs::webhooks::send::{Attempt, Message, send};
use std::net::SocketAddr;
use std::sync::Mutex;

const MESSAGE: Message<'static> = Message { id: "msg_1", body: r#"{"type":"test","timestamp":"2026-03-01T12:00:00Z","data":{"n":"ä"}}"# };

/// Answers each name with the next of its lists of addresses, and with the last one from then on.
struct Script(Mutex<Vec<&'static [&'static str]>>);

impl Script {
    fn new(answers: &[&'static [&'static str]]) -> Self {
        Self(Mutex::new(answers.iter().rev().copied().collect()))
    }
}

impl Resolve for Script {
    fn resolve(&self, _: Name) -> Resolving {
        let mut answers = self.0.lock().unwrap();
        let found = if answers.len() > 1 { answers.pop().unwrap() } else { answers[0] };
        let found: Vec<SocketAddr> = found.iter().map(|ip| SocketAddr::new(ip.parse().unwrap(), 0)).collect();
        Box::pin(async move { Ok(Box::new(found.into_iter()) as Addrs) })
    }
}

fn install_tls() {
    let _ = rustls::crypto::ring::default_provider().install_default();
}

fn networks(text: &str) -> Networks {
    text.parse().unwrap()
}

/// A guard that allows these networks and answers all names like this.
fn guard(allowed: &Networks, answers: &[&'static [&'static str]]) -> Guard {
    install_tls();
    Guard::new(allowed, Script::new(answers), &[]).unwrap()
}

/// Sends to a URL on loopback, which is allowed.
async fn deliver(url: &str) -> Attempt {
    let allowed = networks("127.0.0.0/8");
    let guard = guard(&allowed, &[&["127.0.0.1"]]);
    let destination = Destination::parse(url, &allowed).unwrap();
    send(&guard, &destination, MESSAGE, &[Secret::generate()], chrono::Utc::now()).await
}
