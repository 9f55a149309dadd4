//! The header of a stored message, whole, for what answers it or sends it.
use message::HeaderPass;
use store::{Email, Error, MessageSource};

/// The largest header that is read.
const MAX_HEADER: usize = 256 * 1024;
/// Bytes read at a time.
const PIECE: u64 = 64 * 1024;

/// Reads it, without what the server put before it.
///
/// # Errors
/// What the store says.
pub(super) async fn stored_header(email: &Email, source: &MessageSource) -> Result<HeaderPass, Error> {
    let mut header = HeaderPass::new(MAX_HEADER);
    let mut at = u64::from(email.prefix_len);
    while !header.is_complete() && !header.is_cut() && at < source.size() {
        let bytes = source.read(at..at.saturating_add(PIECE).min(source.size())).await?;
        if bytes.is_empty() {
            break;
        }
        header.push(&bytes);
        at += bytes.len() as u64;
    }
    Ok(header)
}
