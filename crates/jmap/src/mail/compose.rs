//! A message put together from what a client writes (RFC 8621, 4.6): header properties become fields, body properties parts,
//! and all of it goes into the store piece by piece.
mod field;
mod parameter;
mod part;
mod part_header;
mod write;

use crate::blob_id::BlobId;
use crate::blobs::{self, Blob, Opening};
use crate::context::Context;
use crate::mail::email::HeaderProperty;
use crate::opened::Opened;
use crate::refusal;
use field::fields;
use jmap_wire::{Object, SetError};
use message::{Date, HeaderWriter, new_message_id};
use part::{Content, Step, encoded};
use part_header::PartHeader;
use std::collections::BTreeSet;
use std::sync::Arc;
use store::{BlobWriter, NewBlob};

/// The order in which fields are written; others follow as the client named them.
const ORDER: [&str; 11] =
    ["from", "sender", "reply-to", "to", "cc", "bcc", "subject", "date", "message-id", "in-reply-to", "references"];
/// How many of the largest messages one call may write.
const MESSAGES: u64 = 8;
/// How many of the largest messages one call may read to learn what is in blobs, beside what it writes of them.
const READ: u64 = 32;
/// The most octets of a header.
const MAX_HEADER: usize = 256 * 1024;

/// A message that is to be written.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Draft {
    header: Vec<u8>,
    steps: Vec<Step>,
}

/// What a message gets where the client gives nothing.
#[derive(Debug, Clone)]
pub(crate) struct FillIn {
    pub(crate) date: Date,
    pub(crate) random: u128,
    pub(crate) host: String,
}

/// Why a message was not written.
#[derive(Debug)]
pub(crate) enum Unwritten {
    /// It is larger than a message may be.
    TooLarge,
    /// Together with what the call has written before, it is more than a call may write.
    TooMuch,
    /// Blobs that are not there, or not for this caller.
    NoBlobs(Vec<String>),
    /// What the store says.
    Store(store::Error),
}

impl From<store::Error> for Unwritten {
    fn from(error: store::Error) -> Self {
        Self::Store(error)
    }
}

impl Unwritten {
    /// As it is told (RFC 8621, 4.6).
    pub(crate) fn told(self) -> SetError {
        match self {
            Self::TooLarge => SetError::new("tooLarge"),
            // RFC 8620, 5.3
            Self::TooMuch => SetError::new("rateLimit").because("too much for one call"),
            Self::NoBlobs(ids) => SetError::new("blobNotFound").with("notFound", ids),
            Self::Store(error) => refusal::set(&error),
        }
    }
}

/// Where the blobs are that a caller may put into a message.
pub(crate) struct Shelf<'c> {
    pub(crate) context: &'c Context<'c>,
    pub(crate) opened: &'c Opened,
}

impl Shelf<'_> {
    /// Opens a blob; nothing where there is none for the caller. What has to be read for that is taken from `room`.
    pub(crate) async fn find(&self, id: &str, room: &mut Room) -> Result<Option<Blob>, Unwritten> {
        let Some(id) = self.context.id(id).and_then(|id| BlobId::of(&id)) else { return Ok(None) };
        match blobs::open_within(self.context, self.opened, id, &mut room.read).await? {
            Opening::Open(blob) => Ok(Some(blob)),
            Opening::Nothing => Ok(None),
            Opening::TooMuch => Err(Unwritten::TooMuch),
        }
    }

    /// Opens a blob that was there before.
    async fn blob(&self, id: &str, room: &mut Room) -> Result<Blob, Unwritten> {
        self.find(id, room).await?.ok_or_else(|| Unwritten::NoBlobs(vec![id.to_owned()]))
    }
}

impl Draft {
    /// Reads the properties of a message; none of the email's own is among them any more. What is held of it is never more than
    /// what the client wrote, encoded; what it comes to when written is looked at in `room`, and taken from it by `write`.
    ///
    /// # Errors
    /// `invalidProperties`, `tooLarge`, `rateLimit`.
    pub(crate) fn read(mut object: Object, fill_in: &FillIn, room: &Room) -> Result<Self, SetError> {
        let steps = part::read(&mut object, room)?;
        let mut given: Vec<(usize, Vec<u8>)> = Vec::new();
        let mut names: BTreeSet<String> = BTreeSet::new();
        for (name, value) in &object {
            let wrong = || SetError::invalid(&[name]);
            let property = match HeaderProperty::short(name) {
                Some(short) => short,
                None => HeaderProperty::read(name).and_then(Result::ok).ok_or_else(wrong)?,
            };
            let field = property.field.to_ascii_lowercase();
            // "Header fields beginning with Content- MUST NOT be specified on the Email object"
            if field.starts_with("content-") || field == "mime-version" {
                return Err(wrong().because("it is written with the body"));
            }
            let bytes = fields(&property, value).ok_or_else(wrong)?;
            if bytes.is_empty() {
                continue;
            }
            // "There MUST NOT be two properties that represent the same header field"
            if !names.insert(field.clone()) {
                return Err(wrong().because("this header field is given twice"));
            }
            let rank = ORDER.iter().position(|known| *known == field).unwrap_or(ORDER.len());
            given.push((rank, bytes));
        }
        // "bodyStructure ... MUST NOT contain a property representing a header field that is already defined on the top-level"
        let of_body: Vec<String> = steps.first().into_iter().flat_map(Step::fields).collect();
        if let Some(field) = of_body.iter().find(|field| names.contains(&field.to_ascii_lowercase())) {
            let name = format!("bodyStructure/header:{field}");
            return Err(SetError::invalid(&[&name]).because("this header field is given twice"));
        }
        // one with several values has a line for each
        names.extend(of_body.iter().map(|field| field.to_ascii_lowercase()));
        let missing = |name: &str| !names.contains(name);
        // "If either ... MUST be generated by the server"
        if missing("date") {
            given.push((7, HeaderWriter::new().field("Date", &fill_in.date.to_string()).into_bytes()));
        }
        if missing("message-id") {
            let id = new_message_id(fill_in.random, &fill_in.host);
            given.push((8, HeaderWriter::new().field("Message-ID", &id).into_bytes()));
        }
        given.sort_by_key(|(rank, _)| *rank);
        let header: Vec<u8> = given.into_iter().flat_map(|(_, bytes)| bytes).collect();
        if header.len() > MAX_HEADER {
            return Err(SetError::new("tooLarge").because("its header is too large"));
        }
        Ok(Self { header, steps })
    }

    /// A notice of what became of a message (RFC 8098, 3): behind `header` a text for people, fields for programs, and the
    /// message itself, where it goes along.
    pub(crate) fn notice(header: Vec<u8>, text: &str, fields: Vec<u8>, original: Option<String>) -> Self {
        let words = ["multipart/report", "report-type=disposition-notification"];
        let mut steps = vec![Step::Open(PartHeader::of(&words))];
        let (octets, encoding) = encoded(text);
        steps.push(Step::Leaf(
            PartHeader::of(&["text/plain", "charset=\"utf-8\""]),
            Content::Text(Arc::new(octets), encoding),
        ));
        let encoding = if fields.is_ascii() { "7bit" } else { "8bit" };
        let kind = PartHeader::of(&["message/disposition-notification"]);
        steps.push(Step::Leaf(kind, Content::Text(Arc::new(fields), encoding)));
        let original = original.map(|blob| Step::Leaf(PartHeader::of(&["message/rfc822"]), Content::Blob(blob)));
        steps.extend(original);
        steps.push(Step::Close);
        Self { header, steps }
    }

    /// The blobs that it holds, each once.
    pub(crate) fn blobs(&self) -> BTreeSet<&str> {
        self.steps
            .iter()
            .filter_map(|step| match step {
                Step::Leaf(_, Content::Blob(id)) => Some(id.as_str()),
                Step::Leaf(_, Content::Text(..)) | Step::Open(_) | Step::Close => None,
            })
            .collect()
    }

    /// Writes it, as far as there is room.
    ///
    /// # Errors
    /// See [`Unwritten`].
    pub(crate) async fn write(
        &self,
        shelf: &Shelf<'_>,
        writer: BlobWriter,
        room: &mut Room,
        random: u128,
    ) -> Result<NewBlob, Unwritten> {
        let mut missing = Vec::new();
        for id in self.blobs() {
            if shelf.find(id, room).await?.is_none() {
                missing.push(id.to_owned());
            }
        }
        if !missing.is_empty() {
            return Err(Unwritten::NoBlobs(missing));
        }
        write::write(self, shelf, (writer, room), random).await
    }
}

/// How much may be written, of one message and by one call, and read for it.
pub(crate) struct Room {
    message: u64,
    call: u64,
    read: u64,
}

impl Room {
    /// What a call has, of messages of at most `message` bytes.
    pub(crate) const fn new(message: u64) -> Self {
        Self { message, call: message.saturating_mul(MESSAGES), read: message.saturating_mul(READ) }
    }

    /// Takes `bytes` more of a message that has `so_far`; gives what it has then.
    ///
    /// # Errors
    /// [`Unwritten::TooLarge`], [`Unwritten::TooMuch`].
    pub(crate) fn take(&mut self, so_far: u64, bytes: usize) -> Result<u64, Unwritten> {
        self.call = self.call.checked_sub(bytes as u64).ok_or(Unwritten::TooMuch)?;
        self.of_message(so_far, bytes)
    }

    /// Takes `bytes` that are read and not written.
    ///
    /// # Errors
    /// [`Unwritten::TooMuch`].
    pub(crate) fn read(&mut self, bytes: u64) -> Result<(), Unwritten> {
        self.read = self.read.checked_sub(bytes).ok_or(Unwritten::TooMuch)?;
        Ok(())
    }

    /// Whether `bytes` more would go into a message that is to have `so_far`; takes nothing, and gives what it has then.
    ///
    /// # Errors
    /// As [`Room::take`].
    pub(crate) fn look(&self, so_far: u64, bytes: usize) -> Result<u64, Unwritten> {
        let size = self.of_message(so_far, bytes)?;
        if size > self.call { Err(Unwritten::TooMuch) } else { Ok(size) }
    }

    fn of_message(&self, so_far: u64, bytes: usize) -> Result<u64, Unwritten> {
        let size = so_far.saturating_add(bytes as u64);
        if size > self.message { Err(Unwritten::TooLarge) } else { Ok(size) }
    }
}

#[cfg(test)]
mod tests;
