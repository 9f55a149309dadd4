//! What is kept: who came, what was refused and why, where each message went. Never a password, never
//! the text of a message.
use crate::{Attempt, Cause, Text};
use names::AccountId;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use world::UnixTime;

/// Who is at the other end of a session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Peer {
    /// The session's id, as in the log and in `Received`.
    pub session: Arc<str>,
    /// Where it comes from.
    pub remote: SocketAddr,
    /// Which listener took it.
    pub listener: Arc<str>,
    /// Version and cipher of TLS, once it runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tls: Option<Arc<str>>,
}

/// What a session did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Counts {
    /// Commands answered.
    pub commands: u64,
    /// Commands refused.
    pub refused: u64,
    /// Messages taken in.
    pub received: u64,
    /// Messages given out.
    pub sent: u64,
    /// Bytes read.
    pub bytes_in: u64,
    /// Bytes written.
    pub bytes_out: u64,
}

/// How a message came, before it was accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arrival {
    /// The name that the peer gave, by HELO, EHLO or LHLO.
    pub helo: Text,
    /// When the connection began, in milliseconds since 1970.
    pub connected_ms: u64,
    /// When the transaction began, with MAIL.
    pub begun_ms: u64,
}

/// Who tried to log in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Login {
    /// An account that exists.
    Account(#[serde(with = "account")] AccountId),
    /// A name that does not, as a hash under a key of this process (see [`crate::Journal::stranger`]).
    Stranger(Text),
}

/// What was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Refused {
    /// The connection, before a word was spoken.
    Connection,
    /// HELO or EHLO.
    Helo,
    /// MAIL FROM, or the sender in the message.
    Sender,
    /// RCPT TO.
    Recipient,
    /// The message, after its data.
    Message,
    /// Any other command.
    Command,
}

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum Event {
    /// A session began.
    SessionOpened {
        /// Who.
        peer: Peer,
    },
    /// A session ended.
    SessionClosed {
        /// Who.
        peer: Peer,
        /// The name it gave, by HELO, EHLO, LHLO or ID.
        name: Option<Text>,
        /// The account that it was logged in to.
        #[serde(with = "maybe_account")]
        account: Option<AccountId>,
        /// What it did.
        counts: Counts,
        /// How long it lasted, in milliseconds.
        took_ms: u64,
    },
    /// A login succeeded.
    LoginAccepted {
        /// Who.
        peer: Peer,
        /// As whom.
        #[serde(with = "account")]
        account: AccountId,
        /// How, such as `PLAIN`.
        mechanism: Text,
    },
    /// A login was refused.
    LoginRefused {
        /// Who.
        peer: Peer,
        /// As whom.
        login: Login,
        /// How, such as `PLAIN`.
        mechanism: Text,
        /// Why.
        cause: Cause,
    },
    /// A command, connection or message was refused.
    Refused {
        /// Who.
        peer: Peer,
        /// What.
        what: Refused,
        /// The HELO name, address or command in question; never the text of a message.
        subject: Text,
        /// The account that was logged in.
        #[serde(with = "maybe_account")]
        account: Option<AccountId>,
        /// Why.
        cause: Cause,
    },
    /// An account has sent as much as it may: perhaps a stranger has its password.
    AllowanceUsedUp {
        /// Who.
        peer: Peer,
        /// The account.
        #[serde(with = "account")]
        account: AccountId,
        /// Of what there was too much.
        what: Text,
    },
    /// A message was accepted: it is on disk.
    Accepted {
        /// The delivery's id.
        delivery: Text,
        /// From whom; none for a message of our own making.
        peer: Option<Peer>,
        /// The account that sent it.
        #[serde(with = "maybe_account")]
        account: Option<AccountId>,
        /// The reverse-path; empty for the null one.
        sender: Text,
        /// For how many recipients.
        recipients: u32,
        /// The first of them, as the sender wrote them; at most [`Event::MOST_NAMED`].
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        to: Vec<Text>,
        /// Its Message-ID.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        message_id: Option<Text>,
        /// How it came; nothing for a message of our own making.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        arrival: Option<Arrival>,
        /// Bytes.
        size: u64,
    },
    /// A message is in a mailbox.
    Stored {
        /// The delivery's id.
        delivery: Text,
        /// The address it was sent to.
        recipient: Text,
        /// Whose mailbox.
        #[serde(with = "account")]
        account: AccountId,
        /// Bytes.
        size: u64,
    },
    /// A recipient must wait.
    Deferred(Attempt),
    /// A recipient was given up.
    Failed(Attempt),
    /// Another server took it over.
    Relayed(Attempt),
    /// It was thrown away, as a route asks.
    Discarded(Attempt),
    /// The time has come that its sender had set (RFC 4865): it is due now.
    HoldEnded {
        /// The delivery's id.
        delivery: Text,
        /// The queue entry's id.
        queue: Text,
    },
    /// The sender is told about recipients by a report, a message of its own.
    Reported {
        /// The delivery's id.
        delivery: Text,
        /// The report's own delivery id.
        report: Text,
        /// The action (RFC 3464, 2.3.3): `failed`, `delayed`, `delivered`, `relayed` or `expanded`.
        action: Text,
        /// About whom, as the sender wrote them; at most [`Event::MOST_NAMED`].
        recipients: Vec<Text>,
    },
    /// A message was answered while its reader is away, by a message of its own.
    AutoReplied {
        /// The delivery that brought it.
        delivery: Text,
        /// The answer's own delivery id.
        reply: Text,
        /// Who is away.
        #[serde(with = "account")]
        account: AccountId,
        /// To whom the answer goes.
        to: Text,
    },
    /// Somebody told what became of TLS with the servers of a domain here (RFC 8460); anybody may say so.
    TlsReportReceived {
        /// The delivery that brought it; none where it was posted.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        delivery: Option<Text>,
        /// From whom it came, by mail or by HTTPS.
        peer: Option<Peer>,
        /// The domain.
        domain: Text,
        /// Who says so, by his own word.
        submitter: Text,
        /// What he calls his report.
        report: Text,
        /// Sessions that went well.
        good: u64,
        /// Sessions that did not.
        failed: u64,
    },
    /// An operator did something.
    Act {
        /// Who, such as `control socket`.
        by: Text,
        /// What, such as `queue hold`.
        act: Text,
        /// To what.
        subject: Text,
        /// Why, in his own words.
        reason: Option<Text>,
    },
    /// The same from the same network again and again, counted once a minute.
    Repeated {
        /// What it was, such as `login-refused`.
        what: Text,
        /// The network, such as `192.0.2.0/24`; `*` once too many networks do it.
        network: Text,
        /// Which listener took it.
        listener: Arc<str>,
        /// Why.
        cause: Option<Cause>,
        /// How often, apart from those that were written one by one.
        count: u64,
    },
    /// More happened than could be written.
    Dropped {
        /// How many events are missing.
        count: u64,
    },
}

impl Event {
    /// Of more recipients one event does not name.
    pub const MOST_NAMED: usize = 100;

    /// The delivery that it is about, where it is about one.
    pub const fn delivery(&self) -> Option<&Text> {
        match self {
            Self::Accepted { delivery, .. }
            | Self::Stored { delivery, .. }
            | Self::HoldEnded { delivery, .. }
            | Self::Reported { delivery, .. }
            | Self::AutoReplied { delivery, .. } => Some(delivery),
            Self::Deferred(attempt) | Self::Failed(attempt) | Self::Relayed(attempt) | Self::Discarded(attempt) => {
                Some(&attempt.delivery)
            }
            Self::TlsReportReceived { delivery, .. } => delivery.as_ref(),
            Self::SessionOpened { .. }
            | Self::SessionClosed { .. }
            | Self::LoginAccepted { .. }
            | Self::LoginRefused { .. }
            | Self::Refused { .. }
            | Self::AllowanceUsedUp { .. }
            | Self::Act { .. }
            | Self::Repeated { .. }
            | Self::Dropped { .. } => None,
        }
    }

    /// The session that it belongs to, where it does to one.
    pub fn session(&self) -> Option<&str> {
        match self {
            Self::SessionOpened { peer }
            | Self::SessionClosed { peer, .. }
            | Self::LoginAccepted { peer, .. }
            | Self::LoginRefused { peer, .. }
            | Self::Refused { peer, .. }
            | Self::AllowanceUsedUp { peer, .. }
            | Self::Accepted { peer: Some(peer), .. }
            | Self::TlsReportReceived { peer: Some(peer), .. } => Some(&peer.session),
            Self::Accepted { peer: None, .. }
            | Self::TlsReportReceived { peer: None, .. }
            | Self::Stored { .. }
            | Self::Deferred(_)
            | Self::Failed(_)
            | Self::Relayed(_)
            | Self::Discarded(_)
            | Self::HoldEnded { .. }
            | Self::Reported { .. }
            | Self::AutoReplied { .. }
            | Self::Act { .. }
            | Self::Repeated { .. }
            | Self::Dropped { .. } => None,
        }
    }
}

/// An event and when it happened.
#[derive(Clone, PartialEq, Eq)]
pub struct Entry {
    /// When.
    pub at: UnixTime,
    /// What.
    pub event: Event,
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} {:?}", self.at, self.event)
    }
}

mod account {
    use names::AccountId;
    use serde::de::{Deserialize, Deserializer, Error};
    use serde::ser::Serializer;

    pub(super) fn serialize<S: Serializer>(id: &AccountId, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(id)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<AccountId, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

mod maybe_account {
    use names::AccountId;
    use serde::de::{Deserialize, Deserializer, Error};
    use serde::ser::Serializer;

    #[expect(clippy::ref_option, reason = "serde asks for this signature")]
    pub(super) fn serialize<S: Serializer>(id: &Option<AccountId>, serializer: S) -> Result<S::Ok, S::Error> {
        match id {
            Some(id) => serializer.collect_str(id),
            None => serializer.serialize_none(),
        }
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<AccountId>, D::Error> {
        let id = Option::<String>::deserialize(deserializer)?;
        id.map(|id| id.parse().map_err(D::Error::custom)).transpose()
    }
}
