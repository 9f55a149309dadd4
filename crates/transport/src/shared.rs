//! One stream under many hands: `Input` reads it, `Output` writes it, STARTTLS, COMPRESS and UNAUTHENTICATE replace it
//! under both, and who runs the session keeps a hand on it for the last words.
use crate::deflate::Deflated;
use crate::undeflated::Undeflated;
use crate::{StartTls, Stream, TlsInfo};
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// A handle on the stream. The lock is held for one poll, never across an await.
#[derive(Clone)]
pub(crate) struct Shared(Arc<Mutex<Held>>);

struct Held {
    stream: Layer,
    /// What was written last did not end a line.
    within_line: bool,
}

/// The stream as the session meets it.
enum Layer {
    /// As it is.
    Plain(Box<dyn Stream>),
    /// Compressed on the way.
    Deflated(Box<Deflated>),
    /// Compressed until now. Never a layer upon another: a client may compress and end that again without end.
    Undeflated(Box<Undeflated>),
}

impl Layer {
    fn pin(&mut self) -> Pin<&mut dyn Stream> {
        match self {
            Self::Plain(stream) => Pin::new(&mut **stream),
            Self::Deflated(stream) => Pin::new(&mut **stream),
            Self::Undeflated(stream) => Pin::new(&mut **stream),
        }
    }

    /// What stands in the place of a stream that is being replaced.
    fn none() -> Self {
        Self::Plain(Box::new(tokio::io::empty()))
    }
}

impl Shared {
    pub(crate) fn new(stream: Box<dyn Stream>) -> Self {
        Self(Arc::new(Mutex::new(Held { stream: Layer::Plain(stream), within_line: false })))
    }

    fn lock(&self) -> MutexGuard<'_, Held> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn poll_read(&self, cx: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        self.lock().stream.pin().poll_read(cx, into)
    }

    pub(crate) fn poll_write(&self, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.poll_write_both(cx, bytes, &[])
    }

    /// Writes `first` and, as far as the stream takes more at once, `second`; gives how many bytes of both.
    pub(crate) fn poll_write_both(&self, cx: &mut Context<'_>, first: &[u8], second: &[u8]) -> Poll<io::Result<usize>> {
        let mut held = self.lock();
        let stream = held.stream.pin();
        let written = match (first, second) {
            (only, []) | ([], only) => stream.poll_write(cx, only),
            _ => stream.poll_write_vectored(cx, &[IoSlice::new(first), IoSlice::new(second)]),
        };
        if let Poll::Ready(Ok(count)) = written
            && let Some(last) = count.checked_sub(1)
            && let Some(last) = first.get(last).or_else(|| second.get(last.checked_sub(first.len())?))
        {
            held.within_line = *last != b'\n';
        }
        written
    }

    /// Whether the stream takes several pieces at once; one that does not would send each by itself.
    pub(crate) fn takes_several(&self) -> bool {
        self.lock().stream.pin().is_write_vectored()
    }

    pub(crate) fn poll_flush(&self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.lock().stream.pin().poll_flush(cx)
    }

    pub(crate) fn poll_shutdown(&self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.lock().stream.pin().poll_shutdown(cx)
    }

    /// Whether the peer would take what is written now for a part of what was written before.
    pub(crate) fn is_within_line(&self) -> bool {
        self.lock().within_line
    }

    /// Compresses the stream from now on, both ways.
    pub(crate) fn begin_deflate(&self) {
        let mut held = self.lock();
        held.stream = match std::mem::replace(&mut held.stream, Layer::none()) {
            Layer::Plain(plain) => Layer::Deflated(Box::new(Deflated::new(plain))),
            Layer::Undeflated(before) => Layer::Deflated(Box::new(Deflated::new(before.into_inner()))),
            deflated @ Layer::Deflated(_) => deflated,
        };
    }

    /// Ends the compression, both ways.
    pub(crate) fn end_deflate(&self) {
        let mut held = self.lock();
        held.stream = match std::mem::replace(&mut held.stream, Layer::none()) {
            Layer::Deflated(deflated) => Layer::Undeflated(Box::new(deflated.into_plain())),
            plain => plain,
        };
    }

    /// Makes a TLS handshake over the stream and puts the result in its place. After a failure the stream is gone:
    /// reading gives its end.
    pub(crate) async fn start_tls(&self, start_tls: &dyn StartTls) -> io::Result<TlsInfo> {
        let plain = match std::mem::replace(&mut self.lock().stream, Layer::none()) {
            Layer::Plain(plain) => plain,
            Layer::Deflated(deflated) => deflated,
            Layer::Undeflated(before) => before,
        };
        let (stream, info) = start_tls.start(plain).await?;
        self.lock().stream = Layer::Plain(stream);
        Ok(info)
    }
}

impl AsyncRead for Shared {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Self::poll_read(&self, cx, into)
    }
}

impl AsyncWrite for Shared {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Self::poll_write(&self, cx, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Self::poll_flush(&self, cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Self::poll_shutdown(&self, cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_stream_that_is_compressed_again_and_again_has_one_layer() {
        let shared = Shared::new(Box::new(tokio::io::empty()));
        // so many layers, each polled by the one above, would be more than a thread's stack holds
        for _ in 0..100_000 {
            shared.begin_deflate();
            shared.end_deflate();
        }
        std::future::poll_fn(|cx| shared.poll_flush(cx)).await.unwrap();
        assert!(matches!(shared.lock().stream, Layer::Undeflated(_)));
    }
}
