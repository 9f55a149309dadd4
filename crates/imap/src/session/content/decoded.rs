//! Parts without their Content-Transfer-Encoding (RFC 3516, 3): decoded as they are sent, and once before that, since the
//! size comes first.
use super::Piece;
use imap_wire::Partial;
use message::{Encoding, Section as Within, Shape, TransferDecoder};
use search::Content;
use std::ops::Range;
use store::{Account, Error};

/// A part that has been measured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Decoding {
    stored: Range<u64>,
    encoding: Encoding,
    /// What of the decoded octets is asked for.
    window: Range<u64>,
    size: u64,
    has_nul: bool,
}

impl Decoding {
    /// How many octets are sent.
    pub(crate) const fn size(&self) -> u64 {
        self.size
    }

    /// Whether there is a NUL among them.
    pub(crate) const fn has_nul(&self) -> bool {
        self.has_nul
    }

    /// Begins to decode.
    pub(crate) fn begin(&self) -> Decoder {
        Decoder {
            decoder: TransferDecoder::new(&self.encoding),
            stored: self.stored.clone(),
            window: self.window.clone(),
            offset: 0,
            ended: false,
        }
    }
}

/// A part that is being decoded.
pub(crate) struct Decoder {
    decoder: TransferDecoder,
    /// What is still to be read.
    stored: Range<u64>,
    window: Range<u64>,
    /// How much has been decoded.
    offset: u64,
    ended: bool,
}

impl Decoder {
    /// The next octets of the window; nothing at its end.
    pub(crate) async fn next(&mut self, content: &mut Content, account: &Account) -> Result<Option<Vec<u8>>, Error> {
        while !self.ended && self.offset < self.window.end {
            let mut decoded = Vec::new();
            if self.stored.is_empty() {
                self.decoder.finish(&mut decoded);
                self.ended = true;
            } else {
                let piece = content.piece(account, self.stored.start, self.stored.end).await?;
                self.stored.start += u64::try_from(piece.len()).unwrap_or(u64::MAX);
                self.decoder.push(&piece, &mut decoded);
            }
            let place = |at: u64| usize::try_from(at.saturating_sub(self.offset)).unwrap_or(usize::MAX);
            let (from, to) = (place(self.window.start).min(decoded.len()), place(self.window.end).min(decoded.len()));
            self.offset += u64::try_from(decoded.len()).unwrap_or(u64::MAX);
            if from < to {
                decoded.truncate(to);
                decoded.drain(..from);
                return Ok(Some(decoded));
            }
        }
        Ok(None)
    }
}

/// Finds a part and measures it.
pub(crate) async fn decoded(
    content: &mut Content,
    account: &Account,
    part: &[u32],
    partial: Option<Partial>,
) -> Result<Piece, Error> {
    let structure = &content.email.parsed.structure;
    let Some(span) = structure.section(part, Within::Whole) else { return Ok(Piece::Missing) };
    let found = structure.find(part).and_then(|index| structure.part(index));
    // RFC 2045, 6.4: what is made of parts is never coded itself; nor is a message with its header.
    let leaf = found.filter(|found| matches!(found.shape, Shape::Leaf) && !part.is_empty());
    let encoding = leaf.map_or(Encoding::Binary, |leaf| leaf.encoding.clone());
    if matches!(encoding, Encoding::Other(_)) {
        return Ok(Piece::Undecodable);
    }
    let window = partial.map_or(0..u64::MAX, |partial| {
        let start = u64::from(partial.start);
        start..start + u64::from(partial.length)
    });
    let mut decoding = Decoding { stored: span.range(), encoding, window, size: 0, has_nul: false };
    let mut decoder = decoding.begin();
    while let Some(octets) = decoder.next(content, account).await? {
        decoding.size += u64::try_from(octets.len()).unwrap_or(0);
        decoding.has_nul |= octets.contains(&0);
        tokio::task::yield_now().await;
    }
    Ok(Piece::Decoded(decoding))
}
