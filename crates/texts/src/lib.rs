//! What the server says to people, in Dutch and English.
//!
//! [`Texts`] is a struct with a field for each text: a language that lacks one does not compile. A language
//! is one file.
mod en;
mod nl;
mod texts;
pub use texts::{Language, Meanings, Report, Texts, UnknownLanguage, Vacation};
