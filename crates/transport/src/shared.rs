//! One stream under two hands: `Input` reads it, `Output` writes it, STARTTLS replaces it under both.
use crate::{StartTls, Stream, TlsInfo};
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use tokio::io::ReadBuf;

/// A handle on the stream. The lock is held for one poll, never across an await.
#[derive(Clone)]
pub(crate) struct Shared(Arc<Mutex<Box<dyn Stream>>>);

impl Shared {
    pub(crate) fn new(stream: Box<dyn Stream>) -> Self {
        Self(Arc::new(Mutex::new(stream)))
    }

    fn lock(&self) -> MutexGuard<'_, Box<dyn Stream>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn poll_read(&self, cx: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut **self.lock()).poll_read(cx, into)
    }

    pub(crate) fn poll_write(&self, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut **self.lock()).poll_write(cx, bytes)
    }

    pub(crate) fn poll_flush(&self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut **self.lock()).poll_flush(cx)
    }

    pub(crate) fn poll_shutdown(&self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut **self.lock()).poll_shutdown(cx)
    }

    /// Makes a TLS handshake over the stream and puts the result in its place. After a failure the stream is gone:
    /// reading gives its end.
    pub(crate) async fn start_tls(&self, start_tls: &dyn StartTls) -> io::Result<TlsInfo> {
        let plain = std::mem::replace(&mut *self.lock(), Box::new(tokio::io::empty()));
        let (stream, info) = start_tls.start(plain).await?;
        *self.lock() = stream;
        Ok(info)
    }
}
