//! What changed of objects that an account keeps beside its mail: identities, what was sent (RFC 8620, 5.2).
use super::log::entries;
use super::reply::Changed;
use crate::opened::Opened;
use crate::refusal;
use jmap_wire::MethodError;
use std::collections::BTreeMap;
use store::{ModSeq, ObjectId, ObjectKind, ObjectTouch, Touched};

/// Changes that one answer tells of at most, where the client does not ask for less.
const MOST: usize = 1_000;

/// What became of an object since then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Fate {
    new: bool,
    gone: bool,
}

/// What changed of a kind since a state, and up to which one.
///
/// # Errors
/// `cannotCalculateChanges`.
pub(crate) async fn changed(
    opened: &Opened,
    of: ObjectKind,
    since: ModSeq,
    max: Option<u64>,
) -> Result<(Changed, ModSeq), MethodError> {
    let until = opened.account.object_state(of).await.map_err(|error| refusal::method(&error))?;
    let max = max.and_then(|max| usize::try_from(max).ok()).unwrap_or(MOST).min(MOST);
    let mut fates: BTreeMap<ObjectId, Fate> = BTreeMap::new();
    let (mut reached, mut more) = (since, false);
    for entry in entries(opened, since, until).await? {
        let touched = entry.touched.iter().filter_map(|touched| match touched {
            Touched::Object { of: kind, id, touch } if *kind == of => Some((*id, *touch)),
            _ => None,
        });
        let mut after = fates.clone();
        for (id, touch) in touched {
            let fate = after.entry(id).or_insert(Fate { new: touch == ObjectTouch::Created, gone: false });
            fate.gone = touch == ObjectTouch::Removed;
        }
        if after.len() > max {
            // "an intermediate state": what one commit did is told whole
            if fates.is_empty() {
                return Err(MethodError::CannotCalculateChanges);
            }
            more = true;
            break;
        }
        (fates, reached) = (after, entry.modseq);
    }
    let state = if more { reached } else { until.max(since) };
    let mut changed = Changed { more, ..Changed::default() };
    for (id, fate) in fates {
        let list = match fate {
            Fate { new: true, gone: true } => continue,
            Fate { new: true, gone: false } => &mut changed.created,
            Fate { new: false, gone: false } => &mut changed.updated,
            Fate { new: false, gone: true } => &mut changed.destroyed,
        };
        list.push(id.to_string());
    }
    Ok((changed, state))
}
