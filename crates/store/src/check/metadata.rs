//! Annotations: each belongs to a mailbox that is there or to the account, and their sum is right.
use super::Look;
use super::account::Sums;
use crate::error::Error;
use crate::id::MailboxId;
use crate::key::KeyReader;
use crate::metadata::Annotation;
use crate::records::KeyRange;
use crate::schema::{kind, metadata_sum, read_metadata, read_metadata_sum};

impl Look<'_> {
    pub(super) async fn metadata(&mut self, sums: &Sums) -> Result<(), Error> {
        let (mut kept, mut counted) = (0, 0);
        let mut range = KeyRange::prefix(&[kind::METADATA]);
        while let Some(page) = self.page(&mut range).await? {
            for (key, value) in page {
                if key == metadata_sum() {
                    kept = self.decoded(&key, read_metadata_sum(&value.payload)).unwrap_or(0);
                    continue;
                }
                let of = KeyReader::new(&key, kind::METADATA).and_then(|mut key| key.u64());
                let (Some(of), Some(annotations)) =
                    (self.decoded(&key, of), self.decoded(&key, read_metadata(&value.payload)))
                else {
                    continue;
                };
                if of != 0 && !sums.mailboxes.contains_key(&MailboxId(of)) {
                    self.fault(format!("annotations of mailbox {}, which is not there", MailboxId(of)));
                }
                counted += annotations.iter().map(Annotation::size).sum::<u64>();
            }
        }
        if kept != counted {
            self.fault(format!("bytes of metadata: their record says {kept}, there are {counted}"));
        }
        Ok(())
    }
}
