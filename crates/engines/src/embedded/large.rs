//! Blobs over 1 MiB as stored: a file each, `large/ab/<hash>`, never rewritten, freed by unlink.
use std::sync::Arc;

use data_encoding::HEXLOWER;
use store::{BlobHash, EngineError};

use super::disk::{Disk, DiskFile, trouble};
use super::pending::Claim;
use super::shared::Shared;

/// The directory of the large blobs.
pub(crate) const DIRECTORY: &str = "large";

fn directory(hash: BlobHash) -> String {
    let hex = HEXLOWER.encode(hash.0.get(..1).unwrap_or_default());
    format!("{DIRECTORY}/{hex}")
}

/// The name of a large blob's file.
pub(crate) fn file_name(hash: BlobHash) -> String {
    format!("{}/{}", directory(hash), HEXLOWER.encode(&hash.0))
}

/// Syncs the spooled file, gives it its name and syncs the directory, in this order.
pub(crate) fn place(
    shared: &Shared,
    hash: BlobHash,
    file: &Arc<dyn DiskFile>,
    spooled: &str,
) -> Result<Claim, EngineError> {
    let synced = |done: std::io::Result<()>| {
        done.map_err(|error| {
            shared.fatal.raise(&format!("sync of large blob {hash}: {error}"));
            EngineError::Closed
        })
    };
    synced(file.sync())?;
    let directory = directory(hash);
    shared.disk.create_directory(&directory).map_err(trouble)?;
    let name = file_name(hash);
    let claim = shared.pending.claim(hash, || shared.disk.rename(spooled, &name)).map_err(trouble)?;
    synced(shared.disk.sync_directory(&directory))?;
    // the two-letter directory itself may be new
    synced(shared.disk.sync_directory(DIRECTORY))?;
    Ok(claim)
}

/// Every large file that is there, by hash; what has another name is not ours.
pub(crate) fn list(disk: &dyn Disk) -> std::io::Result<Vec<(BlobHash, u64)>> {
    let mut found = Vec::new();
    for directory in disk.list(DIRECTORY)? {
        for entry in disk.list(&format!("{DIRECTORY}/{}", directory.name))? {
            let hash = HEXLOWER.decode(entry.name.as_bytes()).ok().and_then(|bytes| bytes.try_into().ok());
            if let Some(hash) = hash {
                found.push((BlobHash(hash), entry.length));
            }
        }
    }
    Ok(found)
}
