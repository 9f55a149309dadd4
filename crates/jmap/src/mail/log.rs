//! The change log as `/changes` and `/queryChanges` read it (RFC 8620, 5.2 and 5.6).
use crate::opened::Opened;
use crate::refusal;
use jmap_wire::MethodError;
use store::{LogEntry, ModSeq};

/// Things touched that one answer looks at; a client that is further behind asks anew for what it has.
pub(crate) const MAX_TOUCHED: usize = 50_000;
/// Entries that are read at a time: each may have touched a thousand things.
const PAGE: usize = 50;

/// The entries after `since`, up to `until`.
///
/// # Errors
/// As [`each`], of more than [`MAX_TOUCHED`] things.
pub(crate) async fn entries(opened: &Opened, since: ModSeq, until: ModSeq) -> Result<Vec<LogEntry>, MethodError> {
    let mut all = Vec::new();
    each(opened, (since, until), MAX_TOUCHED, |entry| all.push(entry)).await?;
    Ok(all)
}

/// Takes each entry after `since`, up to `until`: the state of the type that is asked for. There is nothing to read for who
/// knows that already, and no entry need be kept for him.
///
/// # Errors
/// `cannotCalculateChanges` where they are not kept any more, or touched more than `max` things; and for what never was.
pub(crate) async fn each(
    opened: &Opened,
    (since, until): (ModSeq, ModSeq),
    max: usize,
    mut take: impl FnMut(LogEntry) + Send,
) -> Result<(), MethodError> {
    if since >= until {
        let newest = opened.account.modseq().await.map_err(|error| refusal::method(&error))?;
        return if since > newest { Err(MethodError::CannotCalculateChanges) } else { Ok(()) };
    }
    let (mut touched, mut from, mut more) = (0, since, true);
    while more && from < until {
        let page = opened.account.changes(from, PAGE).await.map_err(|error| refusal::method(&error))?;
        more = page.more;
        for entry in page.entries {
            from = entry.modseq;
            if entry.modseq > until {
                return Ok(());
            }
            touched += entry.touched.len();
            if touched > max {
                return Err(MethodError::CannotCalculateChanges);
            }
            take(entry);
        }
    }
    Ok(())
}
