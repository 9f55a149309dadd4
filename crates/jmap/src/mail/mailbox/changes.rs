//! Mailbox/changes (RFC 8621, 2.2), from the change log.
use super::elsewhere::{Elsewhere, asked as asked_of};
use super::fates::{Fate, Fates, Step};
use super::object::COUNTS;
use crate::capability::Capability;
use crate::context::Context;
use crate::mail::log::entries;
use crate::mail::partway::Partway;
use crate::mail::reply::Changed;
use crate::method::{Answers, Method};
use crate::opened::Opened;
use crate::refusal;
use jmap_wire::{Arguments, Changes, MethodError};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use store::{LogEntry, MailboxId};

pub(super) const CHANGES: Method = Method {
    name: "Mailbox/changes",
    capability: Capability::Mail,
    run: |context, arguments| Box::pin(changes(context, arguments)),
};

async fn changes(context: &mut Context<'_>, mut arguments: Arguments) -> Answers {
    let asked = Changes::take(&mut arguments)?;
    arguments.none_left()?;
    let opened = context.account(&asked.account).await?;
    let since = Partway::read(&opened, &asked.since)?;
    let until = opened.states().await.map_err(|error| refusal::method(&error))?.mailbox;
    let log = entries(&opened, since.reads_on(), until).await?;
    let max = asked.max.map(|max| usize::try_from(max).unwrap_or(usize::MAX));
    let page = page(&opened, since, &log, max).await?;
    let new_state = page.last.unwrap_or_else(|| since.or_behind(until));
    Ok(vec![context.answer(answer(&opened, (&asked.since, new_state), &page))])
}

/// What one answer tells.
struct Page {
    fates: BTreeMap<MailboxId, Fate>,
    /// How far it leads, where there is more behind it.
    last: Option<Partway>,
}

/// What happened since a state, of at most `max` mailboxes.
///
/// # Errors
/// `cannotCalculateChanges` where any mailbox may have other counts, and those are more than the client takes at a time.
async fn page(opened: &Opened, since: Partway, log: &[LogEntry], max: Option<usize>) -> Result<Page, MethodError> {
    // who takes some at a time comes again
    let some = log.get(..max.map_or(log.len(), |_| asked_of(log))).unwrap_or(log);
    let max = max.unwrap_or(usize::MAX);
    let elsewhere = Elsewhere::of(opened, some).await.map_err(|error| refusal::method(&error))?;
    let mut fates = Fates::before(opened, log, since);
    let (mut reached, mut taken) = (since, 0);
    for entry in some {
        let mut step = fates.step(entry);
        elsewhere.add(&fates, &mut step, entry);
        fates.leave_out_known(&mut step, entry);
        if fates.fits(&step, max) {
            fates.take(step);
            (reached, taken) = (Partway::behind(entry.modseq), taken + 1);
            continue;
        }
        if taken == 0 {
            // one commit did more than the client takes: a part of it now
            reached = fates.take_part(step, max).map_or(reached, |last| Partway::within(entry.modseq, last.0));
        }
        break;
    }
    if matches!(elsewhere, Elsewhere::Anywhere) {
        let mut step = Step::default();
        fates.put_everywhere(&mut step);
        if !fates.fits(&step, max) {
            return Err(MethodError::CannotCalculateChanges);
        }
        fates.take(step);
    }
    Ok(Page { fates: fates.settled(), last: (taken < log.len()).then_some(reached) })
}

fn answer(opened: &Opened, (since, new_state): (&str, Partway), page: &Page) -> Map<String, Value> {
    let of = |wanted: &[Fate]| {
        let those = page.fates.iter().filter(|(_, fate)| wanted.contains(fate));
        those.map(|(mailbox, _)| mailbox.to_string()).collect::<Vec<_>>()
    };
    let changed = Changed {
        created: of(&[Fate::Created]),
        updated: of(&[Fate::Counted, Fate::Updated]),
        destroyed: of(&[Fate::Destroyed]),
        more: page.last.is_some(),
    };
    // "If only the counts changed": the client need not ask for the rest
    let counted = !changed.updated.is_empty() && of(&[Fate::Updated]).is_empty();
    let mut told = changed.answer(opened, since, new_state.told(opened));
    told.insert("updatedProperties".to_owned(), if counted { COUNTS.into() } else { Value::Null });
    told
}

#[cfg(test)]
mod tests;
