//! What changed of objects that an account keeps beside its mail: identities, what was sent (RFC 8620, 5.2).
use super::log::entries;
use super::partway::Partway;
use super::reply::Changed;
use crate::opened::Opened;
use crate::refusal;
use jmap_wire::MethodError;
use std::collections::BTreeMap;
use store::{ObjectId, ObjectKind, ObjectTouch, Touched};

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
    since: Partway,
    max: Option<u64>,
) -> Result<(Changed, Partway), MethodError> {
    let until = opened.account.object_state(of).await.map_err(|error| refusal::method(&error))?;
    let max = max.and_then(|max| usize::try_from(max).ok()).unwrap_or(MOST).min(MOST);
    let mut fates: BTreeMap<ObjectId, Fate> = BTreeMap::new();
    let (mut reached, mut more) = (since, false);
    for entry in entries(opened, since.reads_on(), until).await? {
        let touched = entry.touched.iter().filter_map(|touched| match touched {
            Touched::Object { of: kind, id, touch } if *kind == of => Some((*id, *touch)),
            _ => None,
        });
        let mut after = fates.clone();
        for (id, touch) in touched.filter(|(id, _)| !since.knows(entry.modseq, id.0)) {
            let fate = after.entry(id).or_insert(Fate { new: touch == ObjectTouch::Created, gone: false });
            fate.gone = touch == ObjectTouch::Removed;
        }
        if after.len() > max {
            more = true;
            if fates.is_empty() {
                // one commit did more than the client takes: a part of it now
                fates = after.into_iter().take(max).collect();
                reached = fates.keys().last().map_or(reached, |id| Partway::within(entry.modseq, id.0));
            }
            break;
        }
        (fates, reached) = (after, Partway::behind(entry.modseq));
    }
    let state = if more { reached } else { since.or_behind(until) };
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
