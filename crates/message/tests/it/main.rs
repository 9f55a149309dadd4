//! `message` from outside: the corpus of nasty messages, every cut, the limits, and second opinions.
#![expect(clippy::unwrap_used, clippy::panic, reason = "these are tests")]

mod charsets;
mod corpus;
mod limits;
mod properties;
mod readings;
mod second_opinion;
