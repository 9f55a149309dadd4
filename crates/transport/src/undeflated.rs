//! A stream that was compressed until now (RFC 8437, 4.1): what ends the peer's last flush is thrown away, and what
//! follows it is plain.
use crate::Stream;
use crate::deflate::FLUSHED;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// The most that the end of a flush can take.
const END: usize = 16;

/// See the module.
pub(crate) struct Undeflated {
    inner: Box<dyn Stream>,
    /// What was read already.
    read: Vec<u8>,
    used: usize,
    last: [u8; 4],
    /// Bytes that were thrown away.
    skipped: usize,
}

impl Undeflated {
    /// `read` has been read of `inner` and not been used; `last` was used last.
    pub(crate) fn new(inner: Box<dyn Stream>, read: Vec<u8>, last: [u8; 4]) -> Self {
        Self { inner, read, used: 0, last, skipped: 0 }
    }

    /// The stream itself; what was read of it and not used is thrown away.
    pub(crate) fn into_inner(self) -> Box<dyn Stream> {
        self.inner
    }

    /// Fills `into`, from what was read already first.
    fn poll_next(&mut self, cx: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let waiting = self.read.get(self.used..).unwrap_or_default();
        if waiting.is_empty() {
            self.read = Vec::new();
            self.used = 0;
            return Pin::new(&mut *self.inner).poll_read(cx, into);
        }
        let taken = waiting.get(..waiting.len().min(into.remaining())).unwrap_or_default();
        into.put_slice(taken);
        self.used += taken.len();
        Poll::Ready(Ok(()))
    }
}

impl AsyncRead for Undeflated {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        while this.last != FLUSHED && into.remaining() > 0 {
            let mut byte = [0; 1];
            let mut one = ReadBuf::new(&mut byte);
            ready!(this.poll_next(cx, &mut one))?;
            let [byte] = one.filled() else { return Poll::Ready(Ok(())) };
            this.last.rotate_left(1);
            this.last[3] = *byte;
            this.skipped += 1;
            if this.skipped > END {
                return Poll::Ready(Err(io::ErrorKind::InvalidData.into()));
            }
        }
        this.poll_next(cx, into)
    }
}

impl AsyncWrite for Undeflated {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut *self.inner).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.inner).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut *self.inner).poll_write_vectored(cx, pieces)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }
}
