//! The records of annotations: all of a mailbox, or of the account, in one; and their sum.
use crate::codec::{Decoder, Encoder};
use crate::error::Error;
use crate::metadata::{Annotation, EntryName};
use bytes::Bytes;
use names::AccountId;

pub(crate) fn metadata_record(annotations: &[Annotation]) -> Vec<u8> {
    let mut record = Encoder::new(1);
    record.number(annotations.len() as u64);
    for annotation in annotations {
        record.option(annotation.of.map(|of| of.0)).text(annotation.name.as_str()).bytes(&annotation.value);
    }
    record.finish()
}

/// Reads what [`metadata_record`] wrote: by whose they are and by name, none twice.
pub(crate) fn read_metadata(record: &[u8]) -> Result<Vec<Annotation>, Error> {
    let mut record = Decoder::new(record, "metadata", 1)?;
    let count = record.count()?;
    let mut annotations: Vec<Annotation> = Vec::new();
    for _ in 0..count {
        let (of, name) = (record.option()?.map(AccountId), take_name(&mut record)?);
        if annotations.last().is_some_and(|last| (last.of, &last.name) >= (of, &name)) {
            return Err(Error::Corrupt("metadata: out of order".into()));
        }
        annotations.push(Annotation { of, name, value: Bytes::copy_from_slice(record.bytes()?) });
    }
    Ok(annotations)
}

/// The name of an entry, as it was written.
pub(super) fn take_name(record: &mut Decoder<'_>) -> Result<EntryName, Error> {
    let text = record.text()?;
    let name = EntryName::new(text).filter(|name| name.as_str() == text);
    name.ok_or_else(|| Error::Corrupt("metadata: name".into()))
}

pub(crate) fn metadata_sum_record(bytes: u64) -> Vec<u8> {
    let mut record = Encoder::new(1);
    record.number(bytes);
    record.finish()
}

pub(crate) fn read_metadata_sum(record: &[u8]) -> Result<u64, Error> {
    Decoder::new(record, "metadata sum", 1)?.figure()
}
