//! What a query asks, read before any card is.
use super::condition::{Condition, condition};
use super::order::{Key, OrderKey};
use crate::context::Context;
use contacts::Card;
use jmap_wire::{Comparator, Filter, MethodError, Step};
use serde_json::{Map, Value};
use std::cmp::Ordering;

/// A filter and an order.
pub(super) struct Question {
    filter: Option<Filter>,
    /// What the conditions of the filter say, in their order.
    conditions: Vec<Vec<Condition>>,
    /// By what, and whether the smallest comes first.
    order: Vec<(OrderKey, bool)>,
}

impl Question {
    /// Reads what is asked, and refuses what is not known.
    pub(super) fn read(
        context: &Context<'_>,
        filter: Option<Filter>,
        sort: &[Comparator],
    ) -> Result<Self, MethodError> {
        let steps = filter.iter().flat_map(Filter::steps);
        let conditions = steps.filter_map(|step| match step {
            Step::Condition(members) => Some(members.iter().map(|(name, value)| condition(context, name, value))),
            Step::All(_) | Step::Any(_) | Step::None(_) => None,
        });
        let conditions = conditions.map(Iterator::collect).collect::<Result<_, _>>()?;
        let order = sort.iter().map(|comparator| Ok((OrderKey::read(comparator)?, comparator.ascending)));
        let order = order.collect::<Result<_, _>>()?;
        Ok(Self { filter, conditions, order })
    }

    /// Whether a card is among the results.
    pub(super) fn holds(&self, card: &Card) -> bool {
        let Some(filter) = &self.filter else { return true };
        let mut conditions = self.conditions.iter();
        // each condition is asked for once, in its order; "if zero properties are specified ... the condition MUST always
        // evaluate to true" (RFC 9610, 3.3.1)
        filter.holds(|_| conditions.next().is_none_or(|all| all.iter().all(|condition| condition.holds(card))))
    }

    /// What a card is sorted by.
    pub(super) fn keys(&self, card: &Map<String, Value>) -> Vec<Key> {
        self.order.iter().map(|(key, _)| key.of(card)).collect()
    }

    /// Which of two comes first.
    pub(super) fn compare(&self, one: &[Key], other: &[Key]) -> Ordering {
        let pairs = one.iter().zip(other).zip(&self.order);
        let orders = pairs.map(|((one, other), (_, ascending))| {
            let order = one.cmp(other);
            if *ascending { order } else { order.reverse() }
        });
        orders.fold(Ordering::Equal, Ordering::then)
    }
}
