//! Files that the operator names in the configuration.
use nix::fcntl::OFlag;
use std::fs::File;
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// Opens one for reading; a pipe that nobody writes to is not waited for.
///
/// # Errors
/// When it cannot be opened, or is a directory, a device or a pipe.
pub(crate) fn open(path: &Path) -> io::Result<File> {
    let file = File::options().read(true).custom_flags(OFlag::O_NONBLOCK.bits()).open(path)?;
    if file.metadata()?.is_file() { Ok(file) } else { Err(io::Error::other("not a regular file")) }
}
