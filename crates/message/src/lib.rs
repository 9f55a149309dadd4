//! What is inside a message: structure, envelope, preview, search text, thread keys, building.
//!
//! Neighbours: `store` keeps what [`Parser`] gives, `imap-wire` prints it, `smtp` looks at headers, `delivery` builds. The crate knows no
//! clock, no runtime and no store.
//!
//! Invariants:
//! - Nothing in a message is an error. Every octet string parses; what can be read in two ways is read in one documented
//!   way and flagged ([`Flaw`]), the same for every face.
//! - A message is never held: it goes by in pieces, and any cut into pieces gives the same.
//! - Everything kept is bounded ([`Limits`]); nothing recurses over input; time is linear in the octets.
//! - What is told about a message are offsets into its stored bytes; the bytes are never changed.

mod address;
mod body_text;
mod builder;
mod charset;
mod codec;
mod content;
mod date;
mod encoded_word;
mod envelope;
mod error;
mod field;
mod flaw;
mod header;
mod header_pass;
mod header_writer;
mod html;
mod known_text;
mod letter;
mod limits;
mod parameter;
mod parser;
mod preview;
mod scan;
mod search;
mod section;
mod seven_bit;
mod span;
mod steps;
mod structure;
mod text_part;
mod thread;
mod transfer;
mod transfer_encode;
mod walker;

pub use address::{Address, ReadableAddress, addresses};
pub use body_text::BodyText;
pub use builder::{Builder, BuiltPart, Multipart};
pub use codec::{AddressGlance, Addresses, EnvelopeGlance, Glance, Ids};
pub use content::{Disposition, Encoding, MediaType};
pub use date::Date;
pub use encoded_word::decode as decode_text;
pub use envelope::Envelope;
pub use error::Error;
pub use field::{Field, HeaderFields, HeaderLine, unfold};
pub use flaw::{Flaw, Flaws};
pub use header::HeaderFacts;
pub use header_pass::HeaderPass;
pub use header_writer::{HeaderWriter, NamedAddress, missing_fields, new_message_id};
pub use known_text::KnownText;
pub use letter::is_same_letter;
pub use limits::Limits;
pub use parameter::{Parameter, Parameters};
pub use parser::{Parsed, Parser, parse};
pub use search::{SearchScope, TextExtractor};
pub use section::Section;
pub use seven_bit::{SevenBit, SevenBitLook, SevenBitScan, SevenBitWriter, Unconvertible};
pub use span::Span;
pub use structure::{Children, Octets, Part, Shape, Structure};
pub use thread::{ThreadKeys, base_subject, is_reply_or_forward, message_ids, thread_subject};
pub use transfer::{Base64Decoder, QuotedPrintableDecoder, TransferDecoder};
pub use transfer_encode::{base64 as encode_base64, quoted_printable as encode_quoted_printable};
