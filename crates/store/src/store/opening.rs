//! What stands in the System partition: the schema's version and the epoch, and by which time the last sweep went.
use super::SCHEMA;
use crate::codec::{Decoder, Encoder};
use crate::engine::{Growth, Partition, PartitionKind};
use crate::error::Error;
use crate::records::{Change, Records};
use crate::schema::{STORE_KEY, SWEPT_KEY};
use world::UnixTime;

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

/// By which time the last sweep went, if there was one.
pub(super) async fn swept(records: &Records) -> Result<Option<UnixTime>, Error> {
    let Some(value) = records.get(SYSTEM, SWEPT_KEY.to_vec()).await? else { return Ok(None) };
    let mut record = Decoder::new(&value.payload, "swept", u8::MAX)?;
    Ok(Some(UnixTime::from_secs(record.number()?)))
}

/// Keeps by which time a sweep went.
pub(super) async fn keep_swept(records: &Records, now: UnixTime) -> Result<(), Error> {
    loop {
        let known = records.get(SYSTEM, SWEPT_KEY.to_vec()).await?;
        let mut record = Encoder::new(1);
        record.number(now.secs());
        let mut change = Change::new(Growth::Frees);
        match known {
            Some(known) => change.replace(SWEPT_KEY.to_vec(), known.version, record.finish()),
            None => change.create(SWEPT_KEY.to_vec(), record.finish()),
        };
        match records.commit(SYSTEM, change).await {
            Ok(_) => return Ok(()),
            Err(Error::Conflict) => {}
            Err(error) => return Err(error),
        }
    }
}
