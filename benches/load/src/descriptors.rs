//! Thousands of sessions need thousands of file descriptors.
use nix::sys::resource::{Resource, getrlimit, setrlimit};

/// Raises the soft limit to the hard one; where that is refused, opening a connection will say so.
pub(crate) fn allow_many() {
    if let Ok((soft, hard)) = getrlimit(Resource::RLIMIT_NOFILE)
        && soft < hard
    {
        let _refused = setrlimit(Resource::RLIMIT_NOFILE, hard, hard);
    }
}
