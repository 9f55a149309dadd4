//! Blobs: each link of an account is used, and the bytes are what the hash says.
use super::{CheckDepth, CheckReport};
use crate::blob::{BlobEntry, BlobHash, Blobs};
use crate::engine::{Found, Partition, PartitionKind, Read};
use crate::error::Error;
use crate::records::KeyRange;
use crate::schema;
use crate::store::Store;
use names::AccountId;

/// Bytes read at a time.
const PIECE: u64 = 256 * 1024;

/// The entry of one blob.
pub(super) async fn entry(blobs: &dyn Blobs, hash: BlobHash) -> Result<Option<BlobEntry>, Error> {
    let page = blobs.page(before(hash), 1).await?;
    Ok(page.into_iter().next().filter(|entry| entry.hash == hash))
}

/// The hash right below; `None` for the lowest.
fn before(hash: BlobHash) -> Option<BlobHash> {
    let mut bytes = hash.0;
    for byte in bytes.iter_mut().rev() {
        let (lower, borrowed) = byte.overflowing_sub(1);
        *byte = lower;
        if !borrowed {
            return Some(BlobHash(bytes));
        }
    }
    None
}

impl Store {
    pub(super) async fn check_blobs(&self, depth: CheckDepth, report: &mut CheckReport) -> Result<(), Error> {
        let mut after = None;
        loop {
            let listed = self.engine().blobs().page(after, 100).await.map_err(Error::from);
            let Some(page) = report.read(None, "the list of blobs", listed)? else { return Ok(()) };
            let Some(last) = page.last() else { return Ok(()) };
            after = Some(last.hash);
            for entry in page {
                report.blobs += 1;
                for link in &entry.links {
                    if link.kind != PartitionKind::Account {
                        continue;
                    }
                    let account = Some(AccountId(link.id));
                    let used = self.link_is_used(entry.hash, *link).await;
                    if report.read(account, "the use of a blob", used)? == Some(false) {
                        report.fault(account, format!("{}: it is linked and not used", entry.hash));
                    }
                }
                if depth == CheckDepth::Bytes {
                    self.check_bytes(&entry, report).await?;
                }
            }
        }
    }

    /// Whether the account notes a use, or has lost the link meanwhile. Its writers wait.
    async fn link_is_used(&self, hash: BlobHash, link: Partition) -> Result<bool, Error> {
        let account = self.handle(AccountId(link.id));
        let _quiet = account.quiet().await;
        let range = KeyRange::prefix(&schema::uses(hash));
        let scan = Read::Scan { from: range.from, to: range.to, limit: 1, reverse: false };
        let found = self.engine().read(link, vec![scan]).await?;
        let used = matches!(found.first(), Some(Found::Many { items, corrupt, .. }) if !items.is_empty() || !corrupt.is_empty());
        if used {
            return Ok(true);
        }
        let now = entry(self.engine().blobs(), hash).await?;
        Ok(now.is_none_or(|entry| !entry.links.contains(&link)))
    }

    async fn check_bytes(&self, entry: &BlobEntry, report: &mut CheckReport) -> Result<(), Error> {
        let opened = self.engine().blobs().open(entry.hash).await.map_err(Error::from);
        let Some(Some(source)) = report.read(None, &entry.hash.to_string(), opened)? else { return Ok(()) };
        let mut hasher = blake3::Hasher::new();
        let mut at = 0;
        while at < source.size() {
            match source.read(at..at + PIECE).await {
                Ok(bytes) if !bytes.is_empty() => {
                    hasher.update(&bytes);
                    at += bytes.len() as u64;
                }
                Ok(_) => break,
                Err(error) => {
                    report.fault(None, format!("{}: {error}", entry.hash));
                    return Ok(());
                }
            }
        }
        if at != entry.size || *hasher.finalize().as_bytes() != entry.hash.0 {
            report.fault(None, format!("{}: its bytes are others", entry.hash));
        }
        Ok(())
    }
}
