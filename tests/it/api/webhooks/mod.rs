//! Webhooks: made, changed, told of what happens, sent to receivers that behave in every way.

mod events;
mod lane;
mod making;

use super::{Api, HERE};
use crate::harness::{Client, eventually};
use crate::webhooks::receiver::{Received, Receiver};
use serde_json::{Value, json};
use slipform::config::Config;
use slipform::jobs::{Deps, webhooks};
use sqlx::PgConnection;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// An API with the lane of a worker beside it.
struct Hooks {
    api: Api,
    client: Client,
    lane: Option<(CancellationToken, JoinHandle<()>)>,
}

/// A webhook as it was made.
#[derive(Clone)]
struct Hook {
    id: String,
    secret: String,
}

impl Hooks {
    async fn start() -> Self {
        let api = Api::start().await;
        let client = api.with_notes().await;
        let mut hooks = Self { api, client, lane: None };
        hooks.work();
        hooks
    }

    /// A lane begins, which may send to the receivers.
    fn work(&mut self) {
        self.work_with("127.0.0.1");
    }

    /// A lane begins that may send to these networks. It looks often, where a real one is told.
    fn work_with(&mut self, networks: &str) {
        let mut config = Config::for_testing(self.api.home.path(), &self.api.database.url, self.api.home.path());
        config.webhooks.networks = networks.parse().unwrap();
        let keyring = self.api.database.key.parse().unwrap();
        let deps = Arc::new(Deps { config: Arc::new(config), database: self.api.pools.clone(), keyring, target: () });
        let (wake, shutdown) = (Arc::new(Notify::new()), CancellationToken::new());
        let (often, end) = (wake.clone(), shutdown.clone());
        tokio::spawn(end.run_until_cancelled_owned(async move {
            loop {
                tokio::time::sleep(Duration::from_millis(20)).await;
                often.notify_one();
            }
        }));
        self.lane = Some((shutdown.clone(), tokio::spawn(webhooks::run(deps, "a-worker".into(), wake, shutdown))));
    }

    /// The worker is gone from one moment to the next.
    async fn kill(&mut self) {
        let (_, lane) = self.lane.take().unwrap();
        lane.abort();
        assert!(lane.await.unwrap_err().is_cancelled());
    }

    async fn hook(&self, receiver: &Receiver, types: &[&str]) -> Hook {
        let made = self.client.post(&format!("{HERE}/webhooks"), &json!({ "url": receiver.url("/hooks?for=us"), "types": types })).await.expect(201);
        Hook { id: made["id"].as_str().unwrap().to_owned(), secret: made["secret"].as_str().unwrap().to_owned() }
    }

    fn path(hook: &Hook) -> String {
        format!("{HERE}/webhooks/{}", hook.id)
    }

    /// Sends a test event; gives the address of its delivery.
    async fn test(&self, hook: &Hook) -> String {
        let answer = self.client.post(&format!("{}/test", Self::path(hook)), &json!({})).await;
        answer.expect(202);
        answer.headers["location"].to_str().unwrap().to_owned()
    }

    /// The delivery, once it is in a state.
    async fn delivery_is(&self, address: &str, state: &str) -> Value {
        eventually(&format!("{address} is {state}"), 20, || async {
            let now = self.client.get(address).await.expect(200);
            (now["state"] == state).then_some(now)
        })
        .await
    }

    /// The delivery, once it was tried so often since it was made.
    async fn tried(&self, address: &str, attempts: i64) -> Value {
        eventually(&format!("{address} was tried"), 20, || async {
            let now = self.client.get(address).await.expect(200);
            (now["attempts"] == attempts && now["state"] != "running").then_some(now)
        })
        .await
    }

    /// Time passes: what waits for its next attempt is due.
    async fn later(&self) {
        sqlx::query("update webhook_deliveries set run_at = now() where state = 'queued'").execute(&mut self.owner().await).await.unwrap();
    }

    async fn state(&self, hook: &Hook) -> Value {
        self.client.get(&Self::path(hook)).await.expect(200)
    }

    async fn owner(&self) -> PgConnection {
        self.api.database.owner().await
    }
}

impl Drop for Hooks {
    fn drop(&mut self) {
        if let Some((shutdown, _)) = &self.lane {
            shutdown.cancel();
        }
    }
}

/// What a receiver has, once it is so much.
async fn received(receiver: &Receiver, count: usize) -> Vec<Received> {
    eventually(&format!("{count} requests"), 20, || async { Some(receiver.received()).filter(|all| all.len() >= count) }).await
}

fn body(received: &Received) -> Value {
    serde_json::from_str(&received.body).unwrap()
}
