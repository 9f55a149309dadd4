//! Principal/query and Principal/queryChanges (RFC 9670, 2.4 and 2.5).
//!
//! What is looked through is whom the caller knows, and whoever has an address that a condition says whole.
use super::Principal;
use super::known::{by_address, known, state_of};
use crate::capability::Capability;
use crate::context::Context;
use crate::mail::reply::{Moved, Results};
use crate::mail::window::window;
use crate::method::{Answers, Method};
use crate::opened::Opened;
use crate::refusal;
use jmap_wire::{Arguments, Comparator, Filter, MethodError, Query, QueryChanges, Step};
use names::Address;
use serde_json::{Map, Value};
use std::cmp::Ordering;

pub(in crate::sharing) const QUERY: Method = Method {
    name: "Principal/query",
    capability: Capability::Principals,
    run: |context, arguments| Box::pin(query(context, arguments)),
};

pub(in crate::sharing) const QUERY_CHANGES: Method = Method {
    name: "Principal/queryChanges",
    capability: Capability::Principals,
    run: |context, arguments| Box::pin(query_changes(context, arguments)),
};

/// Addresses that one filter looks up, at most.
const MAX_ADDRESSES: usize = 16;

async fn query(context: &mut Context<'_>, mut arguments: Arguments) -> Answers {
    let asked = Query::take(&mut arguments)?;
    arguments.none_left()?;
    let opened = context.own_account(&asked.account).await?;
    let found = results(context, &opened, asked.filter.as_ref(), &asked.sort).await?;
    let find = |anchor: &str| found.iter().position(|one| one.id == anchor);
    let window = window(&asked.place, asked.limit, found.len(), find)?;
    let ids = found.get(window.range.clone()).unwrap_or_default().iter().map(|one| one.id.clone()).collect();
    let total = asked.calculate_total.then_some(found.len());
    let results = Results { state: state_of(&found), is_logged: false, window, ids, total };
    Ok(vec![context.answer(results.answer(&opened))])
}

/// Nothing, where nothing changed; else the client asks anew.
async fn query_changes(context: &mut Context<'_>, mut arguments: Arguments) -> Answers {
    let asked = QueryChanges::take(&mut arguments)?;
    arguments.none_left()?;
    let opened = context.own_account(&asked.account).await?;
    let found = results(context, &opened, asked.filter.as_ref(), &asked.sort).await?;
    let state = state_of(&found);
    if state != asked.since {
        return Err(MethodError::CannotCalculateChanges);
    }
    let total = asked.calculate_total.then_some(found.len());
    let moved = Moved { state, removed: Vec::new(), added: Vec::new(), total };
    Ok(vec![context.answer(moved.answer(&opened, &asked.since, asked.max)?)])
}

async fn results(
    context: &Context<'_>,
    opened: &Opened,
    filter: Option<&Filter>,
    sort: &[Comparator],
) -> Result<Vec<Principal>, MethodError> {
    let conditions: Vec<&Map<String, Value>> =
        filter.map(Filter::steps).unwrap_or_default().iter().filter_map(condition).collect();
    conditions.iter().try_for_each(|condition| check(condition))?;
    let orders = sort.iter().map(order).collect::<Result<Vec<_>, _>>()?;
    let failed = |error| refusal::method(&error);
    let mut list = known(context.parts, context.caller, opened).await.map_err(failed)?;
    for address in addresses(&conditions)? {
        let one = by_address(context.parts, &address).await.map_err(failed)?;
        list.extend(one.filter(|one| !list.iter().any(|known| known.id == one.id)));
    }
    list.retain(|one| filter.is_none_or(|filter| filter.holds(|condition| holds(one, condition))));
    list.sort_by(|one, other| {
        let by = orders.iter().map(|(order, ascending)| {
            let found = order(one, other);
            if *ascending { found } else { found.reverse() }
        });
        by.fold(Ordering::Equal, Ordering::then).then_with(|| one.id.cmp(&other.id))
    });
    Ok(list)
}

const fn condition(step: &Step) -> Option<&Map<String, Value>> {
    match step {
        Step::Condition(members) => Some(members),
        Step::All(_) | Step::Any(_) | Step::None(_) => None,
    }
}

/// Whether a condition is one of RFC 9670, 2.4.1.
fn check(condition: &Map<String, Value>) -> Result<(), MethodError> {
    for (name, value) in condition {
        let is_right = match name.as_str() {
            "accountIds" => value.as_array().is_some_and(|ids| ids.iter().all(Value::is_string)),
            "email" | "name" | "text" | "type" | "timeZone" => value.is_string(),
            _ => return Err(MethodError::UnsupportedFilter(format!("there is no condition `{name}`"))),
        };
        if !is_right {
            return Err(MethodError::InvalidArguments(format!("`{name}` in the filter")));
        }
    }
    Ok(())
}

/// The addresses that stand whole in conditions.
fn addresses(conditions: &[&Map<String, Value>]) -> Result<Vec<Address>, MethodError> {
    let texts = conditions.iter().flat_map(|condition| ["email", "name", "text"].map(|name| condition.get(name)));
    let whole: Vec<Address> = texts.flatten().filter_map(|text| text.as_str()?.parse().ok()).collect();
    if whole.len() > MAX_ADDRESSES {
        return Err(MethodError::UnsupportedFilter(format!("more than {MAX_ADDRESSES} addresses")));
    }
    Ok(whole)
}

/// "All given conditions ... must match"; "Text matches for contains SHOULD be simple substring matches". Case makes no
/// difference, as it makes none between addresses.
fn holds(one: &Principal, condition: &Map<String, Value>) -> bool {
    let contains = |text: &str, part: &str| text.to_lowercase().contains(&part.to_lowercase());
    let email = one.address.to_string();
    condition.iter().all(|(name, wanted)| match (name.as_str(), wanted) {
        ("accountIds", Value::Array(ids)) => {
            ids.iter().filter_map(Value::as_str).any(|id| one.accounts.contains_key(id))
        }
        ("email", Value::String(part)) => contains(&email, part),
        ("name", Value::String(part)) => contains(&one.name, part),
        ("text", Value::String(part)) => contains(&email, part) || contains(&one.name, part),
        ("type", Value::String(kind)) => kind == "individual",
        // nobody's time zone is known
        _ => false,
    })
}

type Order = fn(&Principal, &Principal) -> Ordering;

fn order(by: &Comparator) -> Result<(Order, bool), MethodError> {
    let order: Order = match by.property.as_str() {
        "name" => |one, other| one.name.cmp(&other.name),
        "email" => |one, other| one.address.to_string().cmp(&other.address.to_string()),
        other => return Err(MethodError::UnsupportedSort(format!("nothing is sorted by `{other}`"))),
    };
    if by.collation.is_some() || !by.more.is_empty() {
        return Err(MethodError::UnsupportedSort(format!("`{}` with more", by.property)));
    }
    Ok((order, by.ascending))
}
