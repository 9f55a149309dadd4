//! Whom one knows: cards (JSContact, RFC 9553) and the address books in which an account keeps them (RFC 9610); vCards
//! in and out (RFC 6350, RFC 9555).
//!
//! [`check`] says whether an object is a card; [`books`] gives the address books of an account, the first of which is made
//! when somebody asks; [`Card`] and [`Book`] are what the store keeps of each; [`cards()`] and [`vcard()`] are pure, [`import()`] keeps
//! what they read.
//!
//! Invariants: what is unknown in a card stays as it was written; a card that is kept is one, within its bounds; a card is
//! in one address book at least.
mod book;
mod card;
mod import;
mod kept;
mod pages;
mod uid;
mod vcard;
pub use book::{Book, Books, MAX_DESCRIPTION, MAX_NAME, books};
pub use card::{Invalid, MAX_CARD, MAX_CARD_DEPTH, check};
pub use import::{ImportError, Imported, LeftOut, LeftOutCause, MAX_IMPORTED, import};
pub use kept::{Card, MAX_BOOKS_OF_CARD};
pub use pages::{CardPage, PAGE, cards_after};
pub use uid::new_uid;
pub use vcard::{BrokenVcard, MAX_VCARDS, VcardFlaw, VcardsTooLarge, cards, vcard};
