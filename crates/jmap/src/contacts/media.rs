//! Pictures and sounds of cards as blobs (RFC 9610, 3): "any Media with a URI that uses the data: URL scheme SHOULD return a
//! blobId property and omit the uri property", and "clients MAY send a blobId instead".
//!
//! A card holds its media as `data:` URLs, so that what it shows is kept, moved and removed with it. Such a blob is named by its
//! card and by what stands there: an id never means other bytes.
use super::data_uri::{DataUri, media_type_of};
use crate::blob_id::BlobId;
use bytes::Bytes;
use futures_util::future::BoxFuture;
use jmap_wire::{Object, SetError};
use serde_json::Value;
use std::collections::BTreeMap;
use std::ops::Range;
use store::{BlobHash, BlobSource, EngineError, ObjectId};

/// Shows those of a card as blobs.
pub(crate) fn show(card: ObjectId, members: &mut Object) {
    let Some(media) = members.get_mut("media").and_then(Value::as_object_mut) else { return };
    for entry in media.values_mut().filter_map(Value::as_object_mut) {
        let Some(uri) = entry.get("uri").and_then(Value::as_str) else { continue };
        // one that cannot be read stays as it is: there is no blob to be had of it
        let Some(DataUri { media_type, .. }) = DataUri::read(uri) else { continue };
        let blob = BlobId::Media(card, BlobHash::of(uri.as_bytes()));
        entry.remove("uri");
        entry.insert("blobId".to_owned(), blob.to_string().into());
        // "The mediaType property MUST also be set"
        entry.entry("mediaType").or_insert_with(|| media_type.into());
    }
}

/// The bytes behind the id of one; nothing where the card has it no more.
pub(crate) fn bytes(members: &Object, named: BlobHash) -> Option<Bytes> {
    let uri = uris(members).find(|uri| BlobHash::of(uri.as_bytes()) == named)?;
    DataUri::read(uri).map(|read| read.bytes.into())
}

fn uris(members: &Object) -> impl Iterator<Item = &str> {
    let media = members.get("media").and_then(Value::as_object);
    media.into_iter().flat_map(Object::values).filter_map(|entry| entry.get("uri")?.as_str())
}

/// Ids of blobs that are written anywhere in a new card, or in a patch.
pub(super) fn named(object: &Object) -> Vec<String> {
    let mut found = Vec::new();
    let mut waiting: Vec<(&str, &Value)> = object.iter().map(|(name, value)| (name.as_str(), value)).collect();
    while let Some((name, value)) = waiting.pop() {
        match value {
            Value::Object(members) => waiting.extend(members.iter().map(|(name, value)| (name.as_str(), value))),
            Value::Array(items) => waiting.extend(items.iter().map(|item| ("", item))),
            Value::String(id) if name.rsplit('/').next() == Some("blobId") => found.push(id.clone()),
            _ => {}
        }
    }
    found
}

/// Blobs of a call, by how the client names them.
pub(super) type Blobs = BTreeMap<String, Bytes>;

/// Puts the bytes of blobs into a card that a client wrote: those of uploads, and those that it had `before`.
///
/// # Errors
/// `invalidProperties` with the place that is wrong.
pub(super) fn take(members: &mut Object, before: Option<&Object>, blobs: &Blobs) -> Result<(), SetError> {
    let Some(media) = members.get_mut("media").and_then(Value::as_object_mut) else { return Ok(()) };
    for (key, entry) in media {
        let Some(entry) = entry.as_object_mut() else { continue };
        let wrong = |name: &str, why: &str| SetError::invalid(&[&format!("media/{key}/{name}")]).because(why);
        let is_photo = entry.get("kind").is_some_and(|kind| kind == "photo");
        let told = entry.get("mediaType").and_then(Value::as_str).map(str::to_owned);
        let blob = entry.remove("blobId");
        // what a patch writes beside the blob that was shown takes its place
        let is_replaced = entry.contains_key("uri") && blob.as_ref().is_some_and(|id| is_kept(before, id));
        let uri = match blob.filter(|_| !is_replaced) {
            None => {
                let of = entry.get("uri").and_then(Value::as_str).and_then(media_type_of);
                // RFC 9610, 3.5: "The server MUST reject attempts to set a file that is not a recognised image type as the photo"
                if is_photo && of.is_some_and(|of| !of.starts_with("image/")) {
                    return Err(wrong("uri", "a photo is an image"));
                }
                continue;
            }
            Some(_) if entry.contains_key("uri") => return Err(wrong("blobId", "it has a uri as well")),
            Some(Value::String(id)) => match kept(before, &id) {
                Some(uri) => uri.to_owned(),
                None => {
                    let bytes = blobs.get(&id).ok_or_else(|| wrong("blobId", "there is no such blob"))?;
                    let media_type = match (image_type(bytes), told) {
                        (Some(image), _) => image.to_owned(),
                        (None, _) if is_photo => return Err(wrong("blobId", "it is no image")),
                        (None, Some(told)) => told,
                        (None, None) => return Err(wrong("mediaType", "what it is must be said")),
                    };
                    entry.insert("mediaType".to_owned(), media_type.as_str().into());
                    DataUri { media_type, bytes: bytes.to_vec() }.write()
                }
            },
            Some(_) => return Err(wrong("blobId", "it is no Id")),
        };
        entry.insert("uri".to_owned(), uri.into());
    }
    Ok(())
}

fn is_kept(before: Option<&Object>, id: &Value) -> bool {
    id.as_str().is_some_and(|id| kept(before, id).is_some())
}

/// What the card had by this id before.
fn kept<'a>(before: Option<&'a Object>, id: &str) -> Option<&'a str> {
    let BlobId::Media(_, named) = id.parse().ok()? else { return None };
    uris(before?).find(|uri| BlobHash::of(uri.as_bytes()) == named)
}

/// The type of an image of points, by how it begins.
fn image_type(bytes: &[u8]) -> Option<&'static str> {
    let at = |offset: usize, word: &[u8]| bytes.get(offset..).is_some_and(|rest| rest.starts_with(word));
    match () {
        () if at(0, b"\x89PNG\r\n\x1a\n") => Some("image/png"),
        () if at(0, b"\xff\xd8\xff") => Some("image/jpeg"),
        () if at(0, b"GIF87a") || at(0, b"GIF89a") => Some("image/gif"),
        () if at(0, b"RIFF") && at(8, b"WEBP") => Some("image/webp"),
        () if at(4, b"ftypavif") => Some("image/avif"),
        () if at(4, b"ftypheic") || at(4, b"ftypmif1") => Some("image/heic"),
        () => None,
    }
}

/// Bytes that are in memory already.
#[derive(Debug)]
pub(crate) struct Inline(pub(crate) Bytes);

impl BlobSource for Inline {
    fn size(&self) -> u64 {
        self.0.len() as u64
    }

    fn read(&self, range: Range<u64>) -> BoxFuture<'_, Result<Bytes, EngineError>> {
        let at = |offset: u64| usize::try_from(offset).unwrap_or(usize::MAX).min(self.0.len());
        let (start, end) = (at(range.start), at(range.end));
        let bytes = self.0.slice(start..end.max(start));
        Box::pin(std::future::ready(Ok(bytes)))
    }
}

#[cfg(test)]
mod tests;
