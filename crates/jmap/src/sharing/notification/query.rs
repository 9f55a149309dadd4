//! ShareNotification/query and /queryChanges (RFC 9670, 3.6 and 3.7): over all of an account, which are few.
use super::{Notifications, notifications};
use crate::capability::Capability;
use crate::context::Context;
use crate::mail::objects::changed;
use crate::mail::partway::Partway;
use crate::mail::reply::{Changed, Moved, Results};
use crate::mail::window::window;
use crate::method::{Answers, Method};
use crate::opened::Opened;
use jmap_wire::{Arguments, Comparator, Filter, MethodError, Query, QueryChanges, Step, UtcDate};
use serde_json::{Map, Value};
use store::{ModSeq, ObjectKind, ShareNotification};

pub(in crate::sharing) const QUERY: Method = Method {
    name: "ShareNotification/query",
    capability: Capability::Principals,
    run: |context, arguments| Box::pin(query(context, arguments)),
};

pub(in crate::sharing) const QUERY_CHANGES: Method = Method {
    name: "ShareNotification/queryChanges",
    capability: Capability::Principals,
    run: |context, arguments| Box::pin(query_changes(context, arguments)),
};

async fn query(context: &mut Context<'_>, mut arguments: Arguments) -> Answers {
    let asked = Query::take(&mut arguments)?;
    arguments.none_left()?;
    let opened = context.own_account(&asked.account).await?;
    let all = notifications(&opened).await?;
    let state = opened.state(all.state);
    let ids = results(all, asked.filter.as_ref(), &asked.sort)?;
    let window = window(&asked.place, asked.limit, ids.len(), |anchor| ids.iter().position(|id| id == anchor))?;
    let total = asked.calculate_total.then_some(ids.len());
    let ids = ids.get(window.range.clone()).unwrap_or_default().to_vec();
    Ok(vec![context.answer(Results { state, is_logged: true, window, ids, total }.answer(&opened))])
}

async fn query_changes(context: &mut Context<'_>, mut arguments: Arguments) -> Answers {
    let asked = QueryChanges::take(&mut arguments)?;
    arguments.none_left()?;
    let opened = context.own_account(&asked.account).await?;
    let since = opened.since(&asked.since)?;
    let (all, changed, until) = both(&opened, since).await?;
    if changed.more {
        return Err(MethodError::CannotCalculateChanges);
    }
    let ids = results(all, asked.filter.as_ref(), &asked.sort)?;
    let total = asked.calculate_total.then_some(ids.len());
    // none ever changes: it comes and it goes
    let added = ids.into_iter().enumerate().filter(|(_, id)| changed.created.contains(id)).collect();
    let moved = Moved { state: until.told(&opened), removed: changed.destroyed, added, total };
    Ok(vec![context.answer(moved.answer(&opened, &asked.since, asked.max)?)])
}

/// How often both are looked at until they are of one state.
const ATTEMPTS: usize = 8;

/// What there is and what changed, of one state.
async fn both(opened: &Opened, since: ModSeq) -> Result<(Notifications, Changed, Partway), MethodError> {
    for _ in 0..ATTEMPTS {
        let all = notifications(opened).await?;
        let (changed, until) = changed(opened, ObjectKind::ShareNotification, Partway::behind(since), None).await?;
        if changed.more || until.reads_on() <= all.state.max(since) {
            return Ok((all, changed, until));
        }
    }
    Err(MethodError::ServerUnavailable)
}

/// The ids of those that the filter lets through, in order.
fn results(all: Notifications, filter: Option<&Filter>, sort: &[Comparator]) -> Result<Vec<String>, MethodError> {
    // in the order in which they are asked
    let conditions = filter.into_iter().flat_map(Filter::steps).filter_map(|step| match step {
        Step::Condition(members) => Some(Condition::read(members)),
        Step::All(_) | Step::Any(_) | Step::None(_) => None,
    });
    let conditions = conditions.collect::<Result<Vec<_>, _>>()?;
    let newest_first = newest_first(sort)?;
    let mut list = all.list;
    list.retain(|(_, one)| {
        let mut next = conditions.iter();
        filter.is_none_or(|filter| filter.holds(|_| next.next().is_some_and(|condition| condition.lets(one))))
    });
    list.sort_by_key(|(id, one)| (one.created, *id));
    if newest_first {
        list.reverse();
    }
    Ok(list.into_iter().map(|(id, _)| id.to_string()).collect())
}

/// RFC 9670, 3.6.2: `created`, and nothing else.
fn newest_first(sort: &[Comparator]) -> Result<bool, MethodError> {
    let is_created = |by: &&Comparator| by.property == "created" && by.collation.is_none() && by.more.is_empty();
    match sort.iter().find(|by| !is_created(by)) {
        Some(by) => Err(MethodError::UnsupportedSort(format!("nothing is sorted by `{}`", by.property))),
        None => Ok(sort.first().is_some_and(|by| !by.ascending)),
    }
}

/// A condition (RFC 9670, 3.6.1): what is given must hold.
#[derive(Debug, Default)]
struct Condition {
    after: Option<i64>,
    before: Option<i64>,
    object_type: Option<String>,
    account: Option<String>,
}

impl Condition {
    fn read(members: &Map<String, Value>) -> Result<Self, MethodError> {
        let mut condition = Self::default();
        for (name, value) in members {
            let wrong = || MethodError::InvalidArguments(format!("`{name}` in the filter"));
            let text = || value.as_str().map(str::to_owned).ok_or_else(wrong);
            let date = || match value {
                Value::Null => Ok(None),
                _ => value.as_str().and_then(UtcDate::parse).map(|date| Some(date.whole_second())).ok_or_else(wrong),
            };
            match name.as_str() {
                "after" => condition.after = date()?,
                "before" => condition.before = date()?,
                "objectType" => condition.object_type = Some(text()?),
                "objectAccountId" => condition.account = Some(text()?),
                _ => return Err(MethodError::UnsupportedFilter(format!("there is no condition `{name}`"))),
            }
        }
        Ok(condition)
    }

    fn lets(&self, one: &ShareNotification) -> bool {
        let at = i64::try_from(one.created).unwrap_or(i64::MAX);
        self.after.is_none_or(|after| at >= after)
            && self.before.is_none_or(|before| at < before)
            && self.object_type.as_ref().is_none_or(|of| of == "Mailbox")
            && self.account.as_ref().is_none_or(|account| *account == one.owner.to_string())
    }
}
