//! As whom a command works on the store. Files that root left in the store of a server that runs as another user
//! would keep it from starting, so root becomes the owner of the folder first.
use crate::failure::{Code, Failure};
use nix::unistd::{Gid, Uid, setgid, setgroups, setuid};
use std::os::unix::fs::MetadataExt;
use std::path::Path;

/// Becomes the owner of `folder`, where root asks and the folder is another's. Before any thread is made.
pub(crate) fn become_owner_of(folder: &Path) -> Result<(), Failure> {
    // no folder: opening the store makes it, or says why not
    let Ok(found) = folder.metadata() else { return Ok(()) };
    if !Uid::effective().is_root() || found.uid() == 0 {
        return Ok(());
    }
    let (user, group) = (Uid::from_raw(found.uid()), Gid::from_raw(found.gid()));
    setgroups(&[group]).and_then(|()| setgid(group)).and_then(|()| setuid(user)).map_err(|error| {
        Failure::new(Code::Os, format!("cannot become user {user}, who owns {}: {error}", folder.display()))
    })
}
