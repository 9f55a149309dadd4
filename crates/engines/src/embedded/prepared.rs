//! A commit made ready by the task that hands it in: keys whole, values sealed, so that the committer only writes.
use std::collections::BTreeSet;

use store::{BlobHash, Commit, CommitError, Growth, MAX_KEY, Partition, PartitionKind, Precondition, Write};

use super::schema::{PARTITION, Table, record_key};
use super::versions::Version;

/// A commit, ready to be written.
pub(crate) struct Prepared {
    pub(crate) partition: Partition,
    pub(crate) table: Table,
    /// Whole keys with the version that must be there.
    pub(crate) preconditions: Vec<(Vec<u8>, Version)>,
    /// Ascending by key: neighbours in the tree follow each other.
    pub(crate) writes: Vec<PreparedWrite>,
    pub(crate) names: Vec<BlobHash>,
    pub(crate) drops: Vec<BlobHash>,
    pub(crate) growth: Growth,
    /// Bytes of keys and values.
    pub(crate) bytes: usize,
}

/// One write, by its whole key.
pub(crate) struct PreparedWrite {
    pub(crate) key: Vec<u8>,
    /// The version, for later preconditions; `None` deletes.
    pub(crate) version: Version,
    /// The sealed value; empty when it deletes.
    pub(crate) sealed: Vec<u8>,
}

impl Prepared {
    /// Checks and seals.
    pub(crate) fn new(commit: Commit) -> Result<Self, CommitError> {
        let partition = commit.partition;
        check(&commit)?;
        let preconditions = commit.preconditions.into_iter().map(|precondition| match precondition {
            Precondition::Absent(key) => (record_key(partition, &key), None),
            Precondition::Version(key, version) => (record_key(partition, &key), Some(version)),
        });
        let writes = commit.writes.into_iter().map(|write| match write {
            Write::Put { key, version, payload } => PreparedWrite {
                sealed: store::seal(partition, &key, version, &payload),
                version: Some(version),
                key: record_key(partition, &key),
            },
            Write::Delete { key } => {
                PreparedWrite { key: record_key(partition, &key), version: None, sealed: Vec::new() }
            }
        });
        let mut writes: Vec<_> = writes.collect();
        writes.sort_unstable_by(|one: &PreparedWrite, other| one.key.cmp(&other.key));
        if writes.windows(2).any(|pair| matches!(pair, [one, other] if one.key == other.key)) {
            return Err(CommitError::Malformed("a key is written twice"));
        }
        let names: BTreeSet<BlobHash> = commit.names_blobs.into_iter().collect();
        // a blob both dropped and named in one commit is used
        let drops = commit.drops_blobs.into_iter().filter(|hash| !names.contains(hash)).collect();
        Ok(Self {
            partition,
            table: Table::of(partition.kind),
            preconditions: preconditions.collect(),
            bytes: writes.iter().map(|write| write.key.len() + write.sealed.len()).sum(),
            writes,
            names: names.into_iter().collect(),
            drops,
            growth: commit.growth,
        })
    }
}

fn check(commit: &Commit) -> Result<(), CommitError> {
    if commit.writes.iter().any(|write| write.key().len() > MAX_KEY) {
        return Err(CommitError::Malformed("a key is too long"));
    }
    let names_any = !commit.names_blobs.is_empty() || !commit.drops_blobs.is_empty();
    if names_any && commit.partition.kind == PartitionKind::Journal {
        // its file is not the one that knows where blobs lie
        return Err(CommitError::Malformed("the journal has no blobs"));
    }
    Ok(())
}

/// The key as the store knows it.
pub(crate) fn own_key(key: &[u8]) -> Vec<u8> {
    key.get(PARTITION..).unwrap_or_default().to_vec()
}
