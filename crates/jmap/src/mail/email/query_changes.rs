//! Email/queryChanges (RFC 8621, 4.5): what changed is known from the change log, where it is now from the query.
use super::history::{Fate, Since, history};
use super::query::{Found, Question, find, ranks, state};
use crate::capability::Capability;
use crate::context::Context;
use crate::mail::reply::Moved;
use crate::mail::thread::MAX_EMAILS;
use crate::method::{Answers, Method};
use crate::opened::Opened;
use crate::refusal;
use jmap_wire::{Arguments, Id, QueryChanges};
use std::collections::BTreeSet;
use store::{EmailId, Error, ThreadId};

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
    let fates: Vec<Fate> = history.fates.iter().filter(|fate| matters(&question, fate)).copied().collect();
    let touched = touched(&opened, &fates, collapse || question.asks_threads()).await;
    let touched = touched.map_err(|error| refusal::method(&error))?;
    let question = (&question, collapse);
    let (added, total) = match placed(&opened, question, &touched).await.map_err(|error| refusal::method(&error))? {
        Some((added, total)) => (added, asked.calculate_total.then_some(total)),
        // where nothing moved, nobody looks for the results
        None if fates.is_empty() && !asked.calculate_total => (Vec::new(), None),
        None => {
            let found = find(context.parts, &opened, question.0, collapse, None).await?;
            let added = among(question, &found, &touched, asked.up_to.as_ref());
            (added, asked.calculate_total.then_some(found.len()))
        }
    };
    // what was not there then cannot have been a result
    let new: BTreeSet<EmailId> = history.fates.iter().filter(|fate| !fate.was).map(|fate| fate.email).collect();
    let removed: Vec<String> =
        touched.emails.iter().filter(|email| !new.contains(email)).map(ToString::to_string).collect();
    let added = added.into_iter().map(|(index, email)| (index, email.to_string())).collect();
    let moved = Moved { state: history.state, removed, added, total };
    Ok(vec![context.answer(moved.answer(&opened, &asked.since, asked.max)?)])
}

/// The places of what was touched among the emails of one mailbox by date, and how many those are; nothing for another
/// question.
async fn placed(
    opened: &Opened,
    (question, collapse): (&Question, bool),
    touched: &Touched,
) -> Result<Option<(Vec<(usize, EmailId)>, usize)>, Error> {
    let (Some(mailbox), Some(ascending)) = (question.within, question.by_date()) else { return Ok(None) };
    let Some(found) = opened.mailboxes.get(mailbox).filter(|_| opened.sees(mailbox)) else { return Ok(None) };
    if collapse || !question.is_mailbox() {
        return Ok(None);
    }
    let total = usize::try_from(found.counters.emails).unwrap_or(usize::MAX);
    Ok(ranks(opened, mailbox, ascending, &touched.emails).await?.map(|placed| (placed, total)))
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
    let came_or_went = fate.was != fate.is;
    let there = fate.was && fate.is;
    came_or_went || there && !question.is_immutable() && (fate.moved || question.marks.ask_keywords())
}

/// Emails whose place among the results may be another, and threads of which that holds.
struct Touched {
    emails: BTreeSet<EmailId>,
    threads: BTreeSet<ThreadId>,
}

/// What was touched; where a thread counts as a whole, all that is in it.
async fn touched(opened: &Opened, fates: &[Fate], whole_threads: bool) -> Result<Touched, Error> {
    let mut emails: BTreeSet<EmailId> = fates.iter().map(|fate| fate.email).collect();
    let mut threads = BTreeSet::new();
    if whole_threads {
        let ids: Vec<EmailId> = emails.iter().copied().collect();
        threads.extend(opened.account.emails(&ids).await?.into_iter().flatten().map(|email| email.thread));
        let those: Vec<ThreadId> = threads.iter().copied().collect();
        emails.extend(opened.account.thread_emails(&those, MAX_EMAILS).await?.into_iter().flatten());
    }
    Ok(Touched { emails, threads })
}
