//! What stands in the System partition: the schema's version and the epoch.
use super::SCHEMA;
use crate::codec::{Decoder, Encoder};
use crate::engine::{Growth, Partition, PartitionKind};
use crate::error::Error;
use crate::records::{Change, Records};
use crate::schema::STORE_KEY;

const SYSTEM: Partition = Partition::new(PartitionKind::System, 0);

/// Reads the epoch; a new store gets one. Refuses a store of a newer schema.
pub(super) async fn open(records: &Records) -> Result<u64, Error> {
    loop {
        if let Some(value) = records.get(SYSTEM, STORE_KEY.to_vec()).await? {
            let mut record = Decoder::new(&value.payload, "store", u8::MAX)?;
            let found = record.number()?;
            if found > SCHEMA {
                return Err(Error::NewerSchema { found, known: SCHEMA });
            }
            return record.number();
        }
        let mut record = Encoder::new(1);
        record.number(SCHEMA).number(1);
        let mut change = Change::new(Growth::Grows);
        change.create(STORE_KEY.to_vec(), record.finish());
        match records.commit(SYSTEM, change).await {
            Ok(_) | Err(Error::Conflict) => {}
            Err(error) => return Err(error),
        }
    }
}
