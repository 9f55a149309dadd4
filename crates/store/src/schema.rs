//! The schema: every key and every record of an account, and the two of the System partition.
//!
//! | kind | key | record |
//! | --- | --- | --- |
//! | 1 | `head` | [`HeadRecord`]: counters of the account; its version is the modseq |
//! | 2 | `mailbox/<id 8>` | [`mailbox_record`] |
//! | 3 | `member/<mailbox 8>/<uid 4>` | [`MemberRecord`]: a message in a mailbox |
//! | 4 | `email/<id 8>` | [`EmailRecord`]: immutable content, below 900 bytes |
//! | 5 | `email+/<id 8>` | what did not fit into `email`: the parse |
//! | 6 | `by-email/<email 8>` | [`places`]: the mailboxes and UIDs where the email is; absent for a tombstone |
//! | 7 | `date/<mailbox 8>/<received 8>/<uid 4>` | an index by date of earlier releases; pruning removes it |
//! | 8 | `thread/<id 8>` | [`ThreadRecord`]: how many emails, and how many in each mailbox |
//! | 8 | `thread/<id 8>/<email 8>` | empty: an email of the thread beside the one whose number it has |
//! | 9 | `thread-key/<hash 8>` | the thread's id |
//! | 10 | `log/<modseq 8>` | [`log_record`] |
//! | 11 | `tomb/<time 8>/<email 8>` | empty: an email without membership, since then |
//! | 12 | `use/<hash 32>/<email 8>` | empty: the email uses the blob; under zero: an upload does |
//! | 13 | `keyword/<number 4>` | the keyword |
//! | 14 | `subscription/<name>` | empty |
//! | 15 | `once/<delivery 16>` | [`once_record`]: what the delivery wrote |
//! | 16 | `metadata` | how many bytes all annotations of the account have |
//! | 16 | `metadata/<mailbox 8>` | [`metadata_record`]: the annotations of a mailbox; under zero those of the account |
//! | 17 | `upload/<time 8>/<hash 32>` | how many bytes: what was uploaded then and is kept for an hour |
//! | 20 | `acl/<mailbox 8>` | [`acl_record`]: who may do what with the mailbox; absent: its owner alone |
//! | 21 | `sharer/<account 8>` | [`SharerRecord`]: a hint that the other account shares something with this one |
//! | 22 | `seen/<mailbox 8>/<account 8>/<uid / 4,096, 4>` | [`SeenRecord`]: what the other account has seen there |
//! | 23 | `object/<kind 1>/<id 8>` | [`object_record`]: an object, see [`crate::ObjectKind`] |
//!
//! A number here is on disk: it never changes its meaning. A record that needs another layout gets a new version byte.
mod account;
mod email;
mod log;
mod member;
mod metadata;
mod object;
mod sharing;
pub(crate) use account::{HeadRecord, counts_unread_threads, mailbox_record, read_mailbox};
pub(crate) use email::EmailRecord;
pub(crate) use log::{LogItem, Marks, log_record, read_log};
pub(crate) use member::{
    MemberFields, MemberRecord, Place, ThreadRecord, numbers_record, once_record, places, read_numbers, read_once,
    read_places,
};
pub(crate) use metadata::{metadata_record, metadata_sum_record, read_metadata, read_metadata_sum};
pub(crate) use object::{object_record, read_object};
pub(crate) use sharing::{SEEN_SPAN, SeenRecord, SharerRecord, acl_record, read_acl};

use crate::blob::BlobHash;
use crate::engine::Key;
use crate::id::{DeliveryId, EmailId, MailboxId, ObjectId, ThreadId};
use crate::key::{KeyBuilder, KeyReader};
use crate::mailbox::MailboxName;
use crate::metadata::Annotated;
use crate::object::ObjectKind;
use names::AccountId;

/// The kinds of records in an account.
pub(crate) mod kind {
    pub(crate) const HEAD: u8 = 1;
    pub(crate) const MAILBOX: u8 = 2;
    pub(crate) const MEMBER: u8 = 3;
    pub(crate) const EMAIL: u8 = 4;
    pub(crate) const EMAIL_MORE: u8 = 5;
    pub(crate) const BY_EMAIL: u8 = 6;
    pub(crate) const DATE: u8 = 7;
    pub(crate) const THREAD: u8 = 8;
    pub(crate) const THREAD_KEY: u8 = 9;
    pub(crate) const LOG: u8 = 10;
    pub(crate) const TOMB: u8 = 11;
    pub(crate) const USE: u8 = 12;
    pub(crate) const KEYWORD: u8 = 13;
    pub(crate) const SUBSCRIPTION: u8 = 14;
    pub(crate) const ONCE: u8 = 15;
    pub(crate) const METADATA: u8 = 16;
    pub(crate) const UPLOAD: u8 = 17;
    pub(crate) const ACL: u8 = 20;
    pub(crate) const SHARER: u8 = 21;
    pub(crate) const SEEN: u8 = 22;
    pub(crate) const OBJECT: u8 = 23;
    /// The highest of them.
    pub(crate) const LAST: u8 = OBJECT;
}

/// In the System partition: the schema's version and the epoch.
pub(crate) const STORE_KEY: &[u8] = b"\x01store";

/// There too: by which time the last sweep went.
pub(crate) const SWEPT_KEY: &[u8] = b"\x01swept";

/// There too: the key that signs what is pushed; and, by account, who is pushed to.
pub(crate) const PUSH_KEY: &[u8] = b"\x01push-key";
pub(crate) const PUSHED: u8 = 2;

pub(crate) fn head() -> Key {
    KeyBuilder::new(kind::HEAD).key()
}

pub(crate) fn mailbox(id: MailboxId) -> Key {
    KeyBuilder::new(kind::MAILBOX).u64(id.0).key()
}

pub(crate) fn member(mailbox: MailboxId, uid: u32) -> Key {
    KeyBuilder::new(kind::MEMBER).u64(mailbox.0).u32(uid).key()
}

/// All members of a mailbox.
pub(crate) fn members(mailbox: MailboxId) -> Key {
    KeyBuilder::new(kind::MEMBER).u64(mailbox.0).key()
}

pub(crate) fn email(id: EmailId) -> Key {
    KeyBuilder::new(kind::EMAIL).u64(id.0).key()
}

/// The email whose record stands under `key`.
pub(crate) fn email_id(key: &[u8]) -> Option<EmailId> {
    KeyReader::new(key, kind::EMAIL).and_then(|mut key| key.u64()).map(EmailId).ok()
}

pub(crate) fn email_more(id: EmailId) -> Key {
    KeyBuilder::new(kind::EMAIL_MORE).u64(id.0).key()
}

pub(crate) fn by_email(id: EmailId) -> Key {
    KeyBuilder::new(kind::BY_EMAIL).u64(id.0).key()
}

pub(crate) fn thread(id: ThreadId) -> Key {
    KeyBuilder::new(kind::THREAD).u64(id.0).key()
}

pub(crate) fn thread_email(id: ThreadId, email: EmailId) -> Key {
    KeyBuilder::new(kind::THREAD).u64(id.0).u64(email.0).key()
}

pub(crate) fn thread_key(hash: u64) -> Key {
    KeyBuilder::new(kind::THREAD_KEY).u64(hash).key()
}

pub(crate) fn log(modseq: u64) -> Key {
    KeyBuilder::new(kind::LOG).u64(modseq).key()
}

pub(crate) fn tomb(time: u64, email: EmailId) -> Key {
    KeyBuilder::new(kind::TOMB).u64(time).u64(email.0).key()
}

/// All uses of a blob.
pub(crate) fn uses(hash: BlobHash) -> Key {
    KeyBuilder::new(kind::USE).bytes(&hash.0).key()
}

/// In the place of an email where an upload uses the blob: no email has this number.
pub(crate) const UPLOAD: EmailId = EmailId(0);

pub(crate) fn upload(time: u64, hash: BlobHash) -> Key {
    KeyBuilder::new(kind::UPLOAD).u64(time).bytes(&hash.0).key()
}

pub(crate) fn blob_use(hash: BlobHash, email: EmailId) -> Key {
    KeyBuilder::new(kind::USE).bytes(&hash.0).u64(email.0).key()
}

pub(crate) fn keyword(number: u16) -> Key {
    KeyBuilder::new(kind::KEYWORD).u32(u32::from(number)).key()
}

pub(crate) fn subscription(name: &MailboxName) -> Key {
    KeyBuilder::new(kind::SUBSCRIPTION).bytes(name.as_str().as_bytes()).key()
}

pub(crate) fn once(delivery: DeliveryId) -> Key {
    KeyBuilder::new(kind::ONCE).bytes(&delivery.0.to_be_bytes()).key()
}

pub(crate) fn metadata_sum() -> Key {
    KeyBuilder::new(kind::METADATA).key()
}

pub(crate) fn metadata(of: Annotated) -> Key {
    KeyBuilder::new(kind::METADATA).u64(annotated_number(of)).key()
}

/// What has annotations, as a number: no mailbox has the id zero.
pub(crate) const fn annotated_number(of: Annotated) -> u64 {
    match of {
        Annotated::Account => 0,
        Annotated::Mailbox(mailbox) => mailbox.0,
    }
}

pub(crate) const fn annotated(number: u64) -> Annotated {
    if number == 0 { Annotated::Account } else { Annotated::Mailbox(MailboxId(number)) }
}

pub(crate) fn acl(mailbox: MailboxId) -> Key {
    KeyBuilder::new(kind::ACL).u64(mailbox.0).key()
}

pub(crate) fn sharer(owner: AccountId) -> Key {
    KeyBuilder::new(kind::SHARER).u64(owner.0).key()
}

pub(crate) fn seen(mailbox: MailboxId, reader: AccountId, span: u32) -> Key {
    KeyBuilder::new(kind::SEEN).u64(mailbox.0).u64(reader.0).u32(span).key()
}

/// All that an account has seen of a mailbox.
pub(crate) fn seen_by(mailbox: MailboxId, reader: AccountId) -> Key {
    KeyBuilder::new(kind::SEEN).u64(mailbox.0).u64(reader.0).key()
}

pub(crate) fn object(of: ObjectKind, id: ObjectId) -> Key {
    KeyBuilder::new(kind::OBJECT).byte(of as u8).u64(id.0).key()
}

/// All objects of a kind.
pub(crate) fn objects(of: ObjectKind) -> Key {
    KeyBuilder::new(kind::OBJECT).byte(of as u8).key()
}
