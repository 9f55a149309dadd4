//! How a command ends.
use super::talk::Talk;
use imap_wire::Error as SyntaxError;
use imap_wire::reply::{Code, Status, condition};
use std::borrow::Cow;
use std::io;
use transport::InputError;

/// The tagged reply of a command, before its tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Completion {
    pub(crate) status: Status,
    pub(crate) code: Option<Code>,
    pub(crate) text: Cow<'static, str>,
}

impl Completion {
    /// `OK`
    pub(crate) fn ok(text: impl Into<Cow<'static, str>>) -> Self {
        Self { status: Status::Ok, code: None, text: text.into() }
    }

    /// `NO`: it was understood, and is not done.
    pub(crate) fn no(code: Code, text: impl Into<Cow<'static, str>>) -> Self {
        Self { status: Status::No, code: Some(code), text: text.into() }
    }

    /// `BAD`: it was not understood, or came at the wrong moment.
    pub(crate) fn bad(text: impl Into<Cow<'static, str>>) -> Self {
        Self { status: Status::Bad, code: None, text: text.into() }
    }

    /// `BAD [UIDREQUIRED]` (RFC 9586, 3.1)
    pub(crate) fn uid_required() -> Self {
        Self { code: Some(Code::UidRequired), ..Self::bad("say it by UID, since UIDONLY was enabled") }
    }

    /// The same with a code.
    pub(crate) fn with(self, code: Code) -> Self {
        Self { code: Some(code), ..self }
    }

    /// Prints it for `tag`, or untagged, in the client's language.
    pub(crate) fn print(&self, talk: &mut Talk, tag: Option<&str>) {
        let speech = talk.speech;
        condition(talk.out(), tag, self.status, self.code.as_ref(), &speech.said(&self.text));
    }
}

impl From<SyntaxError> for Completion {
    fn from(error: SyntaxError) -> Self {
        match error {
            // RFC 5530, 3: the name can never be a mailbox's.
            SyntaxError::MailboxName => Self::no(Code::Cannot, error.to_string()),
            SyntaxError::TooMany { .. } => Self { code: Some(Code::Limit), ..Self::bad(error.to_string()) },
            SyntaxError::Syntax { .. } | SyntaxError::Announced | SyntaxError::TooDeep { .. } => {
                Self::bad(error.to_string())
            }
        }
    }
}

/// Why a session ends without another tagged reply.
#[derive(Debug)]
pub(crate) enum Ended {
    /// LOGOUT was answered, or BYE was said.
    Said,
    /// The server stops.
    Stopped,
    /// The peer was silent too long.
    Silent,
    /// The account must not be used any more.
    Revoked,
    /// Another session has deleted the mailbox that is selected (RFC 2180, 3.3).
    MailboxDeleted,
    /// The same, long ago: the client is in the middle of something that does not end.
    Overstayed,
    /// What comes cannot be decompressed, or the peer has ended its compressed stream: it may still listen.
    Garbled,
    /// The connection is gone, or speaks another protocol.
    Gone(InputError),
}

impl From<io::Error> for Ended {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::InvalidData { Self::Garbled } else { Self::Gone(error.into()) }
    }
}

/// What a handler gives.
pub(crate) type Answer = Result<Completion, Ended>;
