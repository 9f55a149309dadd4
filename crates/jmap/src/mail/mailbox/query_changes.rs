//! Mailbox/queryChanges (RFC 8621, 2.4), from the change log.
use super::fates::{Fate, Fates};
use super::query::Question;
use super::subscriptions::Subscriptions;
use crate::capability::Capability;
use crate::context::Context;
use crate::mail::log::entries;
use crate::mail::partway::Partway;
use crate::mail::reply::Moved;
use crate::method::{Answers, Method};
use crate::opened::Opened;
use jmap_wire::{Arguments, MethodError, QueryChanges};
use std::collections::{BTreeMap, BTreeSet};
use store::MailboxId;

pub(super) const QUERY_CHANGES: Method = Method {
    name: "Mailbox/queryChanges",
    capability: Capability::Mail,
    run: |context, arguments| Box::pin(query_changes(context, arguments)),
};

async fn query_changes(context: &mut Context<'_>, mut arguments: Arguments) -> Answers {
    let asked = QueryChanges::take(&mut arguments)?;
    let question = Question::read(asked.filter, &asked.sort, &mut arguments)?;
    arguments.none_left()?;
    let opened = context.account(&asked.account).await?;
    let since = opened.since(&asked.since)?;
    if !question.is_logged(&opened) {
        return Err(MethodError::CannotCalculateChanges);
    }
    let until = opened.mailboxes.list_modseq();
    let log = entries(&opened, since, until).await?;
    let mut fates = Fates::before(&opened, &log, Partway::behind(since));
    for entry in &log {
        let step = fates.step(entry);
        fates.take(step);
    }
    let mut fates = fates.settled();
    // counts say nothing of filter or order
    fates.retain(|_, fate| *fate != Fate::Counted);
    let found = question.results(&opened, &Subscriptions::of(context, &opened).await?);
    let moved = with_those_below(&opened, &fates);
    let removed: Vec<String> =
        moved.iter().filter(|id| fates.get(id) != Some(&Fate::Created)).map(ToString::to_string).collect();
    let added = found.iter().enumerate().filter(|(_, id)| moved.contains(id));
    let moved = Moved {
        state: opened.state(until.max(since)),
        removed,
        added: added.map(|(index, id)| (index, id.to_string())).collect(),
        total: asked.calculate_total.then_some(found.len()),
    };
    Ok(vec![context.answer(moved.answer(&opened, &asked.since, asked.max)?)])
}

/// A mailbox takes those below it along, in an order or a filter by the tree.
fn with_those_below(opened: &Opened, fates: &BTreeMap<MailboxId, Fate>) -> BTreeSet<MailboxId> {
    let mut moved: BTreeSet<MailboxId> = fates.keys().copied().collect();
    for mailbox in fates.keys().filter_map(|id| opened.mailboxes.get(*id)) {
        let below = opened.mailboxes.below(&mailbox.name);
        let below = below.filter_map(|name| opened.mailboxes.named(name)).map(|mailbox| mailbox.id);
        moved.extend(below.filter(|id| opened.sees(*id)));
    }
    moved
}
