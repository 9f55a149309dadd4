//! vCards (RFC 6350, and RFC 2426 as phones still write it) to cards and back (RFC 9555). What no property of a card is
//! for is kept in `vCardProps`, and comes out as it went in.
mod dates;
mod line;
mod names;
mod parameters;
mod read;
mod write;

pub use read::{BrokenVcard, VcardFlaw, VcardsTooLarge, cards};
pub use write::vcard;

/// The most octets of a text with vCards.
pub const MAX_VCARDS: usize = 1024 * 1024;
/// The most properties of one vCard.
const MAX_PROPERTIES: usize = 1_000;

#[cfg(test)]
mod tests;
