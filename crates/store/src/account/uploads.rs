//! Bytes that an account uploaded and no email has yet, and which blobs an account may read at all.
//!
//! A hash is a place, never a permission: what an account may read, its own records name. An upload is named for an hour
//! (RFC 8620, 6), counts against the quota while it is, and goes with the next upload, or the next sweep, after that.
use super::Account;
use crate::blob::{BlobHash, BlobSource};
use crate::codec::{Decoder, Encoder};
use crate::engine::{Found, Growth, Key, MAX_PAGE, Read};
use crate::error::Error;
use crate::head::{Plan, Tx};
use crate::id::EmailId;
use crate::key::KeyReader;
use crate::outcome::Outcome;
use crate::records::KeyRange;
use crate::schema::{self, LogItem, UPLOAD, kind};
use world::UnixTime;

/// How long an upload is kept, in seconds.
const KEPT: u64 = 3_600;
/// Uploads of an account at once.
const MAX_UPLOADS: usize = 1_000;
/// Records looked at for one blob: more emails of one blob than this are not told.
const MAX_NAMED: usize = 100;

/// Why an account may read a blob.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Named {
    /// Emails whose bytes it is, those of the last days among them that are nowhere any more; at most 100.
    pub emails: Vec<EmailId>,
    /// Whether the account uploaded it.
    pub uploaded: bool,
}

/// Uploads as they are on disk.
struct Uploads {
    /// All, the oldest first: since when, which, and how large.
    all: Vec<(u64, BlobHash, u64)>,
    /// Of those that are over, the ones that nothing else uses.
    unused: Vec<BlobHash>,
}

impl Account {
    /// Names a finished blob as uploaded, so that the account may use it for an hour at least. All uploads together come
    /// to `most` bytes, and to no more than is left of the quota.
    ///
    /// # Errors
    /// [`Error::OverQuota`], [`Error::Limit`]; else what the engine says.
    pub async fn keep_upload(&self, (hash, size): (BlobHash, u64), most: u64) -> Result<Outcome<()>, Error> {
        let now = self.head.ground.world.clock.now();
        let look = || self.uploads(now, Some(hash));
        let plan = |tx: &mut Tx<'_>, uploads: &Uploads| {
            remove_old(tx, uploads, now);
            let kept = || uploads.all.iter().filter(|(since, other, _)| !is_over(*since, now) && *other != hash);
            let used: u64 = kept().map(|(_, _, size)| size).sum();
            if kept().count() >= MAX_UPLOADS {
                return Err(Error::Limit { what: "uploads", limit: MAX_UPLOADS as u64 }.into());
            }
            let record = &tx.state.record;
            let room = record.limit.map_or(most, |limit| most.min(limit.saturating_sub(record.used)));
            if used + size > room {
                return Err(Error::OverQuota { used: used + size, limit: room }.into());
            }
            for (since, _, _) in uploads.all.iter().filter(|(_, other, _)| *other == hash) {
                tx.delete(schema::upload(*since, hash));
            }
            let mut payload = Encoder::new(1);
            payload.number(size);
            tx.put(schema::upload(now.secs(), hash), payload.finish());
            tx.put(schema::blob_use(hash, UPLOAD), Vec::new());
            tx.names_blob(hash);
            Ok(Plan::Commit(()))
        };
        self.head.write_alone(&self.who, look, plan).await
    }

    /// Opens a blob that a record of the account names; nothing where none does, just as where it is not stored.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn open_blob(&self, hash: BlobHash) -> Result<Option<(Named, Box<dyn BlobSource>)>, Error> {
        let named = self.named(hash).await?;
        if named == Named::default() {
            return Ok(None);
        }
        let source = self.head.ground.engine.blobs().open(hash).await?;
        Ok(source.map(|source| (named, source)))
    }

    /// Which records of the account name a blob.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn named(&self, hash: BlobHash) -> Result<Named, Error> {
        let mut named = Named::default();
        for key in self.keys(KeyRange::prefix(&schema::uses(hash)), MAX_NAMED + 1).await? {
            let mut key = KeyReader::new(&key, kind::USE)?;
            let (_, email) = (key.array::<32>()?, EmailId(key.u64()?));
            if email == UPLOAD {
                named.uploaded = true;
            } else {
                named.emails.push(email);
            }
        }
        Ok(named)
    }

    /// Removes uploads that are over.
    pub(super) async fn prune_uploads(&self, now: UnixTime) -> Result<(), Error> {
        let look = || self.uploads(now, None);
        let plan = |tx: &mut Tx<'_>, uploads: &Uploads| {
            if !uploads.all.iter().any(|(since, _, _)| is_over(*since, now)) {
                return Ok(Plan::Nothing(()));
            }
            remove_old(tx, uploads, now);
            tx.growth = Growth::Frees;
            tx.touch(LogItem::Pruned);
            Ok(Plan::Commit(()))
        };
        self.head.write_alone(&self.who, look, plan).await.map(drop)
    }

    async fn uploads(&self, now: UnixTime, coming: Option<BlobHash>) -> Result<Uploads, Error> {
        let mut uploads = Uploads { all: Vec::new(), unused: Vec::new() };
        let mut range = KeyRange::prefix(&[kind::UPLOAD]);
        while let Some((last, page)) = self.upload_page(range.clone()).await? {
            range = range.after(&last);
            uploads.all.extend(page);
        }
        for (_, hash, _) in uploads.all.iter().filter(|(since, hash, _)| is_over(*since, now) && Some(*hash) != coming)
        {
            let uses = self.keys(KeyRange::prefix(&schema::uses(*hash)), 2).await?;
            if uses.iter().all(|key| *key == schema::blob_use(*hash, UPLOAD)) {
                uploads.unused.push(*hash);
            }
        }
        Ok(uploads)
    }

    async fn upload_page(&self, range: KeyRange) -> Result<Option<(Key, Vec<(u64, BlobHash, u64)>)>, Error> {
        let items = self.scan(range).await?;
        let Some((last, _)) = items.last() else { return Ok(None) };
        let mut page = Vec::with_capacity(items.len());
        for (key, value) in &items {
            let mut key = KeyReader::new(key, kind::UPLOAD)?;
            let (since, hash) = (key.u64()?, BlobHash(key.array()?));
            page.push((since, hash, Decoder::new(&value.payload, "upload", 1)?.number()?));
        }
        Ok(Some((last.clone(), page)))
    }

    async fn keys(&self, range: KeyRange, limit: usize) -> Result<Vec<Key>, Error> {
        let scan = Read::Scan { from: range.from, to: range.to, limit: limit.min(MAX_PAGE), reverse: false };
        match self.head.ground.engine.read(self.head.partition(), vec![scan]).await?.into_iter().next() {
            Some(Found::Many { items, .. }) => Ok(items.into_iter().map(|(key, _)| key).collect()),
            _ => Err(Error::Corrupt("the engine gave no page".into())),
        }
    }
}

fn is_over(since: u64, now: UnixTime) -> bool {
    since.saturating_add(KEPT) <= now.secs()
}

fn remove_old(tx: &mut Tx<'_>, uploads: &Uploads, now: UnixTime) {
    for (since, hash, _) in uploads.all.iter().filter(|(since, _, _)| is_over(*since, now)) {
        tx.delete(schema::upload(*since, *hash));
        tx.delete(schema::blob_use(*hash, UPLOAD));
    }
    uploads.unused.iter().for_each(|hash| tx.drops_blob(*hash));
}
