//! What emails a thread has.
use super::Account;
use crate::engine::{Found, MAX_PAGE, Read};
use crate::error::Error;
use crate::id::{EmailId, ThreadId};
use crate::key::{KeyBuilder, KeyReader};
use crate::schema::{self, EmailRecord, kind};

impl Account {
    /// The emails of threads, tombstones among them, in the order asked and ascending, as of the last commit on disk;
    /// none for a thread that is not there. Of a thread the first `limit` are given.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn thread_emails(&self, threads: &[ThreadId], limit: usize) -> Result<Vec<Vec<EmailId>>, Error> {
        let mut all = Vec::with_capacity(threads.len());
        for page in threads.chunks(MAX_PAGE / 2) {
            let reads = page.iter().flat_map(|thread| [founder(*thread), others(*thread, limit)]).collect();
            let mut found = self.head.ground.engine.read(self.head.partition(), reads).await?.into_iter();
            for thread in page {
                let mut emails = Vec::new();
                if let Some(Found::One(Some(value))) = found.next()
                    && EmailRecord::decode(&value.payload).is_ok_and(|record| record.thread == *thread)
                {
                    emails.push(EmailId(thread.0));
                }
                if let Some(Found::Many { items, corrupt, .. }) = found.next() {
                    corrupt.iter().for_each(|key| self.log_corrupt(key));
                    let ids = items.iter().filter_map(|(key, _)| email_of(key));
                    // in stores of before, the email with the thread's number has a record too
                    emails.extend(ids.filter(|email| email.0 != thread.0));
                }
                emails.truncate(limit);
                all.push(emails);
            }
        }
        Ok(all)
    }
}

/// The email whose number the thread has is in it without a record of its own.
fn founder(thread: ThreadId) -> Read {
    Read::Get(schema::email(EmailId(thread.0)))
}

fn others(thread: ThreadId, limit: usize) -> Read {
    let from = schema::thread_email(thread, EmailId(0));
    let to = KeyBuilder::new(kind::THREAD).u64(thread.0.saturating_add(1)).key();
    Read::Scan { from, to, limit: limit.clamp(1, MAX_PAGE), reverse: false }
}

fn email_of(key: &[u8]) -> Option<EmailId> {
    let mut key = KeyReader::new(key, kind::THREAD).ok()?;
    key.u64().ok()?;
    key.u64().ok().map(EmailId)
}
