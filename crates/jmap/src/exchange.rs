//! An account's mail and contacts as files, out and in (`docs/jmap-account.md`, "Import and export"), and parts of a message as
//! one file. Message by message, piece by piece: no mailbox is ever in memory, and no message whole.
mod entry_names;
mod export;
mod import;
mod mbox;
mod parts;
mod zip;
pub use export::Export;
pub use import::{Import, Kind as ImportKind};
pub use parts::PartsFile;

use crate::caller::Caller;
use crate::error::Error;
use crate::jmap::{Jmap, open_own};
use crate::opened::Opened;

/// Where an account's files are fetched, from the root of the site.
pub(crate) const EXPORT_URL: &str = "/jmap/export/{accountId}/{what}";
/// Where files are brought into an account.
pub(crate) const IMPORT_URL: &str = "/jmap/import/{accountId}/{mailboxId}";
/// The largest file of mail that is taken in.
pub(crate) const IMPORT_SIZE: u64 = 8 * 1024 * 1024 * 1024;
/// The largest file of vCards: those of each piece of it are looked for among all that there are.
const CARDS_SIZE: u64 = 64 * 1024 * 1024;

/// Opens the caller's own account, which alone has files.
///
/// # Errors
/// [`Error::NotFound`] for any other.
async fn own(jmap: &Jmap, caller: &Caller, account: &str) -> Result<Opened, Error> {
    if caller.account.to_string() != account {
        return Err(Error::NotFound);
    }
    Ok(open_own(jmap.parts(), caller).await?)
}
