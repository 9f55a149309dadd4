//! A message is written, piece by piece, into the store.
use super::part::{Content, Step};
use super::part_header::PartHeader;
use super::{Draft, Room, Shelf, Unwritten};
use crate::blobs::Blob;
use bytes::Bytes;
use message::{HeaderWriter, encode_base64};
use std::collections::BTreeMap;
use store::{BlobWriter, NewBlob};

/// Octets that become whole lines of base64.
const LINES: usize = 57 * 256;

/// Writes a draft; `shelf` has each blob that it names.
///
/// # Errors
/// Where there is no room, or the store says so.
pub(super) async fn write(
    draft: &Draft,
    shelf: &Shelf<'_>,
    (writer, room): (BlobWriter, &mut Room),
    random: u128,
) -> Result<NewBlob, Unwritten> {
    let mut eight_bit = BTreeMap::new();
    for step in &draft.steps {
        if let Step::Leaf(header, Content::Blob(id)) = step
            && header.kind.starts_with("message/")
            && !eight_bit.contains_key(id.as_str())
        {
            let blob = shelf.blob(id, room).await?;
            eight_bit.insert(id.as_str(), is_eight_bit(blob, room).await?);
        }
    }
    let any = eight_bit.values().any(|eight_bit| *eight_bit);
    let mut out = Output { writer, room, size: 0 };
    out.write(&draft.header).await?;
    out.write(b"MIME-Version: 1.0\r\n").await?;
    let mut open: Vec<String> = Vec::new();
    for (at, step) in draft.steps.iter().enumerate() {
        match step {
            Step::Close => {
                let boundary = open.pop().unwrap_or_default();
                out.write(format!("\r\n--{boundary}--\r\n").as_bytes()).await?;
                continue;
            }
            Step::Open(_) | Step::Leaf(..) => {
                if let Some(boundary) = open.last() {
                    out.write(format!("\r\n--{boundary}\r\n").as_bytes()).await?;
                }
            }
        }
        match step {
            Step::Open(header) => {
                let boundary = format!("=_{random:032x}_{at}");
                out.write(&head(header, Some(&boundary), if any { "8bit" } else { "7bit" })).await?;
                open.push(boundary);
            }
            Step::Leaf(header, Content::Text(octets, encoding)) => {
                out.write(&head(header, None, encoding)).await?;
                out.write(octets).await?;
                if open.is_empty() && !octets.ends_with(b"\r\n") {
                    out.write(b"\r\n").await?;
                }
            }
            Step::Leaf(header, Content::Blob(id)) => {
                let mut blob = shelf.blob(id, out.room).await?;
                match eight_bit.get(id.as_str()).filter(|_| header.kind.starts_with("message/")) {
                    // RFC 2046, 5.2.1: of a message within a message nothing is encoded
                    Some(eight_bit) => {
                        out.write(&head(header, None, if *eight_bit { "8bit" } else { "7bit" })).await?;
                        while let Some(bytes) = blob.next().await? {
                            out.write(&bytes).await?;
                        }
                    }
                    None => {
                        out.write(&head(header, None, "base64")).await?;
                        out.base64(&mut blob).await?;
                    }
                }
            }
            Step::Close => {}
        }
    }
    Ok(out.writer.finish().await?)
}

async fn is_eight_bit(mut blob: Blob, room: &mut Room) -> Result<bool, Unwritten> {
    while let Some(bytes) = blob.next().await? {
        room.read(bytes.len() as u64)?;
        if !bytes.is_ascii() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The header of a part, with the empty line at its end.
fn head(header: &PartHeader, boundary: Option<&str>, encoding: &str) -> Vec<u8> {
    let mut fields = HeaderWriter::new();
    if let Some(words) = &header.content_type {
        let mut words = words.clone();
        words.extend(boundary.map(|boundary| format!("boundary=\"{boundary}\"")));
        fields = fields.field("Content-Type", &words.join("; "));
    }
    let mut bytes = fields.field("Content-Transfer-Encoding", encoding).into_bytes();
    bytes.extend_from_slice(&header.fields);
    bytes.extend_from_slice(b"\r\n");
    bytes
}

/// What goes into the store, as long as there is room.
struct Output<'r> {
    writer: BlobWriter,
    room: &'r mut Room,
    size: u64,
}

impl Output<'_> {
    async fn write(&mut self, bytes: &[u8]) -> Result<(), Unwritten> {
        self.size = self.room.take(self.size, bytes.len())?;
        Ok(self.writer.write(bytes).await?)
    }

    async fn base64(&mut self, blob: &mut Blob) -> Result<(), Unwritten> {
        let mut waits: Vec<u8> = Vec::with_capacity(2 * LINES);
        while let Some(bytes) = blob.next().await? {
            for piece in pieces(&bytes) {
                waits.extend_from_slice(&piece);
                let whole = waits.len() / LINES * LINES;
                if whole > 0 {
                    let rest = waits.split_off(whole);
                    self.write(&encode_base64(&waits)).await?;
                    waits = rest;
                }
            }
        }
        self.write(&encode_base64(&waits)).await
    }
}

/// In strides, so that nothing grows with what is read at once.
fn pieces(bytes: &Bytes) -> impl Iterator<Item = Bytes> {
    let bytes = bytes.clone();
    (0..bytes.len()).step_by(LINES).map(move |at| bytes.slice(at..(at + LINES).min(bytes.len())))
}
