//! How a message enters: bytes in, once; hash, size and parse out.
use crate::blob::{BlobHash, BlobSink};
use crate::error::Error;
use message::{Limits, Parsed, Parser};
use std::sync::Arc;

/// What becomes of line ends on the way in. Settled once, at the edge; from then on byte for byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineEnds {
    /// The caller has settled them.
    Keep,
    /// A bare LF and a bare CR become CRLF, before hashing and counting.
    ToCrlf,
}

/// A stored blob that no commit names yet, with what was read in it on the way.
#[derive(Debug, Clone)]
pub struct NewBlob {
    /// Its hash.
    pub hash: BlobHash,
    /// Its size in bytes.
    pub size: u64,
    /// What is inside.
    pub parsed: Arc<Parsed>,
}

/// Takes one message by push; hashes, compresses, parses as it comes. Dropped unfinished, nothing is kept.
pub struct BlobWriter {
    sink: Box<dyn BlobSink>,
    parser: Parser,
    line_ends: LineEnds,
    settler: LineEndSettler,
    buffer: Vec<u8>,
}

/// Makes CRLF of every bare LF and bare CR in bytes that come in pieces.
#[derive(Debug, Clone, Copy, Default)]
pub struct LineEndSettler {
    /// Whether the last byte was a CR whose LF has not come yet.
    after_cr: bool,
}

impl LineEndSettler {
    /// Appends `bytes` to `settled`, settled so.
    pub fn push(&mut self, bytes: &[u8], settled: &mut Vec<u8>) {
        self.after_cr = settle(bytes, self.after_cr, settled);
    }

    /// What is still missing when nothing more comes: the LF of a CR at the end.
    pub fn finish(&mut self) -> &'static [u8] {
        if std::mem::take(&mut self.after_cr) { b"\n" } else { b"" }
    }
}

impl BlobWriter {
    pub(crate) fn new(sink: Box<dyn BlobSink>, line_ends: LineEnds) -> Self {
        Self {
            sink,
            parser: Parser::new(Limits::default()),
            line_ends,
            settler: LineEndSettler::default(),
            buffer: Vec::new(),
        }
    }

    /// Settles the line ends of what follows so. A CR that waits for its LF has it then.
    ///
    /// # Errors
    /// When the disk failed or is full.
    pub async fn settle(&mut self, line_ends: LineEnds) -> Result<(), Error> {
        if self.line_ends != line_ends {
            let missing = self.settler.finish();
            self.push(missing).await?;
        }
        self.line_ends = line_ends;
        Ok(())
    }

    /// Takes more bytes.
    ///
    /// # Errors
    /// When the disk failed or is full.
    pub async fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        match self.line_ends {
            LineEnds::Keep => self.push(bytes).await,
            LineEnds::ToCrlf => {
                for piece in bytes.chunks(PIECE) {
                    let mut settled = std::mem::take(&mut self.buffer);
                    settled.clear();
                    self.settler.push(piece, &mut settled);
                    let pushed = self.push(&settled).await;
                    self.buffer = settled;
                    pushed?;
                }
                Ok(())
            }
        }
    }

    /// Ends the message; its bytes are on disk when a commit that names them is.
    ///
    /// # Errors
    /// When the disk failed or is full.
    pub async fn finish(mut self) -> Result<NewBlob, Error> {
        let missing = self.settler.finish();
        self.push(missing).await?;
        let stored = self.sink.finish().await?;
        Ok(NewBlob { hash: stored.hash, size: stored.size, parsed: Arc::new(self.parser.finish()) })
    }

    async fn push(&mut self, bytes: &[u8]) -> Result<(), Error> {
        if bytes.is_empty() {
            return Ok(());
        }
        self.parser.push(bytes);
        Ok(self.sink.write(bytes).await?)
    }
}

/// Bytes settled at a time.
const PIECE: usize = 16 * 1024;

/// Appends `bytes` to `settled` with CRLF for every CRLF, bare LF and bare CR; gives whether a CR at the end still
/// waits for what follows.
fn settle(mut bytes: &[u8], mut after_cr: bool, settled: &mut Vec<u8>) -> bool {
    while let Some((&first, rest)) = bytes.split_first() {
        if after_cr {
            settled.push(b'\n');
            if first == b'\n' {
                (bytes, after_cr) = (rest, false);
                continue;
            }
        }
        let text = memchr::memchr2(b'\r', b'\n', bytes).unwrap_or(bytes.len());
        let (line, end) = bytes.split_at(text);
        settled.extend_from_slice(line);
        let Some((&end, rest)) = end.split_first() else { return false };
        after_cr = end == b'\r';
        settled.extend_from_slice(if after_cr { b"\r" } else { b"\r\n" });
        bytes = rest;
    }
    after_cr
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_ends_settle_whatever_the_pieces() {
        for (given, expected) in [
            ("a\nb\r\nc\rd", "a\r\nb\r\nc\r\nd"),
            ("\n\n", "\r\n\r\n"),
            ("\r\r\n", "\r\n\r\n"),
            ("a\r", "a\r\n"),
            ("\r\n\r\n", "\r\n\r\n"),
            ("", ""),
        ] {
            for cut in 0..=given.len() {
                let mut settled = Vec::new();
                let waits = settle(&given.as_bytes()[..cut], false, &mut settled);
                if settle(&given.as_bytes()[cut..], waits, &mut settled) {
                    settled.push(b'\n');
                }
                assert_eq!(String::from_utf8(settled).unwrap(), expected, "{given:?} cut at {cut}");
            }
        }
    }
}
