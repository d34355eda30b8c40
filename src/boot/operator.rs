//! What a part of the installation shows to its operator: `/metrics`, `/health/live` and `/health/ready`, on a port of their own. The port of the API
//! is for tenants; how much all of them do together is not theirs to see.

use super::Base;
use super::up::Part;
use crate::config::Config;
use crate::domain::QueueDepth;
use crate::store::{self, Pool};
use crate::telemetry::metrics::{self, Looked};
use crate::{connections, queue};
use anyhow::Context as _;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use hyper_util::service::TowerToHyperService;
use serde_json::json;
use std::net::TcpListener;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Mutex;
use tokio_util::sync::{CancellationToken, DropGuard};

/// Operators are few.
const CONNECTIONS: usize = 64;
/// How long the database may think about a question of ours. Prometheus waits ten seconds as a rule, and wants the rest all the same.
const PATIENCE: Duration = Duration::from_secs(2);

/// How long what waits is not looked up again: nobody who asks, however many and often, makes work for the database.
const KEPT: Duration = Duration::from_secs(5);

/// Binds the port, where the settings have one.
pub fn bind(config: &Config) -> anyhow::Result<Option<TcpListener>> {
    let Some(address) = config.telemetry.address else { return Ok(None) };
    TcpListener::bind(address).map(Some).with_context(|| format!("cannot listen on {address}, which SLIPFORM_METRICS names"))
}

#[derive(Debug)]
struct Shown {
    /// The pools of the parts that run here.
    pools: Vec<(&'static str, Pool)>,
    /// Asked for what waits: workers see all of it.
    queue: Option<Pool>,
    /// What was looked up last, and when. Held while somebody looks.
    last: Mutex<Option<(Instant, Option<QueueDepth>)>>,
    /// Whoever has fired it takes no new work.
    ending: CancellationToken,
}

/// Answers until the answer is dropped; not ready any more as soon as `ending` fires. `part`: none for all in one process.
pub fn answer(base: &Base, part: Option<Part>, listener: TcpListener, ending: CancellationToken) -> DropGuard {
    let database = &base.database;
    let pool = |part| match part {
        Part::Serve => ("application", database.application.clone()),
        Part::Worker => ("worker", database.worker.clone()),
        Part::Host => ("host", database.host.clone()),
    };
    let pools = part.map_or(vec![Part::Serve, Part::Worker, Part::Host], |part| vec![part]).into_iter().map(pool).collect();
    let queue = matches!(part, None | Some(Part::Worker)).then(|| database.worker.clone());
    let router = router(Arc::new(Shown { pools, queue, last: Mutex::default(), ending }));
    let end = CancellationToken::new();
    let ended = end.clone();
    tokio::spawn(async move {
        let each = |stream, _| connections::answer(stream, TowerToHyperService::new(router.clone()), ended.clone());
        if let Err(error) = connections::accept(listener, "the port of metrics", CONNECTIONS, ended.clone(), each).await {
            tracing::error!(%error, "metrics cannot be fetched any more");
        }
    });
    end.drop_guard()
}

fn router(shown: Arc<Shown>) -> Router {
    Router::new()
        .route("/metrics", get(scrape))
        .route("/health/live", get(async || Json(json!({ "status": "ok" }))))
        .route("/health/ready", get(ready))
        .with_state(shown)
}

async fn scrape(State(shown): State<Arc<Shown>>) -> Response {
    let pools = shown.pools.iter().map(|(name, pool)| {
        let (open, idle) = (pool.size(), u32::try_from(pool.num_idle()).unwrap_or(u32::MAX));
        metrics::Pool { name, used: open.saturating_sub(idle), idle, most: pool.options().get_max_connections() }
    });
    // Whoever goes away meanwhile leaves the look to the next.
    let queue = tokio::spawn(waiting(shown.clone())).await.ok().flatten();
    let looked = Looked { pools: pools.collect(), queue };
    match metrics::text(&looked) {
        Ok(text) => ([(header::CONTENT_TYPE, metrics::MEDIA_TYPE)], text).into_response(),
        Err(error) => {
            tracing::error!(%error, "metrics cannot be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

async fn waiting(shown: Arc<Shown>) -> Option<QueueDepth> {
    let pool = shown.queue.as_ref()?;
    let mut last = shown.last.lock().await;
    if let Some((at, found)) = *last
        && at.elapsed() < KEPT
    {
        return found;
    }
    let found = look(pool).await;
    *last = Some((Instant::now(), found));
    found
}

async fn look(pool: &Pool) -> Option<QueueDepth> {
    match tokio::time::timeout(PATIENCE, queue::depth(pool, PATIENCE)).await {
        Ok(Ok(depth)) => Some(depth),
        Ok(Err(error)) => {
            tracing::warn!(%error, "could not look up what waits, for whoever fetches metrics");
            None
        }
        Err(_) => None,
    }
}

async fn ready(State(shown): State<Arc<Shown>>) -> Response {
    let status = |status: StatusCode, word: &str| (status, Json(json!({ "status": word }))).into_response();
    if shown.ending.is_cancelled() {
        return status(StatusCode::SERVICE_UNAVAILABLE, "ending");
    }
    for (_, pool) in &shown.pools {
        if !matches!(tokio::time::timeout(PATIENCE, store::ping(pool)).await, Ok(Ok(()))) {
            return status(StatusCode::SERVICE_UNAVAILABLE, "the database does not answer");
        }
    }
    status(StatusCode::OK, "ok")
}
