//! Records about where an email is and what it belongs to.
use crate::codec::{Decoder, Encoder};
use crate::email::Appended;
use crate::error::Error;
use crate::flags::SystemFlags;
use crate::id::{EmailId, MailboxId, ThreadId, Uid};
use std::sync::Arc;

/// A message in a mailbox: all of it that a view needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MemberRecord {
    pub(crate) email: EmailId,
    pub(crate) thread: ThreadId,
    /// Of the last change that a client sees; the record may be younger.
    pub(crate) modseq: u64,
    pub(crate) size: u64,
    pub(crate) received: u64,
    /// When it came into this mailbox.
    pub(crate) saved: u64,
    pub(crate) system: SystemFlags,
    /// The email may have other memberships. Once true it stays.
    pub(crate) shared: bool,
    /// The email was in this mailbox already when this membership came.
    pub(crate) twin: bool,
    /// Numbers of keywords, ascending.
    pub(crate) keywords: Arc<[u16]>,
}

/// A message in a mailbox, but for its keywords.
#[derive(Debug, Clone, Copy)]
pub(crate) struct MemberFields {
    pub(crate) email: EmailId,
    pub(crate) thread: ThreadId,
    pub(crate) modseq: u64,
    pub(crate) size: u64,
    pub(crate) received: u64,
    pub(crate) saved: u64,
    pub(crate) system: SystemFlags,
    pub(crate) shared: bool,
    pub(crate) twin: bool,
}

impl MemberFields {
    /// Reads a record; the numbers of its keywords take the place of what is in `keywords`.
    pub(crate) fn decode(record: &[u8], keywords: &mut Vec<u16>) -> Result<Self, Error> {
        let mut record = Decoder::new(record, "member", 1)?;
        let (email, thread, modseq) = (EmailId(record.figure()?), ThreadId(record.figure()?), record.figure()?);
        let (size, received, saved) = (record.figure()?, record.figure()?, record.figure()?);
        let (system, marks) = (SystemFlags::from_bits(record.byte()?), record.byte()?);
        keywords.clear();
        for _ in 0..record.count()? {
            keywords.push(record.number16()?);
        }
        let (shared, twin) = (marks & 1 != 0, marks & 2 != 0);
        Ok(Self { email, thread, modseq, size, received, saved, system, shared, twin })
    }
}

impl MemberRecord {
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut record = Encoder::new(1);
        record.number(self.email.0).number(self.thread.0).number(self.modseq).number(self.size);
        let marks = u8::from(self.shared) | u8::from(self.twin) << 1;
        record.number(self.received).number(self.saved).byte(self.system.bits()).byte(marks);
        put_numbers(&mut record, &self.keywords);
        record.finish()
    }

    pub(crate) fn decode(record: &[u8]) -> Result<Self, Error> {
        let mut keywords = Vec::new();
        let MemberFields { email, thread, modseq, size, received, saved, system, shared, twin } =
            MemberFields::decode(record, &mut keywords)?;
        let keywords = keywords.into();
        Ok(Self { email, thread, modseq, size, received, saved, system, shared, twin, keywords })
    }

    /// All but its keywords.
    pub(crate) fn fields(&self) -> MemberFields {
        let Self { email, thread, modseq, size, received, saved, system, shared, twin, .. } = *self;
        MemberFields { email, thread, modseq, size, received, saved, system, shared, twin }
    }
}

/// Numbers of keywords: their count, then each.
pub(super) fn put_numbers(record: &mut Encoder, numbers: &[u16]) {
    record.number(numbers.len() as u64);
    for number in numbers {
        record.number(u64::from(*number));
    }
}

pub(super) fn take_numbers(record: &mut Decoder<'_>) -> Result<Vec<u16>, Error> {
    let count = record.count()?;
    (0..count).map(|_| record.number16()).collect()
}

/// One place of an email.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Place {
    pub(crate) mailbox: MailboxId,
    pub(crate) uid: u32,
}

pub(crate) fn places(places: &[Place]) -> Vec<u8> {
    let mut record = Encoder::new(1);
    record.number(places.len() as u64);
    for place in places {
        record.number(place.mailbox.0).number(u64::from(place.uid));
    }
    record.finish()
}

pub(crate) fn read_places(record: &[u8]) -> Result<Vec<Place>, Error> {
    let mut record = Decoder::new(record, "by-email", 1)?;
    let count = record.count()?;
    (0..count).map(|_| Ok(Place { mailbox: MailboxId(record.figure()?), uid: record.number32()? })).collect()
}

/// How much of a thread is where, as JMAP sees it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct ThreadRecord {
    /// Emails, tombstones included: what keeps the record.
    pub(crate) emails: u64,
    /// Mailbox, visible emails in it, unread ones of those; ascending, none with zero emails.
    pub(crate) mailboxes: Vec<(MailboxId, u64, u64)>,
}

impl ThreadRecord {
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut record = Encoder::new(1);
        record.number(self.emails).number(self.mailboxes.len() as u64);
        for (mailbox, emails, unread) in &self.mailboxes {
            record.number(mailbox.0).number(*emails).number(*unread);
        }
        record.finish()
    }

    pub(crate) fn decode(record: &[u8]) -> Result<Self, Error> {
        let mut record = Decoder::new(record, "thread", 1)?;
        let emails = record.figure()?;
        let count = record.count()?;
        let mailboxes = (0..count).map(|_| Ok((MailboxId(record.figure()?), record.figure()?, record.figure()?)));
        Ok(Self { emails, mailboxes: mailboxes.collect::<Result<_, Error>>()? })
    }

    /// Emails and unread emails in a mailbox.
    pub(crate) fn of(&self, mailbox: MailboxId) -> (u64, u64) {
        let found = self.mailboxes.binary_search_by_key(&mailbox, |of| of.0);
        found.ok().and_then(|at| self.mailboxes.get(at)).map_or((0, 0), |of| (of.1, of.2))
    }

    /// Whether it counts as an unread thread in a mailbox (RFC 8621, 2): an email of it is there, and an unread one is
    /// anywhere but in the trash; "Emails in the trash are treated as though they are in a separate Thread".
    pub(crate) fn is_unread(&self, mailbox: MailboxId, trash: Option<MailboxId>) -> bool {
        let (emails, unread) = self.of(mailbox);
        if Some(mailbox) == trash {
            return unread > 0;
        }
        emails > 0 && self.mailboxes.iter().any(|(of, _, unread)| Some(*of) != trash && *unread > 0)
    }

    pub(crate) fn set(&mut self, mailbox: MailboxId, (emails, unread): (u64, u64)) {
        match self.mailboxes.binary_search_by_key(&mailbox, |of| of.0) {
            Ok(at) if emails == 0 => {
                self.mailboxes.remove(at);
            }
            Ok(at) => {
                if let Some(of) = self.mailboxes.get_mut(at) {
                    *of = (mailbox, emails, unread);
                }
            }
            Err(_) if emails == 0 => {}
            Err(at) => self.mailboxes.insert(at, (mailbox, emails, unread)),
        }
    }
}

/// A list of 64-bit numbers: the thread keys that an email brought, a thread's id.
pub(crate) fn numbers_record(numbers: &[u64]) -> Vec<u8> {
    let mut record = Encoder::new(1);
    for number in numbers {
        record.raw(&number.to_be_bytes());
    }
    record.finish()
}

pub(crate) fn read_numbers(record: &[u8]) -> Result<Vec<u64>, Error> {
    let mut record = Decoder::new(record, "numbers", 1)?;
    let mut numbers = Vec::new();
    while !record.is_empty() {
        numbers.push(u64::from_be_bytes(record.array()?));
    }
    Ok(numbers)
}

pub(crate) fn once_record(appended: &Appended) -> Vec<u8> {
    let mut record = Encoder::new(1);
    record.number(appended.mailbox.0).number(u64::from(appended.uid_validity));
    record.number(u64::from(appended.uid.get())).number(appended.email.0).number(appended.thread.0);
    record.finish()
}

pub(crate) fn read_once(record: &[u8]) -> Result<Appended, Error> {
    let mut record = Decoder::new(record, "once", 1)?;
    Ok(Appended {
        mailbox: MailboxId(record.figure()?),
        uid_validity: record.number32()?,
        uid: Uid::new(record.number32()?).ok_or_else(|| Error::Corrupt("once: UID".into()))?,
        email: EmailId(record.figure()?),
        thread: ThreadId(record.figure()?),
    })
}
