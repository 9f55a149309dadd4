//! Partitions that are not accounts: each record's sum is right. What they mean their own rooms know.
use super::CheckReport;
use crate::engine::{Found, MAX_PAGE, Partition, PartitionKind, Read};
use crate::error::Error;
use crate::records::KeyRange;
use crate::store::Store;

/// Partitions listed at a time.
const LISTED: usize = 100;

impl Store {
    pub(super) async fn check_others(&self, report: &mut CheckReport) -> Result<(), Error> {
        for kind in PartitionKind::ALL.into_iter().filter(|kind| *kind != PartitionKind::Account) {
            let mut after = None;
            loop {
                let listed = self.listed(kind, after, LISTED).await;
                let Some(Some(page)) = report.read(None, "a list of partitions", listed)? else { break };
                after = Some(page.until);
                if let Some(hidden) = page.hidden {
                    report.fault(None, format!("a list of partitions: {hidden}"));
                }
                for id in page.ids {
                    let partition = Partition::new(kind, id);
                    let looked = self.check_sums(partition, report).await;
                    report.read(None, &partition.to_string(), looked)?;
                }
            }
        }
        Ok(())
    }

    async fn check_sums(&self, partition: Partition, report: &mut CheckReport) -> Result<(), Error> {
        let mut range = KeyRange::prefix(&[]);
        loop {
            let scan = Read::Scan { from: range.from.clone(), to: range.to.clone(), limit: MAX_PAGE, reverse: false };
            let found = self.engine().read(partition, vec![scan]).await?.into_iter().next();
            let Some(Found::Many { items, corrupt, .. }) = found else {
                return Err(Error::Corrupt(format!("{partition}: the engine gave no page")));
            };
            for key in &corrupt {
                let hex = data_encoding::HEXLOWER.encode(key);
                report.fault(None, format!("{partition}: record {hex} fails its sum"));
            }
            match items.last().map(|(key, _)| key).max(corrupt.last()) {
                Some(last) => range = range.after(last),
                None => return Ok(()),
            }
        }
    }
}
