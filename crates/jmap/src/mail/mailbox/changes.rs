//! Mailbox/changes (RFC 8621, 2.2), from the change log.
use super::elsewhere::{Elsewhere, asked as asked_of};
use super::fates::{Fate, Fates, Step};
use super::object::COUNTS;
use crate::capability::Capability;
use crate::context::Context;
use crate::mail::log::entries;
use crate::mail::reply::Changed;
use crate::method::{Answers, Method};
use crate::opened::Opened;
use crate::refusal;
use jmap_wire::{Arguments, Changes, MethodError};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use store::{LogEntry, MailboxId, ModSeq};

pub(super) const CHANGES: Method = Method {
    name: "Mailbox/changes",
    capability: Capability::Mail,
    run: |context, arguments| Box::pin(changes(context, arguments)),
};

async fn changes(context: &mut Context<'_>, mut arguments: Arguments) -> Answers {
    let asked = Changes::take(&mut arguments)?;
    arguments.none_left()?;
    let opened = context.account(&asked.account).await?;
    let since = opened.since(&asked.since)?;
    let until = opened.states().await.map_err(|error| refusal::method(&error))?.mailbox;
    let log = entries(&opened, since, until).await?;
    let max = asked.max.map(|max| usize::try_from(max).unwrap_or(usize::MAX));
    let page = page(&opened, &log, max).await?;
    let new_state = page.last.unwrap_or_else(|| until.max(since));
    Ok(vec![context.answer(answer(&opened, (&asked.since, new_state), &page))])
}

/// What one answer tells.
struct Page {
    fates: BTreeMap<MailboxId, Fate>,
    /// The last entry that is told, where there is more behind it.
    last: Option<ModSeq>,
}

/// What happened, of at most `max` mailboxes.
///
/// # Errors
/// `cannotCalculateChanges` where one commit touched more than the client takes at a time.
async fn page(opened: &Opened, log: &[LogEntry], max: Option<usize>) -> Result<Page, MethodError> {
    // who takes some at a time comes again
    let some = log.get(..max.map_or(log.len(), |_| asked_of(log))).unwrap_or(log);
    let elsewhere = Elsewhere::of(opened, some).await.map_err(|error| refusal::method(&error))?;
    let mut fates = Fates::before(opened, log);
    let mut taken = 0;
    for entry in some {
        let mut step = fates.step(entry);
        elsewhere.add(&fates, &mut step, entry);
        if !fates.take(step, max.unwrap_or(usize::MAX)) {
            break;
        }
        taken += 1;
    }
    if matches!(elsewhere, Elsewhere::Anywhere) {
        let mut step = Step::default();
        fates.put_everywhere(&mut step);
        if !fates.take(step, max.unwrap_or(usize::MAX)) {
            return Err(MethodError::CannotCalculateChanges);
        }
    }
    let last = if taken == log.len() { None } else { log.get(..taken).and_then(<[LogEntry]>::last) };
    if last.is_none() && taken < log.len() {
        return Err(MethodError::CannotCalculateChanges);
    }
    Ok(Page { fates: fates.settled(), last: last.map(|entry| entry.modseq) })
}

fn answer(opened: &Opened, (since, new_state): (&str, ModSeq), page: &Page) -> Map<String, Value> {
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
    let mut told = changed.answer(opened, since, opened.state(new_state));
    told.insert("updatedProperties".to_owned(), if counted { COUNTS.into() } else { Value::Null });
    told
}

#[cfg(test)]
mod tests;
