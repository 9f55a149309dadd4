//! Blobs within requests (RFC 9404): small ones made and read without an upload or a download, and who names them.
mod get;
mod lookup;
mod upload;
use crate::blob_id::BlobId;
use crate::blobs::{self, Blob, Opening};
use crate::context::Context;
use crate::method::Method;
use crate::opened::Opened;
use crate::refusal;
use jmap_wire::MethodError;
use serde_json::{Value, json};

pub(crate) const METHODS: &[Method] = &[get::GET, lookup::LOOKUP, upload::UPLOAD];

/// `maxSizeBlobSet`: what all blobs of one Blob/upload come to.
const MAX_SIZE: u64 = 7 * 1024 * 1024;
/// `maxDataSources`: pieces of one blob.
const MAX_SOURCES: usize = 64;
/// What one Blob/get gives back of data, in bytes.
const MAX_DATA: usize = 16 * 1024 * 1024;
/// What one call reads.
pub(crate) const MAX_READ: u64 = 256 * 1024 * 1024;

/// What the session object says in an account (RFC 9404, 3).
pub(crate) fn in_account() -> Value {
    json!({
        "maxSizeBlobSet": MAX_SIZE,
        "maxDataSources": MAX_SOURCES,
        "supportedTypeNames": lookup::TYPES,
        "supportedDigestAlgorithms": get::ALGORITHMS,
    })
}

/// Opens a blob; nothing where there is none for the caller. What has to be read for that is taken from what the call may
/// read.
async fn find(context: &Context<'_>, opened: &Opened, id: BlobId, left: &mut u64) -> Result<Option<Blob>, MethodError> {
    match blobs::open_within(context, opened, id, left).await.map_err(|error| refusal::method(&error))? {
        Opening::Open(blob) => Ok(Some(blob)),
        Opening::Nothing => Ok(None),
        Opening::TooMuch => Err(MethodError::RequestTooLarge),
    }
}
