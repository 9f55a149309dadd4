//! Sharing: each list is of a mailbox that is there, whoever is granted something finds it, and what others have seen
//! can be read.
use super::Look;
use super::account::Sums;
use crate::engine::{Found, Partition, PartitionKind, Read};
use crate::error::Error;
use crate::id::MailboxId;
use crate::key::KeyReader;
use crate::records::KeyRange;
use crate::schema::{self, HeadRecord, SeenRecord, SharerRecord, kind, read_acl};
use names::AccountId;

impl Look<'_> {
    pub(super) async fn sharing(&mut self, sums: &Sums) -> Result<(), Error> {
        self.acls(sums).await?;
        let mut range = KeyRange { from: vec![kind::SHARER], to: vec![kind::SEEN + 1] };
        while let Some(page) = self.page(&mut range).await? {
            for (key, value) in page {
                if key.first() == Some(&kind::SHARER) {
                    self.decoded(&key, SharerRecord::decode(&value.payload));
                } else {
                    self.decoded(&key, SeenRecord::decode(&value.payload));
                }
            }
        }
        Ok(())
    }

    async fn acls(&mut self, sums: &Sums) -> Result<(), Error> {
        let mut range = KeyRange::prefix(&[kind::ACL]);
        while let Some(page) = self.page(&mut range).await? {
            for (key, value) in page {
                let mailbox = KeyReader::new(&key, kind::ACL).and_then(|mut key| key.u64().map(MailboxId));
                let (Some(mailbox), Some(acl)) =
                    (self.decoded(&key, mailbox), self.decoded(&key, read_acl(&value.payload)))
                else {
                    continue;
                };
                if !sums.mailboxes.contains_key(&mailbox) {
                    self.fault(format!("mailbox {mailbox}: there is a list of who may use it, and no mailbox"));
                }
                for entry in acl.entries().iter().filter(|entry| entry.granted.is_some()) {
                    self.finds(mailbox, entry.account).await?;
                }
            }
        }
        Ok(())
    }

    /// The note is written before the list and outlives it.
    async fn finds(&mut self, mailbox: MailboxId, grantee: AccountId) -> Result<(), Error> {
        if grantee == self.account {
            return Ok(());
        }
        let partition = Partition::new(PartitionKind::Account, grantee.0);
        let reads = vec![Read::Get(schema::head()), Read::Get(schema::sharer(self.account))];
        let mut found = self.engine.read(partition, reads).await?.into_iter();
        let (Some(Found::One(Some(head))), note) = (found.next(), found.next()) else { return Ok(()) };
        let here = HeadRecord::decode(&head.payload).is_ok_and(|head| !head.leaving);
        if here && matches!(note, Some(Found::One(None))) {
            self.fault(format!("mailbox {mailbox}: account {grantee} is granted something and has no note of it"));
        }
        Ok(())
    }
}
