//! Emails, tombstones, and their use of blobs.
use super::Look;
use super::account::Sums;
use crate::blob::BlobHash;
use crate::engine::{Key, Value};
use crate::error::Error;
use crate::id::EmailId;
use crate::key::KeyReader;
use crate::records::KeyRange;
use crate::schema::{self, EmailRecord, kind, read_places};
use message::Parsed;
use std::collections::BTreeSet;

fn email_of(key: &Key, value: &Value) -> Result<(EmailId, EmailRecord), Error> {
    Ok((EmailId(KeyReader::new(key, kind::EMAIL)?.u64()?), EmailRecord::decode(&value.payload)?))
}

/// The record by which a thread knows an email: its own, if it has the email's number.
fn in_thread(id: EmailId, email: &EmailRecord) -> Key {
    if email.thread.0 == id.0 { schema::thread(email.thread) } else { schema::thread_email(email.thread, id) }
}

impl Look<'_> {
    pub(super) async fn emails(&mut self, sums: &mut Sums) -> Result<(), Error> {
        let mut range = KeyRange::prefix(&[kind::EMAIL]);
        while let Some(page) = self.page(&mut range).await? {
            let mut emails = Vec::with_capacity(page.len());
            for (key, value) in &page {
                emails.extend(self.decoded(key, email_of(key, value)));
            }
            self.report.emails += emails.len() as u64;
            self.emails_back(&emails, sums).await?;
        }
        Ok(())
    }

    /// Each email has its thread, its use of the blob, its parse; it is somewhere, or a tombstone.
    async fn emails_back(&mut self, emails: &[(EmailId, EmailRecord)], sums: &mut Sums) -> Result<(), Error> {
        let keys = emails.iter().flat_map(|(id, email)| {
            [schema::by_email(*id), schema::email_more(*id), in_thread(*id, email), schema::blob_use(email.blob, *id)]
        });
        let mut found = self.get(keys.collect()).await?.into_iter();
        for (id, email) in emails {
            let mut next = || found.next().flatten();
            let (places, more, thread, blob_use) = (next(), next(), next(), next());
            match places.map(|value| read_places(&value.payload)) {
                Some(Ok(places)) if !places.is_empty() => {
                    sums.used += email.size;
                    sums.emails += 1;
                    self.places(*id, &places).await?;
                }
                Some(_) => self.fault(format!("email {id}: its list of places is empty or cannot be read")),
                None => sums.tombs += 1,
            }
            let more = more.as_ref().and_then(|value| EmailRecord::decode_more(&value.payload).ok());
            if email.parsed.as_deref().or(more).is_none_or(|parsed| Parsed::decode(parsed).is_err()) {
                self.fault(format!("email {id}: its parse cannot be read"));
            }
            if thread.is_none() {
                self.fault(format!("email {id}: thread {} does not know it", email.thread));
            }
            if blob_use.is_none() {
                self.fault(format!("email {id}: its use of {} is not noted", email.blob));
            }
        }
        Ok(())
    }

    /// Each place has a membership of this email.
    async fn places(&mut self, id: EmailId, places: &[schema::Place]) -> Result<(), Error> {
        let keys: Vec<Key> = places.iter().map(|place| schema::member(place.mailbox, place.uid)).collect();
        for (place, found) in places.iter().zip(self.get(keys).await?) {
            let member = found.and_then(|value| schema::MemberRecord::decode(&value.payload).ok());
            if member.is_none_or(|member| member.email != id) {
                self.fault(format!("email {id}: it is not at {}/{}", place.mailbox, place.uid));
            }
        }
        Ok(())
    }

    /// Each tombstone is an email without places, and there are as many as such emails.
    pub(super) async fn tombs(&mut self, sums: &Sums) -> Result<(), Error> {
        let mut range = KeyRange::prefix(&[kind::TOMB]);
        let mut count = 0;
        while let Some(page) = self.page(&mut range).await? {
            let mut ids = Vec::with_capacity(page.len());
            for (key, _) in &page {
                let read = KeyReader::new(key, kind::TOMB).and_then(|mut key| key.u64().and(key.u64()));
                ids.extend(self.decoded(key, read).map(EmailId));
            }
            count += ids.len() as u64;
            let keys = ids.iter().flat_map(|id| [schema::email(*id), schema::by_email(*id)]).collect();
            let mut found = self.get(keys).await?.into_iter();
            for id in ids {
                if let (None, _) | (_, Some(_)) = (found.next().flatten(), found.next().flatten()) {
                    self.fault(format!("tombstone {id}: the email is not there, or is somewhere"));
                }
            }
        }
        if count != sums.tombs {
            self.fault(format!("{count} tombstones for {} emails that are nowhere", sums.tombs));
        }
        Ok(())
    }

    /// Each noted use is an email's or an upload's, and its blob is stored and linked to the account.
    pub(super) async fn uses(&mut self) -> Result<(), Error> {
        let mut range = KeyRange::prefix(&[kind::USE]);
        let mut last = None;
        let mut uploaded = BTreeSet::new();
        while let Some(page) = self.page(&mut range).await? {
            let mut uses = Vec::with_capacity(page.len());
            for (key, _) in &page {
                let read = KeyReader::new(key, kind::USE)
                    .and_then(|mut key| Ok((BlobHash(key.array()?), EmailId(key.u64()?))));
                uses.extend(self.decoded(key, read));
            }
            let found = self.get(uses.iter().map(|(_, email)| schema::email(*email)).collect()).await?;
            for ((hash, id), found) in uses.into_iter().zip(found) {
                let email = found.and_then(|value| EmailRecord::decode(&value.payload).ok());
                if id == schema::UPLOAD {
                    uploaded.insert(hash);
                } else if email.as_ref().is_none_or(|email| email.blob != hash) {
                    self.fault(format!("{hash}: a use by email {id} is noted that is none"));
                }
                if last.replace(hash) != Some(hash) {
                    self.linked(hash, email.map(|email| email.size)).await?;
                }
            }
        }
        self.uploads(uploaded).await
    }

    /// Each upload has its use, and each such use an upload.
    async fn uploads(&mut self, mut used: BTreeSet<BlobHash>) -> Result<(), Error> {
        let mut range = KeyRange::prefix(&[kind::UPLOAD]);
        while let Some(page) = self.page(&mut range).await? {
            for (key, _) in &page {
                let read =
                    KeyReader::new(key, kind::UPLOAD).and_then(|mut key| Ok((key.u64()?, BlobHash(key.array()?))));
                let upload = self.decoded(key, read);
                if let Some((_, hash)) = upload
                    && !used.remove(&hash)
                {
                    self.fault(format!("{hash}: an upload of it is noted, and no use or another upload"));
                }
            }
        }
        used.iter().for_each(|hash| self.fault(format!("{hash}: its use by an upload is noted, and no upload")));
        Ok(())
    }

    async fn linked(&mut self, hash: BlobHash, size: Option<u64>) -> Result<(), Error> {
        let entry = super::blobs::entry(self.engine.blobs(), hash).await?;
        match entry {
            None => self.fault(format!("{hash}: it is used and not stored")),
            Some(entry) if !entry.links.contains(&self.partition) => {
                self.fault(format!("{hash}: it is used and not linked"));
            }
            Some(entry) if size.is_some_and(|size| size != entry.size) => {
                self.fault(format!("{hash}: it has {} bytes, its email says {size:?}", entry.size));
            }
            Some(_) => {}
        }
        Ok(())
    }
}
