//! What we say, bounded, at the pace of the peer.
use crate::shared::Shared;
use std::future::poll_fn;
use std::io;
use std::task::Poll;
use std::time::Duration;

/// The writing side of a conversation.
///
/// It buffers at most [`Output::BUFFER`] bytes; what goes beyond waits until the peer has read. It holds no heap
/// while nothing is buffered.
pub struct Output {
    stream: Shared,
    buffer: Vec<u8>,
    sent: usize,
    timeout: Duration,
}

impl Output {
    /// The most bytes that are buffered.
    pub const BUFFER: usize = 16 * 1024;

    pub(crate) fn new(stream: Shared, timeout: Duration) -> Self {
        Self { stream, buffer: Vec::new(), sent: 0, timeout }
    }

    /// Says `bytes`, at the latest with the next [`Output::flush`].
    ///
    /// Not cancel safe: a dropped call may have said a part.
    ///
    /// # Errors
    /// Those of the stream; `TimedOut` when the peer took nothing for the conversation's write timeout.
    pub async fn write(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        loop {
            let (now, later) = bytes.split_at(bytes.len().min(Self::BUFFER - self.waiting()));
            self.keep(now);
            if later.is_empty() {
                return Ok(());
            }
            bytes = later;
            self.push().await?;
        }
    }

    /// Hands everything to the peer.
    ///
    /// # Cancel safety
    /// What was not handed over stays buffered.
    ///
    /// # Errors
    /// As [`Output::write`].
    pub async fn flush(&mut self) -> io::Result<()> {
        while self.waiting() > 0 {
            self.push().await?;
        }
        let stream = self.stream.clone();
        self.within(poll_fn(move |cx| stream.poll_flush(cx))).await
    }

    /// How many bytes are buffered.
    pub fn waiting(&self) -> usize {
        self.buffer.len() - self.sent
    }

    /// Flushes, then tells the peer that nothing more comes.
    pub(crate) async fn shut_down(&mut self) -> io::Result<()> {
        self.flush().await?;
        let stream = self.stream.clone();
        self.within(poll_fn(move |cx| stream.poll_shutdown(cx))).await
    }

    fn keep(&mut self, bytes: &[u8]) {
        if self.sent > 0 && self.buffer.len() + bytes.len() > Self::BUFFER {
            self.buffer.drain(..self.sent);
            self.sent = 0;
        }
        self.buffer.extend_from_slice(bytes);
    }

    /// One write of what is buffered.
    async fn push(&mut self) -> io::Result<()> {
        let waiting = self.buffer.get(self.sent..).unwrap_or_default();
        let stream = &self.stream;
        let writing = poll_fn(|cx| match stream.poll_write(cx, waiting) {
            Poll::Ready(Ok(0)) => Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
            other => other,
        });
        let written = self.within(writing).await?;
        self.sent += written;
        if self.waiting() == 0 {
            (self.buffer, self.sent) = (Vec::new(), 0);
        }
        Ok(())
    }

    async fn within<T>(&self, writing: impl Future<Output = io::Result<T>>) -> io::Result<T> {
        tokio::time::timeout(self.timeout, writing).await.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::AsyncReadExt;

    #[tokio::test(start_paused = true)]
    async fn waits_for_the_peer_and_gives_up() {
        let (ours, mut theirs) = tokio::io::duplex(1000);
        let mut output = Output::new(Shared::new(Box::new(ours)), Duration::from_secs(60));
        // the pipe takes 1,000, the buffer the rest
        output.write(&[b'x'; Output::BUFFER + 1000]).await.unwrap();
        assert_eq!(output.waiting(), Output::BUFFER);
        let started = tokio::time::Instant::now();
        let error = output.write(b"y").await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        assert_eq!(started.elapsed(), Duration::from_secs(60));
        // progress renews the time
        let reader = async {
            let mut read = 0;
            let mut block = [0; 500];
            while read < Output::BUFFER + 1001 {
                tokio::time::sleep(Duration::from_secs(50)).await;
                read += theirs.read(&mut block).await.unwrap();
            }
            read
        };
        let writer = async {
            output.write(b"y").await.unwrap();
            output.flush().await.unwrap();
        };
        let (read, ()) = tokio::join!(reader, writer);
        assert_eq!(read, Output::BUFFER + 1001);
        assert_eq!(output.buffer.capacity(), 0);
    }

    #[tokio::test]
    async fn a_peer_that_went_is_an_error() {
        let (ours, theirs) = tokio::io::duplex(10);
        drop(theirs);
        let mut output = Output::new(Shared::new(Box::new(ours)), Duration::from_secs(60));
        output.write(b"hello").await.unwrap();
        assert_eq!(output.flush().await.unwrap_err().kind(), io::ErrorKind::BrokenPipe);
    }
}
