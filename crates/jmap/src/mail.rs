//! Mail (RFC 8621).
mod compose;
pub(crate) mod email;
pub(crate) mod identity;
mod log;
pub(crate) mod mailbox;
pub(crate) mod mdn;
pub(crate) mod objects;
mod octets;
pub(crate) mod partway;
pub(crate) mod reply;
mod sight;
pub(crate) mod snippet;
mod stored_header;
pub(crate) mod submission;
pub(crate) mod thread;
mod trace;
pub(crate) mod vacation;
pub(crate) mod window;
