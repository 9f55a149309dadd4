//! Mailboxes (RFC 8621, 2).
mod changes;
mod elsewhere;
mod fates;
mod get;
mod object;
mod query;
mod query_changes;
mod set;
mod subscriptions;
#[cfg(test)]
mod tests;
mod unread;
pub(crate) use object::{MAX_ORDER, rights_told};

use crate::method::Method;

pub(crate) const METHODS: &[Method] =
    &[get::GET, changes::CHANGES, query::QUERY, query_changes::QUERY_CHANGES, set::SET];
