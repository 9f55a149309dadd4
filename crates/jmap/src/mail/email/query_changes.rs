//! Email/queryChanges (RFC 8621, 4.5): what changed is known from the change log, where it is now from the query.
use super::history::{Fate, History, Since, history};
use super::query::{Found, Question, find, ranks, state};
use crate::capability::Capability;
use crate::context::Context;
use crate::mail::reply::Moved;
use crate::mail::thread::{all_in, threads_of};
use crate::method::{Answers, Method};
use crate::opened::Opened;
use crate::refusal;
use jmap_wire::{Arguments, Id, MethodError, QueryChanges};
use std::collections::BTreeSet;
use store::{EmailId, ThreadId};

pub(super) const QUERY_CHANGES: Method = Method {
    name: "Email/queryChanges",
    capability: Capability::Mail,
    run: |context, arguments| Box::pin(query_changes(context, arguments)),
};

async fn query_changes(context: &mut Context<'_>, mut arguments: Arguments) -> Answers {
    let asked = QueryChanges::take(&mut arguments)?;
    let collapse = arguments.truth("collapseThreads")?;
    arguments.none_left()?;
    let opened = context.account(&asked.account).await?;
    let question = Question::read(&opened, asked.filter.as_ref(), &asked.sort)?;
    let newest = state(&opened).await?;
    let history = history(&opened, Since::read(&opened, &asked.since)?, usize::MAX, newest).await?;
    if history.more {
        return Err(MethodError::CannotCalculateChanges);
    }
    let fates = history.fates(&history.emails).await?;
    let matter = fates.iter().filter(|fate| matters(&question, fate)).map(|fate| fate.email);
    let whole_threads = collapse || question.asks_threads();
    let mut touched = Touched::default();
    touched.take(&opened, matter.collect(), whole_threads).await?;
    let asks = asked.calculate_total || !touched.emails.is_empty();
    // where nothing moved, nobody looks for the results
    let (added, total) = match placed(&opened, &history, (&question, collapse), &touched).await? {
        Some((added, total)) => (added, asked.calculate_total.then_some(total)),
        None if !asks => (Vec::new(), None),
        None => {
            let found = find(context.parts, &opened, &question, collapse, None).await?;
            touched.take(&opened, history.touched_late().await?, whole_threads).await?;
            let added = among((&question, collapse), &found, &touched, asked.up_to.as_ref());
            (added, asked.calculate_total.then_some(found.len()))
        }
    };
    // also what was not there then: it may have come between a state and the results that were told with it (RFC 8620, 5.6,
    // allows more than were results)
    let removed: Vec<String> = touched.emails.iter().map(ToString::to_string).collect();
    let added = added.into_iter().map(|(index, email)| (index, email.to_string())).collect();
    let moved = Moved { state: history.state, removed, added, total };
    Ok(vec![context.answer(moved.answer(&opened, &asked.since, asked.max)?)])
}

/// The places of what was touched among the emails of one mailbox by date, and how many those are; nothing for another
/// question, or where something came meanwhile.
async fn placed(
    opened: &Opened,
    history: &History<'_>,
    (question, collapse): (&Question, bool),
    touched: &Touched,
) -> Result<Option<(Vec<(usize, EmailId)>, usize)>, MethodError> {
    let (Some(mailbox), Some(ascending)) = (question.within, question.by_date()) else { return Ok(None) };
    let Some(found) = opened.mailboxes.get(mailbox).filter(|_| opened.sees(mailbox)) else { return Ok(None) };
    if collapse || !question.is_mailbox() {
        return Ok(None);
    }
    let total = usize::try_from(found.counters.emails).unwrap_or(usize::MAX);
    let placed = ranks(opened, mailbox, ascending, &touched.emails).await.map_err(|error| refusal::method(&error))?;
    let placed = placed.map(|placed| (placed, total));
    Ok(if history.touched_late().await?.is_empty() { placed } else { None })
}

/// The places of what was touched among all results.
fn among(
    (question, collapse): (&Question, bool),
    found: &[Found],
    touched: &Touched,
    up_to: Option<&Id>,
) -> Vec<(usize, EmailId)> {
    let is_touched = |found: &Found| touched.emails.contains(&found.email) || touched.threads.contains(&found.thread);
    // RFC 8620, 5.6: what stands behind the last result that the client knows is nothing to it, where no result moves
    let up_to = up_to.filter(|_| question.is_immutable() && !collapse).and_then(|id| {
        let id: EmailId = id.as_str().parse().ok()?;
        found.iter().position(|found| found.email == id)
    });
    let added = found.iter().enumerate();
    let added = added.filter(|(index, found)| is_touched(found) && up_to.is_none_or(|last| *index <= last));
    added.map(|(index, found)| (index, found.email)).collect()
}

/// Whether what happened to an email can change the results: it came or went, it is in other mailboxes, or it has other
/// keywords and somebody asks for those.
fn matters(question: &Question, fate: &Fate) -> bool {
    fate.was != fate.is || fate.moved || question.marks.ask_keywords()
}

/// Emails whose place among the results may be another, and threads of which that holds.
#[derive(Default)]
struct Touched {
    emails: BTreeSet<EmailId>,
    threads: BTreeSet<ThreadId>,
}

impl Touched {
    /// Takes what was touched; where a thread counts as a whole, all that is in it.
    async fn take(
        &mut self,
        opened: &Opened,
        emails: BTreeSet<EmailId>,
        whole_threads: bool,
    ) -> Result<(), MethodError> {
        if whole_threads {
            let threads = threads_of(opened, emails.iter().copied()).await;
            let threads: Vec<ThreadId> = threads.map_err(|error| refusal::method(&error))?.into_iter().collect();
            self.emails.extend(all_in(opened, &threads).await?.into_iter().flatten());
            self.threads.extend(threads);
        }
        self.emails.extend(emails);
        Ok(())
    }
}

#[cfg(test)]
mod tests;
