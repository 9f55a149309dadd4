//! Emails (RFC 8621, 4).
mod allowance;
mod body_lists;
mod body_part;
mod changes;
mod copy;
mod get;
mod header_forms;
mod history;
mod html;
mod import;
mod object;
mod parse;
mod properties;
mod query;
mod query_changes;
mod reading;
mod set;
mod standing;
#[cfg(test)]
mod tests;
mod touches;
mod verdict;
use crate::method::Method;
pub(crate) use body_part::part_id;
pub(crate) use get::all;
pub(crate) use header_forms::{Form, HeaderProperty};
pub(crate) use history::{History, Since, history};
pub use html::{Embedded, Html};
pub(crate) use query::{Question, SEARCH_TIME, SORT_OPTIONS, terms};
pub(crate) use set::{implied, patches};
pub(crate) use standing::standings;

pub(crate) const METHODS: &[Method] = &[
    get::GET,
    changes::CHANGES,
    query::QUERY,
    query_changes::QUERY_CHANGES,
    parse::PARSE,
    set::SET,
    import::IMPORT,
    copy::COPY,
    verdict::GET,
];
