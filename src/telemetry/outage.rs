//! What the log says while a collector does not take spans. The SDK would say it at each batch, which is every five seconds and more.

use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::{OTelSdkError, OTelSdkResult};
use opentelemetry_sdk::trace::{SpanData, SpanExporter};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How often an outage is spoken of.
const EVERY: Duration = Duration::from_mins(1);

/// An exporter whose failures are told here, and nowhere else.
#[derive(Debug)]
pub struct Told<E> {
    exporter: E,
    outage: Mutex<Outage>,
}

impl<E> Told<E> {
    /// Tells of this one.
    pub fn new(exporter: E) -> Self {
        Self { exporter, outage: Mutex::default() }
    }

    fn outage(&self) -> MutexGuard<'_, Outage> {
        self.outage.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<E: SpanExporter> SpanExporter for Told<E> {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let spans = batch.len();
        match self.exporter.export(batch).await {
            Ok(()) => {
                if let Some(lost) = self.outage().over() {
                    tracing::info!(lost, "the collector takes spans again");
                }
            }
            Err(error) => {
                let said = self.outage().lose(spans, Instant::now());
                if let Some(said) = said {
                    said.log(&error);
                }
            }
        }
        // Whatever came of it has been told.
        Ok(())
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        if let Some(lost) = self.outage().over() {
            tracing::warn!(lost, "ends while the collector takes no spans");
        }
        self.exporter.shutdown_with_timeout(timeout)
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.exporter.force_flush()
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.exporter.set_resource(resource);
    }
}

/// A time in which no spans arrive, or none.
#[derive(Debug, Default)]
struct Outage {
    /// When it was spoken of last; none: there is no outage.
    told: Option<Instant>,
    /// Spans since it began.
    lost: usize,
}

/// What is due to be said of an outage.
#[derive(Debug, PartialEq, Eq)]
enum Said {
    /// It begins.
    First,
    /// It goes on, and so many spans are lost.
    Still(usize),
}

impl Outage {
    fn lose(&mut self, spans: usize, now: Instant) -> Option<Said> {
        self.lost += spans;
        let said = match self.told {
            None => Said::First,
            Some(told) if now.duration_since(told) >= EVERY => Said::Still(self.lost),
            Some(_) => return None,
        };
        self.told = Some(now);
        Some(said)
    }

    /// It is over; the answer: how many spans it has cost, if there was one.
    fn over(&mut self) -> Option<usize> {
        let Self { told, lost } = std::mem::take(self);
        told.map(|_| lost)
    }
}

impl Said {
    fn log(&self, error: &OTelSdkError) {
        match self {
            Self::First => tracing::warn!(
                %error,
                "the collector takes no spans, and they are lost: look whether it answers where OTEL_EXPORTER_OTLP_ENDPOINT says; work goes on without it"
            ),
            Self::Still(lost) => tracing::warn!(%error, lost, "the collector still takes no spans"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::telemetry::testing::Log;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};

    /// Takes spans while it is well.
    #[derive(Debug, Clone, Default)]
    struct Collector(Arc<AtomicBool>);

    impl SpanExporter for Collector {
        async fn export(&self, _: Vec<SpanData>) -> OTelSdkResult {
            if self.0.load(Ordering::Relaxed) { Ok(()) } else { Err(OTelSdkError::InternalFailure("nobody answers".into())) }
        }
    }

    #[tokio::test]
    async fn many_failures_are_one_line_and_none_for_the_sdk_to_tell() {
        let log = Log::default();
        let _here = tracing::subscriber::set_default(log.subscriber(tracing::Level::INFO));
        let lines = || log.lines();
        let collector = Collector::default();
        let told = Told::new(collector.clone());
        for _ in 0..100 {
            assert!(told.export(Vec::new()).await.is_ok());
        }
        let said = lines();
        assert!(
            said.len() == 1 && said[0].contains("WARN") && said[0].contains("OTEL_EXPORTER_OTLP_ENDPOINT") && said[0].contains("nobody answers"),
            "{said:?}"
        );
        collector.0.store(true, Ordering::Relaxed);
        for _ in 0..3 {
            assert!(told.export(Vec::new()).await.is_ok());
        }
        let said = lines();
        assert!(said.len() == 2 && said[1].contains("takes spans again"), "{said:?}");
        // One that ends in an outage says so.
        collector.0.store(false, Ordering::Relaxed);
        assert!(told.export(Vec::new()).await.is_ok());
        told.shutdown().unwrap();
        assert!(lines()[3].contains("ends while"), "{:?}", lines());
    }

    #[test]
    fn an_outage_is_told_at_once_then_once_a_minute_and_at_its_end() {
        let (mut outage, begun) = (Outage::default(), Instant::now());
        let at = |seconds| begun + Duration::from_secs(seconds);
        assert_eq!(outage.over(), None, "nothing was lost yet");
        assert_eq!(outage.lose(3, begun), Some(Said::First));
        assert_eq!(outage.lose(2, at(5)), None);
        assert_eq!(outage.lose(1, at(59)), None);
        assert_eq!(outage.lose(1, at(60)), Some(Said::Still(7)));
        assert_eq!(outage.lose(1, at(119)), None);
        assert_eq!(outage.lose(1, at(120)), Some(Said::Still(9)));
        assert_eq!(outage.over(), Some(9));
        assert_eq!(outage.over(), None);
        assert_eq!(outage.lose(1, at(121)), Some(Said::First), "another one");
    }
}
