//! ContactCard/query and ContactCard/queryChanges (RFC 9610, 3.3 and 3.4).
mod condition;
mod order;
mod question;
mod texts;

use crate::capability::Capability;
use crate::contacts::ATTEMPTS;
use crate::contacts::scan::each_card;
use crate::context::Context;
use crate::mail::objects::changed;
use crate::mail::partway::Partway;
use crate::mail::reply::{Moved, Results};
use crate::mail::window::window;
use crate::method::{Answers, Method};
use crate::opened::Opened;
use crate::refusal;
use jmap_wire::{Arguments, MethodError, Query, QueryChanges};
use question::Question;
use std::collections::BTreeSet;
use store::{ModSeq, ObjectId, ObjectKind};

pub(crate) const QUERY: Method = Method {
    name: "ContactCard/query",
    capability: Capability::Contacts,
    run: |context, arguments| Box::pin(query(context, arguments)),
};

pub(crate) const QUERY_CHANGES: Method = Method {
    name: "ContactCard/queryChanges",
    capability: Capability::Contacts,
    run: |context, arguments| Box::pin(query_changes(context, arguments)),
};

async fn query(context: &mut Context<'_>, mut arguments: Arguments) -> Answers {
    let asked = Query::take(&mut arguments)?;
    arguments.none_left()?;
    let opened = context.own_account(&asked.account).await?;
    let question = Question::read(context, asked.filter, &asked.sort)?;
    let (state, found) = find(&opened, &question).await?;
    let place = |anchor: &str| found.iter().position(|card| card.to_string() == anchor);
    let window = window(&asked.place, asked.limit, found.len(), place)?;
    let shown = found.get(window.range.clone()).unwrap_or_default();
    let ids = shown.iter().map(ToString::to_string).collect();
    let total = asked.calculate_total.then_some(found.len());
    let results = Results { state: opened.state(state), is_logged: true, window, ids, total };
    Ok(vec![context.answer(results.answer(&opened))])
}

async fn query_changes(context: &mut Context<'_>, mut arguments: Arguments) -> Answers {
    let asked = QueryChanges::take(&mut arguments)?;
    arguments.none_left()?;
    let opened = context.own_account(&asked.account).await?;
    let question = Question::read(context, asked.filter, &asked.sort)?;
    let since = opened.since(&asked.since)?;
    for _ in 0..ATTEMPTS {
        let (state, found) = find(&opened, &question).await?;
        let (changes, until) = changed(&opened, ObjectKind::ContactCard, Partway::behind(since), None).await?;
        if until != Partway::behind(state.max(since)) && !changes.more {
            continue;
        }
        if changes.more {
            return Err(MethodError::TooManyChanges);
        }
        // any property may be one that is asked for: what was changed is taken out, and put where it is now
        let touched: BTreeSet<&String> = changes.created.iter().chain(&changes.updated).collect();
        let there = found.iter().map(ToString::to_string).enumerate();
        let added = there.filter(|(_, id)| touched.contains(id)).collect();
        let removed = changes.updated.iter().chain(&changes.destroyed).cloned().collect();
        let total = asked.calculate_total.then_some(found.len());
        let moved = Moved { state: until.told(&opened), removed, added, total };
        return Ok(vec![context.answer(moved.answer(&opened, &asked.since, asked.max)?)]);
    }
    Err(MethodError::ServerUnavailable)
}

/// The results in order, and the state that they are not older than.
async fn find(opened: &Opened, question: &Question) -> Result<(ModSeq, Vec<ObjectId>), MethodError> {
    let state = opened.account.object_state(ObjectKind::ContactCard).await.map_err(|error| refusal::method(&error))?;
    let mut found = Vec::new();
    each_card(&opened.account, |id, card| {
        if question.holds(&card) {
            found.push((question.keys(&card.members), id));
        }
        Ok(())
    })
    .await?;
    found.sort_by(|(one, at), (other, beside)| question.compare(one, other).then(at.cmp(beside)));
    Ok((state, found.into_iter().map(|(_, id)| id).collect()))
}

#[cfg(test)]
mod tests;
