//! What emails a thread has.
use super::Account;
use crate::engine::{Found, Key, MAX_PAGE, Read};
use crate::error::Error;
use crate::id::{EmailId, ThreadId};
use crate::key::{KeyBuilder, KeyReader};
use crate::schema::{self, EmailRecord, kind};

impl Account {
    /// The emails of threads, tombstones among them, in the order asked and ascending, as of the last commit on disk;
    /// none for a thread that is not there. Of a thread the newest `limit` are given.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn thread_emails(&self, threads: &[ThreadId], limit: usize) -> Result<Vec<Vec<EmailId>>, Error> {
        let mut all = Vec::with_capacity(threads.len());
        for page in threads.chunks(MAX_PAGE / 2) {
            let reads = page.iter().flat_map(|thread| [founder(*thread), others(*thread, None, limit)]).collect();
            let mut found = self.head.ground.engine.read(self.head.partition(), reads).await?.into_iter();
            for thread in page {
                let founder = match found.next() {
                    Some(Found::One(Some(value))) => {
                        EmailRecord::decode(&value.payload).is_ok_and(|record| record.thread == *thread)
                    }
                    _ => false,
                };
                let mut emails = match found.next() {
                    Some(newest) => self.newest_of(*thread, newest, limit).await?,
                    None => Vec::new(),
                };
                if founder && emails.len() < limit {
                    emails.push(EmailId(thread.0));
                }
                emails.reverse();
                all.push(emails);
            }
        }
        Ok(all)
    }

    /// The emails of a thread but its founder, from the newest down; `found` are the first ones.
    async fn newest_of(&self, thread: ThreadId, mut found: Found, limit: usize) -> Result<Vec<EmailId>, Error> {
        let mut emails = Vec::new();
        while let Found::Many { items, more, corrupt } = found {
            corrupt.iter().for_each(|key| self.log_corrupt(key));
            let lowest = items.iter().map(|(key, _)| key).chain(&corrupt).min().cloned();
            let ids = items.iter().filter_map(|(key, _)| email_of(key));
            // in stores of before, the email with the thread's number has a record too
            emails.extend(ids.filter(|email| email.0 != thread.0));
            let (Some(lowest), true) = (lowest, more && emails.len() < limit) else { break };
            let read = others(thread, Some(lowest), limit - emails.len());
            let next = self.head.ground.engine.read(self.head.partition(), vec![read]).await?.into_iter().next();
            found = next.ok_or_else(|| Error::Corrupt("the engine gave no page".into()))?;
        }
        emails.truncate(limit);
        Ok(emails)
    }
}

/// The email whose number the thread has is in it without a record of its own.
fn founder(thread: ThreadId) -> Read {
    Read::Get(schema::email(EmailId(thread.0)))
}

/// Records of a thread below a key, from the highest down.
fn others(thread: ThreadId, below: Option<Key>, limit: usize) -> Read {
    let from = schema::thread_email(thread, EmailId(0));
    let to = below.unwrap_or_else(|| KeyBuilder::new(kind::THREAD).u64(thread.0.saturating_add(1)).key());
    Read::Scan { from, to, limit: limit.clamp(1, MAX_PAGE), reverse: true }
}

fn email_of(key: &[u8]) -> Option<EmailId> {
    let mut key = KeyReader::new(key, kind::THREAD).ok()?;
    key.u64().ok()?;
    key.u64().ok().map(EmailId)
}
