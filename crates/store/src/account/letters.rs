//! The letter that is filed already: a program uploads what it has sent, and the server has put it there.
use super::Account;
use crate::blob::BlobHash;
use crate::blob::BlobSource;
use crate::blob_writer::NewBlob;
use crate::email::Email;
use crate::error::Error;
use crate::flags::SystemFlags;
use crate::id::{EmailId, MailboxId, Uid};
use crate::view::Message;
use message::{Parsed, Span};
use std::ops::Range;

/// Messages that are looked at, newest first: an upload follows the sending of the same letter.
const LOOKED_AT: usize = 100;
/// How far the sizes of the two may differ: in what is the sender's own.
const DIFFERS: u64 = 64 << 10;
/// The largest header that is compared: both are in memory then.
const MAX_HEADER: u64 = 1 << 20;
/// Octets at the end of a body in which line ends are left out.
const LINE_ENDS: u64 = 64;
/// Bytes of each that are compared at a time.
const PIECE: u64 = 64 << 10;

impl Account {
    /// Where `blob`, or another copy of the same letter ([`message::is_same_letter`]), is among the newest messages of a
    /// mailbox.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn same_letter(&self, mailbox: MailboxId, blob: &NewBlob) -> Result<Option<(Uid, BlobHash)>, Error> {
        let Some(message_id) = blob.parsed.envelope.message_id.as_deref() else { return Ok(None) };
        let view = self.view(mailbox).await?;
        let near = |size: u32| u64::from(size).abs_diff(blob.size) <= DIFFERS;
        // what is marked as deleted may go at any moment: it is nobody's copy
        let stays = |message: &Message| !message.system.contains(SystemFlags::DELETED);
        let newest = view.iter().rev().take(LOOKED_AT).filter(|message| near(message.size) && stays(message));
        let (uids, ids): (Vec<Uid>, Vec<EmailId>) = newest.map(|message| (message.uid, message.email)).unzip();
        let emails = self.emails(&ids).await?;
        for (uid, email) in uids.into_iter().zip(emails) {
            let same_id = |email: &Email| email.parsed.envelope.message_id.as_deref() == Some(message_id);
            if let Some(email) = email.filter(|email| same_id(email))
                && self.is_letter(&email, blob).await?
            {
                return Ok(Some((uid, email.blob)));
            }
        }
        Ok(None)
    }

    async fn is_letter(&self, email: &Email, blob: &NewBlob) -> Result<bool, Error> {
        if email.blob == blob.hash {
            return Ok(true);
        }
        let (Some(filed), Some(new)) = (halves(&email.parsed), halves(&blob.parsed)) else { return Ok(false) };
        if (filed.end - filed.start).max(new.end - new.start) > MAX_HEADER {
            return Ok(false);
        }
        let blobs = self.head.ground.engine.blobs();
        let (Some(ours), Some(theirs)) = (blobs.open(email.blob).await?, blobs.open(blob.hash).await?) else {
            return Ok(false);
        };
        let prefix = u64::from(email.prefix_len);
        let header = ours.read(prefix.max(filed.start)..filed.end).await?;
        if !message::is_same_letter(&header, &theirs.read(new.start..new.end).await?) {
            return Ok(false);
        }
        // a letter has its whole body, however it is cut into parts
        let length = body_length(ours.as_ref(), filed.end..email.size).await?;
        if length != body_length(theirs.as_ref(), new.end..blob.size).await? {
            return Ok(false);
        }
        same_bytes((ours.as_ref(), filed.end), (theirs.as_ref(), new.end), length).await
    }
}

/// How long a body is without the line ends behind its last line: SMTP adds one where there is none (RFC 5321, 4.1.1.4), and the
/// copy that a program files may have less or more of them.
async fn body_length(source: &dyn BlobSource, body: Range<u64>) -> Result<u64, Error> {
    let tail = source.read(body.end.saturating_sub(LINE_ENDS).max(body.start)..body.end).await?;
    let ends = tail.iter().rev().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
    Ok((body.end.saturating_sub(body.start)).saturating_sub(ends as u64))
}

/// The header of a message; the body is what follows.
fn halves(parsed: &Parsed) -> Option<Span> {
    parsed.structure.parts().first().map(|root| root.header)
}

async fn same_bytes(
    (one, from): (&dyn BlobSource, u64),
    (other, other_from): (&dyn BlobSource, u64),
    size: u64,
) -> Result<bool, Error> {
    let mut at = 0;
    while at < size {
        let piece = PIECE.min(size - at);
        let ours = one.read(from + at..from + at + piece).await?;
        let theirs = other.read(other_from + at..other_from + at + piece).await?;
        if ours != theirs || ours.is_empty() {
            return Ok(false);
        }
        at += ours.len() as u64;
    }
    Ok(true)
}
