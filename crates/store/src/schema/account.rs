//! Records of the account itself: head and mailbox.
use super::object::KindCounts;
use crate::codec::{Decoder, Encoder};
use crate::error::Error;
use crate::id::{MailboxId, ModSeq};
use crate::mailbox::{Counters, Mailbox, MailboxName, Role};

/// The account's own numbers. Its modseq is the version of the record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct HeadRecord {
    /// The next id of a mailbox or email.
    pub(crate) next_id: u64,
    /// The highest UIDVALIDITY given.
    pub(crate) uid_validity: u32,
    /// Bytes of emails that have a membership.
    pub(crate) used: u64,
    /// Bytes allowed.
    pub(crate) limit: Option<u64>,
    /// Emails that have a membership.
    pub(crate) emails: u64,
    /// Emails that have none.
    pub(crate) tombs: u64,
    /// Changes after this modseq are all in the log.
    pub(crate) log_floor: u64,
    /// Modseq of the last change of a mailbox's name, role or subscription.
    pub(crate) list_modseq: u64,
    /// Modseq of the last change of a mailbox's counters.
    pub(crate) mailbox_modseq: u64,
    /// Modseq of the last change of an email.
    pub(crate) email_modseq: u64,
    /// Modseq of the last change of what emails a thread has.
    pub(crate) thread_modseq: u64,
    /// Modseq of the last change of quota or use.
    pub(crate) quota_modseq: u64,
    /// The account is being removed.
    pub(crate) leaving: bool,
    /// What there is of objects.
    pub(crate) objects: KindCounts,
}

impl HeadRecord {
    /// Refuses one more email where there are as many as there may be.
    pub(crate) fn ask_emails(&self, max_emails: Option<u64>) -> Result<(), Error> {
        match max_emails {
            Some(limit) if self.emails >= limit => Err(Error::OverQuota { used: self.emails, limit }),
            _ => Ok(()),
        }
    }

    pub(crate) fn encode(&self) -> Vec<u8> {
        // an account without objects is as earlier releases left it
        let version = if self.objects.is_empty() { 1 } else { 2 };
        let mut record = Encoder::new(version);
        record.number(self.next_id).number(u64::from(self.uid_validity)).number(self.used).option(self.limit);
        record.number(self.emails).number(self.tombs).number(self.log_floor).number(self.list_modseq);
        record.number(self.mailbox_modseq).number(self.email_modseq).number(self.thread_modseq);
        record.number(self.quota_modseq).byte(u8::from(self.leaving));
        if version > 1 {
            self.objects.put(&mut record);
        }
        record.finish()
    }

    pub(crate) fn decode(record: &[u8]) -> Result<Self, Error> {
        let mut record = Decoder::new(record, "head", 2)?;
        Ok(Self {
            next_id: record.figure()?,
            uid_validity: record.number32()?,
            used: record.figure()?,
            limit: record.option()?,
            emails: record.figure()?,
            tombs: record.figure()?,
            log_floor: record.figure()?,
            list_modseq: record.figure()?,
            mailbox_modseq: record.figure()?,
            email_modseq: record.figure()?,
            thread_modseq: record.figure()?,
            quota_modseq: record.figure()?,
            leaving: record.byte()? != 0,
            objects: if record.version() > 1 { KindCounts::take(&mut record)? } else { KindCounts::default() },
        })
    }
}

/// Version 2 brought the order; with 3 unread threads are counted as they are now.
const MAILBOX_VERSION: u8 = 3;

/// Whether the record counts unread threads as they are counted now; else they are counted anew when the account is loaded.
pub(crate) fn counts_unread_threads(record: &[u8]) -> bool {
    record.first().is_some_and(|version| *version >= MAILBOX_VERSION)
}

pub(crate) fn mailbox_record(mailbox: &Mailbox) -> Vec<u8> {
    let mut record = Encoder::new(MAILBOX_VERSION);
    record.text(mailbox.name.as_str()).number(mailbox.role.map_or(0, |role| role as u64));
    record.number(u64::from(mailbox.uid_validity)).number(u64::from(mailbox.uid_next)).number(mailbox.modseq.0);
    record.number(u64::from(mailbox.recent));
    let counters = &mailbox.counters;
    record.number(counters.messages).number(counters.unseen).number(counters.deleted).number(counters.bytes);
    record.number(counters.emails).number(counters.unread_emails);
    record.number(counters.threads).number(counters.unread_threads);
    record.number(u64::from(mailbox.sort_order));
    record.finish()
}

pub(crate) fn read_mailbox(id: MailboxId, record: &[u8]) -> Result<Mailbox, Error> {
    let mut record = Decoder::new(record, "mailbox", MAILBOX_VERSION)?;
    Ok(Mailbox {
        id,
        name: MailboxName::new(record.text()?)?,
        role: Role::from_number(record.figure()?),
        uid_validity: record.number32()?,
        uid_next: record.number32()?,
        modseq: ModSeq(record.figure()?),
        recent: record.number32()?,
        counters: Counters {
            messages: record.figure()?,
            unseen: record.figure()?,
            deleted: record.figure()?,
            bytes: record.figure()?,
            emails: record.figure()?,
            unread_emails: record.figure()?,
            threads: record.figure()?,
            unread_threads: record.figure()?,
        },
        sort_order: if record.version() == 1 { 0 } else { record.number32()? },
    })
}
