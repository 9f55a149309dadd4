//! SMTP and LMTP sessions.
//!
//! One session serves every door (MX, submission, legacy relay, LMTP); a [`Door`] holds all that differs. A command is
//! a row of one table, an EHLO keyword a row of another, and a phase a type: what a phase does not hold cannot be used
//! in it. A message streams into the store as it comes; `250` is said only with the receipts of [`Post`].
//!
//! Neighbours: `smtp-wire` reads and prints, `policy` judges names and rates, `delivery` takes recipients and
//! messages, `directory` logs people in, `journal` is told. Invariant: one file, `session/refusal.rs`, makes replies
//! out of errors.
mod door;
mod post;
mod session;
mod smtp;
pub use door::{AuthRule, Door, Limits, LineEndRule, SenderRates};
pub use post::{Mailing, Post, PostOffice};
pub use smtp::{Parts, Smtp};
