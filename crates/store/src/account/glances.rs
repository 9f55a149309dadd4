//! What sorting and threading ask of many emails, found where their records are read: nothing is copied but what is
//! kept, and what sessions hold in the cache of records stays there.
use super::Account;
use crate::engine::{EngineError, Key, Read};
use crate::error::Error;
use crate::id::EmailId;
use crate::key::KeyReader;
use crate::lock::lock;
use crate::look::MAX_SHOWN;
use crate::schema::{self, EmailRecord, kind};
use futures_util::future::BoxFuture;
use message::Glance;
use names::AccountId;
use std::sync::{Arc, Mutex};

/// The answer to [`Account::glance_at`].
pub type Glances<T> = BoxFuture<'static, Result<T, Error>>;

/// Between two emails that are asked for so many others are passed over rather than that a new place is looked for.
const GAP: u64 = 8;

impl Account {
    /// Shows what sorting and threading ask of emails to `look`, each with what was asked with it; gives what `look` has
    /// kept. They come in the order of their ids, but those last of which much is known. One that is not there, or cannot
    /// be read, is not shown: that is logged, and harms no other. `look` runs where records are read, so it is short, and
    /// some thousand emails at a time are enough.
    ///
    /// # Errors
    /// What the engine says.
    pub fn glance_at<T, K>(
        &self,
        mut emails: Vec<(EmailId, K)>,
        look: Arc<impl Fn(&mut T, K, &Glance<'_>) + Send + Sync + 'static>,
    ) -> Glances<T>
    where
        T: Default + Send + 'static,
        K: Send + 'static,
    {
        let account = self.clone();
        emails.sort_by_key(|(id, _)| *id);
        Box::pin(async move {
            let ids: Vec<EmailId> = emails.iter().map(|(id, _)| *id).collect();
            let mut looked = account.look(Looked::new(emails), &ids, schema::email, &look).await?;
            let mut long = std::mem::take(&mut looked.long);
            long.sort_unstable();
            long.dedup();
            looked = account.look(looked, &long, schema::email_more, &look).await?;
            Ok(looked.kept)
        })
    }

    /// Looks at the records of one kind; `ids` ascend.
    async fn look<T: Send + 'static, K: Send + 'static>(
        &self,
        looked: Looked<T, K>,
        ids: &[EmailId],
        key: fn(EmailId) -> Key,
        look: &Arc<impl Fn(&mut T, K, &Glance<'_>) + Send + Sync + 'static>,
    ) -> Result<Looked<T, K>, Error> {
        let looked = Arc::new(Mutex::new(Some(looked)));
        let mut reads = neighbours(ids, key);
        let mut together = true;
        while !reads.is_empty() {
            reads = match self.show(reads, &looked, look).await {
                // a damaged page ends a scan; one by one only what is on it is missing
                Err(EngineError::Corrupt(_)) if std::mem::take(&mut together) => {
                    ids.iter().map(|id| Read::Get(key(*id))).collect()
                }
                rest => rest?,
            };
        }
        lock(&looked).take().ok_or_else(|| EngineError::Closed.into())
    }

    /// Shows records, and gives the reads that are left.
    async fn show<T: Send + 'static, K: Send + 'static>(
        &self,
        reads: Vec<Read>,
        looked: &Arc<Mutex<Option<Looked<T, K>>>>,
        look: &Arc<impl Fn(&mut T, K, &Glance<'_>) + Send + Sync + 'static>,
    ) -> Result<Vec<Read>, EngineError> {
        let (account, looked, look) = (self.head.id, looked.clone(), look.clone());
        let see = move |key: &[u8], _: u64, payload: &[u8]| {
            if let Some(looked) = lock(&looked).as_mut() {
                looked.see(account, (key, payload), &*look);
            }
        };
        let shown = self.head.ground.engine.show(self.head.partition(), reads.clone(), Box::new(see)).await?;
        let mut rest = Vec::new();
        for (read, shown) in reads.into_iter().zip(shown) {
            shown.corrupt.iter().for_each(|key| self.log_corrupt(key));
            if let (Read::Scan { to, limit, reverse, .. }, Some(mut from), true) = (read, shown.last, shown.more) {
                from.push(0);
                rest.push(Read::Scan { from, to, limit, reverse });
            }
        }
        Ok(rest)
    }
}

/// What reads emails that ascend: neighbours with one scan.
fn neighbours(ids: &[EmailId], key: fn(EmailId) -> Key) -> Vec<Read> {
    let runs = ids.chunk_by(|one, next| next.0.saturating_sub(one.0) <= GAP);
    let read = |run: &[EmailId]| {
        let (first, last) = (*run.first()?, *run.last()?);
        let (from, to) = (key(first), key(EmailId(last.0.saturating_add(1))));
        Some(if first == last { Read::Get(from) } else { Read::Scan { from, to, limit: MAX_SHOWN, reverse: false } })
    };
    runs.filter_map(read).collect()
}

/// Emails that are looked at, and what came of it.
struct Looked<T, K> {
    kept: T,
    /// Ascending; an email may be asked for more than once. What was asked with it is gone once it was shown.
    asked: Vec<(EmailId, Option<K>)>,
    /// Where the next one is, if they come in their order.
    at: usize,
    /// Those of which so much is known that it stands in a record of its own.
    long: Vec<EmailId>,
}

impl<T: Default, K> Looked<T, K> {
    fn new(emails: Vec<(EmailId, K)>) -> Self {
        let asked = emails.into_iter().map(|(id, key)| (id, Some(key))).collect();
        Self { kept: T::default(), asked, at: 0, long: Vec::new() }
    }
}

impl<T, K> Looked<T, K> {
    /// Sees a record: of an email, or of what did not fit into that.
    fn see(&mut self, account: AccountId, (key, payload): (&[u8], &[u8]), look: &impl Fn(&mut T, K, &Glance<'_>)) {
        let kind = key.first().copied().unwrap_or(0);
        let Ok(id) = KeyReader::new(key, kind).and_then(|mut key| key.u64()).map(EmailId) else { return };
        if self.asked.get(self.at).is_none_or(|asked| asked.0 != id) {
            self.at = self.asked.partition_point(|asked| asked.0 < id);
        }
        if self.asked.get(self.at).is_none_or(|asked| asked.0 != id) {
            return;
        }
        let parsed = match kind {
            kind::EMAIL_MORE => EmailRecord::decode_more(payload).map(Some),
            _ => EmailRecord::parsed_in(payload),
        };
        match parsed {
            Ok(Some(parsed)) => match Glance::at(parsed) {
                Ok(glance) => self.take(id, &glance, look),
                Err(error) => tracing::error!(%account, email = %id, %error, "the parse of an email cannot be read"),
            },
            Ok(None) => {
                self.long.push(id);
                while self.asked.get(self.at).is_some_and(|asked| asked.0 == id) {
                    self.at += 1;
                }
            }
            Err(error) => tracing::error!(%account, email = %id, %error, "email record"),
        }
    }

    /// Shows an email for each time that it was asked for.
    fn take(&mut self, id: EmailId, glance: &Glance<'_>, look: &impl Fn(&mut T, K, &Glance<'_>)) {
        while let Some((_, key)) = self.asked.get_mut(self.at).filter(|asked| asked.0 == id) {
            if let Some(key) = key.take() {
                look(&mut self.kept, key, glance);
            }
            self.at += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_are_read_together() {
        let reads = |ids: &[u64]| {
            let ids: Vec<EmailId> = ids.iter().copied().map(EmailId).collect();
            neighbours(&ids, schema::email)
        };
        let get = |id| Read::Get(schema::email(EmailId(id)));
        let scan = |from, to| {
            let (from, to) = (schema::email(EmailId(from)), schema::email(EmailId(to)));
            Read::Scan { from, to, limit: MAX_SHOWN, reverse: false }
        };
        assert_eq!(reads(&[]), []);
        assert_eq!(reads(&[7]), [get(7)]);
        assert_eq!(reads(&[7, 7]), [get(7)]);
        assert_eq!(reads(&[1, 2, 10, 19, 40, 41, 41]), [scan(1, 11), get(19), scan(40, 42)]);
    }
}
