//! Message disposition notifications (RFC 9007; RFC 8098): a reader says, or a program of his, what became of a message.
mod notice;
mod parse;
mod send;

use crate::method::Method;

pub(crate) const METHODS: &[Method] = &[send::SEND, parse::PARSE];

#[cfg(test)]
mod tests;
