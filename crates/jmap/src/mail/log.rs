//! The change log as `/changes` and `/queryChanges` read it (RFC 8620, 5.2 and 5.6).
use crate::opened::Opened;
use crate::refusal;
use jmap_wire::MethodError;
use store::{LogEntry, ModSeq};

/// Things touched that one answer looks at; a client that is further behind asks anew for what it has.
pub(crate) const MAX_TOUCHED: usize = 50_000;
/// Entries that are read at a time: each may have touched a thousand things.
const PAGE: usize = 50;

/// The entries after `since`, up to `until`: the state of the type that is asked for. There is nothing to read for who
/// knows that already, and no entry need be kept for him.
///
/// # Errors
/// `cannotCalculateChanges` where they are not kept any more, or are too many; and for what never was.
pub(crate) async fn entries(opened: &Opened, since: ModSeq, until: ModSeq) -> Result<Vec<LogEntry>, MethodError> {
    if since >= until {
        let newest = opened.account.modseq().await.map_err(|error| refusal::method(&error))?;
        return if since > newest { Err(MethodError::CannotCalculateChanges) } else { Ok(Vec::new()) };
    }
    let (mut all, mut touched, mut from) = (Vec::new(), 0, since);
    while from < until {
        let page = opened.account.changes(from, PAGE).await.map_err(|error| refusal::method(&error))?;
        let more = page.more;
        for entry in page.entries {
            from = entry.modseq;
            if entry.modseq > until {
                return Ok(all);
            }
            touched += entry.touched.len();
            if touched > MAX_TOUCHED {
                return Err(MethodError::CannotCalculateChanges);
            }
            all.push(entry);
        }
        if !more {
            break;
        }
    }
    Ok(all)
}
