//! IMAP as bytes in and values out: the grammar of commands and the printer of replies.
//!
//! Pure: no runtime, clock, store or log. Nothing recurses over input, and every length has a limit. [`Framer`] cuts
//! the stream into commands, [`Head`] reads tag and name, each command's arguments have a type of their own that reads
//! them from a [`Cursor`], and [`reply`] prints what the server says. [`client`] reads that again, strictly.
mod append;
pub mod client;
mod create;
mod cursor;
mod date;
mod error;
mod fetch;
mod flag;
mod framer;
mod head;
mod limits;
mod list;
mod login;
mod mailbox;
mod mailbox_name;
mod metadata;
mod partial_range;
mod pattern;
mod quota;
pub mod reply;
mod search;
mod section;
mod select;
mod sequence_set;
mod sort;
mod store;
mod thread;
mod utf7;
pub use append::{Append, AppendMessage, Replace};
pub use create::Create;
pub use cursor::Cursor;
pub use date::InternalDate;
pub use error::Error;
pub use fetch::{Fetch, FetchItem, Modifiers, SectionName};
pub use flag::Flag;
pub use framer::{Framer, Step};
pub use head::{BadHead, Head};
pub use limits::{Limits, MAX_DEPTH, MAX_ITEMS, MAX_PART_DEPTH, MAX_PATTERN, MAX_SEARCH_KEYS};
pub use list::{List, ListReturn};
pub use login::{Authenticate, IdFields, Login, compress, enable, id, sasl_response};
pub use mailbox::{StatusItem, one_mailbox, status, two_mailboxes};
pub use mailbox_name::{MailboxName, NameCoding, Named};
pub use metadata::{Depth, EntryPath, GetMetadata, MAX_ENTRIES, SetMetadata};
pub use partial_range::PartialRange;
pub use pattern::Pattern;
pub use quota::get_quota;
pub use search::{Compare, DateOf, Key, Node, NodeId, Program, ReturnOptions, Search};
pub use section::{Partial, Section, SectionText};
pub use select::{Resync, Select};
pub use sequence_set::{MessageSet, SequenceNumber, SequenceSet, holds};
pub use sort::{Criterion, Sort, SortKey};
pub use store::{FlagChange, Store, copy, one_set};
pub use thread::{Algorithm, Thread};
pub use utf7::{decode as utf7_decode, encode as utf7_encode};
