//! A file of messages one behind the other (RFC 4155), in the form mboxrd: each begins with a line `From `, and a line of a message
//! that looks like one has a `>` more. What is of the mailbox stands in `Status`, `X-Status` and `X-Keywords`, as mail programs
//! write it.
mod marks;
mod read;
mod write;
pub(super) use marks::{marks, take_mark};
pub(super) use read::{Line, Lines, Separator, is_quoted};
pub(super) use write::Quoter;
