//! Thread/get (RFC 8621, 3.1).
use super::known::MAX_LOOKED_AT;
use crate::capability::Capability;
use crate::context::Context;
use crate::limits::OBJECTS_IN_GET;
use crate::mail::email::{all, standings};
use crate::mail::reply::{got, known, members};
use crate::method::{Answers, Method};
use crate::opened::Opened;
use crate::refusal;
use jmap_wire::{Arguments, Get, Id, MethodError};
use serde_json::Value;
use std::collections::BTreeSet;
use store::{EmailId, Error, ThreadId};

pub(super) const GET: Method = Method {
    name: "Thread/get",
    capability: Capability::Mail,
    run: |context, arguments| Box::pin(get(context, arguments)),
};

/// Emails of one thread that are told, the newest ones.
const MAX_EMAILS: usize = 1_000;
/// Emails of all threads of one call.
const MAX_EMAILS_IN_ALL: usize = 5_000;
/// Threads whose emails are looked for together, and emails whose dates are.
const AT_ONCE: usize = 50;

async fn get(context: &mut Context<'_>, mut arguments: Arguments) -> Answers {
    let asked = Get::take(&mut arguments, OBJECTS_IN_GET)?;
    arguments.none_left()?;
    let properties = known(asked.properties, &["id", "emailIds"])?;
    let opened = context.account(&asked.account).await?;
    let fail = |error: Error| refusal::method(&error);
    let state = opened.state(opened.states().await.map_err(fail)?.thread);
    let ids = match asked.ids {
        Some(ids) => ids,
        None => {
            let threads: BTreeSet<ThreadId> =
                all(context.parts, &opened).await?.into_iter().map(|found| found.thread).collect();
            threads.into_iter().filter_map(|thread| Id::try_from(thread.to_string()).ok()).collect()
        }
    };
    let threads: Vec<ThreadId> = ids.iter().filter_map(|id| id.as_str().parse().ok()).collect();
    let mut found = Vec::with_capacity(threads.len());
    let mut count = 0;
    for some in threads.chunks(AT_ONCE) {
        for emails in shown(&opened, some).await.map_err(fail)? {
            count += emails.len();
            found.push(emails);
        }
        if count > MAX_EMAILS_IN_ALL {
            return Err(MethodError::RequestTooLarge);
        }
    }
    let mut found = found.into_iter();
    let (mut list, mut not_found): (Vec<Value>, Vec<Id>) = (Vec::new(), Vec::new());
    for id in ids {
        let emails = id.as_str().parse::<ThreadId>().ok().and_then(|_| found.next()).unwrap_or_default();
        if emails.is_empty() {
            not_found.push(id);
            continue;
        }
        let mut told =
            members([("id", id.as_str().into()), ("emailIds", emails.iter().map(ToString::to_string).collect())]);
        told.retain(|name, _| properties.contains(&name.as_str()));
        list.push(told.into());
    }
    Ok(vec![context.answer(got(&opened, state, list, &not_found))])
}

/// The emails of threads that the caller sees, "sorted by the receivedAt date of the Email, oldest first".
async fn shown(opened: &Opened, threads: &[ThreadId]) -> Result<Vec<Vec<EmailId>>, Error> {
    let mut all = opened.account.thread_emails(threads, MAX_LOOKED_AT).await?;
    let ids: Vec<EmailId> = all.iter().flatten().copied().collect();
    let there = standings(opened, &ids).await?;
    for emails in &mut all {
        emails.retain(|id| there.contains_key(id));
        // the last ones have come last
        emails.drain(..emails.len().saturating_sub(MAX_EMAILS));
        let mut dated = Vec::with_capacity(emails.len());
        for some in emails.chunks(AT_ONCE) {
            let found = opened.account.emails(some).await?.into_iter().flatten();
            dated.extend(found.map(|email| (email.received.seconds, email.id)));
        }
        dated.sort_unstable();
        *emails = dated.into_iter().map(|(_, id)| id).collect();
    }
    Ok(all)
}
