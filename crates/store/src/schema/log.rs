//! The record of a change log entry.
use super::member::{put_numbers, take_numbers};
use super::metadata::take_name;
use super::{annotated, annotated_number};
use crate::acl::Rights;
use crate::codec::{Decoder, Encoder};
use crate::error::Error;
use crate::flags::SystemFlags;
use crate::id::{DeliveryId, EmailId, MailboxId, ObjectId};
use crate::mailbox::{MailboxName, Role};
use crate::metadata::{Annotated, TouchedEntry};
use crate::object::{ObjectKind, ObjectTouch};
use bytes::Bytes;
use names::{AccountId, Address};
use std::sync::Arc;
use world::UnixTime;

/// A membership's flags, with keywords by number.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Marks {
    pub(crate) system: SystemFlags,
    pub(crate) keywords: Arc<[u16]>,
}

/// [`crate::Touched`] as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum LogItem {
    Arrived {
        mailbox: MailboxId,
        uid: u32,
        email: EmailId,
        new: bool,
    },
    Flags {
        mailbox: MailboxId,
        uid: u32,
        email: EmailId,
        before: Marks,
        modseq: u64,
    },
    Expunged {
        mailbox: MailboxId,
        uid: u32,
        email: EmailId,
        before: Marks,
        modseq: u64,
        saved: u64,
        last: bool,
    },
    MailboxCreated {
        mailbox: MailboxId,
    },
    MailboxChanged {
        mailbox: MailboxId,
        name: MailboxName,
        role: Option<Role>,
    },
    MailboxRemoved {
        mailbox: MailboxId,
        name: MailboxName,
        role: Option<Role>,
        uid_validity: u32,
    },
    Subscription {
        name: MailboxName,
        before: bool,
    },
    Quota {
        before: Option<u64>,
    },
    Pruned,
    Metadata {
        of: Annotated,
        entries: Vec<TouchedEntry>,
    },
    /// A list changed: what it said of the account before.
    Acl {
        mailbox: MailboxId,
        account: AccountId,
        address: Address,
        granted: Option<Rights>,
        denied: Option<Rights>,
    },
    /// It was noted, or forgotten, that another account shares something.
    Sharer {
        owner: AccountId,
    },
    /// An object was made, changed or removed.
    Object {
        of: ObjectKind,
        id: ObjectId,
        touch: ObjectTouch,
    },
    /// The key of a delivery that is taken once: it goes with the entry.
    Once {
        delivery: DeliveryId,
    },
}

/// An entry as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LogRecord {
    pub(crate) time: UnixTime,
    pub(crate) who: Arc<str>,
    pub(crate) items: Vec<LogItem>,
}

fn put_marks(record: &mut Encoder, marks: &Marks) {
    record.byte(marks.system.bits());
    put_numbers(record, &marks.keywords);
}

fn take_marks(record: &mut Decoder<'_>) -> Result<Marks, Error> {
    Ok(Marks { system: SystemFlags::from_bits(record.byte()?), keywords: take_numbers(record)?.into() })
}

pub(crate) fn log_record(time: UnixTime, who: &str, items: &[LogItem]) -> Vec<u8> {
    let mut record = Encoder::new(1);
    record.number(time.millis()).text(who).number(items.len() as u64);
    for item in items {
        put_item(&mut record, item);
    }
    record.finish()
}

fn put_item(record: &mut Encoder, item: &LogItem) {
    let role = |role: &Option<Role>| role.map_or(0, |role| role as u64);
    match item {
        LogItem::Arrived { mailbox, uid, email, new } => {
            record.byte(1).number(mailbox.0).number(u64::from(*uid)).number(email.0).byte(u8::from(*new));
        }
        LogItem::Flags { mailbox, uid, email, before, modseq } => {
            record.byte(2).number(mailbox.0).number(u64::from(*uid)).number(email.0).number(*modseq);
            put_marks(record, before);
        }
        LogItem::Expunged { mailbox, uid, email, before, modseq, saved, last } => {
            record.byte(3).number(mailbox.0).number(u64::from(*uid)).number(email.0).number(*modseq);
            record.number(*saved).byte(u8::from(*last));
            put_marks(record, before);
        }
        LogItem::MailboxCreated { mailbox } => {
            record.byte(4).number(mailbox.0);
        }
        LogItem::MailboxChanged { mailbox, name, role: before } => {
            record.byte(5).number(mailbox.0).text(name.as_str()).number(role(before));
        }
        LogItem::MailboxRemoved { mailbox, name, role: before, uid_validity } => {
            record.byte(6).number(mailbox.0).text(name.as_str()).number(role(before)).number(u64::from(*uid_validity));
        }
        LogItem::Subscription { name, before } => {
            record.byte(7).text(name.as_str()).byte(u8::from(*before));
        }
        LogItem::Quota { before } => {
            record.byte(8).option(*before);
        }
        LogItem::Pruned => {
            record.byte(9);
        }
        LogItem::Once { delivery } => {
            record.byte(10).raw(&delivery.0.to_be_bytes());
        }
        LogItem::Metadata { of, entries } => {
            record.byte(11).number(annotated_number(*of)).number(entries.len() as u64);
            entries.iter().for_each(|entry| put_entry(record, entry));
        }
        LogItem::Acl { mailbox, account, address, granted, denied } => {
            let bits = |rights: &Option<Rights>| rights.map(|rights| u64::from(rights.bits()));
            record.byte(20).number(mailbox.0).raw(&account.0.to_be_bytes()).text(&address.to_string());
            record.option(bits(granted)).option(bits(denied));
        }
        LogItem::Sharer { owner } => {
            record.byte(21).raw(&owner.0.to_be_bytes());
        }
        LogItem::Object { of, id, touch } => {
            record.byte(22).byte(*of as u8).number(id.0).byte(*touch as u8);
        }
    }
}

fn put_entry(record: &mut Encoder, entry: &TouchedEntry) {
    record.option(entry.of.map(|of| of.0)).text(entry.name.as_str());
    match &entry.before {
        None => record.byte(0),
        Some(before) => record.byte(1).bytes(before),
    };
}

fn take_entry(record: &mut Decoder<'_>) -> Result<TouchedEntry, Error> {
    let (of, name) = (record.option()?.map(AccountId), take_name(record)?);
    let before = if record.byte()? == 0 { None } else { Some(Bytes::copy_from_slice(record.bytes()?)) };
    Ok(TouchedEntry { of, name, before })
}

pub(crate) fn read_log(record: &[u8]) -> Result<LogRecord, Error> {
    let mut record = Decoder::new(record, "log", 1)?;
    let time = UnixTime::from_millis(record.figure()?);
    let who = record.text()?.into();
    let count = record.count()?;
    let items = (0..count).map(|_| take_item(&mut record)).collect::<Result<_, _>>()?;
    Ok(LogRecord { time, who, items })
}

fn take_item(record: &mut Decoder<'_>) -> Result<LogItem, Error> {
    let kind = record.byte()?;
    Ok(match kind {
        1 => LogItem::Arrived {
            mailbox: MailboxId(record.figure()?),
            uid: record.number32()?,
            email: EmailId(record.figure()?),
            new: record.byte()? != 0,
        },
        2 => LogItem::Flags {
            mailbox: MailboxId(record.figure()?),
            uid: record.number32()?,
            email: EmailId(record.figure()?),
            modseq: record.figure()?,
            before: take_marks(record)?,
        },
        3 => LogItem::Expunged {
            mailbox: MailboxId(record.figure()?),
            uid: record.number32()?,
            email: EmailId(record.figure()?),
            modseq: record.figure()?,
            saved: record.figure()?,
            last: record.byte()? != 0,
            before: take_marks(record)?,
        },
        4 => LogItem::MailboxCreated { mailbox: MailboxId(record.figure()?) },
        5 => LogItem::MailboxChanged {
            mailbox: MailboxId(record.figure()?),
            name: MailboxName::new(record.text()?)?,
            role: Role::from_number(record.figure()?),
        },
        6 => LogItem::MailboxRemoved {
            mailbox: MailboxId(record.figure()?),
            name: MailboxName::new(record.text()?)?,
            role: Role::from_number(record.figure()?),
            uid_validity: record.number32()?,
        },
        7 => LogItem::Subscription { name: MailboxName::new(record.text()?)?, before: record.byte()? != 0 },
        8 => LogItem::Quota { before: record.option()? },
        9 => LogItem::Pruned,
        10 => LogItem::Once { delivery: DeliveryId(u128::from_be_bytes(record.array()?)) },
        11 => {
            let (of, count) = (annotated(record.figure()?), record.count()?);
            LogItem::Metadata { of, entries: (0..count).map(|_| take_entry(record)).collect::<Result<_, _>>()? }
        }
        20 => LogItem::Acl {
            mailbox: MailboxId(record.figure()?),
            account: AccountId(u64::from_be_bytes(record.array()?)),
            address: record.text()?.parse().map_err(|_| Error::Corrupt("log: address".into()))?,
            granted: rights(record.option()?),
            denied: rights(record.option()?),
        },
        21 => LogItem::Sharer { owner: AccountId(u64::from_be_bytes(record.array()?)) },
        22 => LogItem::Object {
            of: known(ObjectKind::from_number(record.byte()?))?,
            id: ObjectId(record.figure()?),
            touch: known(ObjectTouch::from_number(record.byte()?))?,
        },
        _ => return Err(Error::Corrupt(format!("log: unknown item {kind}"))),
    })
}

fn known<T>(what: Option<T>) -> Result<T, Error> {
    what.ok_or_else(|| Error::Corrupt("log: object".into()))
}

fn rights(bits: Option<u64>) -> Option<Rights> {
    bits.map(|bits| Rights::from_bits(u16::try_from(bits).unwrap_or(0)))
}
