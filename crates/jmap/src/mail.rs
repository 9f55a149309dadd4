//! Mail (RFC 8621).
pub(crate) mod email;
mod log;
pub(crate) mod mailbox;
pub(crate) mod objects;
mod octets;
pub(crate) mod reply;
mod sight;
pub(crate) mod snippet;
pub(crate) mod thread;
pub(crate) mod window;
