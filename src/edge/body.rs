//! Bodies that pass through.

use bytes::Bytes;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Body as HttpBody, Frame, SizeHint};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::time::{Instant, Sleep};

/// Why a body broke off.
pub type BodyError = Box<dyn std::error::Error + Send + Sync>;

/// Any body.
pub type Body = UnsyncBoxBody<Bytes, BodyError>;

/// A body that is known.
pub fn full(content: impl Into<Bytes>) -> Body {
    Full::new(content.into()).map_err(|never| match never {}).boxed_unsync()
}

/// When a body last moved, seen from outside of it.
#[derive(Clone, Debug)]
pub struct Motion(Arc<Mutex<Instant>>);

impl Motion {
    /// Returns when nothing has moved for `limit`.
    pub async fn stops_for(&self, limit: Duration) {
        loop {
            let end = *self.0.lock().unwrap_or_else(PoisonError::into_inner) + limit;
            if Instant::now() >= end {
                return;
            }
            tokio::time::sleep_until(end).await;
        }
    }

    fn moved(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }
}

/// A body that breaks off when its sender is silent for too long.
pub struct Patient<B> {
    inner: B,
    limit: Duration,
    sleep: Option<Pin<Box<Sleep>>>,
    motion: Motion,
}

impl<B> Patient<B> {
    /// Waits at most `limit` for each part.
    pub fn new(inner: B, limit: Duration) -> Self {
        Self { inner, limit, sleep: None, motion: Motion(Arc::new(Mutex::new(Instant::now()))) }
    }

    /// Shows when its last part was taken.
    pub fn motion(&self) -> Motion {
        self.motion.clone()
    }
}

impl<B: HttpBody<Data = Bytes, Error: Into<BodyError>> + Unpin> HttpBody for Patient<B> {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        if let Poll::Ready(frame) = Pin::new(&mut self.inner).poll_frame(cx) {
            self.sleep = None;
            self.motion.moved();
            return Poll::Ready(frame.map(|frame| frame.map_err(Into::into)));
        }
        let limit = self.limit;
        let sleep = self.sleep.get_or_insert_with(|| Box::pin(tokio::time::sleep(limit)));
        ready!(sleep.as_mut().poll(cx));
        Poll::Ready(Some(Err("the sender of the body was silent for too long".into())))
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

/// A body that keeps something for as long as it is read; `finish` takes it when the body was read to its end.
pub struct Holding<B, T> {
    inner: B,
    held: Option<T>,
    finish: fn(T),
}

impl<B, T> Holding<B, T> {
    /// Holds `held`.
    pub fn new(inner: B, held: T, finish: fn(T)) -> Self {
        Self { inner, held: Some(held), finish }
    }

    fn finish(&mut self) {
        if let Some(held) = self.held.take() {
            (self.finish)(held);
        }
    }
}

impl<B: HttpBody<Data = Bytes, Error: Into<BodyError>> + Unpin, T: Unpin> HttpBody for Holding<B, T> {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let frame = ready!(Pin::new(&mut self.inner).poll_frame(cx));
        if frame.is_none() || matches!(frame, Some(Ok(_))) && self.inner.is_end_stream() {
            self.finish();
        }
        Poll::Ready(frame.map(|frame| frame.map_err(Into::into)))
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http_body_util::StreamBody;

    /// A long upload is not cut off for its length; one that nobody takes any more is.
    #[tokio::test]
    async fn only_standing_still_counts() {
        let limit = Duration::from_secs(2);
        let parts = futures::stream::unfold(0, |sent| async move {
            tokio::time::sleep(Duration::from_millis(250)).await;
            (sent < 10).then(|| (Ok::<_, BodyError>(Frame::data(Bytes::from_static(b"part"))), sent + 1))
        });
        let mut body = Patient::new(StreamBody::new(Box::pin(parts)), Duration::from_secs(30));
        let motion = body.motion();
        let begin = Instant::now();
        tokio::select! {
            () = async { while body.frame().await.is_some() {} } => {}
            () = motion.stops_for(limit) => panic!("it stood still after {:?}", begin.elapsed()),
        }
        let end = Instant::now();
        assert!(end - begin > limit, "longer than the limit as a whole");
        motion.stops_for(limit).await;
        assert!(end.elapsed() > limit / 2);
    }
}
