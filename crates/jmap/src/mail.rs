//! Mail (RFC 8621).
pub(crate) mod email;
mod log;
pub(crate) mod mailbox;
mod octets;
mod reply;
pub(crate) mod snippet;
pub(crate) mod thread;
mod window;
