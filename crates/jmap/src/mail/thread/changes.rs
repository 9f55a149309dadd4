//! Thread/changes (RFC 8621, 3.2): a thread changes with what emails it has.
use super::get::MAX_EMAILS;
use crate::capability::Capability;
use crate::context::Context;
use crate::mail::email::{Fate, Since, history, standings};
use crate::mail::reply::Changed;
use crate::method::{Answers, Method};
use crate::opened::Opened;
use crate::refusal;
use jmap_wire::{Arguments, Changes};
use std::collections::{BTreeMap, BTreeSet};
use store::{EmailId, Error, ThreadId};

pub(super) const CHANGES: Method = Method {
    name: "Thread/changes",
    capability: Capability::Mail,
    run: |context, arguments| Box::pin(changes(context, arguments)),
};

async fn changes(context: &mut Context<'_>, mut arguments: Arguments) -> Answers {
    let asked = Changes::take(&mut arguments)?;
    arguments.none_left()?;
    let opened = context.account(&asked.account).await?;
    let since = Since::read(&opened, &asked.since)?;
    let fail = |error: Error| refusal::method(&error);
    let newest = opened.states().await.map_err(fail)?.thread;
    // no more threads change than emails do
    let max = asked.max.and_then(|max| usize::try_from(max).ok()).unwrap_or(usize::MAX);
    let history = history(&opened, since, max, newest).await?;
    let mut changed = changed(&opened, &history.fates).await.map_err(fail)?;
    changed.more = history.more;
    let answer = changed.answer(&opened, &asked.since, history.state);
    Ok(vec![context.answer(answer)])
}

/// The threads that emails have come into or gone from.
async fn changed(opened: &Opened, fates: &[Fate]) -> Result<Changed, Error> {
    let moved: Vec<EmailId> = fates.iter().filter(|fate| fate.was != fate.is).map(|fate| fate.email).collect();
    let emails = opened.account.emails(&moved).await?;
    let threads: BTreeSet<ThreadId> = emails.iter().flatten().map(|email| email.thread).collect();
    let threads: Vec<ThreadId> = threads.into_iter().collect();
    let inside = opened.account.thread_emails(&threads, MAX_EMAILS).await?;
    let all: Vec<EmailId> = inside.iter().flatten().copied().collect();
    let there = standings(opened, &all).await?;
    let known: BTreeMap<EmailId, Fate> = fates.iter().map(|fate| (fate.email, *fate)).collect();
    let mut changed = Changed::default();
    for (thread, emails) in threads.iter().zip(inside) {
        let is = |email: &EmailId| known.get(email).map_or_else(|| there.contains_key(email), |fate| fate.is);
        let was = |email: &EmailId| known.get(email).map_or_else(|| there.contains_key(email), |fate| fate.was);
        match (emails.iter().any(was), emails.iter().any(is)) {
            (false, true) => changed.created.push(thread.to_string()),
            (true, true) => changed.updated.push(thread.to_string()),
            (true, false) => changed.destroyed.push(thread.to_string()),
            (false, false) => {}
        }
    }
    Ok(changed)
}
