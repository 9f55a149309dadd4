//! The works, each a file: its options, what is done outside of the timed part, and what is counted.
pub(crate) mod append;
pub(crate) mod big;
pub(crate) mod browse;
pub(crate) mod corpus;
pub(crate) mod fetch;
pub(crate) mod fill;
pub(crate) mod flags;
pub(crate) mod idle;
pub(crate) mod login;
pub(crate) mod mix;
pub(crate) mod notice;
pub(crate) mod pop3;
pub(crate) mod qresync;
pub(crate) mod search;
pub(crate) mod select;
pub(crate) mod smtp;
pub(crate) mod transfer;
