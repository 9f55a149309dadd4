//! Principals and what is told of sharing (RFC 9670), over the lists that IMAP changes (RFC 4314).
mod notification;
pub(crate) mod principal;

use crate::method::Method;

pub(crate) const METHODS: &[Method] = &[
    principal::get::GET,
    principal::get::CHANGES,
    principal::set::SET,
    principal::query::QUERY,
    principal::query::QUERY_CHANGES,
    notification::get::GET,
    notification::get::CHANGES,
    notification::set::SET,
    notification::query::QUERY,
    notification::query::QUERY_CHANGES,
];
