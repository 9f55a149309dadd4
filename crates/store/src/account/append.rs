//! A message enters: APPEND, MULTIAPPEND, delivery.
use super::Account;
use crate::email::{Appended, NewEmail, QuotaCheck};
use crate::engine::{Found, Key, Read};
use crate::error::Error;
use crate::head::visible::count_in;
use crate::head::{Plan, Stop, Tx};
use crate::id::{DeliveryId, EmailId, MailboxId, ThreadId, Uid};
use crate::outcome::Outcome;
use crate::schema::{
    self, EmailRecord, LogItem, MemberRecord, Place, ThreadRecord, numbers_record, once_record, places, read_numbers,
    read_once,
};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use unicode_normalization::UnicodeNormalization;

/// A message with what can be worked out before the lock.
pub(super) struct Prepared {
    email: NewEmail,
    /// Hashes of each Message-ID that it names and its subject.
    thread_keys: Vec<u64>,
    /// The same with the subject as it is written: what it answers left those in stores of before the case was ignored.
    older_keys: Vec<u64>,
    parsed: Vec<u8>,
}

impl Account {
    /// Puts messages into a mailbox, all in one commit: all or none (RFC 3502). `Unchanged` when each was a delivery
    /// that had been taken before.
    ///
    /// # Errors
    /// [`Error::NoSuchMailbox`], [`Error::OverQuota`], [`Error::Limit`], [`Error::NoSpace`].
    pub async fn append(&self, mailbox: MailboxId, emails: Vec<NewEmail>) -> Result<Outcome<Vec<Appended>>, Error> {
        let prepared: Vec<Prepared> = emails.into_iter().map(Prepared::new).collect();
        // a message that answers none is rarely awaited by its thread: a read before each would tell what the commit finds
        let original = prepared.iter().all(|one| one.thread_keys.len() <= 1);
        let guesses = AtomicBool::new(original);
        let plan = |tx: &mut Tx<'_>| {
            tx.hand = self.hand;
            let keys = prepared.iter().flat_map(Prepared::asked_keys);
            let deliveries = prepared.iter().filter_map(|prepared| prepared.email.once).map(schema::once);
            if guesses.swap(false, Ordering::Relaxed) {
                tx.assume_absent(keys.chain(deliveries));
            } else {
                tx.want(keys.chain(deliveries))?;
            }
            append(tx, mailbox, &prepared)
        };
        self.head.write(&self.who, plan).await
    }

    /// Whether the message of a delivery was put into this account, as far back as deliveries are remembered.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn has_taken(&self, delivery: DeliveryId) -> Result<bool, Error> {
        let read = vec![Read::Get(schema::once(delivery))];
        let found = self.head.ground.engine.read(self.head.partition(), read).await?;
        Ok(matches!(found.first(), Some(Found::One(Some(_)))))
    }
}

impl Prepared {
    pub(super) fn new(email: NewEmail) -> Self {
        let thread = &email.blob.parsed.thread;
        let subject = message::thread_subject(&thread.base_subject);
        let ids: Vec<&[u8]> = thread.ids().collect();
        let keys = |subject: &str| ids.iter().map(|id| thread_hash(id, subject)).collect::<Vec<_>>();
        let thread_keys = keys(&compared(subject));
        // what names no other message joins none of before, unless that one overtook it
        let older_keys = if ids.len() > 1 { keys(subject) } else { Vec::new() };
        let parsed = email.blob.parsed.encode();
        Self { email, thread_keys, older_keys, parsed }
    }

    /// Where the threads are found that it may join.
    fn asked_keys(&self) -> impl Iterator<Item = Key> {
        self.thread_keys.iter().chain(&self.older_keys).map(|hash| schema::thread_key(*hash))
    }
}

/// A subject as it is compared: without its white space (RFC 8621, 3), and whatever the case of its letters and the form of
/// their marks (RFC 5256, 2.1; RFC 5051). It is hashed into keys that are kept, so it does not follow the collation of searches.
fn compared(subject: &str) -> String {
    let letters = subject.chars().filter(|letter| !letter.is_whitespace());
    letters.flat_map(char::to_uppercase).nfkd().collect()
}

/// Two emails of one account are in one thread only if they name a common Message-ID and have the same subject, apart from what
/// replies and forwards add.
fn thread_hash(id: &[u8], subject: &str) -> u64 {
    let mut hasher = blake3::Hasher::new();
    hasher.update(id).update(b"\0").update(subject.as_bytes());
    let mut hash = [0; 8];
    hasher.finalize_xof().fill(&mut hash);
    u64::from_be_bytes(hash)
}

/// Reads the thread keys that messages name, at once.
pub(super) fn want_keys(tx: &Tx<'_>, emails: &[Prepared]) -> Result<(), Stop> {
    tx.want(emails.iter().flat_map(Prepared::asked_keys))
}

/// Puts messages into a mailbox; their keys have been read, or are taken for absent.
pub(super) fn append(tx: &mut Tx<'_>, mailbox: MailboxId, emails: &[Prepared]) -> Result<Plan<Vec<Appended>>, Stop> {
    tx.mailbox(mailbox)?;
    want_threads(tx, emails)?;
    let mut appended = Vec::with_capacity(emails.len());
    let mut wrote = false;
    for prepared in emails {
        if let Some(record) = prepared.email.once.map(|once| tx.get(&schema::once(once))).transpose()?.flatten() {
            appended.push(read_once(&record)?);
            continue;
        }
        appended.push(append_one(tx, mailbox, prepared)?);
        wrote = true;
    }
    Ok(if wrote { Plan::Commit(appended) } else { Plan::Nothing(appended) })
}

fn append_one(tx: &mut Tx<'_>, mailbox: MailboxId, prepared: &Prepared) -> Result<Appended, Stop> {
    let email = &prepared.email;
    if email.quota == QuotaCheck::Asked {
        ask_quota(tx)?;
    }
    let keywords: Arc<[u16]> = tx.keyword_numbers(&email.flags)?.into();
    let id = EmailId(tx.new_id());
    let (thread, brought) = find_thread(tx, id, prepared)?;
    let member = MemberRecord {
        email: id,
        thread,
        modseq: tx.modseq(),
        size: email.blob.size,
        received: email.received.seconds,
        saved: tx.now.secs(),
        system: email.flags.system,
        shared: false,
        twin: false,
        keywords,
    };
    let (member, seen) = tx.entering(member, None);
    let next = tx.mailbox(mailbox)?.uid_next;
    tx.want_seen(mailbox, seen.then_some(next))?;
    let uid = place(tx, mailbox, &member)?;
    if seen {
        tx.put_seen(mailbox, &[(uid.get(), true)])?;
    }
    let own = thread.0 == id.0;
    let mut record = if own { ThreadRecord::default() } else { tx.thread(thread)? };
    record.emails += 1;
    tx.put(schema::thread(thread), record.encode());
    tx.recount(thread, &[], &[(mailbox, member.system)])?;
    if !own {
        tx.put(schema::thread_email(thread, id), numbers_record(&[]));
    }
    for hash in &brought {
        tx.put(schema::thread_key(*hash), numbers_record(&[thread.0]));
    }
    put_content(tx, id, (thread, brought), prepared);
    tx.put(schema::by_email(id), places(&[Place { mailbox, uid: uid.get() }]));
    tx.touch(LogItem::Arrived { mailbox, uid: uid.get(), email: id, new: true });
    let appended = Appended { mailbox, uid_validity: tx.mailbox(mailbox)?.uid_validity, uid, email: id, thread };
    if let Some(delivery) = email.once {
        tx.put(schema::once(delivery), once_record(&appended));
        tx.touch(LogItem::Once { delivery });
    }
    let modseq = tx.modseq();
    let head = &mut tx.state.record;
    head.used += email.blob.size;
    head.emails += 1;
    head.quota_modseq = modseq;
    Ok(appended)
}

/// Refuses growth when the account is full, so that at most one message goes over.
pub(super) fn ask_quota(tx: &Tx<'_>) -> Result<(), Error> {
    tx.state.record.ask_emails(tx.max_emails)?;
    let used = tx.state.record.used.saturating_add(tx.promised);
    match tx.state.record.limit {
        Some(limit) if used >= limit => Err(Error::OverQuota { used, limit }),
        _ => Ok(()),
    }
}

/// The oldest thread that the email belongs to, else one of its own, which takes the email's number; and which of
/// its thread keys are new. Threads never merge.
fn find_thread(tx: &Tx<'_>, id: EmailId, prepared: &Prepared) -> Result<(ThreadId, Vec<u64>), Stop> {
    let mut oldest: Option<u64> = None;
    for key in prepared.asked_keys() {
        if let Some(record) = tx.get(&key)? {
            let found = read_numbers(&record)?.first().copied();
            oldest = oldest.into_iter().chain(found).min();
        }
    }
    let mut brought = Vec::new();
    for hash in &prepared.thread_keys {
        if tx.get(&schema::thread_key(*hash))?.is_none() {
            brought.push(*hash);
        }
    }
    Ok((ThreadId(oldest.unwrap_or(id.0)), brought))
}

/// Reads the records of all threads that the messages may join, at once.
fn want_threads(tx: &Tx<'_>, emails: &[Prepared]) -> Result<(), Stop> {
    let mut threads = Vec::new();
    for key in emails.iter().flat_map(Prepared::asked_keys) {
        if let Some(record) = tx.get(&key)? {
            threads.extend(read_numbers(&record)?.into_iter().map(|id| schema::thread(ThreadId(id))));
        }
    }
    tx.want(threads)
}

/// Gives a membership the mailbox's next UID: its record, IMAP's counters, the view.
pub(super) fn place(tx: &mut Tx<'_>, mailbox: MailboxId, member: &MemberRecord) -> Result<Uid, Stop> {
    let found = tx.change_messages(mailbox)?;
    let full = Error::Limit { what: "messages in a mailbox", limit: u64::from(u32::MAX) };
    let uid = Uid::new(found.uid_next).ok_or(full)?;
    found.uid_next = found.uid_next.wrapping_add(1);
    count_in(found, member);
    tx.put_member(mailbox, uid.get(), member);
    tx.change_view(mailbox, |view, keywords| view.push(uid.get(), member, |number| keywords.word(number)));
    Ok(uid)
}

fn put_content(tx: &mut Tx<'_>, id: EmailId, (thread, brought): (ThreadId, Vec<u64>), prepared: &Prepared) {
    let email = &prepared.email;
    let record = EmailRecord {
        thread,
        blob: email.blob.hash,
        size: email.blob.size,
        prefix_len: email.prefix_len,
        received: email.received,
        original_recipient: email.original_recipient.clone(),
        uidl: email.uidl.clone(),
        brought,
        parsed: None,
    };
    let (record, more) = record.encode(&prepared.parsed);
    tx.put(schema::email(id), record);
    if let Some(more) = more {
        tx.put(schema::email_more(id), more);
    }
    tx.put(schema::blob_use(email.blob.hash, id), Vec::new());
    tx.names_blob(email.blob.hash);
}
