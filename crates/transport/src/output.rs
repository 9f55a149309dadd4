//! What we say, bounded, at the pace of the peer.
use crate::shared::Shared;
use crate::{Pace, Patience};
use std::future::poll_fn;
use std::io;
use std::task::Poll;
use std::time::Duration;
use tokio::time::Instant;

/// The writing side of a conversation.
///
/// It buffers at most [`Output::BUFFER`] bytes; what goes beyond waits until the peer has read. It holds no heap
/// while nothing is buffered.
///
/// A peer that reads too slowly is given up: it is waited for as long as the conversation's write timeout, all waits
/// together, and each [`Pace::RATE`] bytes that it takes buy a second back.
pub struct Output {
    stream: Shared,
    buffer: Vec<u8>,
    sent: usize,
    timeout: Duration,
    /// How much longer the peer may be waited for.
    left: Duration,
    patience: Option<Patience>,
}

impl Output {
    /// The most bytes that are buffered.
    pub const BUFFER: usize = 16 * 1024;

    pub(crate) fn new(stream: Shared, timeout: Duration) -> Self {
        Self { stream, buffer: Vec::new(), sent: 0, timeout, left: timeout, patience: None }
    }

    pub(crate) fn wait_with(&mut self, patience: Option<Patience>) {
        self.patience = patience;
    }

    /// Says `bytes`, at the latest with the next [`Output::flush`].
    ///
    /// Not cancel safe: a dropped call may have said a part.
    ///
    /// # Errors
    /// Those of the stream; `TimedOut` when the peer reads too slowly.
    pub async fn write(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while self.waiting() + bytes.len() > Self::BUFFER {
            let mut beside = bytes;
            if !self.stream.takes_several() {
                let (now, later) = bytes.split_at(bytes.len().min(Self::BUFFER - self.waiting()));
                self.keep(now);
                (beside, bytes) = (&[], later);
            }
            let written = self.push(beside).await?;
            bytes = bytes.get(written..).unwrap_or_default();
        }
        self.keep(bytes);
        Ok(())
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
            self.push(&[]).await?;
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

    /// One write of what is buffered, and of what lies `beside` it; gives how many bytes of that were written.
    async fn push(&mut self, beside: &[u8]) -> io::Result<usize> {
        let stream = self.stream.clone();
        let waiting = self.buffer.get(self.sent..).unwrap_or_default();
        let writing = poll_fn(|cx| match stream.poll_write_both(cx, waiting, beside) {
            Poll::Ready(Ok(0)) => Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
            other => other,
        });
        let began = Instant::now();
        let written = Patience::wait(self.patience.clone(), began, self.left, writing).await;
        self.waited_since(began);
        let written = written?;
        let bought = Duration::from_secs(written as u64) / Pace::RATE;
        self.left = self.left.saturating_add(bought).min(self.timeout);
        let kept = written.min(self.waiting());
        self.sent += kept;
        if self.waiting() == 0 {
            (self.buffer, self.sent) = (Vec::new(), 0);
        }
        Ok(written - kept)
    }

    async fn within<T>(&mut self, writing: impl Future<Output = io::Result<T>>) -> io::Result<T> {
        let began = Instant::now();
        let written = Patience::wait(self.patience.clone(), began, self.left, writing).await;
        self.waited_since(began);
        written
    }

    fn waited_since(&mut self, began: Instant) {
        self.left = self.left.saturating_sub(began.elapsed());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::pin::Pin;
    use std::task::Context;
    use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, ReadBuf};

    #[tokio::test(start_paused = true)]
    async fn waits_for_the_peer_and_gives_up() {
        let (ours, _theirs) = tokio::io::duplex(1000);
        let mut output = Output::new(Shared::new(Box::new(ours)), Duration::from_secs(60));
        // the pipe takes 1,000, the buffer the rest
        output.write(&[b'x'; Output::BUFFER + 1000]).await.unwrap();
        assert_eq!(output.waiting(), Output::BUFFER);
        let started = Instant::now();
        let error = output.write(b"y").await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        assert_eq!(started.elapsed(), Duration::from_secs(60));
    }

    /// Reads `bytes` each `pause`, and says how long the other side held out with 100,000 bytes.
    async fn read_by(bytes: usize, pause: Duration) -> (io::Result<()>, Duration) {
        let (ours, mut theirs) = tokio::io::duplex(1000);
        let mut output = Output::new(Shared::new(Box::new(ours)), Duration::from_secs(60));
        let began = Instant::now();
        let writing = async {
            output.write(&[b'x'; 100_000]).await?;
            output.flush().await
        };
        let reading = async {
            let mut block = vec![0; bytes];
            loop {
                tokio::time::sleep(pause).await;
                if theirs.read_exact(&mut block).await.is_err() {
                    std::future::pending::<()>().await;
                }
            }
        };
        let written =
            tokio::select! { written = writing => written, () = reading => unreachable!("it reads for ever") };
        if written.is_ok() {
            assert_eq!(output.buffer.capacity(), 0);
        }
        (written, began.elapsed())
    }

    #[tokio::test(start_paused = true)]
    async fn s26_who_reads_at_the_least_rate_is_served_and_who_trickles_is_not() {
        let (steady, _) = read_by(500, Duration::from_secs(1)).await;
        steady.unwrap();
        // a pause within the time-out does no harm to who reads fast between
        let (bursts, _) = read_by(30_000, Duration::from_secs(50)).await;
        bursts.unwrap();
        let (trickle, lasted) = read_by(1, Duration::from_secs(1)).await;
        assert_eq!(trickle.unwrap_err().kind(), io::ErrorKind::TimedOut);
        assert!(lasted <= Duration::from_secs(100), "{lasted:?}");
    }

    /// A stream that takes one piece at a time.
    struct OnePiece(tokio::io::DuplexStream);

    impl AsyncRead for OnePiece {
        fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
            Pin::new(&mut self.0).poll_read(cx, into)
        }
    }

    impl AsyncWrite for OnePiece {
        fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
            Pin::new(&mut self.0).poll_write(cx, bytes)
        }

        fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
            Pin::new(&mut self.0).poll_flush(cx)
        }

        fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
            Pin::new(&mut self.0).poll_shutdown(cx)
        }
    }

    #[tokio::test]
    async fn all_arrives_in_its_order_whether_or_not_a_stream_takes_several_pieces() {
        let sizes = [10, 20_000, 1, 16_384, 16_385, 9_000, 9_000, 70_000, 0, 5];
        let pieces: Vec<Vec<u8>> = (0_u8..).zip(sizes).map(|(number, size)| vec![number; size]).collect();
        for several in [true, false] {
            let (ours, mut theirs) = tokio::io::duplex(3_000);
            let stream = Shared::new(if several { Box::new(ours) } else { Box::new(OnePiece(ours)) });
            assert_eq!(stream.takes_several(), several);
            let mut output = Output::new(stream, Duration::from_secs(60));
            let writing = async {
                for piece in &pieces {
                    output.write(piece).await.unwrap();
                    assert!(output.waiting() <= Output::BUFFER);
                }
                output.shut_down().await.unwrap();
            };
            let mut read = Vec::new();
            let ((), count) = tokio::join!(writing, theirs.read_to_end(&mut read));
            assert_eq!((count.unwrap(), &read), (read.len(), &pieces.concat()));
        }
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
