//! What of a stranger's HTML may be shown, and how: a document without scripts, forms and addresses that a browser would
//! ask by itself.
//!
//! [`clean()`] takes the HTML of a message apart (`ammonia`, on the parser that browsers' rules describe), keeps elements,
//! attributes and declarations of CSS that are on a list, and gives what is left; [`page()`] makes a whole document of it.
//! Where images are had is the caller's to say ([`Images`]). The room knows no runtime, no network and no account.
//!
//! Invariants: what is not on a list is not there; how long it takes and what it holds is bounded by the octets that are
//! given, whatever is in them (`survey`), or it is refused ([`TooMuch`]); an address of the web stands nowhere but in a link that
//! a person follows.
mod attributes;
mod clean;
mod declarations;
mod direction;
mod elements;
mod images;
mod page;
mod sheet;
mod survey;
pub use clean::{Cleaned, LONGEST, clean};
pub use direction::Direction;
pub use images::{Images, WebImage};
pub use page::page;
pub use survey::TooMuch;
