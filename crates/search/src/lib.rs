//! Text search over stored messages, for IMAP and JMAP alike: strings without case, what is near, and what it may cost.
//!
//! A [`Needle`] is a string that is looked for; [`in_envelope`], [`HeaderSearch`] and [`TextSearch`] look for it in what
//! is known of a message, in its header and in its text, in the order of what they cost. An [`Effort`] counts the work:
//! who searches for too long ends, and an account searches in one place at a time. [`Content`] is a message whose bytes
//! are read when they are needed, in pieces.
//!
//! Invariants: no message is in memory whole, but a small one; time is linear in the octets.
mod collation;
mod content;
mod effort;
mod halted;
mod needle;
mod text;
pub use collation::casemap;
pub use content::{Content, MAX_HEADER};
pub use effort::{Effort, Searches, TooLong};
pub use halted::Halted;
pub use needle::{Needle, Sought, folded};
pub use text::{HeaderSearch, Scores, TextSearch, in_envelope};
