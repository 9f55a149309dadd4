//! Threads (RFC 8621, 3).
mod changes;
mod get;
#[cfg(test)]
mod tests;
use crate::method::Method;
pub(crate) use get::MAX_EMAILS;

pub(crate) const METHODS: &[Method] = &[get::GET, changes::CHANGES];
