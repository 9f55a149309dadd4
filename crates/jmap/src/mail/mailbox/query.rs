//! Mailbox/query (RFC 8621, 2.3).
use super::object::{place, role_name};
use super::subscriptions::Subscriptions;
use crate::capability::Capability;
use crate::context::Context;
use crate::mail::reply::Results;
use crate::mail::window::window;
use crate::method::{Answers, Method};
use crate::opened::Opened;
use jmap_wire::{Arguments, Comparator, Filter, MethodError, Query, Step};
use serde_json::{Map, Value};
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use store::{Mailbox, MailboxId};

pub(super) const QUERY: Method = Method {
    name: "Mailbox/query",
    capability: Capability::Mail,
    run: |context, arguments| Box::pin(query(context, arguments)),
};

async fn query(context: &mut Context<'_>, mut arguments: Arguments) -> Answers {
    let asked = Query::take(&mut arguments)?;
    let question = Question::read(asked.filter, &asked.sort, &mut arguments)?;
    arguments.none_left()?;
    let opened = context.account(&asked.account).await?;
    let found = question.results(&opened, &Subscriptions::of(context, &opened).await?);
    let place = |anchor: &str| found.iter().position(|mailbox| mailbox.to_string() == anchor);
    let window = window(&asked.place, asked.limit, found.len(), place)?;
    let ids = found.iter().take(window.range.end).skip(window.range.start).map(told).collect();
    let total = asked.calculate_total.then_some(found.len());
    let state = opened.state(opened.mailboxes.list_modseq());
    let results = Results { state, is_logged: question.is_logged(&opened), window, ids, total };
    Ok(vec![context.answer(results.answer(&opened))])
}

fn told(mailbox: &MailboxId) -> String {
    mailbox.to_string()
}

/// A filter, an order, and whether they go by the tree.
pub(super) struct Question {
    filter: Option<Filter>,
    sort: Vec<(Key, bool)>,
    sort_as_tree: bool,
    filter_as_tree: bool,
}

#[derive(Debug, Clone, Copy)]
enum Key {
    Order,
    Name,
}

impl Question {
    /// Reads what is asked, and refuses what is not known before anything is looked at.
    pub(super) fn read(
        filter: Option<Filter>,
        sort: &[Comparator],
        arguments: &mut Arguments,
    ) -> Result<Self, MethodError> {
        for step in filter.iter().flat_map(Filter::steps) {
            if let Step::Condition(condition) = step {
                check(condition)?;
            }
        }
        let sort = sort.iter().map(key).collect::<Result<_, _>>()?;
        let (sort_as_tree, filter_as_tree) = (arguments.truth("sortAsTree")?, arguments.truth("filterAsTree")?);
        Ok(Self { filter, sort, sort_as_tree, filter_as_tree })
    }

    /// Whether all that decides stands in the account's log: what the caller subscribes of another's stands in his own.
    pub(super) fn is_logged(&self, opened: &Opened) -> bool {
        let asks = |step: &Step| matches!(step, Step::Condition(members) if members.contains_key("isSubscribed"));
        opened.own || !self.filter.iter().flat_map(Filter::steps).any(asks)
    }

    /// The results, in order.
    pub(super) fn results(&self, opened: &Opened, subscriptions: &Subscriptions) -> Vec<MailboxId> {
        let seen = || opened.mailboxes.iter().filter(|mailbox| opened.sees(mailbox.id));
        let holds = |mailbox: &&Mailbox| match &self.filter {
            Some(filter) => filter.holds(|condition| fits(opened, subscriptions, mailbox, condition)),
            None => true,
        };
        let mut fitting: BTreeSet<MailboxId> = seen().filter(holds).map(|mailbox| mailbox.id).collect();
        if self.filter_as_tree {
            // "a Mailbox is only included in the query if all its ancestors are"; those stand before it in the order of names
            for mailbox in seen() {
                if place(opened, mailbox).0.is_some_and(|parent| !fitting.contains(&parent.id)) {
                    fitting.remove(&mailbox.id);
                }
            }
        }
        let order: Vec<&Mailbox> = if self.sort_as_tree {
            self.tree(opened, seen().collect())
        } else {
            let mut all: Vec<&Mailbox> = seen().collect();
            all.sort_by(|one, other| self.compare(opened, one, other));
            all
        };
        order.into_iter().map(|mailbox| mailbox.id).filter(|id| fitting.contains(id)).collect()
    }

    /// Each mailbox before those below it, siblings in their order (`sortAsTree`).
    fn tree<'o>(&self, opened: &'o Opened, all: Vec<&'o Mailbox>) -> Vec<&'o Mailbox> {
        let mut below: BTreeMap<Option<MailboxId>, Vec<&Mailbox>> = BTreeMap::new();
        for mailbox in all {
            below.entry(place(opened, mailbox).0.map(|parent| parent.id)).or_default().push(mailbox);
        }
        for siblings in below.values_mut() {
            // the last one first: they are taken from the end
            siblings.sort_by(|one, other| self.compare(opened, other, one));
        }
        let mut waiting = below.remove(&None).unwrap_or_default();
        let mut order = Vec::new();
        while let Some(mailbox) = waiting.pop() {
            order.push(mailbox);
            waiting.extend(below.remove(&Some(mailbox.id)).unwrap_or_default());
        }
        order
    }

    fn compare(&self, opened: &Opened, one: &Mailbox, other: &Mailbox) -> Ordering {
        let by = |(key, ascending): &(Key, bool)| {
            let order = match key {
                Key::Order => one.sort_order.cmp(&other.sort_order),
                Key::Name => folded(place(opened, one).1).cmp(&folded(place(opened, other).1)),
            };
            if *ascending { order } else { order.reverse() }
        };
        // what is the same has one order too
        self.sort.iter().map(by).find(|order| order.is_ne()).unwrap_or_else(|| one.id.cmp(&other.id))
    }
}

fn folded(name: &str) -> String {
    name.to_lowercase()
}

fn key(comparator: &Comparator) -> Result<(Key, bool), MethodError> {
    let key = match comparator.property.as_str() {
        "sortOrder" => Key::Order,
        "name" => Key::Name,
        other => return Err(MethodError::UnsupportedSort(format!("`{other}`"))),
    };
    if let Some(collation) = &comparator.collation {
        return Err(MethodError::UnsupportedSort(format!("the collation `{collation}`")));
    }
    // quirk: some clients (jmapc) write position and limit into each comparator
    Ok((key, comparator.ascending))
}

fn check(condition: &Map<String, Value>) -> Result<(), MethodError> {
    for (name, value) in condition {
        let right = match name.as_str() {
            "parentId" | "role" => value.is_string() || value.is_null(),
            "name" => value.is_string(),
            "hasAnyRole" | "isSubscribed" => value.is_boolean(),
            _ => return Err(MethodError::UnsupportedFilter(format!("`{name}`"))),
        };
        if !right {
            return Err(MethodError::InvalidArguments(format!("`{name}` of a filter is of another kind")));
        }
    }
    Ok(())
}

/// "If zero properties are specified on the FilterCondition, the condition MUST always evaluate to true."
fn fits(opened: &Opened, subscriptions: &Subscriptions, mailbox: &Mailbox, condition: &Map<String, Value>) -> bool {
    let (parent, name) = place(opened, mailbox);
    condition.iter().all(|(property, value)| match property.as_str() {
        "parentId" => parent.map(|parent| parent.id.to_string()).as_deref() == value.as_str(),
        "name" => value.as_str().is_some_and(|part| folded(name).contains(&folded(part))),
        "role" => mailbox.role.map(role_name) == value.as_str(),
        "hasAnyRole" => Some(mailbox.role.is_some()) == value.as_bool(),
        _ => Some(subscriptions.has(&mailbox.name)) == value.as_bool(),
    })
}
