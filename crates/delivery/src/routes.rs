//! By which way mail leaves: the routes that an operator wrote. The first one that fits has it; it is asked at each
//! attempt, so that what waits goes by the routes of the day and not by those it came under.
mod course;
mod pattern;
mod transport;
pub(crate) use course::Course;
pub use pattern::{Pattern, PatternError, SenderPattern};
pub use transport::{Login, Place, Relay, TlsRule, Transport};

use crate::queue::way::Way;
use names::Domain;
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

/// A way for some mail. What is empty does not matter; what is not must fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// What an operator calls it: the journal and `queue` say it.
    pub name: String,
    /// The recipient's domain.
    pub recipients: Vec<Pattern>,
    /// The sender's domain.
    pub senders: Vec<SenderPattern>,
    /// The listener that took the message.
    pub listeners: Vec<String>,
    /// What becomes of it.
    pub transport: Transport,
}

impl Route {
    /// Whether it is for mail like this, as far as the recipient does not matter.
    fn fits(&self, way: &Way) -> bool {
        let sender = way.sender_domain.as_ref();
        let listener = |name: &String| way.listener.as_ref() == Some(name);
        (self.senders.is_empty() || self.senders.iter().any(|pattern| pattern.means(sender)))
            && (self.listeners.is_empty() || self.listeners.iter().any(listener))
    }
}

/// The routes in force, in their order. Clones are the same ones: what replaces them is in force for all.
#[derive(Debug, Clone, Default)]
pub struct Routes(Arc<RwLock<Arc<Table>>>);

impl Routes {
    /// These, in this order.
    pub fn new(routes: Vec<Route>) -> Self {
        Self(Arc::new(RwLock::new(Arc::new(Table::new(routes)))))
    }

    /// Puts others in their place; says whether they are others.
    pub(crate) fn replace(&self, routes: Vec<Route>) -> bool {
        let mut table = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let others =
            table.routes.len() != routes.len() || table.routes.iter().zip(&routes).any(|(old, new)| **old != *new);
        if others {
            *table = Arc::new(Table::new(routes));
        }
        others
    }

    fn table(&self) -> Arc<Table> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The first one that fits mail for `domain`.
    pub(crate) fn first(&self, domain: &Domain, way: &Way) -> Option<Arc<Route>> {
        self.table().first(domain, way, true)
    }

    /// The one that takes mail away from people at `domain`: the first that fits and says the domain's name, or one above
    /// it, unless that one sends it to where it would go without any.
    pub(crate) fn taking(&self, domain: &Domain, way: &Way) -> Option<Arc<Route>> {
        self.table().first(domain, way, false).filter(|route| route.transport.takes())
    }
}

/// Routes, found by the recipient's domain without a look at all of them: a start asks a million times.
#[derive(Debug, Default)]
struct Table {
    routes: Vec<Arc<Route>>,
    /// Their places, by the domains that they name.
    named: HashMap<Domain, Vec<usize>>,
    /// Their places, by the domains above those that they mean.
    below: HashMap<String, Vec<usize>>,
    /// The places of those that are for every recipient.
    rest: Vec<usize>,
}

impl Table {
    fn new(routes: Vec<Route>) -> Self {
        let mut table = Self::default();
        for (at, route) in routes.into_iter().enumerate() {
            for pattern in &route.recipients {
                match pattern {
                    Pattern::All => table.rest.push(at),
                    Pattern::Domain(domain) => table.named.entry(domain.clone()).or_default().push(at),
                    Pattern::Below(parent) => table.below.entry(parent.to_string()).or_default().push(at),
                }
            }
            if route.recipients.is_empty() {
                table.rest.push(at);
            }
            table.routes.push(Arc::new(route));
        }
        table
    }

    fn first(&self, domain: &Domain, way: &Way, with_rest: bool) -> Option<Arc<Route>> {
        let below = pattern::above(domain).filter_map(|above| self.below.get(above));
        let named = self.named.get(domain).into_iter().chain(below);
        let all = named.chain(Some(&self.rest).filter(|_| with_rest));
        let fits = |at: &&usize| self.routes.get(**at).is_some_and(|route| route.fits(way));
        // each list is in the order of the routes
        let first = all.filter_map(|places| places.iter().find(fits)).min()?;
        self.routes.get(*first).cloned()
    }
}

#[cfg(test)]
mod tests;
