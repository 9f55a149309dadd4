//! Thread/changes (RFC 8621, 3.2): a thread changes with what emails it has.
use super::known::{all_in, threads_of};
use crate::capability::Capability;
use crate::context::Context;
use crate::mail::email::{History, Since, history};
use crate::mail::reply::Changed;
use crate::method::{Answers, Method};
use crate::opened::Opened;
use crate::refusal;
use jmap_wire::{Arguments, Changes, MethodError};
use store::{EmailId, Error, ThreadId};

pub(super) const CHANGES: Method = Method {
    name: "Thread/changes",
    capability: Capability::Mail,
    run: |context, arguments| Box::pin(changes(context, arguments)),
};

/// Emails that one answer begins with: whoever is further behind comes again.
const MAX_TOUCHED: usize = 5_000;
/// Threads whose emails are looked at together.
const AT_ONCE: usize = 50;

async fn changes(context: &mut Context<'_>, mut arguments: Arguments) -> Answers {
    let asked = Changes::take(&mut arguments)?;
    arguments.none_left()?;
    let opened = context.account(&asked.account).await?;
    let since = Since::read(&opened, &asked.since)?;
    let newest = opened.states().await.map_err(|error| refusal::method(&error))?.thread;
    // no more threads change than emails do
    let max = asked.max.and_then(|max| usize::try_from(max).ok()).unwrap_or(usize::MAX);
    let history = history(&opened, since, max.min(MAX_TOUCHED), newest).await?;
    let mut changed = changed(&opened, &history).await?;
    changed.more = history.more;
    let answer = changed.answer(&opened, &asked.since, history.state);
    Ok(vec![context.answer(answer)])
}

/// The threads that emails have come into or gone from.
async fn changed(opened: &Opened, history: &History<'_>) -> Result<Changed, MethodError> {
    let fates = history.fates(&history.emails).await?;
    let moved = fates.iter().filter(|fate| fate.was != fate.is).map(|fate| fate.email);
    let threads = threads_of(opened, moved).await.map_err(|error: Error| refusal::method(&error))?;
    let threads: Vec<ThreadId> = threads.into_iter().collect();
    let mut changed = Changed::default();
    for some in threads.chunks(AT_ONCE) {
        let inside = all_in(opened, some).await?;
        let all: Vec<EmailId> = inside.iter().flatten().copied().collect();
        // those that are told later are what they were too
        let mut fates = history.fates(&all).await?.into_iter();
        for (thread, emails) in some.iter().zip(inside) {
            let (mut was, mut is) = (false, false);
            for fate in fates.by_ref().take(emails.len()) {
                (was, is) = (was || fate.was, is || fate.is);
            }
            match (was, is) {
                (false, true) => changed.created.push(thread.to_string()),
                (true, true) => changed.updated.push(thread.to_string()),
                (true, false) => changed.destroyed.push(thread.to_string()),
                (false, false) => {}
            }
        }
    }
    Ok(changed)
}
