//! Objects: each can be read, and there are as many of a kind as the head says.
use super::Look;
use crate::error::Error;
use crate::key::KeyReader;
use crate::object::ObjectKind;
use crate::records::KeyRange;
use crate::schema::{HeadRecord, kind, read_object};
use std::collections::BTreeMap;

impl Look<'_> {
    pub(super) async fn objects(&mut self, head: &HeadRecord) -> Result<(), Error> {
        let mut counted: BTreeMap<ObjectKind, u64> = BTreeMap::new();
        let mut range = KeyRange::prefix(&[kind::OBJECT]);
        while let Some(page) = self.page(&mut range).await? {
            for (key, value) in page {
                let read = KeyReader::new(&key, kind::OBJECT).and_then(|mut key| Ok((key.byte()?, key.u64()?)));
                let Some((number, id)) = self.decoded(&key, read) else { continue };
                self.decoded(&key, read_object(&value.payload));
                match ObjectKind::from_number(number) {
                    Some(of) => *counted.entry(of).or_default() += 1,
                    None => self.fault(format!("an object of no known kind: {number}")),
                }
                if id >= head.next_id {
                    self.fault(format!("object {id}: it is ahead of the account's head"));
                }
            }
        }
        for of in ObjectKind::ALL {
            let (kept, counted) = (head.objects.of(of).count, counted.get(&of).copied().unwrap_or_default());
            if kept != counted {
                self.fault(format!("objects of the kind {of:?}: the head says {kept}, there are {counted}"));
            }
        }
        Ok(())
    }
}
