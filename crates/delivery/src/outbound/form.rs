//! In which form a message goes to a server that offers less than it asks for: encoded (RFC 6152, 3), without what it
//! does not need (RFC 6531, 3.6), or not at all.
use super::line::PIECE;
use message::{Limits, SevenBit, SevenBitLook, SevenBitScan, SevenBitWriter, Unconvertible};
use smtp_wire::{Body, Capabilities, Transaction};
use std::ops::Deref;
use store::{BlobSource, EngineError};

/// A transaction as the other server can take it.
#[derive(Debug)]
pub(crate) enum Fitted {
    /// It goes.
    Goes(Box<Transaction>, Form),
    /// It needs eight bits, and nothing else will do.
    Never(Unconvertible),
}

/// The bytes of a message on their way out.
#[derive(Debug)]
pub(crate) enum Form {
    /// As they are stored.
    AsIs,
    /// In seven bits.
    SevenBit(SevenBit),
}

/// Fits a message, whose bytes begin at `from` in `source`, to what a server offers. Only where it offers too little is
/// the message looked at: piece by piece, once, and once more where it is encoded, to know its size.
///
/// # Errors
/// When it cannot be read.
pub(crate) async fn fit(
    mut transaction: Transaction,
    offered: &Capabilities,
    source: &dyn BlobSource,
    from: u64,
) -> Result<Fitted, EngineError> {
    let binary = transaction.mail.body == Some(Body::BinaryMime);
    let narrow = !offered.eight_bit_mime || binary && !(offered.binary_mime && offered.chunking);
    let ascii_only = transaction.mail.utf8 && !offered.utf8;
    if !narrow && !ascii_only {
        return Ok(Fitted::Goes(Box::new(transaction), Form::AsIs));
    }
    let look = look(source, from).await?;
    if ascii_only && look.ascii_headers && has_ascii_addresses(&transaction) {
        // RFC 6531, 3.6: what asked for SMTPUTF8 and does not need it goes without
        transaction.mail.utf8 = false;
    }
    // what needs SMTPUTF8 still is refused for that
    if !narrow || transaction.mail.utf8 && !offered.utf8 {
        return Ok(Fitted::Goes(Box::new(transaction), Form::AsIs));
    }
    transaction.mail.body = None;
    match look.plan {
        Err(why) => Ok(Fitted::Never(why)),
        Ok(plan) if plan.is_as_it_is() => Ok(Fitted::Goes(Box::new(transaction), Form::AsIs)),
        Ok(plan) => {
            transaction.size = size(&plan, source, from).await?;
            Ok(Fitted::Goes(Box::new(transaction), Form::SevenBit(plan)))
        }
    }
}

fn has_ascii_addresses(transaction: &Transaction) -> bool {
    transaction.mail.to_string().is_ascii() && transaction.recipients.iter().all(|rcpt| rcpt.to_string().is_ascii())
}

async fn look(source: &dyn BlobSource, from: u64) -> Result<SevenBitLook, EngineError> {
    let mut scan = SevenBitScan::new(Limits::default());
    let mut pieces = Pieces::new(source, from);
    while let Some(piece) = pieces.next().await? {
        scan.push(&piece);
    }
    Ok(scan.finish())
}

/// How large it is once it is encoded (RFC 1870, 3).
async fn size(plan: &SevenBit, source: &dyn BlobSource, from: u64) -> Result<u64, EngineError> {
    let mut pieces = Pieces::new(source, from);
    let (mut writer, mut out, mut size) = (plan.writer(), Vec::new(), 0);
    while let Some(piece) = pieces.next().await? {
        out.clear();
        writer.push(&piece, &mut out);
        size += out.len() as u64;
    }
    out.clear();
    writer.finish(&mut out);
    Ok(size + out.len() as u64)
}

/// A stored message, piece by piece.
pub(crate) struct Pieces<'a> {
    source: &'a dyn BlobSource,
    at: u64,
}

impl<'a> Pieces<'a> {
    pub(crate) fn new(source: &'a dyn BlobSource, from: u64) -> Self {
        Self { source, at: from }
    }

    /// The next piece; `None` at the end.
    pub(crate) async fn next(&mut self) -> Result<Option<impl Deref<Target = [u8]>>, EngineError> {
        if self.at >= self.source.size() {
            return Ok(None);
        }
        let piece = self.source.read(self.at..self.at.saturating_add(PIECE).min(self.source.size())).await?;
        if piece.is_empty() {
            return Err(EngineError::Corrupt("a blob shorter than it says".to_owned()));
        }
        self.at += piece.len() as u64;
        Ok(Some(piece))
    }
}

/// The bytes of a message as they go by, in their form.
pub(crate) enum Dresser<'a> {
    AsIs,
    SevenBit(SevenBitWriter<'a>, Vec<u8>),
}

impl Form {
    pub(crate) fn dresser(&self) -> Dresser<'_> {
        match self {
            Self::AsIs => Dresser::AsIs,
            Self::SevenBit(plan) => Dresser::SevenBit(plan.writer(), Vec::new()),
        }
    }
}

impl Dresser<'_> {
    /// What a piece becomes.
    pub(crate) fn piece<'b>(&'b mut self, piece: &'b [u8]) -> &'b [u8] {
        match self {
            Self::AsIs => piece,
            Self::SevenBit(writer, out) => {
                out.clear();
                writer.push(piece, out);
                out
            }
        }
    }

    /// What follows the last piece.
    pub(crate) fn rest(self) -> Vec<u8> {
        match self {
            Self::AsIs => Vec::new(),
            Self::SevenBit(writer, mut out) => {
                out.clear();
                writer.finish(&mut out);
                out
            }
        }
    }
}
