//! POP3 as bytes in and values out: command lines (RFC 1939, 2449, 5034, 6856) and multi-line answers.
mod command;
mod multiline;
pub use command::{Command, MessageNumber, SyntaxError};
pub use multiline::{Body, Multiline};
