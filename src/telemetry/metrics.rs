//! What is counted and timed in this process since it began, and how it is told to Prometheus.

use crate::domain::{BuildKind, BuildState, QueueDepth, StepName};
use prometheus::process_collector::ProcessCollector;
use prometheus::{Encoder as _, Gauge, HistogramOpts, HistogramVec, IntCounterVec, IntGauge, IntGaugeVec, Opts, Registry, TextEncoder};
use std::sync::LazyLock;
use std::time::Duration;

/// The media type of [`text`].
pub const MEDIA_TYPE: &str = prometheus::TEXT_FORMAT;

/// The boundaries that the semantic conventions give for the duration of a request, in seconds.
const REQUEST_SECONDS: [f64; 14] = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0];
/// Builds of this machine take seconds, those that make an environment on AWS a quarter of an hour.
const BUILD_SECONDS: [f64; 13] = [0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 900.0, 1_800.0];

/// How a step of a build ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum StepOutcome {
    Succeeded,
    Failed,
    /// By a cancel, a lost lease, or the end of its worker.
    Stopped,
}

impl StepOutcome {
    const ALL: [Self; 3] = [Self::Succeeded, Self::Failed, Self::Stopped];

    /// Its label.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Stopped => "stopped",
        }
    }
}

/// What follows from an attempt to deliver an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum DeliveryOutcome {
    Succeeded,
    /// Once more, later.
    Retried,
    /// It was the last attempt, or the receiver wants no more.
    Failed,
}

impl DeliveryOutcome {
    const ALL: [Self; 3] = [Self::Succeeded, Self::Retried, Self::Failed];

    /// Its label.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Succeeded => "succeeded",
            Self::Retried => "retried",
            Self::Failed => "failed",
        }
    }
}

/// Everything that this process counts by itself.
struct Metrics {
    registry: Registry,
    request_duration: HistogramVec,
    active_requests: IntGaugeVec,
    event_streams: IntGauge,
    builds: IntCounterVec,
    build_duration: HistogramVec,
    build_wait: HistogramVec,
    step_duration: HistogramVec,
    attempts: IntCounterVec,
    attempt_duration: HistogramVec,
}

static METRICS: LazyLock<Metrics> = LazyLock::new(|| Metrics::new().expect("the names and labels below are right, and each is there once"));

impl Metrics {
    fn new() -> prometheus::Result<Self> {
        let registry = Registry::new();
        // The API speaks HTTP; TLS ends before it.
        let over_http = |name: &str, help: &str| Opts::new(name, help).const_label("url_scheme", "http");
        let histogram =
            |name: &str, help: &str, buckets: &[f64], labels: &[&str]| HistogramVec::new(HistogramOpts::new(name, help).buckets(buckets.to_vec()), labels);
        let duration = over_http("http_server_request_duration_seconds", "Time until the answer to a request of the API began.");
        let metrics = Self {
            request_duration: HistogramVec::new(
                HistogramOpts { common_opts: duration, buckets: REQUEST_SECONDS.to_vec() },
                &["http_request_method", "http_route", "http_response_status_code", "error_type"],
            )?,
            active_requests: IntGaugeVec::new(
                over_http("http_server_active_requests", "Requests of the API that are being answered."),
                &["http_request_method"],
            )?,
            event_streams: IntGauge::new("slipform_event_streams", "Clients that follow a build or a log now.")?,
            builds: IntCounterVec::new(Opts::new("slipform_builds_total", "Builds that ended, by how."), &["state"])?,
            build_duration: histogram(
                "slipform_build_duration_seconds",
                "Time from the moment a worker took a build to its end.",
                &BUILD_SECONDS,
                &["kind", "state"],
            )?,
            build_wait: histogram("slipform_build_wait_seconds", "Time that a build waited for its worker.", &BUILD_SECONDS, &["kind"])?,
            step_duration: histogram("slipform_build_step_duration_seconds", "Time that a step of a build took.", &BUILD_SECONDS, &["step", "outcome"])?,
            attempts: IntCounterVec::new(Opts::new("slipform_webhook_attempts_total", "Attempts to deliver an event, by what followed."), &["outcome"])?,
            attempt_duration: histogram(
                "slipform_webhook_attempt_duration_seconds",
                "Time that an attempt to deliver an event took.",
                &REQUEST_SECONDS,
                &["outcome"],
            )?,
            registry,
        };
        metrics.register()?;
        metrics.begin();
        Ok(metrics)
    }

    fn register(&self) -> prometheus::Result<()> {
        let target = Gauge::with_opts(
            Opts::new("target_info", "What runs here.").const_label("service_name", "slipform").const_label("service_version", env!("CARGO_PKG_VERSION")),
        )?;
        target.set(1.0);
        self.registry.register(Box::new(target))?;
        self.registry.register(Box::new(ProcessCollector::for_self()))?;
        self.registry.register(Box::new(self.event_streams.clone()))?;
        self.registry.register(Box::new(self.active_requests.clone()))?;
        for counter in [&self.builds, &self.attempts] {
            self.registry.register(Box::new(counter.clone()))?;
        }
        for histogram in [&self.request_duration, &self.build_duration, &self.build_wait, &self.step_duration, &self.attempt_duration] {
            self.registry.register(Box::new(histogram.clone()))?;
        }
        Ok(())
    }

    /// A count that is there from the beginning grows from 0, so that its first step is seen.
    fn begin(&self) {
        for state in BuildState::ALL.iter().filter(|state| state.is_final()) {
            self.builds.with_label_values(&[state.as_str()]);
        }
        for outcome in DeliveryOutcome::ALL {
            self.attempts.with_label_values(&[outcome.as_str()]);
            self.attempt_duration.with_label_values(&[outcome.as_str()]);
        }
        for step in StepName::ALL {
            self.step_duration.with_label_values(&[step.as_str(), StepOutcome::ALL[0].as_str()]);
        }
    }
}

/// A request that is being answered, until it is dropped: its client may go away at any time.
#[derive(Debug)]
pub struct ActiveRequest(IntGauge);

impl Drop for ActiveRequest {
    fn drop(&mut self) {
        self.0.dec();
    }
}

/// A request begins. `method` is one that we know, or `_OTHER`.
pub fn request_began(method: &'static str) -> ActiveRequest {
    let active = METRICS.active_requests.with_label_values(&[method]);
    active.inc();
    ActiveRequest(active)
}

/// A request was answered. `route` is the template of its path; none where nothing stands at this address.
pub fn request_ended(method: &'static str, route: Option<&str>, status: &str, took: Duration) {
    let error = if status.starts_with('5') { status } else { "" };
    METRICS.request_duration.with_label_values(&[method, route.unwrap_or_default(), status, error]).observe(took.as_secs_f64());
}

/// Somebody follows from now on.
pub fn stream_began() {
    METRICS.event_streams.inc();
}

/// Somebody follows no longer.
pub fn stream_ended() {
    METRICS.event_streams.dec();
}

/// A worker took a build that had waited this long.
pub fn build_began(kind: BuildKind, waited: Duration) {
    METRICS.build_wait.with_label_values(&[kind.as_str()]).observe(waited.as_secs_f64());
}

/// A build is in its final state.
pub fn build_ended(state: BuildState) {
    METRICS.builds.with_label_values(&[state.as_str()]).inc();
}

/// Builds that waited ended with what they were for.
pub fn builds_cancelled(number: u64) {
    METRICS.builds.with_label_values(&[BuildState::Cancelled.as_str()]).inc_by(number);
}

/// A worker brought a build to its final state.
pub fn build_took(kind: BuildKind, state: BuildState, took: Duration) {
    METRICS.build_duration.with_label_values(&[kind.as_str(), state.as_str()]).observe(took.as_secs_f64());
}

/// A step of a build ended, with all its attempts.
pub fn step_ended(step: StepName, outcome: StepOutcome, took: Duration) {
    METRICS.step_duration.with_label_values(&[step.as_str(), outcome.as_str()]).observe(took.as_secs_f64());
}

/// An attempt to deliver an event ended.
pub fn delivery_attempted(outcome: DeliveryOutcome, took: Duration) {
    METRICS.attempts.with_label_values(&[outcome.as_str()]).inc();
    METRICS.attempt_duration.with_label_values(&[outcome.as_str()]).observe(took.as_secs_f64());
}

/// What is looked up when somebody asks.
#[derive(Debug, Clone, Default)]
pub struct Looked {
    /// The pools of this process.
    pub pools: Vec<Pool>,
    /// What waits in the database; none where it did not answer, or where this part has no business with it.
    pub queue: Option<QueueDepth>,
}

/// A pool of connections to the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Pool {
    /// The part of the installation that connects by it: a word of ours.
    pub name: &'static str,
    pub used: u32,
    pub idle: u32,
    pub most: u32,
}

/// Everything, as Prometheus reads it.
pub fn text(looked: &Looked) -> prometheus::Result<Vec<u8>> {
    let mut families = METRICS.registry.gather();
    families.extend(gathered(looked)?);
    let mut text = Vec::new();
    TextEncoder::new().encode(&families, &mut text)?;
    Ok(text)
}

fn gathered(looked: &Looked) -> prometheus::Result<Vec<prometheus::proto::MetricFamily>> {
    // Made anew, so that nothing is told again that could not be looked up.
    let registry = Registry::new();
    let connections = IntGaugeVec::new(
        Opts::new("db_client_connection_count", "Connections of a pool, by state."),
        &["db_client_connection_pool_name", "db_client_connection_state"],
    )?;
    let most = IntGaugeVec::new(Opts::new("db_client_connection_max", "The most connections of a pool."), &["db_client_connection_pool_name"])?;
    for pool in &looked.pools {
        connections.with_label_values(&[pool.name, "used"]).set(pool.used.into());
        connections.with_label_values(&[pool.name, "idle"]).set(pool.idle.into());
        most.with_label_values(&[pool.name]).set(pool.most.into());
    }
    registry.register(Box::new(connections))?;
    registry.register(Box::new(most))?;
    if let Some(queue) = looked.queue {
        let builds = IntGaugeVec::new(
            Opts::new("slipform_queue_builds", "Builds of the installation that could run and wait, that must wait, and that run."),
            &["state"],
        )?;
        builds.with_label_values(&["waiting"]).set(queue.builds_waiting);
        builds.with_label_values(&["blocked"]).set(queue.builds_blocked);
        builds.with_label_values(&["running"]).set(queue.builds_running);
        registry.register(Box::new(builds))?;
        for (name, help, value) in [
            ("slipform_queue_jobs_due", "Jobs of the installation, beside builds, that could run and wait.", queue.jobs_due),
            ("slipform_webhook_deliveries_due", "Deliveries of the installation that could go out and wait.", queue.deliveries_due),
        ] {
            let gauge = IntGauge::new(name, help)?;
            gauge.set(value);
            registry.register(Box::new(gauge))?;
        }
        for (name, help, value) in [
            ("slipform_queue_oldest_build_seconds", "How long the build has waited that could run and waits longest.", queue.oldest_build_seconds),
            ("slipform_webhook_oldest_delivery_seconds", "How long the delivery is due that is due longest.", queue.oldest_delivery_seconds),
        ] {
            let gauge = Gauge::new(name, help)?;
            gauge.set(value);
            registry.register(Box::new(gauge))?;
        }
    }
    Ok(registry.gather())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_labels_and_boundaries_are_those_of_the_conventions() {
        drop(request_began("GET"));
        request_ended("GET", Some("/v1/organizations/{org}"), "200", Duration::from_millis(4));
        request_ended("GET", None, "404", Duration::from_millis(80));
        request_ended("_OTHER", Some("/v1/organizations/{org}"), "503", Duration::from_secs(11));
        let looked = Looked { pools: vec![Pool { name: "application", used: 2, idle: 3, most: 20 }], queue: None };
        let text = String::from_utf8(text(&looked).unwrap()).unwrap();
        for line in [
            "# TYPE http_server_request_duration_seconds histogram",
            r#"http_server_request_duration_seconds_bucket{error_type="",http_request_method="GET",http_response_status_code="200",http_route="/v1/organizations/{org}",url_scheme="http",le="0.005"} 1"#,
            r#"http_server_request_duration_seconds_bucket{error_type="",http_request_method="GET",http_response_status_code="404",http_route="",url_scheme="http",le="0.075"} 0"#,
            r#"http_server_request_duration_seconds_bucket{error_type="503",http_request_method="_OTHER",http_response_status_code="503",http_route="/v1/organizations/{org}",url_scheme="http",le="10"} 0"#,
            r#"http_server_active_requests{http_request_method="GET",url_scheme="http"} 0"#,
            r#"db_client_connection_count{db_client_connection_pool_name="application",db_client_connection_state="used"} 2"#,
            r#"db_client_connection_max{db_client_connection_pool_name="application"} 20"#,
            r#"slipform_builds_total{state="succeeded"} 0"#,
            r#"slipform_webhook_attempts_total{outcome="failed"} 0"#,
            "# TYPE process_resident_memory_bytes gauge",
        ] {
            assert!(text.lines().any(|has| has == line), "{line}:\n{text}");
        }
        assert!(!text.contains("slipform_queue"), "nothing was looked up");
    }

    #[test]
    fn what_was_looked_up_is_told_once() {
        let queue = QueueDepth {
            builds_waiting: 3,
            builds_blocked: 5,
            builds_running: 2,
            oldest_build_seconds: 1.5,
            jobs_due: 1,
            deliveries_due: 4,
            oldest_delivery_seconds: 0.0,
        };
        let families = gathered(&Looked { pools: Vec::new(), queue: Some(queue) }).unwrap();
        let mut text = Vec::new();
        TextEncoder::new().encode(&families, &mut text).unwrap();
        let text = String::from_utf8(text).unwrap();
        for line in [
            r#"slipform_queue_builds{state="waiting"} 3"#,
            r#"slipform_queue_builds{state="blocked"} 5"#,
            r#"slipform_queue_builds{state="running"} 2"#,
            "slipform_queue_oldest_build_seconds 1.5",
            "slipform_queue_jobs_due 1",
            "slipform_webhook_deliveries_due 4",
            "slipform_webhook_oldest_delivery_seconds 0",
        ] {
            assert!(text.lines().any(|has| has == line), "{line}:\n{text}");
        }
    }
}
