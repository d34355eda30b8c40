//! Traces: one spans a request, the queue, the steps of a build, and the deliveries that tell of it.
//!
//! Where the operator names no collector, no span is made. What a caller says of its own trace is passed on all the same, so that its
//! receivers find their events there.

use super::outage::Told;
use crate::domain::TraceParent;
use opentelemetry::trace::{
    FutureExt as _, SpanBuilder, SpanContext, SpanKind, Status, TraceContextExt as _, TraceFlags, TraceState, Tracer as _, TracerProvider as _,
};
use opentelemetry::{Context, Key, KeyValue, SpanId, TraceId, Value};
use opentelemetry_otlp::{ExporterBuildError, SpanExporter};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{SdkTracer, SdkTracerProvider};
use opentelemetry_semantic_conventions::attribute;
use std::borrow::Cow;
use std::sync::OnceLock;
use std::time::SystemTime;

pub use opentelemetry_semantic_conventions::attribute as names;

/// How long the text of an attribute can be, in bytes: some of it is what callers like, and thousands of spans may wait to be sent.
const TEXT: usize = 256;

/// There while spans are sent.
static TRACER: OnceLock<SdkTracer> = OnceLock::new();

/// Sends the spans of this process. [`Export::end`] sends those that wait.
#[derive(Debug)]
pub struct Export(SdkTracerProvider);

impl Export {
    /// Begins, once in a process. The SDK reads from `OTEL_…` where to send, how, and which traces.
    pub fn begin() -> Result<Self, ExporterBuildError> {
        let exporter = Told::new(SpanExporter::builder().with_http().build()?);
        let provider = SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource()).build();
        let _ = TRACER.set(provider.tracer("slipform"));
        Ok(Self(provider))
    }

    /// Sends what waits, for a few seconds at most.
    pub fn end(self) {
        if let Err(error) = self.0.shutdown() {
            tracing::warn!(error = &error as &dyn std::error::Error, "the last spans could not be sent");
        }
    }
}

/// What sends them.
fn resource() -> Resource {
    let ours = || Resource::builder().with_attribute(KeyValue::new(attribute::SERVICE_VERSION, env!("CARGO_PKG_VERSION")));
    let found = ours().build();
    // The SDK's word for a service without a name.
    let named = found.get(&Key::from_static_str(attribute::SERVICE_NAME)).is_some_and(|name| !name.as_str().starts_with("unknown_service"));
    if named { found } else { ours().with_service_name("slipform").build() }
}

/// What kind of work a span is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Somebody asked for it.
    Server,
    /// We ask somebody.
    Client,
    /// Within ours.
    Internal,
}

/// A piece of work in a trace. It ends when it is dropped.
#[derive(Debug)]
pub struct Span {
    /// None: there is no trace.
    context: Option<Context>,
    ours: bool,
}

impl Span {
    /// Begins below `parent`; without one, begins a trace.
    pub fn begin(kind: Kind, parent: Option<TraceParent>, name: impl FnOnce() -> Cow<'static, str>) -> Self {
        let above = parent.map(|parent| Context::new().with_remote_span_context(parent.into()));
        match TRACER.get() {
            None => Self { context: above, ours: false },
            Some(tracer) => {
                let builder = SpanBuilder::from_name(name()).with_kind(kind.into());
                Self::of(tracer, builder, &above.unwrap_or_default())
            }
        }
    }

    /// Begins below the span around it.
    pub fn below(name: impl Into<Cow<'static, str>>) -> Self {
        match TRACER.get() {
            None => Self { context: None, ours: false },
            Some(tracer) => Self::of(tracer, SpanBuilder::from_name(name).with_kind(SpanKind::Internal), &Context::current()),
        }
    }

    /// What has ended before anybody could tell.
    pub fn past(name: &'static str, parent: Option<TraceParent>, from: SystemTime, to: SystemTime) {
        let (Some(tracer), Some(parent)) = (TRACER.get(), parent) else { return };
        let builder = SpanBuilder::from_name(name).with_kind(SpanKind::Internal).with_start_time(from.min(to));
        let span = Self::of(tracer, builder, &Context::new().with_remote_span_context(parent.into()));
        if let Some(context) = &span.context {
            context.span().end_with_timestamp(to);
        }
    }

    fn of(tracer: &SdkTracer, builder: SpanBuilder, above: &Context) -> Self {
        let span = tracer.build_with_context(builder, above);
        Self { context: Some(above.with_span(span)), ours: true }
    }

    /// Whether anybody will see what it is told.
    pub fn records(&self) -> bool {
        self.context.as_ref().is_some_and(|context| context.span().is_recording())
    }

    /// Tells it something. Never a secret: spans leave the installation. A long text is cut.
    pub fn tell(&self, key: &'static str, value: impl Into<Value>) {
        if let Some(context) = &self.context {
            context.span().set_attribute(KeyValue::new(key, cut(value.into())));
        }
    }

    /// It failed, in a word from a short list (`error.type`).
    pub fn fail(&self, kind: impl Into<Cow<'static, str>>) {
        if let Some(context) = &self.context {
            self.tell(attribute::ERROR_TYPE, kind.into());
            context.span().set_status(Status::error(""));
        }
    }

    /// Does the work in it.
    pub async fn around<F: Future>(&self, work: F) -> F::Output {
        match &self.context {
            Some(context) => work.with_context(context.clone()).await,
            None => work.await,
        }
    }
}

fn cut(value: Value) -> Value {
    match value {
        Value::String(text) if text.as_str().len() > TEXT => {
            let text = text.as_str();
            text[..text.floor_char_boundary(TEXT)].to_owned().into()
        }
        value => value,
    }
}

impl Drop for Span {
    fn drop(&mut self) {
        if let Some(context) = self.context.as_ref().filter(|_| self.ours) {
            context.span().end();
        }
    }
}

impl From<Kind> for SpanKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Server => Self::Server,
            Kind::Client => Self::Client,
            Kind::Internal => Self::Internal,
        }
    }
}

impl From<TraceParent> for SpanContext {
    fn from(parent: TraceParent) -> Self {
        Self::new(TraceId::from(parent.trace()), SpanId::from(parent.span()), TraceFlags::new(parent.flags()), true, TraceState::NONE)
    }
}

/// Where the work that is done just now stands in its trace; none: it belongs to none.
pub fn current() -> Option<TraceParent> {
    Context::map_current(|context| {
        let span = context.span();
        let at = span.span_context();
        let (trace, span) = (u128::from_be_bytes(at.trace_id().to_bytes()), u64::from_be_bytes(at.span_id().to_bytes()));
        TraceParent::new(trace, span, at.trace_flags().to_u8()).ok()
    })
}

/// The id of the trace that is being worked on, as logs have it.
pub fn trace_id() -> Option<tracing::field::DisplayValue<TraceId>> {
    current().map(|at| tracing::field::display(TraceId::from(at.trace())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_cut_between_two_characters() {
        let cut = |text: String| cut(text.into()).as_str().into_owned();
        for fits in ["", "short", &"x".repeat(TEXT)] {
            assert_eq!(cut(fits.to_owned()), fits);
        }
        assert_eq!(cut("x".repeat(64 << 10)), "x".repeat(TEXT));
        assert_eq!(cut(format!("{}ü", "x".repeat(TEXT - 1))), "x".repeat(TEXT - 1));
        assert_eq!(super::cut(4_711.into()), Value::from(4_711));
    }

    #[tokio::test]
    async fn without_a_collector_what_a_caller_says_is_passed_on_as_it_is() {
        let parent: TraceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01".parse().unwrap();
        let span = Span::begin(Kind::Server, Some(parent), || panic!("nobody asks for a name"));
        assert!(!span.records());
        let inner = async {
            let step = Span::below("step");
            step.around(async { (current(), trace_id().map(|id| format!("{id:?}"))) }).await
        };
        assert_eq!(span.around(inner).await, (Some(parent), Some("0af7651916cd43dd8448eb211c80319c".to_owned())));
        assert_eq!(current(), None, "what was around the work is not around what comes after");
        let none = Span::begin(Kind::Client, None, || panic!("nobody asks for a name"));
        assert_eq!(none.around(async { current() }).await, None);
    }
}
