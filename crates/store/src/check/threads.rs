//! Threads, and with them the counters of JMAP's view.
use super::Look;
use super::account::Sums;
use crate::engine::{Key, Value};
use crate::error::Error;
use crate::head::visible::{Seat, shown};
use crate::id::{EmailId, MailboxId, ThreadId};
use crate::key::KeyReader;
use crate::mailbox::Role;
use crate::records::KeyRange;
use crate::schema::{self, EmailRecord, MemberRecord, ThreadRecord, kind, read_numbers, read_places};
use std::collections::BTreeMap;

/// A thread while its emails go by: they follow its record.
struct Open {
    id: ThreadId,
    record: ThreadRecord,
    emails: u64,
    /// The email whose number the thread has is counted.
    founder: bool,
    shown: BTreeMap<MailboxId, (u64, u64)>,
}

impl Look<'_> {
    pub(super) async fn threads(&mut self, sums: &mut Sums) -> Result<(), Error> {
        let mut range = KeyRange::prefix(&[kind::THREAD]);
        let mut open: Option<Open> = None;
        while let Some(page) = self.page(&mut range).await? {
            for (key, value) in &page {
                if key.len() > 9 {
                    let Some((thread, email)) = self.decoded(key, thread_email(key)) else { continue };
                    match &mut open {
                        Some(open) if open.founder && thread == open.id && email.0 == thread.0 => {} // of version 1
                        Some(open) if open.id == thread => self.thread_email(open, email, sums).await?,
                        _ => self.fault(format!("thread {thread}: email {email} is in it, and it has no record")),
                    }
                    continue;
                }
                self.close(open.take(), sums);
                let read = thread_of(key, value);
                open = self.decoded(key, read);
                if let Some(open) = &mut open {
                    self.founder(open, sums).await?;
                }
            }
        }
        self.close(open, sums);
        Ok(())
    }

    /// The email whose number the thread has is in it, as long as there is one.
    async fn founder(&mut self, open: &mut Open, sums: &mut Sums) -> Result<(), Error> {
        let email = EmailId(open.id.0);
        let record = self.get(vec![schema::email(email)]).await?.pop().flatten();
        open.founder =
            record.is_some_and(|value| EmailRecord::decode(&value.payload).is_ok_and(|it| it.thread == open.id));
        if open.founder { self.thread_email(open, email, sums).await } else { Ok(()) }
    }

    async fn thread_email(&mut self, open: &mut Open, email: EmailId, sums: &mut Sums) -> Result<(), Error> {
        open.emails += 1;
        let places = self.get(vec![schema::by_email(email)]).await?.pop().flatten();
        let places = places.and_then(|value| read_places(&value.payload).ok()).unwrap_or_default();
        let keys = places.iter().map(|place| schema::member(place.mailbox, place.uid)).collect();
        let mut seats: Vec<Seat> = Vec::with_capacity(places.len());
        for (place, found) in places.iter().zip(self.get(keys).await?) {
            let member = found.and_then(|value| MemberRecord::decode(&value.payload).ok());
            seats.extend(member.map(|member| (place.mailbox, member.system)));
        }
        let (mailboxes, unread) = shown(&seats);
        for mailbox in mailboxes {
            let (emails, unread_emails) = open.shown.entry(mailbox).or_default();
            *emails += 1;
            *unread_emails += u64::from(unread);
            let counted = sums.counted.entry(mailbox).or_default();
            counted.emails += 1;
            counted.unread_emails += u64::from(unread);
        }
        Ok(())
    }

    fn close(&mut self, open: Option<Open>, sums: &mut Sums) {
        let Some(open) = open else { return };
        let id = open.id;
        if open.record.emails != open.emails || open.emails == 0 {
            self.fault(format!("thread {id}: it says {} emails, there are {}", open.record.emails, open.emails));
        }
        let shown: Vec<_> = open.shown.iter().map(|(mailbox, (emails, unread))| (*mailbox, *emails, *unread)).collect();
        if open.record.mailboxes != shown {
            self.fault(format!("thread {id}: it says {:?} by mailbox, there are {shown:?}", open.record.mailboxes));
        }
        let trash = sums.mailboxes.values().find(|mailbox| mailbox.role == Some(Role::Trash)).map(|mailbox| mailbox.id);
        let record = ThreadRecord { emails: open.emails, mailboxes: shown };
        for (mailbox, ..) in &record.mailboxes {
            let counted = sums.counted.entry(*mailbox).or_default();
            counted.threads += 1;
            counted.unread_threads += u64::from(record.is_unread(*mailbox, trash));
        }
    }

    /// Each thread key leads to a thread.
    pub(super) async fn thread_keys(&mut self) -> Result<(), Error> {
        let mut range = KeyRange::prefix(&[kind::THREAD_KEY]);
        while let Some(page) = self.page(&mut range).await? {
            let mut threads = Vec::with_capacity(page.len());
            for (key, value) in &page {
                let thread = read_numbers(&value.payload).map(|numbers| numbers.first().copied().unwrap_or(0));
                threads.extend(self.decoded(key, thread).map(ThreadId));
            }
            let found = self.get(threads.iter().map(|thread| schema::thread(*thread)).collect()).await?;
            for (thread, found) in threads.into_iter().zip(found) {
                if found.is_none() {
                    self.fault(format!("thread {thread}: a thread key leads to it, and it is not there"));
                }
            }
        }
        Ok(())
    }
}

fn thread_email(key: &Key) -> Result<(ThreadId, EmailId), Error> {
    let mut key = KeyReader::new(key, kind::THREAD)?;
    Ok((ThreadId(key.u64()?), EmailId(key.u64()?)))
}

fn thread_of(key: &Key, value: &Value) -> Result<Open, Error> {
    let id = ThreadId(KeyReader::new(key, kind::THREAD)?.u64()?);
    Ok(Open { id, record: ThreadRecord::decode(&value.payload)?, emails: 0, founder: false, shown: BTreeMap::new() })
}
