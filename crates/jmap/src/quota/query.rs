//! Quota/query and Quota/queryChanges (RFC 9425, 4.3 and 4.4).
use super::{Quota, properties, quotas};
use crate::capability::Capability;
use crate::context::Context;
use crate::method::{Answers, Method};
use crate::refusal;
use jmap_wire::{Arguments, Comparator, Filter, MethodError, Place, Query, QueryChanges, Step};
use serde_json::{Map, Value};

pub(crate) const QUERY: Method = Method {
    name: "Quota/query",
    capability: Capability::Quota,
    run: |context, arguments| Box::pin(query(context, arguments)),
};

pub(crate) const QUERY_CHANGES: Method = Method {
    name: "Quota/queryChanges",
    capability: Capability::Quota,
    run: |context, arguments| Box::pin(query_changes(context, arguments)),
};

async fn query(context: &mut Context<'_>, mut arguments: Arguments) -> Answers {
    let asked = Query::take(&mut arguments)?;
    arguments.none_left()?;
    check(asked.filter.as_ref(), &asked.sort)?;
    let opened = context.account(&asked.account).await?;
    let states = opened.account.type_states().await.map_err(|error| refusal::method(&error))?;
    let mut found = quotas(&opened).await.map_err(|error| refusal::method(&error))?;
    let address = context.caller.address.to_string();
    if let Some(filter) = &asked.filter {
        found.retain(|quota| filter.holds(|condition| matches(*quota, &address, condition)));
    }
    for comparator in asked.sort.iter().rev() {
        // all have one name
        if comparator.property == "used" {
            found.sort_by_key(|quota| quota.used);
            if !comparator.ascending {
                found.reverse();
            }
        }
    }
    let ids: Vec<&str> = found.iter().map(|quota| quota.kind.name()).collect();
    let position = position(&asked.place, &ids)?;
    let limit = asked.limit.map_or(usize::MAX, |limit| usize::try_from(limit).unwrap_or(usize::MAX));
    let page: Vec<Value> = ids.iter().skip(position).take(limit).map(|id| Value::from(*id)).collect();
    let mut answer = Map::new();
    answer.insert("accountId".to_owned(), asked.account.as_str().into());
    answer.insert("queryState".to_owned(), opened.state(states.quota).into());
    answer.insert("canCalculateChanges".to_owned(), false.into());
    answer.insert("position".to_owned(), position.into());
    answer.insert("ids".to_owned(), page.into());
    if asked.calculate_total {
        answer.insert("total".to_owned(), ids.len().into());
    }
    Ok(vec![context.answer(answer)])
}

/// Nothing, where nothing changed; else the client asks anew: there are two at most.
async fn query_changes(context: &mut Context<'_>, mut arguments: Arguments) -> Answers {
    let asked = QueryChanges::take(&mut arguments)?;
    arguments.none_left()?;
    check(asked.filter.as_ref(), &asked.sort)?;
    let opened = context.account(&asked.account).await?;
    let states = opened.account.type_states().await.map_err(|error| refusal::method(&error))?;
    if opened.since(&asked.since)? != states.quota {
        return Err(MethodError::CannotCalculateChanges);
    }
    let mut answer = Map::new();
    answer.insert("accountId".to_owned(), asked.account.as_str().into());
    answer.insert("oldQueryState".to_owned(), asked.since.as_str().into());
    answer.insert("newQueryState".to_owned(), asked.since.into());
    answer.insert("removed".to_owned(), Value::Array(Vec::new()));
    answer.insert("added".to_owned(), Value::Array(Vec::new()));
    Ok(vec![context.answer(answer)])
}

/// Whether conditions and sorts are those of RFC 9425, 4.3.
fn check(filter: Option<&Filter>, sort: &[Comparator]) -> Result<(), MethodError> {
    for step in filter.map(Filter::steps).unwrap_or_default() {
        let Step::Condition(condition) = step else { continue };
        for (name, value) in condition {
            if !matches!(name.as_str(), "name" | "scope" | "resourceType" | "type") {
                return Err(MethodError::UnsupportedFilter(format!("there is no condition `{name}`")));
            }
            if !value.is_string() {
                return Err(MethodError::InvalidArguments(format!("`{name}` is no string")));
            }
        }
    }
    match sort.iter().find(|comparator| !matches!(comparator.property.as_str(), "name" | "used")) {
        Some(comparator) => {
            Err(MethodError::UnsupportedSort(format!("nothing is sorted by `{}`", comparator.property)))
        }
        None => Ok(()),
    }
}

fn matches(quota: Quota, address: &str, condition: &Map<String, Value>) -> bool {
    let told = properties(quota, address);
    condition.iter().all(|(name, wanted)| match name.as_str() {
        "type" => told["types"].as_array().is_some_and(|types| types.contains(wanted)),
        // RFC 9425, 4.3: "the name contains the given string"
        "name" => wanted.as_str().is_some_and(|wanted| address.contains(wanted)),
        other => told.get(other) == Some(wanted),
    })
}

fn position(place: &Place, ids: &[&str]) -> Result<usize, MethodError> {
    let count = i64::try_from(ids.len()).unwrap_or(i64::MAX);
    let from = match place {
        Place::At(at) if *at < 0 => count + at,
        Place::At(at) => *at,
        Place::Anchor(anchor, offset) => {
            let found = ids.iter().position(|id| *id == anchor.as_str()).ok_or(MethodError::AnchorNotFound)?;
            i64::try_from(found).unwrap_or(i64::MAX).saturating_add(*offset)
        }
    };
    Ok(usize::try_from(from.clamp(0, count)).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use crate::bench::Bench;
    use serde_json::json;

    #[tokio::test]
    async fn what_is_asked_for_is_found() {
        let bench = Bench::new().await;
        bench.account().await.set_quota(Some(1_000)).await.unwrap();
        for (arguments, ids) in [
            (json!({}), json!(["octets"])),
            (json!({"filter": {"resourceType": "octets", "scope": "account", "type": "Email"}}), json!(["octets"])),
            (json!({"filter": {"resourceType": "count"}}), json!([])),
            (json!({"filter": {"name": "anna"}, "sort": [{"property": "used"}]}), json!(["octets"])),
            (json!({"filter": {"operator": "NOT", "conditions": [{"type": "Email"}]}}), json!([])),
            (json!({"position": 1}), json!([])),
            (json!({"position": -5, "limit": 1}), json!(["octets"])),
            (json!({"anchor": "octets"}), json!(["octets"])),
            (json!({"limit": 0}), json!([])),
        ] {
            assert_eq!(bench.call("Quota/query", arguments.clone()).await["ids"], ids, "{arguments}");
        }
        for (arguments, error) in [
            (json!({"filter": {"size": 1}}), "unsupportedFilter"),
            (json!({"filter": {"name": 1}}), "invalidArguments"),
            (json!({"sort": [{"property": "size"}]}), "unsupportedSort"),
            (json!({"anchor": "count"}), "anchorNotFound"),
        ] {
            assert_eq!(bench.call("Quota/query", arguments.clone()).await["type"], error, "{arguments}");
        }
        let state = bench.call("Quota/query", json!({"calculateTotal": true})).await;
        assert_eq!(state["total"], 1);
        let ask = json!({"sinceQueryState": state["queryState"]});
        assert_eq!(bench.call("Quota/queryChanges", ask.clone()).await["added"], json!([]));
        bench.account().await.set_quota(Some(2_000)).await.unwrap();
        assert_eq!(bench.call("Quota/queryChanges", ask).await["type"], "cannotCalculateChanges");
    }
}
