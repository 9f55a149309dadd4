//! Whom one knows: cards (JSContact, RFC 9553) and the address books in which an account keeps them (RFC 9610).
//!
//! [`check`] says whether an object is a card; [`books`] gives the address books of an account, the first of which is made
//! when somebody asks; [`Card`] and [`Book`] are what the store keeps of each.
//!
//! Invariants: what is unknown in a card stays as it was written; a card that is kept is one, within its bounds; a card is
//! in one address book at least.
mod book;
mod card;
mod kept;
pub use book::{Book, Books, MAX_DESCRIPTION, MAX_NAME, books};
pub use card::{Invalid, MAX_CARD, MAX_CARD_DEPTH, check};
pub use kept::{Card, MAX_BOOKS_OF_CARD};
