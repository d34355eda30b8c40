//! The lane of deliveries: takes what is due, makes one attempt each, keeps what came of it.

use super::guard::{Guard, System};
use super::schedule::Verdict;
use super::send::{Attempt, Message, send};
use crate::domain::EndpointState;
use crate::domain::destination::{self, Destination};
use crate::domain::error::Result;
use crate::domain::seal::Keyring;
use crate::domain::sign::{self, Secret};
use crate::jobs::{Deps, POLL};
use crate::queue::deliveries::{self, Delivery, Fate};
use crate::store::{audit, begin_traced, deliveries as log, webhooks};
use crate::telemetry::metrics::{self, DeliveryOutcome};
use crate::telemetry::traces::{Kind, Span, names};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;
use sqlx::PgConnection;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Notify;
use tokio::task::{JoinError, JoinSet};
use tokio_util::sync::CancellationToken;

/// How many attempts a worker makes at once.
pub const SLOTS: usize = 64;
/// How long an attempt may take with everything around it; after that another worker makes one.
const LEASE: Duration = Duration::from_mins(1);
/// How long nothing may have arrived before the end of a delivery is the end of its webhook.
const PATIENCE: TimeDelta = TimeDelta::days(5);
/// Between two tries to keep what came of an attempt.
const RECORD_PAUSE: Duration = Duration::from_millis(300);

/// Delivers until `shutdown`, and then ends what has begun: an attempt takes 15 seconds at most.
pub async fn run<T: Send + Sync + 'static>(deps: Arc<Deps<T>>, worker: String, wake: Arc<Notify>, shutdown: CancellationToken) {
    let guard = match Guard::new(&deps.config.webhooks.networks, System, &[]) {
        Ok(guard) => guard,
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "this worker delivers no webhooks: it finds no certificates to trust");
            return;
        }
    };
    let mut sent = JoinSet::new();
    while !shutdown.is_cancelled() {
        let free = SLOTS - sent.len();
        let claimed = if free > 0 { deliveries::claim(&deps.database.worker, &worker, LEASE, free).await } else { Ok(Vec::new()) };
        let since = Instant::now();
        let claimed = claimed.unwrap_or_else(|error| {
            tracing::warn!(%error, "could not look for deliveries");
            Vec::new()
        });
        // One round hands out one delivery a webhook; the next may have more.
        let more = !claimed.is_empty();
        for delivery in claimed {
            let (deps, guard) = (deps.clone(), guard.clone());
            sent.spawn(async move { deliver(&deps, &guard, &delivery, since).await });
        }
        if more && sent.len() < SLOTS {
            continue;
        }
        tokio::select! {
            () = shutdown.cancelled() => {}
            () = wake.notified(), if sent.len() < SLOTS => {}
            () = tokio::time::sleep(POLL) => {}
            Some(ended) = sent.join_next(), if !sent.is_empty() => note(ended),
        }
        // Those that have ended meanwhile free their slots, too.
        while let Some(ended) = sent.try_join_next() {
            note(ended);
        }
    }
    while let Some(ended) = sent.join_next().await {
        note(ended);
    }
}

/// What panicked is sent again when its lease is over.
fn note(ended: Result<(), JoinError>) {
    if let Err(error) = ended {
        tracing::error!(%error, "a delivery panicked");
    }
}

/// One attempt, kept as long as the lease lasts. After that somebody else has made another.
async fn deliver<T>(deps: &Deps<T>, guard: &Guard, delivery: &Delivery, since: Instant) {
    let at = Utc::now();
    let span = Span::begin(Kind::Client, delivery.trace_parent, || "POST".into());
    let attempt = span.around(attempt(deps, guard, delivery, at)).await;
    describe(&span, delivery, &attempt);
    drop(span);
    let number = u32::try_from(delivery.attempt).unwrap_or(u32::MAX);
    let verdict = Verdict::of(number, attempt.status, attempt.retry_after.as_deref(), Utc::now());
    metrics::delivery_attempted(outcome(verdict), attempt.duration);
    let kept = match kept(&attempt) {
        Ok(kept) => kept,
        Err(error) => return tracing::error!(%error, delivery = %delivery.id, "an attempt cannot be kept"),
    };
    while since.elapsed() < LEASE {
        match record(deps, delivery, &kept, verdict).await {
            Ok(()) => return,
            Err(error) => tracing::warn!(error = &error as &dyn std::error::Error, delivery = %delivery.id, "could not keep what came of an attempt"),
        }
        tokio::time::sleep(RECORD_PAUSE).await;
    }
}

/// Tells of an attempt in its span, by the semantic conventions for requests; but not the URL, whose path often is the secret of a receiver.
fn describe(span: &Span, delivery: &Delivery, attempt: &Attempt) {
    if !span.records() {
        return;
    }
    span.tell(names::HTTP_REQUEST_METHOD, "POST");
    if let Ok(url) = reqwest::Url::parse(&delivery.url) {
        span.tell(names::SERVER_ADDRESS, url.host_str().unwrap_or_default().to_owned());
        span.tell(names::SERVER_PORT, i64::from(url.port_or_known_default().unwrap_or_default()));
        span.tell(names::URL_SCHEME, url.scheme().to_owned());
    }
    span.tell("slipform.webhook.id", delivery.webhook.to_string());
    span.tell("slipform.event.type", delivery.event.kind.clone());
    if delivery.attempt > 1 {
        span.tell(names::HTTP_REQUEST_RESEND_COUNT, i64::from(delivery.attempt - 1));
    }
    if let Some(status) = attempt.status {
        span.tell(names::HTTP_RESPONSE_STATUS_CODE, i64::from(status));
    }
    match attempt.status {
        Some(200..=299) => {}
        Some(status) => span.fail(status.to_string()),
        None => span.fail("no_answer"),
    }
}

fn outcome(verdict: Verdict) -> DeliveryOutcome {
    match verdict {
        Verdict::Succeeded => DeliveryOutcome::Succeeded,
        Verdict::Later(_) => DeliveryOutcome::Retried,
        Verdict::Gone | Verdict::GivenUp => DeliveryOutcome::Failed,
    }
}

async fn attempt<T>(deps: &Deps<T>, guard: &Guard, delivery: &Delivery, at: DateTime<Utc>) -> Attempt {
    // What was allowed when it was added need not be any more.
    let destination = match Destination::parse(&delivery.url, &deps.config.webhooks.networks) {
        Ok(destination) => destination,
        Err(refused) => return Attempt::refused(at, refused.to_string()),
    };
    let Some(secrets) = secrets(&deps.keyring, delivery) else {
        tracing::error!(webhook = %delivery.webhook, "the secret of a webhook cannot be opened with SLIPFORM_KEY");
        return Attempt::refused(at, "The installation cannot open the secret of this webhook. Rotate it, or ask the operator.");
    };
    let (id, body) = (delivery.event.id.message_id(), delivery.event.body());
    send(guard, &destination, Message { id: &id, body: &body }, &secrets, at).await
}

/// The newest first; `None`: it cannot be opened. One from before a rotation that cannot be opened is what the rotation mended.
fn secrets(keyring: &Keyring, delivery: &Delivery) -> Option<Vec<Secret>> {
    let open = |sealed: &Vec<u8>| {
        let text = keyring.open(&sign::context(delivery.webhook), sealed).ok()?;
        String::from_utf8(text).ok()?.parse().ok()
    };
    let newest = open(&delivery.sealed_secret)?;
    Some(std::iter::once(newest).chain(delivery.sealed_previous_secret.as_ref().and_then(open)).collect())
}

fn kept(attempt: &Attempt) -> Result<log::Attempt, serde_json::Error> {
    Ok(log::Attempt {
        at: attempt.at,
        request_headers: serde_json::to_value(&attempt.request_headers)?,
        status: attempt.status.and_then(|status| i16::try_from(status).ok()),
        response_headers: serde_json::to_value(&attempt.response_headers)?,
        response_body: attempt.response_body.clone(),
        error: attempt.error.clone(),
        duration_ms: i32::try_from(attempt.duration.as_millis()).unwrap_or(i32::MAX),
    })
}

/// Keeps an attempt with what follows from it: for the delivery, and for its webhook.
async fn record<T>(deps: &Deps<T>, delivery: &Delivery, attempt: &log::Attempt, verdict: Verdict) -> Result<()> {
    let mut tx = begin_traced(&deps.database.worker, delivery.trace_parent).await?;
    // The webhook before its deliveries, as everybody.
    if !webhooks::hold(&mut tx, delivery.organization, delivery.webhook).await? {
        return Ok(());
    }
    let fate = match verdict {
        Verdict::Succeeded => Fate::Succeeded,
        Verdict::Later(pause) => Fate::Later(pause),
        Verdict::Gone | Verdict::GivenUp => Fate::Failed,
    };
    if !deliveries::end(&mut tx, delivery, fate).await? {
        return Ok(());
    }
    log::record(&mut tx, delivery.organization, delivery.id, attempt).await?;
    let why = match verdict {
        Verdict::Succeeded => {
            webhooks::arrived(&mut tx, delivery.webhook).await?;
            None
        }
        Verdict::Gone => Some("The receiver answered 410 Gone: it wants no more events. Enable the webhook if that was a mistake.".to_owned()),
        Verdict::Later(_) | Verdict::GivenUp => {
            let since = webhooks::failed(&mut tx, delivery.webhook).await?;
            since.filter(|since| verdict == Verdict::GivenUp && worn_out(*since, attempt.at)).map(|since| {
                let since = since.format("%F %R");
                format!("Nothing has arrived since {since} UTC. Look at its failed deliveries, mend the receiver, then enable the webhook.")
            })
        }
    };
    if let Some(why) = why
        && webhooks::disable(&mut tx, delivery.webhook, &why).await?
    {
        tell(&mut tx, delivery, &why).await?;
        tracing::info!(webhook = %delivery.webhook, "a webhook was disabled: {why}");
    }
    Ok(tx.commit().await?)
}

/// Whether a webhook is given up with the delivery that ends now.
fn worn_out(failing_since: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    now - failing_since >= PATIENCE
}

/// The line of the audit log about a webhook that nobody has disabled.
async fn tell(conn: &mut PgConnection, delivery: &Delivery, why: &str) -> sqlx::Result<()> {
    let host = destination::host(&delivery.url);
    let (before, after) = (json!({ "state": EndpointState::Enabled }), json!({ "state": EndpointState::Disabled, "message": why }));
    audit::insert_of_worker(conn, delivery.organization, "endpoint.disabled", ("webhook", delivery.webhook.0, host), (&before, &after)).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_webhook_is_given_up_when_nothing_has_arrived_for_five_days() {
        let now: DateTime<Utc> = "2026-03-06T12:00:00Z".parse().unwrap();
        assert!(worn_out("2026-03-01T12:00:00Z".parse().unwrap(), now));
        assert!(!worn_out("2026-03-01T12:00:01Z".parse().unwrap(), now));
    }
}
