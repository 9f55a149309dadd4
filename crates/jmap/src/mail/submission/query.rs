//! EmailSubmission/query and /queryChanges (RFC 8621, 7.3 and 7.4): over all of an account, which are few.
use super::{Submissions, changes, settle, submissions};
use crate::capability::Capability;
use crate::context::Context;
use crate::mail::partway::Partway;
use crate::mail::reply::{Moved, Results};
use crate::mail::window::window;
use crate::method::{Answers, Method};
use delivery::Submission;
use jmap_wire::{Arguments, Comparator, Filter, MethodError, Query, QueryChanges, Step, UtcDate};
use serde_json::{Map, Value};
use std::cmp::Ordering;
use std::collections::BTreeSet;
use store::ObjectId;

pub(super) const QUERY: Method = Method {
    name: "EmailSubmission/query",
    capability: Capability::Submission,
    run: |context, arguments| Box::pin(query(context, arguments)),
};
pub(super) const QUERY_CHANGES: Method = Method {
    name: "EmailSubmission/queryChanges",
    capability: Capability::Submission,
    run: |context, arguments| Box::pin(query_changes(context, arguments)),
};

/// How often results and their changes are looked at again because somebody wrote between the two.
const TRIES: usize = 100;

async fn query(context: &mut Context<'_>, mut arguments: Arguments) -> Answers {
    let asked = Query::take(&mut arguments)?;
    arguments.none_left()?;
    let opened = context.own_account(&asked.account).await?;
    settle(context, &opened).await?;
    let all = submissions(&opened).await?;
    let state = opened.state(all.state);
    let ids = results(all, asked.filter.as_ref(), &asked.sort)?;
    let window = window(&asked.place, asked.limit, ids.len(), |anchor| ids.iter().position(|id| id == anchor))?;
    let told = ids.get(window.range.clone()).unwrap_or_default().to_vec();
    let total = asked.calculate_total.then_some(ids.len());
    let results = Results { state, is_logged: true, window, ids: told, total };
    Ok(vec![context.answer(results.answer(&opened))])
}

async fn query_changes(context: &mut Context<'_>, mut arguments: Arguments) -> Answers {
    let asked = QueryChanges::take(&mut arguments)?;
    arguments.none_left()?;
    let opened = context.own_account(&asked.account).await?;
    settle(context, &opened).await?;
    let since = opened.since(&asked.since)?;
    for _ in 0..TRIES {
        let all = submissions(&opened).await?;
        let state = all.state;
        let found = results(all, asked.filter.as_ref(), &asked.sort)?;
        let (changed, until) = changes(&opened, Partway::behind(since), None).await?;
        if changed.more {
            return Err(MethodError::CannotCalculateChanges);
        }
        // both are of one state, or the places of what is added are those of another list
        if until != Partway::behind(state.max(since)) {
            continue;
        }
        // what changed may have left the results, or stand elsewhere among them (RFC 8620, 5.6)
        let touched: BTreeSet<&String> = changed.created.iter().chain(&changed.updated).collect();
        let there = found.iter().cloned().enumerate();
        let added = there.filter(|(_, id)| touched.contains(id)).collect();
        let removed = changed.updated.iter().chain(&changed.destroyed).cloned().collect();
        let total = asked.calculate_total.then_some(found.len());
        let moved = Moved { state: until.told(&opened), removed, added, total };
        return Ok(vec![context.answer(moved.answer(&opened, &asked.since, asked.max)?)]);
    }
    Err(MethodError::ServerUnavailable)
}

/// The ids of those that the filter lets through, in order.
fn results(all: Submissions, filter: Option<&Filter>, sort: &[Comparator]) -> Result<Vec<String>, MethodError> {
    // in the order in which they are asked
    let conditions = filter.into_iter().flat_map(Filter::steps).filter_map(|step| match step {
        Step::Condition(members) => Some(Condition::read(members)),
        Step::All(_) | Step::Any(_) | Step::None(_) => None,
    });
    let conditions = conditions.collect::<Result<Vec<_>, _>>()?;
    let orders = sort.iter().map(order).collect::<Result<Vec<_>, _>>()?;
    let mut list = all.list;
    list.retain(|(_, one)| {
        let mut next = conditions.iter();
        filter.is_none_or(|filter| filter.holds(|_| next.next().is_some_and(|condition| condition.lets(one))))
    });
    list.sort_by(|one, other| {
        let by = orders.iter().map(|(order, ascending)| {
            let found = order(one, other);
            if *ascending { found } else { found.reverse() }
        });
        by.fold(Ordering::Equal, Ordering::then).then(one.0.cmp(&other.0))
    });
    Ok(list.into_iter().map(|(id, _)| id.to_string()).collect())
}

type Order = fn(&(ObjectId, Submission), &(ObjectId, Submission)) -> Ordering;

/// RFC 8621, 7.3: `emailId`, `threadId`, `sentAt`.
fn order(by: &Comparator) -> Result<(Order, bool), MethodError> {
    let order: Order = match by.property.as_str() {
        "emailId" => |one, other| one.1.email.cmp(&other.1.email),
        "threadId" => |one, other| one.1.thread.cmp(&other.1.thread),
        "sentAt" | "sendAt" => |one, other| one.1.send_at.cmp(&other.1.send_at),
        other => return Err(MethodError::UnsupportedSort(format!("`{other}`"))),
    };
    if by.collation.is_some() || !by.more.is_empty() {
        return Err(MethodError::UnsupportedSort(format!("`{}` with more", by.property)));
    }
    Ok((order, by.ascending))
}

/// A condition (RFC 8621, 7.3): what is given must hold.
#[derive(Debug, Default)]
struct Condition {
    identities: Option<Vec<String>>,
    emails: Option<Vec<String>>,
    threads: Option<Vec<String>>,
    undo: Option<String>,
    before: Option<i64>,
    after: Option<i64>,
}

impl Condition {
    fn read(members: &Map<String, Value>) -> Result<Self, MethodError> {
        let mut condition = Self::default();
        for (name, value) in members {
            let wrong = || MethodError::InvalidArguments(format!("`{name}` in the filter"));
            let ids = || -> Option<Vec<String>> {
                value.as_array()?.iter().map(|id| id.as_str().map(str::to_owned)).collect()
            };
            let date = || value.as_str().and_then(UtcDate::parse).map(UtcDate::whole_second);
            match name.as_str() {
                "identityIds" => condition.identities = Some(ids().ok_or_else(wrong)?),
                "emailIds" => condition.emails = Some(ids().ok_or_else(wrong)?),
                "threadIds" => condition.threads = Some(ids().ok_or_else(wrong)?),
                "undoStatus" => condition.undo = Some(value.as_str().ok_or_else(wrong)?.to_owned()),
                "before" => condition.before = Some(date().ok_or_else(wrong)?),
                "after" => condition.after = Some(date().ok_or_else(wrong)?),
                _ => return Err(MethodError::UnsupportedFilter(format!("`{name}`"))),
            }
        }
        Ok(condition)
    }

    fn lets(&self, one: &Submission) -> bool {
        let among = |ids: &Option<Vec<String>>, id: &String| ids.as_ref().is_none_or(|ids| ids.contains(id));
        let at = i64::try_from(one.send_at).unwrap_or(i64::MAX);
        among(&self.identities, &one.identity)
            && among(&self.emails, &one.email)
            && among(&self.threads, &one.thread)
            && self.undo.as_ref().is_none_or(|undo| undo == super::shown::undo(one.undo))
            && self.before.is_none_or(|before| at < before)
            && self.after.is_none_or(|after| at >= after)
    }
}
