//! A connection in lines, and its end.
use crate::shared::Shared;
use crate::{Input, Observer, Output, Patience, Peer, Refusal, StartTls, Stream};
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How long [`Conversation::goodbye`] waits for the peer to hang up.
const LINGER: Duration = Duration::from_secs(2);
/// The most that it reads and throws away meanwhile.
const LINGER_BYTES: usize = 256 * 1024;

/// A connection in lines: one side to read, one to write.
pub struct Conversation {
    /// Who is at the other end.
    pub peer: Peer,
    /// Is cancelled when the server stops: the session ends at the next command.
    pub stop: CancellationToken,
    /// What the peer says.
    pub input: Input,
    /// What we say.
    pub output: Output,
    stream: Shared,
    start_tls: Option<Arc<dyn StartTls>>,
    observer: Option<Arc<dyn Observer>>,
}

impl Conversation {
    /// A conversation over `stream`; see [`crate::Link`], which sessions get.
    pub fn new(
        peer: Peer,
        stop: CancellationToken,
        stream: Box<dyn Stream>,
        start_tls: Option<Arc<dyn StartTls>>,
        write_timeout: Duration,
    ) -> Self {
        Self::over(peer, stop, Shared::new(stream), start_tls, write_timeout)
    }

    pub(crate) fn over(
        peer: Peer,
        stop: CancellationToken,
        stream: Shared,
        start_tls: Option<Arc<dyn StartTls>>,
        write_timeout: Duration,
    ) -> Self {
        Self {
            input: Input::new(stream.clone(), peer.tls.is_none()),
            output: Output::new(stream.clone(), write_timeout),
            start_tls: start_tls.filter(|_| peer.tls.is_none()),
            observer: None,
            stream,
            peer,
            stop,
        }
    }

    pub(crate) fn observed_by(mut self, observer: Arc<dyn Observer>) -> Self {
        self.input.observed_by(Arc::clone(&observer), &self.peer);
        self.observer = Some(observer);
        self
    }

    pub(crate) fn wait_with(&mut self, patience: Patience) {
        self.output.wait_with(Some(patience.clone()));
        self.input.wait_with(Some(patience));
    }

    /// Whether the server has few places left and this peer is a stranger: then one error is enough.
    pub fn is_pressed(&self) -> bool {
        self.input.patience().is_some_and(Patience::is_short)
    }

    /// The peer has shown who it is: from now on it is waited for as its settings say, whatever the load.
    pub fn trust(&mut self) {
        self.input.wait_with(None);
        self.output.wait_with(None);
    }

    /// Tells the observer that the peer is turned away for what it is, such as [`Refusal::HttpOnMailPort`]. TLS on a
    /// plain port is told by the input itself.
    pub fn refuse(&self, refusal: Refusal) {
        if let Some(observer) = &self.observer {
            observer.refused(&self.peer, refusal);
        }
    }

    /// Whether [`Conversation::start_tls`] would work: a certificate is there and the stream is still plain.
    pub fn can_start_tls(&self) -> bool {
        self.start_tls.is_some()
    }

    /// Says what is buffered, throws away what was read (RFC 3207, 6: nothing that came before the handshake may be
    /// taken for something that came after it), and makes the handshake. Then `peer.tls` is set.
    ///
    /// # Errors
    /// `Unsupported` where [`Conversation::can_start_tls`] is false; else those of the handshake, after which the
    /// connection is gone: the session ends without another word.
    pub async fn start_tls(&mut self) -> io::Result<()> {
        let Some(start_tls) = self.start_tls.take() else { return Err(io::ErrorKind::Unsupported.into()) };
        self.output.flush().await?;
        self.input.begin_tls();
        self.peer.tls = Some(self.stream.start_tls(start_tls.as_ref()).await?);
        Ok(())
    }

    /// Says what is buffered, throws away what was read, and compresses what is said and read from then on (RFC 4978, 3:
    /// the peer says nothing before it has seen our answer).
    ///
    /// # Errors
    /// Those of [`Output::flush`].
    pub async fn begin_deflate(&mut self) -> io::Result<()> {
        self.output.flush().await?;
        self.input.clear();
        self.stream.begin_deflate();
        Ok(())
    }

    /// Says what is buffered, the last that is compressed, and goes on without compression both ways (RFC 8437, 4.1). What
    /// the peer has sent before its last flush and was not used is thrown away.
    ///
    /// # Errors
    /// Those of [`Output::flush`].
    pub async fn end_deflate(&mut self) -> io::Result<()> {
        self.output.flush().await?;
        self.input.clear();
        self.stream.end_deflate();
        Ok(())
    }

    /// Says what is buffered and ends. It hangs up its own side and waits shortly for the peer to do so too, so that
    /// the last line is not lost to a reset.
    pub async fn goodbye(mut self) {
        if self.output.shut_down().await.is_err() {
            return;
        }
        let drained = async {
            let mut read = 0;
            while read < LINGER_BYTES {
                self.input.clear();
                match self.input.fill().await {
                    Ok(0) | Err(_) => break,
                    Ok(more) => read += more,
                }
            }
        };
        // a peer that does not hang up in time is left; nothing is lost by it
        let _ = tokio::time::timeout(LINGER, drained).await;
    }
}
