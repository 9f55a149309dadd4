//! The works, each a file: its options, what is done outside of the timed part, and what is counted.
pub(crate) mod append;
pub(crate) mod fetch;
pub(crate) mod fill;
pub(crate) mod flags;
pub(crate) mod login;
pub(crate) mod search;
pub(crate) mod smtp;
