//! Puts load on a mail server and says how much it took: plain threads, one a session, blocking sockets.
//!
//! It is a tool, not a room: it knows no other crate of the house, so that it speaks with every server alike.
//! Its invariants: an operation counts only after the server has acknowledged it; what stands before the timed part
//! (logins, SELECT) is not timed; messages are made before they are needed or for less than a microsecond each.
mod arguments;
mod clock;
mod connection;
mod corpus;
mod crowd;
mod descriptors;
mod error;
mod http;
mod imap;
mod input;
mod listener;
mod message;
mod multiline;
mod pop3;
mod report;
mod response;
mod smtp;
mod tls;
mod users;
mod words;
mod work;

pub use arguments::{Arguments, run};
