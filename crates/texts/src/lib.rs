//! What the server says to people, in Dutch and English.
//!
//! [`Texts`] is a struct with a field for each text: a language that lacks one does not compile. A language
//! is one file, with a folder beside it for what is long.
mod en;
mod nl;
pub mod settings_page;
mod texts;
mod unshown;
pub use texts::{Forwarding, Language, Meanings, Notice, Report, Texts, UnknownLanguage, Vacation};
pub use unshown::is_unshown;
