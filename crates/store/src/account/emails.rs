//! Reading emails: their records, where they are, their bytes.
use super::Account;
use crate::blob::{BlobSource, OpenedBlob};
use crate::email::{Email, Membership};
use crate::engine::{EngineError, Found, Key, MAX_PAGE, Read, Value};
use crate::error::Error;
use crate::flags::Flags;
use crate::head::{Keywords, State};
use crate::id::{EmailId, ModSeq, Uid};
use crate::schema::{self, EmailRecord, MemberRecord, Place, read_places};
use bytes::Bytes;
use futures_util::future::BoxFuture;
use message::Parsed;
use std::ops::Range;
use std::sync::Arc;

/// The bytes of a message, open for reading.
pub struct MessageSource {
    source: Box<dyn BlobSource>,
}

impl MessageSource {
    /// What opening the blob of an email came to.
    pub(super) fn of(email: &Email, opened: OpenedBlob) -> Result<Self, Error> {
        match opened? {
            Some(source) => Ok(Self { source }),
            None => Err(Error::Corrupt(format!("email {}: {} is not stored", email.id, email.blob))),
        }
    }

    /// Its size.
    pub fn size(&self) -> u64 {
        self.source.size()
    }

    /// The bytes of `range`, cut at the end. Costs what the range touches, not the whole.
    ///
    /// # Errors
    /// [`Error::Corrupt`] rather than a wrong byte.
    pub async fn read(&self, range: Range<u64>) -> Result<Bytes, Error> {
        Ok(self.source.read(range).await?)
    }
}

/// The answer to [`Account::ask_for_emails`].
pub type EmailsAsked = BoxFuture<'static, Result<Vec<Option<Arc<Email>>>, Error>>;

impl Account {
    /// The records of emails, in the order asked; `None` for one that is not there, or cannot be read: that is
    /// logged, and harms no other.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn emails(&self, ids: &[EmailId]) -> Result<Vec<Option<Arc<Email>>>, Error> {
        let mut emails = self.emails.get(self.head.id, ids);
        let mut missing: Vec<EmailId> =
            ids.iter().zip(&emails).filter(|(_, email)| email.is_none()).map(|(id, _)| *id).collect();
        if missing.is_empty() {
            return Ok(emails);
        }
        missing.sort_unstable();
        missing.dedup();
        let mut read = Vec::with_capacity(missing.len());
        for page in missing.chunks(MAX_PAGE) {
            read.extend(self.read_emails(page).await?);
        }
        read.sort_unstable_by_key(|email| email.id);
        for (id, email) in ids.iter().zip(&mut emails).filter(|(_, email)| email.is_none()) {
            let at = read.binary_search_by_key(id, |email| email.id).ok();
            *email = at.and_then(|at| read.get(at)).cloned();
        }
        Ok(emails)
    }

    /// As [`Self::emails`], begun at once, whether or not anybody waits for it yet.
    pub fn ask_for_emails(&self, ids: Vec<EmailId>) -> EmailsAsked {
        let account = self.clone();
        let asked = self.head.ground.tasks.spawn(async move { account.emails(&ids).await });
        Box::pin(async move { asked.await.unwrap_or_else(|_| Err(EngineError::Closed.into())) })
    }

    /// Reads records that ascend; neighbours with one scan.
    async fn read_emails(&self, ids: &[EmailId]) -> Result<Vec<Arc<Email>>, Error> {
        let (Some(first), Some(last)) = (ids.first(), ids.last()) else { return Ok(Vec::new()) };
        // A scan also reads what lies between: up to as many again.
        let neighbours = ids.len() > 4 && last.0 - first.0 < 2 * ids.len() as u64;
        let reads = if neighbours {
            let (from, to) = (schema::email(*first), schema::email(EmailId(last.0.saturating_add(1))));
            vec![Read::Scan { from, to, limit: MAX_PAGE, reverse: false }]
        } else {
            ids.iter().map(|id| Read::Get(schema::email(*id))).collect()
        };
        let engine = &self.head.ground.engine;
        let answered = match engine.read(self.head.partition(), reads).await {
            Err(EngineError::Corrupt(_)) if neighbours => {
                // a damaged page ends a scan; one by one only what is on it is missing
                let one_by_one = ids.iter().map(|id| Read::Get(schema::email(*id))).collect();
                engine.read(self.head.partition(), one_by_one).await
            }
            answered => answered,
        };
        let mut records: Vec<(EmailId, Value)> = Vec::with_capacity(ids.len());
        let mut complete = true;
        for (found, id) in answered?.into_iter().zip(ids) {
            match found {
                Found::One(Some(value)) => {
                    records.push((*id, value));
                }
                Found::One(None) => {}
                Found::Many { items, more, corrupt } => {
                    complete = !more;
                    corrupt.iter().for_each(|key| self.log_corrupt(key));
                    let asked = items.into_iter().filter_map(|(key, value)| Some((schema::email_id(&key)?, value)));
                    records.extend(asked.filter(|(id, _)| ids.binary_search(id).is_ok()));
                }
                Found::Corrupt(key) => self.log_corrupt(&key),
            }
        }
        let mut emails = self.decode_emails(records).await?;
        if !complete {
            // The range had more than a page: fetch the rest one by one.
            let done = emails.len();
            let rest: Vec<EmailId> =
                ids.iter().copied().filter(|id| !emails.iter().any(|email| email.id == *id)).collect();
            if done > 0 && rest.len() < ids.len() {
                emails.extend(Box::pin(self.read_emails(&rest)).await?);
            }
        }
        Ok(emails)
    }

    async fn decode_emails(&self, records: Vec<(EmailId, Value)>) -> Result<Vec<Arc<Email>>, Error> {
        let mut decoded = Vec::with_capacity(records.len());
        let mut long = Vec::new();
        for (id, value) in records {
            match EmailRecord::decode(&value.payload) {
                Ok(record) => {
                    if record.parsed.is_none() {
                        long.push(Read::Get(schema::email_more(id)));
                    }
                    decoded.push((id, record));
                }
                Err(error) => tracing::error!(account = %self.head.id, email = %id, %error, "email record"),
            }
        }
        let mut more = if long.is_empty() {
            Vec::new().into_iter()
        } else {
            self.head.ground.engine.read(self.head.partition(), long).await?.into_iter()
        };
        let mut emails = Vec::with_capacity(decoded.len());
        for (id, mut record) in decoded {
            let parsed = match record.parsed.take() {
                Some(parsed) => Some(parsed),
                None => match more.next() {
                    Some(Found::One(Some(value))) => EmailRecord::decode_more(&value.payload).ok().map(<[u8]>::to_vec),
                    _ => None,
                },
            };
            match parsed.map(|parsed| (parsed.len(), Parsed::decode(&parsed))) {
                Some((encoded, Ok(parsed))) => {
                    let email = Arc::new(email_of(id, record, parsed));
                    self.emails.put(self.head.id, email.clone(), encoded);
                    emails.push(email);
                }
                _ => tracing::error!(account = %self.head.id, email = %id, "the parse of an email cannot be read"),
            }
        }
        Ok(emails)
    }

    pub(super) fn log_corrupt(&self, key: &Key) {
        let key = data_encoding::HEXLOWER.encode(key);
        tracing::error!(account = %self.head.id, key, "record fails its sum");
    }

    /// Where an email is, as of the last commit on disk; empty for one that is deleted.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn memberships(&self, email: EmailId) -> Result<Vec<Membership>, Error> {
        for _ in 0..ROUNDS {
            let told = self.head.told().await?;
            let reads = vec![Read::Get(schema::by_email(email))];
            let found = self.head.ground.engine.read(self.head.partition(), reads).await?;
            let Some(Found::One(Some(record))) = found.into_iter().next() else { return Ok(Vec::new()) };
            let places = read_places(&record.payload)?;
            if let Some(memberships) = self.members_at(&told, &places).await? {
                return Ok(memberships);
            }
        }
        Err(Error::Conflict)
    }

    /// The memberships at some places; `None` if a commit has just changed one.
    async fn members_at(&self, told: &State, places: &[Place]) -> Result<Option<Vec<Membership>>, Error> {
        let reads = places.iter().map(|place| Read::Get(schema::member(place.mailbox, place.uid))).collect();
        let found = self.head.ground.engine.read(self.head.partition(), reads).await?;
        let mut memberships = Vec::with_capacity(places.len());
        for (place, found) in places.iter().zip(found) {
            let Found::One(Some(value)) = found else { return Ok(None) };
            let member = MemberRecord::decode(&value.payload)?;
            let Some(uid) = Uid::new(place.uid) else { continue };
            memberships.push(Membership {
                mailbox: place.mailbox,
                uid,
                flags: flags_of(member.system, &member.keywords, &told.keywords),
                modseq: ModSeq(member.modseq),
                saved: member.saved,
            });
        }
        Ok(Some(memberships))
    }

    /// Opens the bytes of an email: the whole, its prefix included.
    ///
    /// # Errors
    /// [`Error::Corrupt`] when they are not stored.
    pub async fn open(&self, email: &Email) -> Result<MessageSource, Error> {
        MessageSource::of(email, self.head.ground.engine.blobs().open(email.blob).await)
    }
}

/// How often a read is begun anew because a commit came between its steps.
pub(super) const ROUNDS: usize = 100;

pub(super) fn flags_of(system: crate::flags::SystemFlags, numbers: &[u16], keywords: &Keywords) -> Flags {
    Flags { system, keywords: numbers.iter().filter_map(|number| keywords.word(*number)).collect() }
}

fn email_of(id: EmailId, record: EmailRecord, parsed: Parsed) -> Email {
    Email {
        id,
        thread: record.thread,
        blob: record.blob,
        size: record.size,
        prefix_len: record.prefix_len,
        received: record.received,
        original_recipient: record.original_recipient,
        uidl: record.uidl,
        parsed,
    }
}
