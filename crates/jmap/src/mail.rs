//! Mail (RFC 8621).
pub(crate) mod email;
mod log;
pub(crate) mod mailbox;
mod octets;
mod reply;
mod sight;
pub(crate) mod snippet;
pub(crate) mod thread;
mod window;
