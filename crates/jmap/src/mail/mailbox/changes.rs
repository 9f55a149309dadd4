//! Mailbox/changes (RFC 8621, 2.2), from the change log.
use super::object::COUNTS;
use crate::capability::Capability;
use crate::context::Context;
use crate::mail::log::entries;
use crate::mail::reply::Changed;
use crate::mail::thread::MAX_EMAILS;
use crate::method::{Answers, Method};
use crate::opened::Opened;
use crate::refusal;
use jmap_wire::{Arguments, Changes, MethodError};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use store::{Email, EmailId, Error, LogEntry, MailboxId, ModSeq, Rights, ThreadId, Touched};

pub(super) const CHANGES: Method = Method {
    name: "Mailbox/changes",
    capability: Capability::Mail,
    run: |context, arguments| Box::pin(changes(context, arguments)),
};

/// What happened to a mailbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fate {
    /// Its emails changed, and with them its counts.
    Counted,
    /// Something else of it changed too.
    Updated,
    Created,
    Destroyed,
}

async fn changes(context: &mut Context<'_>, mut arguments: Arguments) -> Answers {
    let asked = Changes::take(&mut arguments)?;
    arguments.none_left()?;
    let opened = context.account(&asked.account).await?;
    let since = opened.since(&asked.since)?;
    let until = opened.mailboxes.modseq();
    let states = opened.account.type_states().await.map_err(|error| refusal::method(&error))?;
    let log = entries(&opened, since, until).await?;
    let max = asked.max.and_then(|max| usize::try_from(max).ok()).unwrap_or(usize::MAX);
    let elsewhere = elsewhere(&opened, &log).await.map_err(|error| refusal::method(&error))?;
    let (mut fates, mut reached, mut more) = (BTreeMap::new(), since, false);
    for entry in &log {
        let before = (max < opened.mailboxes.len()).then(|| fates.clone());
        take(&opened, entry, &mut fates);
        for mailbox in emails(entry).filter_map(|email| elsewhere.get(&email)).flatten() {
            put(&mut fates, *mailbox, Fate::Counted);
        }
        if fates.len() > max {
            (fates, more) = (before.unwrap_or_default(), true);
            break;
        }
        reached = entry.modseq;
    }
    // one commit touched more than the client takes at a time
    if more && reached == since {
        return Err(MethodError::CannotCalculateChanges);
    }
    settle(&opened, &mut fates);
    let new_state = if more { reached } else { until.min(states.mailbox).max(since) };
    Ok(vec![context.answer(answer(&opened, (&asked.since, new_state), &fates, more))])
}

fn answer(
    opened: &Opened,
    (since, new_state): (&str, ModSeq),
    fates: &BTreeMap<MailboxId, Fate>,
    more: bool,
) -> Map<String, Value> {
    let of = |wanted: &[Fate]| {
        let those = fates.iter().filter(|(_, fate)| wanted.contains(fate));
        those.map(|(mailbox, _)| mailbox.to_string()).collect::<Vec<_>>()
    };
    let changed = Changed {
        created: of(&[Fate::Created]),
        updated: of(&[Fate::Counted, Fate::Updated]),
        destroyed: of(&[Fate::Destroyed]),
        more,
    };
    // "If only the counts changed": the client need not ask for the rest
    let counted = !changed.updated.is_empty() && of(&[Fate::Updated]).is_empty();
    let mut told = changed.answer(opened, since, opened.state(new_state));
    told.insert("updatedProperties".to_owned(), if counted { COUNTS.into() } else { Value::Null });
    told
}

/// Takes an entry of the log into account.
pub(super) fn take(opened: &Opened, entry: &LogEntry, fates: &mut BTreeMap<MailboxId, Fate>) {
    for touched in &entry.touched {
        match touched {
            Touched::MailboxCreated { mailbox } => put(fates, *mailbox, Fate::Created),
            Touched::MailboxChanged { mailbox, .. } => put(fates, *mailbox, Fate::Updated),
            Touched::MailboxRemoved { mailbox, .. } => match fates.get(mailbox) {
                Some(Fate::Created) => drop(fates.remove(mailbox)),
                _ => drop(fates.insert(*mailbox, Fate::Destroyed)),
            },
            Touched::Subscription { name, .. } if opened.own => {
                if let Some(mailbox) = opened.mailboxes.named(name) {
                    put(fates, mailbox.id, Fate::Updated);
                }
            }
            Touched::Acl { mailbox, account, granted, denied, .. } if *account == opened.caller => {
                let before = granted.unwrap_or_default().without(denied.unwrap_or_default());
                let saw = opened.own || before.contains(Rights::LOOKUP.with(Rights::READ));
                put(fates, *mailbox, if saw { Fate::Updated } else { Fate::Created });
            }
            Touched::Arrived { mailbox, .. } | Touched::Flags { mailbox, .. } | Touched::Expunged { mailbox, .. } => {
                put(fates, *mailbox, Fate::Counted);
            }
            Touched::Subscription { .. }
            | Touched::Acl { .. }
            | Touched::Quota { .. }
            | Touched::Metadata { .. }
            | Touched::Object { .. }
            | Touched::Pruned => {}
        }
    }
}

/// What the caller does not see is not there: it never was, or it is gone.
pub(super) fn settle(opened: &Opened, fates: &mut BTreeMap<MailboxId, Fate>) {
    fates.retain(|mailbox, fate| {
        if *fate == Fate::Destroyed || opened.sees(*mailbox) {
            return true;
        }
        let known = *fate == Fate::Updated;
        *fate = Fate::Destroyed;
        known
    });
}

fn put(fates: &mut BTreeMap<MailboxId, Fate>, mailbox: MailboxId, fate: Fate) {
    let place = fates.entry(mailbox).or_insert(fate);
    *place = (*place).max(fate);
}

/// The emails that an entry touched.
fn emails(entry: &LogEntry) -> impl Iterator<Item = EmailId> {
    entry.touched.iter().filter_map(|touched| match touched {
        Touched::Arrived { email, .. } | Touched::Flags { email, .. } | Touched::Expunged { email, .. } => Some(*email),
        _ => None,
    })
}

/// Emails of which it is asked where their threads are; of more, any mailbox may have other counts.
const MAX_ASKED: usize = 1_000;

/// Where the threads of these emails are now: whether a thread is unread is one thing in all its mailboxes.
async fn elsewhere(opened: &Opened, log: &[LogEntry]) -> Result<HashMap<EmailId, Vec<MailboxId>>, Error> {
    let touched: BTreeSet<EmailId> = log.iter().flat_map(emails).collect();
    let touched: Vec<EmailId> = touched.into_iter().collect();
    if touched.len() > MAX_ASKED {
        let all: Vec<MailboxId> =
            opened.mailboxes.iter().map(|mailbox| mailbox.id).filter(|id| opened.sees(*id)).collect();
        return Ok(touched.into_iter().map(|email| (email, all.clone())).collect());
    }
    let found = opened.account.emails(&touched).await?;
    let threads: BTreeSet<ThreadId> = found.iter().flatten().map(|email| email.thread).collect();
    let threads: Vec<ThreadId> = threads.into_iter().collect();
    let inside = opened.account.thread_emails(&threads, MAX_EMAILS).await?;
    let all: Vec<EmailId> = inside.iter().flatten().copied().collect();
    let mut places = opened.account.memberships_of(&all).await?.into_iter();
    let mut mailboxes: HashMap<ThreadId, Vec<MailboxId>> = HashMap::new();
    for (thread, emails) in threads.into_iter().zip(inside) {
        let those: BTreeSet<MailboxId> =
            places.by_ref().take(emails.len()).flatten().map(|place| place.mailbox).collect();
        mailboxes.insert(thread, those.into_iter().filter(|mailbox| opened.sees(*mailbox)).collect());
    }
    let of = |email: &Arc<Email>| Some((email.id, mailboxes.get(&email.thread)?.clone()));
    Ok(found.iter().flatten().filter_map(of).collect())
}
