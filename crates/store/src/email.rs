//! Emails as they are seen: the immutable content and what is known of its arrival.
use crate::blob::BlobHash;
use crate::blob_writer::NewBlob;
use crate::flags::Flags;
use crate::id::{DeliveryId, EmailId, MailboxId, ModSeq, ThreadId, Uid};
use message::Parsed;
use world::UnixTime;

/// When a message was received, as APPEND gave it or delivery saw it: the moment, and the offset from UTC in which it
/// is shown (INTERNALDATE, RFC 3501, 2.3.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct ReceivedAt {
    /// Seconds of UTC since 1970.
    pub seconds: u64,
    /// Minutes east of UTC.
    pub offset_minutes: i16,
}

impl ReceivedAt {
    /// A moment, shown in UTC.
    pub fn utc(moment: UnixTime) -> Self {
        Self { seconds: moment.secs(), offset_minutes: 0 }
    }
}

/// A message to be put into a mailbox.
#[derive(Debug, Clone)]
pub struct NewEmail {
    /// Its bytes, stored and parsed.
    pub blob: NewBlob,
    /// How many bytes at the beginning are our own Return-Path and Received; the queue sends what follows Return-Path.
    pub prefix_len: u32,
    /// When it was received.
    pub received: ReceivedAt,
    /// What its first membership says.
    pub flags: Flags,
    /// The recipient's address as it came, before aliases.
    pub original_recipient: Option<String>,
    /// The unique id that POP3 shows, brought by a migration; `None`: the email's id.
    pub uidl: Option<String>,
    /// A delivery that the account takes once: a second time gives what the first one wrote.
    pub once: Option<DeliveryId>,
    /// Whether the quota is asked: not for what was accepted before and is delivered from the queue.
    pub quota: QuotaCheck,
}

impl NewEmail {
    /// A message without prefix, flags and other particulars, asked for quota.
    pub fn new(blob: NewBlob, received: ReceivedAt) -> Self {
        Self {
            blob,
            prefix_len: 0,
            received,
            flags: Flags::default(),
            original_recipient: None,
            uidl: None,
            once: None,
            quota: QuotaCheck::Asked,
        }
    }
}

/// Whether a write asks the quota.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QuotaCheck {
    /// Refused when the account is full.
    Asked,
    /// Accepted before: goes in whatever the quota says.
    Settled,
}

/// Where an appended or copied message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Appended {
    /// The mailbox.
    pub mailbox: MailboxId,
    /// The mailbox's UIDVALIDITY (APPENDUID, RFC 4315, 3).
    pub uid_validity: u32,
    /// Its UID there.
    pub uid: Uid,
    /// Its email.
    pub email: EmailId,
    /// The email's thread.
    pub thread: ThreadId,
}

/// The content of an email: immutable from its arrival on.
#[derive(Debug, Clone)]
pub struct Email {
    /// Its id.
    pub id: EmailId,
    /// Its thread, fixed when it entered.
    pub thread: ThreadId,
    /// Its bytes.
    pub blob: BlobHash,
    /// Their number.
    pub size: u64,
    /// How many bytes at the beginning are our own Return-Path and Received.
    pub prefix_len: u32,
    /// When it was received.
    pub received: ReceivedAt,
    /// The recipient's address as it came, before aliases.
    pub original_recipient: Option<String>,
    /// The unique id that POP3 shows, where a migration brought one.
    pub uidl: Option<String>,
    /// What is inside: envelope, structure, preview. Offsets count from the first byte, the prefix included.
    pub parsed: Parsed,
}

/// One place where an email is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membership {
    /// The mailbox.
    pub mailbox: MailboxId,
    /// The UID there.
    pub uid: Uid,
    /// What it says.
    pub flags: Flags,
    /// The modseq of its last change.
    pub modseq: ModSeq,
    /// When it came into this mailbox, in seconds of UTC (SAVEDATE, RFC 8514).
    pub saved: u64,
}
