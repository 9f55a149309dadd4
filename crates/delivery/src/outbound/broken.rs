//! Why there is no connection to another server, or no more.
use crate::queue::settle::Words;
use smtp_wire::{Event, Reply};
use thiserror::Error;
use transport::{CertificateFault, NotOfTheInternet};

/// Why there is no connection, or no more.
#[derive(Debug)]
pub(crate) enum Broken {
    /// It said no to us as such.
    Refused(Reply),
    /// STARTTLS did not work out: another connection may do without, where nothing asks for it.
    Tls(TlsFault),
    /// We are not let in.
    Login(LoginFault),
    /// It hung up, was too slow, or speaks no SMTP.
    Lost(String),
    /// The same while or after the message was sent: it may have arrived all the same (RFC 1047).
    Unanswered(String),
    /// It is this server.
    Ourselves,
    /// The DNS leads where nobody of the Internet is.
    Inner(NotOfTheInternet),
    /// What is stored cannot be read.
    Stored(store::EngineError),
}

/// Why a connection is not protected.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub(crate) enum TlsFault {
    /// It is asked for, and the server does not offer it.
    #[error("the server does not offer STARTTLS")]
    NotOffered,
    /// Offered, and refused.
    #[error("STARTTLS refused: {0}")]
    Refused(String),
    /// The handshake broke off.
    #[error("{0}")]
    Handshake(String),
    /// The certificate does not prove what is asked for.
    #[error(transparent)]
    Certificate(CertificateFault),
}

/// Why we are not let in by a server to which an operator has given us a login.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub(crate) enum LoginFault {
    /// The password would cross the network in clear.
    #[error("the server offers no TLS, and the password does not go without")]
    InClear,
    /// It takes none, or none of ours.
    #[error("the server offers no login by PLAIN or LOGIN")]
    NotOffered,
    /// It said no.
    #[error("login refused: {0}")]
    Refused(String),
}

impl Broken {
    /// As it is told.
    pub(super) fn words(&self) -> Words {
        match self {
            Self::Refused(reply) => {
                // a server that does not want to talk to us now may want to later: RFC 5321, 3.1 is about this session only
                Words { quoted: true, ..Words::own("4.4.2", one_line(reply)) }
            }
            // RFC 5248's registry: X.7.8, authentication credentials invalid; an operator has to act, and mail waits for that
            Self::Login(fault) => Words::own("4.7.8", fault.to_string()),
            // RFC 3463, 3.8: X.7.5, cryptographic failure
            Self::Tls(fault) => Words::own("4.7.5", format!("TLS failed: {fault}")),
            Self::Lost(cause) | Self::Unanswered(cause) => Words::own("4.4.2", format!("connection failed: {cause}")),
            Self::Ourselves => Words::own("4.4.6", "it is this server"),
            // RFC 3463, 3.5: X.4.4, unable to route; no other answer is to be had from who says so
            Self::Inner(inner) => Words::own("5.4.4", inner.to_string()),
            Self::Stored(error) => Words::own("4.3.0", error.to_string()),
        }
    }
}

/// The most of a server's words that is kept of each attempt, in characters.
const MOST: usize = 1_000;

/// A server's words as the queue keeps them: on one line, without what moves a cursor or turns the direction of writing
/// (Unicode UAX 9), and not without end.
pub(super) fn told(words: &str) -> String {
    let plain = |c: char| if texts::is_unshown(c) { ' ' } else { c };
    words.trim_end().chars().map(plain).take(MOST).collect()
}

/// A reply in one line.
pub(super) fn one_line(reply: &Reply) -> String {
    told(&reply.to_string())
}

#[expect(clippy::needless_pass_by_value, reason = "it stands in map_err")]
pub(super) fn lost(error: std::io::Error) -> Broken {
    Broken::Lost(match error.kind() {
        std::io::ErrorKind::TimedOut => "it took too long".to_owned(),
        _ => error.to_string(),
    })
}

pub(super) fn unexpected(event: &Event) -> Broken {
    Broken::Lost(match event {
        Event::Refused(reply) => one_line(reply),
        _ => "it answered out of turn".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_kept_on_one_line_and_not_without_end() {
        for (words, kept) in [
            ("450 4.2.1 later", "450 4.2.1 later"),
            ("550 a\rX: b\n\u{1b}[2J\0", "550 a X: b  [2J "),
            ("550 \u{202e}never\u{2066}\u{feff}é", "550  never  é"),
            ("", ""),
        ] {
            assert_eq!(told(words), kept, "{words:?}");
        }
        assert_eq!(told(&"é".repeat(5_000)).chars().count(), MOST);
    }
}
