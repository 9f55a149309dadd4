//! Contacts (RFC 9610). They are their owner's: no account shows those of another.
mod book;
mod card;
mod data_uri;
pub(crate) mod media;
mod scan;

use crate::method::Method;
use ::contacts::MAX_BOOKS_OF_CARD;
use serde_json::{Value, json};

pub(crate) const METHODS: &[Method] = &[
    book::get::GET,
    book::get::CHANGES,
    book::set::SET,
    card::get::GET,
    card::get::CHANGES,
    card::query::QUERY,
    card::query::QUERY_CHANGES,
    card::set::SET,
    card::copy::COPY,
];

/// How often a call begins anew because somebody else wrote meanwhile.
const ATTEMPTS: usize = 8;
/// The most octets of cards that one call writes, or that one answer tells.
const MAX_CARDS_OCTETS: usize = 16 * 1024 * 1024;

/// What the session object says of an account (RFC 9610, 1.4.1).
pub(crate) fn in_account() -> Value {
    json!({"maxAddressBooksPerCard": MAX_BOOKS_OF_CARD, "mayCreateAddressBook": true})
}
