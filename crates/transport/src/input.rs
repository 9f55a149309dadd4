//! What the peer says, bounded.
use crate::shared::Shared;
use crate::{Observer, Pace, Patience, Peer, Refusal};
use bytes::{Buf, Bytes, BytesMut};
use std::future::poll_fn;
use std::io;
use std::mem::MaybeUninit;
use std::sync::Arc;
use std::task::{Poll, ready};
use std::time::Duration;
use thiserror::Error;
use tokio::io::ReadBuf;
use tokio::time::Instant;

/// What becomes of a line that is longer than its limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Overlong {
    /// It is read to its end, and forgotten.
    Skip,
    /// Nothing more is read.
    Stop,
}

/// Why no line came.
#[derive(Debug, Error)]
pub enum InputError {
    /// The peer hung up.
    #[error("the peer closed the connection")]
    Closed,
    /// The peer took too long.
    #[error("the peer took too long")]
    TimedOut,
    /// The first bytes of a plain conversation were a TLS handshake. A fatal alert has been sent; say nothing more.
    #[error("the peer began TLS on a plain connection")]
    TlsOnPlainPort,
    /// The connection broke.
    #[error(transparent)]
    Io(io::Error),
}

impl From<io::Error> for InputError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::TimedOut => Self::TimedOut,
            _ if Input::is_tls_on_plain_port(&error) => Self::TlsOnPlainPort,
            // a peer that resets, or leaves TLS without close_notify, has hung up
            io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe | io::ErrorKind::UnexpectedEof => Self::Closed,
            _ => Self::Io(error),
        }
    }
}

/// How a line ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineEnding {
    /// CR LF.
    Crlf,
    /// A bare LF.
    Lf,
}

/// One line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line {
    /// A line within the limit.
    Complete {
        /// The line, without its end. It may hold a bare CR or NUL: what those mean is the protocol's affair.
        bytes: Bytes,
        /// How it ended.
        ending: LineEnding,
    },
    /// A line over the limit. It has been skipped up to and with its LF.
    TooLong,
}

/// The marker inside the `io::Error` of [`Input::fill`].
#[derive(Debug, Error)]
#[error("the peer began TLS on a plain connection")]
struct TlsOnPlainPort;

/// The reading side of a conversation. It holds no heap while nothing is buffered.
pub struct Input {
    stream: Shared,
    buffer: BytesMut,
    /// Inside a line that was too long: a dropped [`Input::line`] goes on skipping when called again.
    skipping: bool,
    /// The first bytes have not been looked at yet: they may be a TLS handshake.
    fresh: bool,
    /// Who is told of TLS on a plain port, until the first bytes have been looked at.
    observer: Option<Box<(Arc<dyn Observer>, Peer)>>,
    patience: Option<Patience>,
}

impl Input {
    /// The most bytes that are buffered.
    pub const BUFFER: usize = 64 * 1024;
    /// The most bytes of one read.
    pub const READ: usize = 16 * 1024;

    pub(crate) fn new(stream: Shared, plain: bool) -> Self {
        Self { stream, buffer: BytesMut::new(), skipping: false, fresh: plain, observer: None, patience: None }
    }

    pub(crate) fn observed_by(&mut self, observer: Arc<dyn Observer>, peer: &Peer) {
        self.observer = self.fresh.then(|| Box::new((observer, peer.clone())));
    }

    pub(crate) fn wait_with(&mut self, patience: Option<Patience>) {
        self.patience = patience;
    }

    pub(crate) fn patience(&self) -> Option<&Patience> {
        self.patience.as_ref()
    }

    /// What has been read and not been used.
    pub fn buffered(&self) -> &[u8] {
        &self.buffer
    }

    /// Uses up the first `n` buffered bytes (all, if there are fewer).
    pub fn consume(&mut self, n: usize) {
        self.buffer.advance(n.min(self.buffer.len()));
        self.rest();
    }

    /// Takes the first `n` buffered bytes (all, if there are fewer) out, without a copy.
    pub fn take(&mut self, n: usize) -> Bytes {
        let taken = self.buffer.split_to(n.min(self.buffer.len())).freeze();
        self.rest();
        taken
    }

    /// Reads at most [`Input::READ`] bytes more; 0 is the end of the stream.
    ///
    /// # Cancel safety
    /// What was read is buffered, always.
    ///
    /// # Errors
    /// Those of the stream; `FileTooLarge` when [`Input::BUFFER`] bytes wait to be used; an error that
    /// [`Input::is_tls_on_plain_port`] knows.
    pub async fn fill(&mut self) -> io::Result<usize> {
        self.fill_up_to(Self::READ).await
    }

    /// As [`Input::fill`], within `wait`.
    ///
    /// # Errors
    /// As [`Input::fill`]; `TimedOut`.
    pub async fn fill_within(&mut self, wait: Duration) -> io::Result<usize> {
        self.fill_since(Instant::now(), wait).await
    }

    /// As [`Input::fill`], within `wait` of `began`: for one thing of which the peer may send piece by piece.
    ///
    /// # Errors
    /// As [`Input::fill`]; `TimedOut`.
    pub async fn fill_since(&mut self, began: Instant, wait: Duration) -> io::Result<usize> {
        Patience::wait(self.patience.clone(), began, wait, self.fill()).await
    }

    /// As [`Input::fill`], for data that must come at a least rate.
    ///
    /// # Errors
    /// As [`Input::fill`]; `TimedOut` when the peer is slower than `pace` allows.
    pub async fn fill_paced(&mut self, pace: &mut Pace) -> io::Result<usize> {
        if let Some(patience) = &self.patience {
            pace.keep_at_most(patience.now());
        }
        let read = self.fill_within(pace.remaining()).await?;
        pace.took(read);
        Ok(read)
    }

    /// Reads a line of at most `limit` bytes, its end included, within `wait` from now.
    ///
    /// While a line is not complete, at most `limit` bytes of it are buffered.
    ///
    /// # Cancel safety
    /// What was read stays; a call made again goes on, with a new deadline.
    ///
    /// # Errors
    /// See [`InputError`]. A last line without an end is [`InputError::Closed`].
    pub async fn line(&mut self, limit: usize, wait: Duration) -> Result<Line, InputError> {
        self.line_within(limit, wait, Overlong::Skip).await
    }

    /// The same for a session that ends with a line that is too long: its end is not waited for.
    ///
    /// # Cancel safety
    /// As [`Input::line`].
    ///
    /// # Errors
    /// As [`Input::line`].
    pub async fn line_or_end(&mut self, limit: usize, wait: Duration) -> Result<Line, InputError> {
        self.line_within(limit, wait, Overlong::Stop).await
    }

    /// Whether an error of [`Input::fill`] says that the peer began TLS on a plain connection.
    pub fn is_tls_on_plain_port(error: &io::Error) -> bool {
        error.get_ref().is_some_and(|inner| inner.is::<TlsOnPlainPort>())
    }

    /// Throws away what is buffered.
    pub(crate) fn clear(&mut self) {
        self.buffer = BytesMut::new();
        self.skipping = false;
    }

    /// Throws away what is buffered: what comes next comes inside TLS.
    pub(crate) fn begin_tls(&mut self) {
        self.clear();
        self.looked();
    }

    async fn line_within(&mut self, limit: usize, wait: Duration, overlong: Overlong) -> Result<Line, InputError> {
        let patience = self.patience.clone();
        let line = async { Ok(self.next_line(limit, overlong).await) };
        Patience::wait(patience, Instant::now(), wait, line).await?
    }

    async fn next_line(&mut self, limit: usize, overlong: Overlong) -> Result<Line, InputError> {
        let limit = limit.min(Self::BUFFER);
        let mut looked_at = 0;
        loop {
            let found = self.buffer.get(looked_at..).and_then(|rest| rest.iter().position(|byte| *byte == b'\n'));
            let length = found.map(|at| looked_at + at + 1);
            match length {
                Some(length) if self.skipping || length > limit => {
                    self.skipping = false;
                    self.consume(length);
                    return Ok(Line::TooLong);
                }
                Some(length) => return Ok(self.cut(length)),
                None if overlong == Overlong::Stop && self.buffer.len() >= limit => return Ok(Line::TooLong),
                None if self.skipping || self.buffer.len() >= limit => {
                    self.skipping = true;
                    self.consume(self.buffer.len());
                }
                None => {}
            }
            looked_at = self.buffer.len();
            let room = if self.skipping { Self::READ } else { limit - looked_at };
            if self.fill_up_to(room).await? == 0 {
                return Err(InputError::Closed);
            }
        }
    }

    /// Takes a line of `length` bytes, its LF included.
    fn cut(&mut self, length: usize) -> Line {
        let mut bytes = self.take(length);
        bytes.truncate(length - 1);
        if bytes.ends_with(b"\r") {
            bytes.truncate(length - 2);
            Line::Complete { bytes, ending: LineEnding::Crlf }
        } else {
            Line::Complete { bytes, ending: LineEnding::Lf }
        }
    }

    async fn fill_up_to(&mut self, room: usize) -> io::Result<usize> {
        poll_fn(|cx| {
            let room = room.min(Self::READ).min(Self::BUFFER - self.buffer.len());
            if room == 0 {
                return Poll::Ready(Err(io::ErrorKind::FileTooLarge.into()));
            }
            // the block is on the stack for the length of one poll: waiting holds no buffer
            let mut block = [const { MaybeUninit::uninit() }; Self::READ];
            let mut block = ReadBuf::uninit(block.get_mut(..room).unwrap_or_default());
            ready!(self.stream.poll_read(cx, &mut block))?;
            self.buffer.extend_from_slice(block.filled());
            self.look_for_tls(cx)?;
            Poll::Ready(Ok(block.filled().len()))
        })
        .await
    }

    /// Looks at the first two bytes of a plain conversation. No mail protocol begins with a control character.
    fn look_for_tls(&mut self, cx: &mut std::task::Context<'_>) -> io::Result<()> {
        // RFC 8446, 5.1: a record of type handshake (22), legacy_record_version 3.x
        match (self.fresh, self.buffer.as_ref()) {
            (true, [0x16, 0x03, ..]) => {
                // RFC 8446, 6: an alert, level fatal, handshake_failure; without it some clients wait for minutes
                let alert = [0x15, 0x03, 0x01, 0x00, 0x02, 0x02, 0x28];
                let _ = self.stream.poll_write(cx, &alert);
                self.clear();
                if let Some((observer, peer)) = self.observer.as_deref() {
                    observer.refused(peer, Refusal::TlsOnPlainPort);
                }
                self.looked();
                Err(io::Error::new(io::ErrorKind::InvalidData, TlsOnPlainPort))
            }
            (true, [] | [0x16]) | (false, _) => Ok(()),
            (true, _) => {
                self.looked();
                Ok(())
            }
        }
    }

    /// The first bytes have been looked at.
    fn looked(&mut self) {
        self.fresh = false;
        self.observer = None;
    }

    /// Gives the buffer back once it is empty.
    fn rest(&mut self) {
        if self.buffer.is_empty() {
            self.buffer = BytesMut::new();
        }
    }
}

#[cfg(test)]
mod tests;
