//! One transaction for a group of commits: preconditions, blobs, writes, in the order they were handed in.
use std::collections::BTreeMap;
use std::sync::Arc;

use rusqlite::Connection;
use store::{BlobHash, CommitError, Partition};

use super::location::{Location, PackUse, Place};
use super::packs::Reserved;
use super::prepared::{Prepared, own_key};
use super::schema::blob_key;
use super::shared::Shared;
use super::statements::{Failure, Statements};
use super::versions::{Version, Versions};

/// What the committer works with.
pub(crate) struct Writing<'c> {
    pub(crate) connection: &'c Connection,
    pub(crate) statements: Statements<'c>,
    pub(crate) versions: Versions,
    /// Pages of the log after which it is brought into the database.
    pub(crate) log_pages: u32,
}

/// What a group changes in the packs; becomes true with its commit.
#[derive(Default)]
pub(crate) struct Changes {
    pub(crate) uses: BTreeMap<u32, PackUse>,
    /// Blobs that got their location, and are no longer pending.
    pub(crate) named: Vec<BlobHash>,
    /// Large blobs that lost theirs.
    pub(crate) unplaced: Vec<BlobHash>,
    /// Places in packs that must be on disk before the group is.
    awaits: Vec<Arc<Reserved>>,
}

/// What a group looks things up in.
pub(crate) struct Around<'a> {
    pub(crate) uses: &'a BTreeMap<u32, PackUse>,
    pub(crate) shared: &'a Shared,
    pub(crate) now: u64,
}

/// Where a blob lies, as a commit that names it finds it.
enum Known {
    /// A record says so.
    Recorded(Location),
    /// It waits for its first name; with the place whose sync comes before.
    Waiting(Location, Option<Arc<Reserved>>),
}

/// The outcome of each commit of a group that is on disk.
pub(crate) type Outcomes = Vec<Result<(), CommitError>>;

impl<'c> Writing<'c> {
    /// Commits all that hold their preconditions; after a failure nothing of the group is there.
    pub(crate) fn commit_group(
        &mut self,
        group: &[&Prepared],
        around: &Around<'_>,
    ) -> Result<(Outcomes, Changes), Failure> {
        self.transaction(|writing, changes| {
            let outcomes: Outcomes =
                group.iter().map(|commit| writing.take(commit, around, changes)).collect::<Result<_, _>>()?;
            // the order that nothing breaks: the pack's sync, then the record's
            for held in &changes.awaits {
                let settled = held.settle(&around.shared.fatal, &around.shared.counters);
                settled.map_err(|_| Failure::Fatal("the sync of a pack".to_owned()))?;
            }
            Ok(outcomes)
        })
    }

    /// Runs `work` in a transaction with the records of the packs it changed.
    pub(crate) fn transaction<T>(
        &mut self,
        work: impl FnOnce(&mut Self, &mut Changes) -> Result<T, Failure>,
    ) -> Result<(T, Changes), Failure> {
        self.statements.begin()?;
        let mut changes = Changes::default();
        let done = work(self, &mut changes).and_then(|done| {
            for (number, used) in &changes.uses {
                let key = blob_key::pack(*number);
                if *used == PackUse::default() {
                    self.statements.blob.delete(&key)?;
                } else {
                    self.statements.blob.put(&key, &used.encode(&key))?;
                }
            }
            self.statements.commit()?;
            Ok(done)
        });
        match done {
            Ok(done) => Ok((done, changes)),
            Err(failure) => {
                self.versions.forget();
                self.statements.roll_back(self.connection)?;
                Err(failure)
            }
        }
    }

    /// One commit: everything is checked before anything is written.
    fn take(
        &mut self,
        commit: &Prepared,
        around: &Around<'_>,
        changes: &mut Changes,
    ) -> Result<Result<(), CommitError>, Failure> {
        for (key, wanted) in &commit.preconditions {
            let found = self.version(commit, key)?;
            if found != *wanted {
                return Ok(Err(CommitError::Conflict { key: own_key(key), found }));
            }
        }
        let mut located = Vec::with_capacity(commit.names.len());
        for hash in &commit.names {
            match self.find(*hash, around)? {
                Some(found) => located.push((*hash, found)),
                None => return Ok(Err(CommitError::NoSuchBlob(*hash))),
            }
        }
        for write in &commit.writes {
            let table = self.statements.table(commit.table);
            match write.version {
                Some(_) => table.put(&write.key, &write.sealed)?,
                None => table.delete(&write.key)?,
            }
            self.versions.written(&write.key, write.version);
        }
        for (hash, known) in located {
            self.name(hash, known, commit.partition, around, changes)?;
        }
        for hash in &commit.drops {
            self.drop_link(*hash, commit.partition, around.now)?;
        }
        Ok(Ok(()))
    }

    fn version(&mut self, commit: &Prepared, key: &[u8]) -> Result<Version, Failure> {
        if let Some(version) = self.versions.get(key) {
            return Ok(version);
        }
        let version = match self.statements.table(commit.table).get(key)? {
            None => None,
            Some(sealed) => {
                let value = store::unseal(commit.partition, &own_key(key), &sealed);
                let value =
                    value.ok_or_else(|| Failure::Here("a record under a precondition is damaged".to_owned()))?;
                Some(value.version)
            }
        };
        self.versions.set(key.to_vec(), version);
        Ok(version)
    }

    fn find(&mut self, hash: BlobHash, around: &Around<'_>) -> Result<Option<Known>, Failure> {
        if let Some(location) = self.location(hash)? {
            return Ok(Some(Known::Recorded(location)));
        }
        Ok(around.shared.pending.find_held(hash).map(|(location, held)| Known::Waiting(location, held)))
    }

    pub(crate) fn location(&mut self, hash: BlobHash) -> Result<Option<Location>, Failure> {
        let key = blob_key::location(hash);
        let Some(value) = self.statements.blob.get(&key)? else { return Ok(None) };
        let location = Location::decode(&key, &value);
        location.map(Some).ok_or_else(|| Failure::Here(format!("the location of blob {hash} is damaged")))
    }

    pub(crate) fn put_location(&mut self, hash: BlobHash, location: &Location) -> Result<(), Failure> {
        let key = blob_key::location(hash);
        self.statements.blob.put(&key, &location.encode(&key))
    }

    fn name(
        &mut self,
        hash: BlobHash,
        known: Known,
        partition: Partition,
        around: &Around<'_>,
        changes: &mut Changes,
    ) -> Result<(), Failure> {
        let location = match known {
            Known::Waiting(location, held) => {
                self.put_location(hash, &Location { unlinked: 0, first: Some(partition), ..location })?;
                changes.holds(&location, around.uses);
                changes.named.push(hash);
                changes.awaits.extend(held);
                return Ok(());
            }
            Known::Recorded(location) => location,
        };
        if location.unlinked != 0 {
            self.statements.blob.delete(&blob_key::unlinked(location.unlinked, hash))?;
            return self.put_location(hash, &Location { unlinked: 0, first: Some(partition), ..location });
        }
        if location.first == Some(partition) {
            return Ok(());
        }
        self.statements.blob.put(&blob_key::link(hash, partition), &[])
    }

    fn drop_link(&mut self, hash: BlobHash, partition: Partition, now: u64) -> Result<(), Failure> {
        self.statements.blob.delete(&blob_key::link(hash, partition))?;
        let found = match self.location(hash) {
            Ok(Some(found)) => found,
            Ok(None) => return Ok(()),
            // its bytes stay, for a check to name: they are in nobody's way who deletes
            Err(Failure::Here(cause)) => {
                tracing::error!(%hash, cause, "a blob is dropped whose place cannot be read");
                return Ok(());
            }
            Err(failure) => return Err(failure),
        };
        let location = Location { first: found.first.filter(|first| *first != partition), ..found };
        if location.unlinked == 0 && !self.is_linked(hash, &location)? {
            // 0 says linked, so the epoch itself becomes its first second
            let since = now.max(1);
            self.put_location(hash, &Location { unlinked: since, ..location })?;
            return self.statements.blob.put(&blob_key::unlinked(since, hash), &[]);
        }
        if location == found { Ok(()) } else { self.put_location(hash, &location) }
    }

    /// Whether a partition uses the blob that lies at `location`.
    pub(crate) fn is_linked(&mut self, hash: BlobHash, location: &Location) -> Result<bool, Failure> {
        if location.first.is_some() {
            return Ok(true);
        }
        let (from, to) = blob_key::links(hash);
        self.statements.any_blob_key(&from, &to)
    }
}

impl Changes {
    /// A blob lies at `location` from now on.
    pub(crate) fn holds(&mut self, location: &Location, before: &BTreeMap<u32, PackUse>) {
        if let Place::Pack { number, offset } = location.place {
            let used = self.used(number, before);
            used.live = used.live.saturating_add(location.length);
            used.end = used.end.max(offset.saturating_add(location.length));
        }
    }

    /// A blob no longer lies at `location`.
    pub(crate) fn leaves(&mut self, hash: BlobHash, location: &Location, before: &BTreeMap<u32, PackUse>) {
        match location.place {
            Place::Pack { number, .. } => {
                let used = self.used(number, before);
                used.live = used.live.saturating_sub(location.length);
            }
            Place::Large => self.unplaced.push(hash),
        }
    }

    fn used(&mut self, number: u32, before: &BTreeMap<u32, PackUse>) -> &mut PackUse {
        self.uses.entry(number).or_insert_with(|| before.get(&number).copied().unwrap_or_default())
    }
}

/// What a record about a pack says; `None` if it is damaged.
pub(crate) fn pack_use(key: &[u8], value: &[u8]) -> Option<(u32, PackUse)> {
    let number = u32::from_be_bytes(*key.get(1..)?.first_chunk::<4>()?);
    Some((number, PackUse::decode(key, value)?))
}
