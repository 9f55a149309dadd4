//! Blobs as an account has them (RFC 8620, 6): read by who its records name, decoded where they are parts, streamed.
//!
//! A hash is a place, never a permission. Readable is what the caller has uploaded, and what an email has that he sees.
use crate::blob_id::BlobId;
use crate::caller::Caller;
use crate::contacts::media;
use crate::context::Context;
use crate::jmap::Parts;
use crate::limits;
use crate::opened::Opened;
use bytes::Bytes;
use contacts::Card;
use message::{Encoding, Limits, Parsed, Parser, Part, TransferDecoder};
use std::ops::Range;
use store::{Account, BlobHash, BlobSource, EmailId, Error, Named, ObjectId, ObjectKind};

/// Bytes that are read at a time.
const PIECE: u64 = 64 * 1024;

/// Bytes, open for reading.
pub struct Blob {
    source: Box<dyn BlobSource>,
    /// What is still to be read.
    rest: Range<u64>,
    decoder: Option<TransferDecoder>,
    size: Option<u64>,
    /// What was looked at before it was asked for.
    ahead: Bytes,
}

impl Blob {
    fn whole(source: Box<dyn BlobSource>) -> Self {
        let size = source.size();
        Self { source, rest: 0..size, decoder: None, size: Some(size), ahead: Bytes::new() }
    }

    fn part(source: Box<dyn BlobSource>, range: Range<u64>, encoding: &Encoding) -> Self {
        let decoder = encoding.is_transforming().then(|| TransferDecoder::new(encoding));
        let size = decoder.is_none().then_some(range.end.saturating_sub(range.start));
        Self { source, rest: range, decoder, size, ahead: Bytes::new() }
    }

    /// How many bytes there are; nothing where it takes decoding to know.
    #[must_use]
    pub const fn size(&self) -> Option<u64> {
        self.size
    }

    /// Whether it begins with these bytes; [`Blob::next`] gives them all the same.
    ///
    /// # Errors
    /// As [`Blob::next`].
    pub async fn begins_with(&mut self, begin: &[u8]) -> Result<bool, Error> {
        let mut ahead = Vec::new();
        while ahead.len() < begin.len()
            && let Some(piece) = self.next().await?
        {
            ahead.extend_from_slice(&piece);
        }
        self.ahead = ahead.into();
        Ok(self.ahead.starts_with(begin))
    }

    /// Takes a range of it, and at most `most` bytes of that; `each` sees all of the range.
    ///
    /// # Errors
    /// As [`Blob::next`].
    pub(crate) async fn take(
        mut self,
        offset: u64,
        length: Option<u64>,
        most: usize,
        mut each: Option<&mut Look<'_>>,
    ) -> Result<Taken, Error> {
        let mut taken = Taken { bytes: Vec::new(), length: 0, size: 0, passed: 0, is_cut: false };
        let end = length.map_or(u64::MAX, |length| offset.saturating_add(length));
        let mut at = 0;
        if let Some(size) = self.size {
            // nothing but the range is read of what is stored as it is
            taken.size = size;
            at = offset.min(size);
            let end = if most == 0 && each.is_none() { at } else { end.min(size).max(at) };
            self.rest = self.rest.start + at..self.rest.start + end;
        }
        while let Some(piece) = self.next().await? {
            let (from, to) = (at, at + piece.len() as u64);
            at = to;
            taken.passed += piece.len() as u64;
            let place = |place: u64| usize::try_from(place.saturating_sub(from)).unwrap_or(usize::MAX).min(piece.len());
            let within = piece.get(place(offset)..place(end)).unwrap_or_default();
            taken.length += within.len() as u64;
            if let Some(each) = &mut each {
                each(within);
            }
            let room = most - taken.bytes.len();
            taken.is_cut |= within.len() > room;
            taken.bytes.extend_from_slice(within.get(..within.len().min(room)).unwrap_or_default());
        }
        taken.size = taken.size.max(at);
        Ok(taken)
    }

    /// The next bytes; nothing at the end.
    ///
    /// # Errors
    /// When the store is away, or the bytes are not what they were.
    pub async fn next(&mut self) -> Result<Option<Bytes>, Error> {
        if !self.ahead.is_empty() {
            return Ok(Some(std::mem::take(&mut self.ahead)));
        }
        while !self.rest.is_empty() {
            let piece = self.source.read(self.rest.start..self.rest.end.min(self.rest.start + PIECE)).await?;
            if piece.is_empty() {
                self.rest.start = self.rest.end;
                break;
            }
            self.rest.start += piece.len() as u64;
            let Some(decoder) = &mut self.decoder else { return Ok(Some(piece)) };
            let mut decoded = Vec::with_capacity(piece.len());
            decoder.push(&piece, &mut decoded);
            if !decoded.is_empty() {
                return Ok(Some(decoded.into()));
            }
        }
        let Some(mut decoder) = self.decoder.take() else { return Ok(None) };
        let mut decoded = Vec::new();
        decoder.finish(&mut decoded);
        Ok(if decoded.is_empty() { None } else { Some(decoded.into()) })
    }
}

/// Sees the bytes of a range as they go by.
pub(crate) type Look<'l> = dyn FnMut(&[u8]) + Send + 'l;

/// What was read of a blob.
pub(crate) struct Taken {
    /// The range, or as much of it as may be kept.
    pub(crate) bytes: Vec<u8>,
    /// How long the range is.
    pub(crate) length: u64,
    /// How long the blob is.
    pub(crate) size: u64,
    /// How much was read for it.
    pub(crate) passed: u64,
    /// Whether the range is longer than what may be kept.
    pub(crate) is_cut: bool,
}

/// Names a finished blob as the caller's, for an hour.
pub(crate) async fn keep(parts: &Parts, caller: &Caller, blob: (BlobHash, u64)) -> Result<(), Error> {
    let most = parts.settings.max_message_size.bytes().saturating_mul(limits::UPLOADS);
    let own = parts.store.account(caller.account).await?.acting_as(&format!("jmap {}", caller.peer.session));
    own.keep_upload(blob, most).await.map(drop)
}

/// Opens a blob; nothing where there is none, or none for this caller.
pub(crate) async fn open(parts: &Parts, caller: &Caller, opened: &Opened, id: BlobId) -> Result<Option<Blob>, Error> {
    let Some((named, source)) = source(parts, caller, opened, id).await? else { return Ok(None) };
    named_by(opened, id, named, source).await
}

/// Opens the decoded body of a part of an email that the caller sees; nothing where it is gone.
pub(crate) async fn open_part(account: &Account, blob: BlobHash, part: &Part) -> Result<Option<Blob>, Error> {
    let Some((_, source)) = account.open_blob(blob).await? else { return Ok(None) };
    Ok(Some(Blob::part(source, part.body.start..part.body.end, &part.encoding)))
}

/// What there is of a blob in a call that opens many.
pub(crate) enum Opening {
    Open(Blob),
    /// There is none, or none for this caller.
    Nothing,
    /// The call has read enough.
    TooMuch,
}

/// Opens a blob as [`open`] does; what has to be read to find it is taken from what the call may read.
pub(crate) async fn open_within(
    context: &Context<'_>,
    opened: &Opened,
    id: BlobId,
    left: &mut u64,
) -> Result<Opening, Error> {
    let Some((named, source)) = source(context.parts, context.caller, opened, id).await? else {
        return Ok(Opening::Nothing);
    };
    let Some(rest) = left.checked_sub(looked_through(id, &named, source.as_ref())) else { return Ok(Opening::TooMuch) };
    *left = rest;
    Ok(named_by(opened, id, named, source).await?.map_or(Opening::Nothing, Opening::Open))
}

/// How much is read to find what an id names in its bytes: all of them, where no email has told what is where.
fn looked_through(id: BlobId, named: &Named, source: &dyn BlobSource) -> u64 {
    match id {
        BlobId::Part(..) if named.emails.is_empty() => source.size(),
        BlobId::Part(..) | BlobId::Whole(_) | BlobId::Media(..) => 0,
    }
}

/// What an id names in its bytes.
async fn named_by(
    opened: &Opened,
    id: BlobId,
    named: Named,
    source: Box<dyn BlobSource>,
) -> Result<Option<Blob>, Error> {
    let BlobId::Part(_, part) = id else { return Ok(Some(Blob::whole(source))) };
    let parsed = match named.emails.first() {
        Some(email) => stored(opened, *email).await?,
        None => Some(parse(source.as_ref()).await?),
    };
    let part = parsed.as_ref().and_then(|parsed| parsed.structure.part(part));
    Ok(part.filter(|part| !part.is_multipart()).map(|part| {
        let body = part.body;
        Blob::part(source, body.start..body.end, &part.encoding)
    }))
}

/// What names a blob, and its bytes.
pub(crate) async fn source(
    parts: &Parts,
    caller: &Caller,
    opened: &Opened,
    id: BlobId,
) -> Result<Option<(Named, Box<dyn BlobSource>)>, Error> {
    let hash = match id {
        BlobId::Whole(hash) | BlobId::Part(hash, _) => hash,
        BlobId::Media(card, named) => return of_card(opened, card, named).await,
    };
    if let Some((mut named, source)) = opened.account.open_blob(hash).await? {
        if opened.own {
            return Ok(Some((named, source)));
        }
        named.emails = seen(opened, &named.emails).await?;
        // what the owner uploaded is not shared
        if !named.emails.is_empty() {
            return Ok(Some((Named { uploaded: false, ..named }, source)));
        }
    }
    if opened.own {
        return Ok(None);
    }
    // what the caller uploaded is his, into whichever account he did
    let own = parts.store.account(caller.account).await?;
    let uploaded = own.open_blob(hash).await?.filter(|(named, _)| named.uploaded);
    Ok(uploaded.map(|(named, source)| (Named { emails: Vec::new(), ..named }, source)))
}

/// A picture or a sound of a card; cards are their owner's.
async fn of_card(
    opened: &Opened,
    card: ObjectId,
    named: BlobHash,
) -> Result<Option<(Named, Box<dyn BlobSource>)>, Error> {
    if !opened.own {
        return Ok(None);
    }
    let found = opened.account.some_objects(ObjectKind::ContactCard, &[card]).await?;
    let Some(value) = found.into_iter().flatten().next() else { return Ok(None) };
    let bytes = media::bytes(&Card::read(&value)?.members, named);
    Ok(bytes.map(|bytes| (Named::default(), Box::new(media::Inline(bytes)) as Box<dyn BlobSource>)))
}

/// Those of some emails of another's account that the caller sees.
async fn seen(opened: &Opened, emails: &[EmailId]) -> Result<Vec<EmailId>, Error> {
    let mut seen = Vec::new();
    for email in emails {
        let places = opened.account.memberships(*email).await?;
        if places.iter().any(|place| opened.sees(place.mailbox)) {
            seen.push(*email);
        }
    }
    Ok(seen)
}

async fn stored(opened: &Opened, email: EmailId) -> Result<Option<Parsed>, Error> {
    let found = opened.account.emails(&[email]).await?.into_iter().next().flatten();
    Ok(found.map(|email| email.parsed.clone()))
}

/// Reads what is inside bytes that are no email yet, as they go by.
pub(crate) async fn parse(source: &dyn BlobSource) -> Result<Parsed, Error> {
    let mut parser = Parser::new(Limits::default());
    let mut at = 0;
    while at < source.size() {
        let piece = source.read(at..at + PIECE).await?;
        if piece.is_empty() {
            break;
        }
        parser.push(&piece);
        at += piece.len() as u64;
    }
    Ok(parser.finish())
}

#[cfg(test)]
mod tests {
    use super::{Blob, open};
    use crate::bench::Bench;
    use crate::blob_id::BlobId;
    use crate::jmap::{open_other, open_own};
    use store::{BlobHash, Flags};

    const MESSAGE: &str = "Subject: x\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n\
        plain\r\n--b\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\naGVs\r\nbG8=\r\n--b--\r\n";

    async fn read(mut blob: Blob) -> Vec<u8> {
        let mut all = Vec::new();
        while let Some(piece) = blob.next().await.unwrap() {
            all.extend_from_slice(&piece);
        }
        all
    }

    #[tokio::test]
    async fn a_message_is_read_whole_and_a_part_decoded() {
        let bench = Bench::new().await;
        bench.append("INBOX", MESSAGE, Flags::default()).await;
        let own = open_own(bench.parts(), &bench.anna).await.unwrap();
        let hash = BlobHash::of(MESSAGE.as_bytes());
        let get = async |id| match open(bench.parts(), &bench.anna, &own, id).await.unwrap() {
            Some(blob) => Some((blob.size(), read(blob).await)),
            None => None,
        };
        let whole = (Some(MESSAGE.len() as u64), MESSAGE.as_bytes().to_vec());
        assert_eq!(get(BlobId::Whole(hash)).await, Some(whole));
        assert_eq!(get(BlobId::Part(hash, 1)).await, Some((Some(5), b"plain".to_vec())));
        assert_eq!(get(BlobId::Part(hash, 2)).await, Some((None, b"hello".to_vec())));
        for (begin, expected) in [("", true), ("he", true), ("hello", true), ("hello!", false), ("x", false)] {
            let mut blob = open(bench.parts(), &bench.anna, &own, BlobId::Part(hash, 2)).await.unwrap().unwrap();
            assert_eq!(blob.begins_with(begin.as_bytes()).await.unwrap(), expected, "{begin}");
            assert_eq!(read(blob).await, b"hello");
        }
        for none in [BlobId::Part(hash, 0), BlobId::Part(hash, 3), BlobId::Whole(BlobHash([1; 32]))] {
            assert_eq!(get(none).await, None, "{none}");
        }
    }

    #[tokio::test]
    async fn j07_a_hash_is_no_permission() {
        let bench = Bench::new().await;
        bench.append("INBOX", MESSAGE, Flags::default()).await;
        bench.append("Archive", "Subject: secret\r\n\r\n", Flags::default()).await;
        let shown = BlobId::Whole(BlobHash::of(MESSAGE.as_bytes()));
        let secret = BlobId::Whole(BlobHash::of(b"Subject: secret\r\n\r\n"));
        let bram = open_own(bench.parts(), &bench.bram).await.unwrap();
        assert!(open(bench.parts(), &bench.bram, &bram, shown).await.unwrap().is_none());
        bench.share("INBOX", "lr").await;
        let bram = open_own(bench.parts(), &bench.bram).await.unwrap();
        let anna = open_other(bench.parts(), &bench.bram, &bram, bench.anna.account).await.unwrap().unwrap();
        assert!(open(bench.parts(), &bench.bram, &anna, shown).await.unwrap().is_some());
        assert!(open(bench.parts(), &bench.bram, &anna, secret).await.unwrap().is_none());
        // nor through his own account
        assert!(open(bench.parts(), &bench.bram, &bram, shown).await.unwrap().is_none());
    }
}
