//! A connection as it is handed to a protocol.
use crate::shared::Shared;
use crate::{Conversation, Observer, Patience, Peer, TlsInfo};
use futures_util::future::BoxFuture;
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_util::sync::CancellationToken;

/// Bytes both ways.
pub trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// A protocol behind a listener.
pub trait Service: Send + Sync {
    /// Serves one connection until it ends. The session owns its loop, watches [`Link::stop`], and may panic without
    /// harm to others.
    fn serve(&self, link: Link) -> BoxFuture<'static, ()>;
}

/// Turns a plain stream into one with TLS.
pub trait StartTls: Send + Sync {
    /// Makes the handshake.
    ///
    /// # Errors
    /// The handshake's fault, or `TimedOut`. The stream is then gone.
    fn start(&self, stream: Box<dyn Stream>) -> BoxFuture<'_, io::Result<(Box<dyn Stream>, TlsInfo)>>;
}

/// A connection: who, until when, and the bytes.
pub struct Link {
    peer: Peer,
    stop: CancellationToken,
    stream: Shared,
    start_tls: Option<Arc<dyn StartTls>>,
    observer: Option<Arc<dyn Observer>>,
    patience: Option<Patience>,
}

impl Link {
    /// A link over `stream`; `start_tls` is what STARTTLS would use, `None` where it is not offered.
    pub fn new(
        peer: Peer,
        stop: CancellationToken,
        stream: Box<dyn Stream>,
        start_tls: Option<Arc<dyn StartTls>>,
    ) -> Self {
        Self { peer, stop, stream: Shared::new(stream), start_tls, observer: None, patience: None }
    }

    /// The same link, with someone to tell when the session turns its peer away.
    #[must_use]
    pub fn observed_by(self, observer: Arc<dyn Observer>) -> Self {
        Self { observer: Some(observer), ..self }
    }

    /// The same link, whose peer is waited for no longer than `patience` has, until the session trusts it.
    #[must_use]
    pub fn with_patience(self, patience: Patience) -> Self {
        Self { patience: Some(patience), ..self }
    }

    /// A hand on the connection that outlives the session, whatever becomes of it.
    pub fn last_words(&self) -> LastWords {
        LastWords { peer: self.peer.clone(), stream: self.stream.clone() }
    }

    /// Who is at the other end.
    pub fn peer(&self) -> &Peer {
        &self.peer
    }

    /// Is cancelled when the server stops: the session ends at the next command.
    pub fn stop(&self) -> &CancellationToken {
        &self.stop
    }

    /// A conversation in lines. A write that the peer does not read for `write_timeout` fails.
    pub fn into_lines(self, write_timeout: Duration) -> Conversation {
        let mut talk = Conversation::over(self.peer, self.stop, self.stream, self.start_tls, write_timeout);
        if let Some(patience) = self.patience {
            talk.wait_with(patience);
        }
        match self.observer {
            Some(observer) => talk.observed_by(observer),
            None => talk,
        }
    }

    /// The bytes as they are, for protocols that bring their own framing.
    pub fn into_stream(self) -> Box<dyn Stream> {
        Box::new(self.stream)
    }
}

/// A hand on a connection, for a session that cannot say its own goodbye.
pub struct LastWords {
    peer: Peer,
    stream: Shared,
}

impl LastWords {
    /// Says `words`, where a line may begin, and hangs up. A peer that does not take them within `timeout` is left.
    pub async fn say(self, words: &[u8], timeout: Duration) {
        if self.stream.is_within_line() {
            return;
        }
        let mut talk = Conversation::over(self.peer, CancellationToken::new(), self.stream, None, timeout);
        if talk.output.write(words).await.is_ok() {
            talk.goodbye().await;
        }
    }
}
