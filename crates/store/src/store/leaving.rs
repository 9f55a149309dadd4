//! Removing an account, in bounded steps. The head goes last, so that a stop midway can be taken up again.
use super::Store;
use crate::author::Author;
use crate::blob::BlobHash;
use crate::engine::{Growth, Key, MAX_PAGE, Partition, PartitionKind, Precondition};
use crate::error::Error;
use crate::head::{Plan, Tx};
use crate::key::KeyReader;
use crate::records::{Change, KeyRange};
use crate::schema::{self, kind};
use names::AccountId;

impl Store {
    /// Removes an account with all that is in it, in bounded steps; it can be repeated after a stop midway, and of an
    /// account that is gone nothing is left to do.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn delete_account(&self, id: AccountId) -> Result<(), Error> {
        let head = self.heads.get(id, &self.ground);
        let leave = |tx: &mut Tx<'_>, (): &()| {
            tx.state.record.leaving = true;
            tx.growth = Growth::Frees;
            Ok(Plan::Commit(()))
        };
        match head.write_alone(&Author::named("delete"), async || Ok(()), leave).await {
            Ok(_) | Err(Error::NoSuchAccount(_)) => {}
            Err(error) => return Err(error),
        }
        head.forget();
        self.forget_grantee(id).await?;
        let partition = Partition::new(PartitionKind::Account, id.0);
        let records = self.records();
        let Some(head) = records.get(partition, schema::head()).await? else { return Ok(()) };
        let fence = Precondition::Version(schema::head(), head.version);
        let mut range = KeyRange { from: vec![kind::HEAD + 1], to: vec![kind::LAST + 1] };
        loop {
            let page = records.scan(partition, range.clone(), MAX_PAGE).await?;
            let Some((last, _)) = page.items.last() else { break };
            let next = range.after(last);
            let keys: Vec<Key> = page.items.iter().map(|(key, _)| key.clone()).collect();
            let mut change = Change::new(Growth::Frees);
            change.preconditions.push(fence.clone());
            change.drops_blobs = self.ending_uses(partition, &keys, page.more, &next).await?;
            for key in keys {
                change.delete(key);
            }
            records.commit(partition, change).await?;
            range = next;
        }
        let mut change = Change::new(Growth::Frees);
        change.remove(schema::head(), head.version);
        records.commit(partition, change).await?;
        Ok(())
    }

    /// The blobs whose last use is among these keys. Uses of one blob are neighbours: all but the last are surely over.
    async fn ending_uses(
        &self,
        partition: Partition,
        keys: &[Key],
        more: bool,
        rest: &KeyRange,
    ) -> Result<Vec<BlobHash>, Error> {
        let mut hashes = Vec::new();
        for key in keys.iter().filter(|key| key.first() == Some(&kind::USE)) {
            hashes.push(BlobHash(KeyReader::new(key, kind::USE)?.array()?));
        }
        hashes.dedup();
        if let (Some(last), true) = (hashes.last(), more) {
            let range = KeyRange { from: rest.from.clone(), to: KeyRange::prefix(&schema::uses(*last)).to };
            if range.from < range.to && !self.records().scan(partition, range, 1).await?.items.is_empty() {
                hashes.pop();
            }
        }
        Ok(hashes)
    }
}
