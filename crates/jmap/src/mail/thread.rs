//! Threads (RFC 8621, 3).
mod changes;
mod get;
mod known;
#[cfg(test)]
mod tests;
use crate::method::Method;
pub(crate) use known::{MAX_LOOKED_AT, all_in, threads_of};

pub(crate) const METHODS: &[Method] = &[get::GET, changes::CHANGES];
