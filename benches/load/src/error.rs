//! Why a session ended early.
use std::io;

/// What went wrong; its text is the line on standard error.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// The server answered otherwise than the work needs.
    #[error("{awaited} was awaited, and the server said: {said}")]
    Unexpected {
        /// What would have been right.
        awaited: &'static str,
        /// The server's line.
        said: String,
    },
    /// The connection ended while an answer was awaited.
    #[error("the server closed the connection")]
    Closed,
    /// The server was silent for longer than `--timeout`.
    #[error("the server was silent for too long")]
    Silent,
    /// The server sent a line longer than any that is sensible.
    #[error("a line of more than {0} bytes")]
    LongLine(usize),
    /// A socket, file or TLS fault.
    #[error("{what}: {source}")]
    Io {
        /// What was being done.
        what: String,
        /// The machine's own reason.
        source: io::Error,
    },
    /// A session's thread ended by a mistake in this program.
    #[error("a session broke: see above")]
    Broken,
    /// TLS could not be set up.
    #[error(transparent)]
    Tls(#[from] rustls::Error),
    /// The arguments do not fit together, or a file of users or addresses is wrong.
    #[error("{0}")]
    Arguments(String),
}

impl Error {
    /// The server's `line` where `awaited` should have come.
    pub(crate) fn unexpected(awaited: &'static str, line: &[u8]) -> Self {
        Self::Unexpected { awaited, said: String::from_utf8_lossy(line).trim_end().to_owned() }
    }

    /// Puts `what` before a fault of the machine; a read that timed out is the server's silence.
    pub(crate) fn io(what: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        move |source| match source.kind() {
            io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => Self::Silent,
            io::ErrorKind::UnexpectedEof => Self::Closed,
            _ => Self::Io { what: what.into(), source },
        }
    }
}
