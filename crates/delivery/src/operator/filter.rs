//! Which entries an operator means.
use super::Queued;
use crate::queue::way::Way;
use crate::queue::{Destination, Entry, Pending, QueueId};
use crate::settings::Settings;
use names::{AccountId, Domain};
use std::collections::HashMap;
use std::sync::Arc;
use world::UnixTime;

/// Which entries are meant; what is `None` does not matter.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filter {
    /// The reverse-path contains this, in any case; an empty text means the null one.
    pub sender: Option<String>,
    /// An open recipient's address contains this, in any case.
    pub recipient: Option<String>,
    /// An open recipient's message goes to this domain.
    pub domain: Option<Domain>,
    /// It is on hold, or it is not.
    pub held: Option<bool>,
    /// This account sent it.
    pub account: Option<AccountId>,
    /// It was accepted before this.
    pub before: Option<UnixTime>,
    /// What was said last about an open recipient, or about the host that he waits for, contains this, in any case.
    pub cause: Option<String>,
}

/// What was said last about hosts that have not answered since, by lane.
pub(super) type LaneWords = HashMap<Arc<str>, Arc<str>>;

/// A filter with what else it takes to apply it.
pub(super) struct Sought {
    pub(super) filter: Filter,
    pub(super) settings: Arc<Settings>,
    pub(super) words: LaneWords,
}

impl Sought {
    /// Whether `entry` is meant.
    pub(super) fn lets(&self, entry: &Entry) -> bool {
        let filter = &self.filter;
        let sender = filter.sender.as_ref().is_none_or(|part| match &entry.reverse_path {
            None => part.is_empty(),
            Some(address) => !part.is_empty() && contains(&address.to_string(), part),
        });
        let some = |is_meant: &dyn Fn(&Pending) -> bool| entry.recipients.iter().any(is_meant);
        let recipient = filter.recipient.as_ref().is_none_or(|part| {
            some(&|one| contains(&one.address.to_string(), part) || contains(&one.original.to_string(), part))
        });
        let to = |domain: &Domain, one: &Pending| one.account.is_none() && one.address.domain() == domain;
        sender
            && recipient
            && filter.domain.as_ref().is_none_or(|domain| some(&|one| to(domain, one)))
            && filter.held.is_none_or(|held| held == entry.hold.is_some())
            && filter.account.is_none_or(|account| entry.account == Some(account))
            && filter.before.is_none_or(|before| entry.created < before)
            && filter
                .cause
                .as_ref()
                .is_none_or(|part| some(&|one| self.said(entry, one).is_some_and(|said| contains(said, part))))
    }

    /// What was said last about a recipient: to him, or to whom he waits behind.
    fn said<'a>(&'a self, entry: &Entry, pending: &'a Pending) -> Option<&'a str> {
        let of_lane = || {
            let destination = pending.destination();
            if matches!(destination, Destination::Account(_)) {
                return None;
            }
            let lane = self.settings.lane(&destination, &Way::of(entry));
            self.words.get(lane.as_str()).map(AsRef::as_ref)
        };
        pending.reply.as_deref().or_else(of_lane)
    }

    /// The entry as an operator sees it: who waits behind others that could not be brought has their words.
    pub(super) fn explained(&self, id: QueueId, mut entry: Entry) -> Queued {
        let said: Vec<_> = entry.recipients.iter().map(|one| self.said(&entry, one).map(ToOwned::to_owned)).collect();
        entry.recipients.iter_mut().zip(said).for_each(|(one, said)| one.reply = said);
        let way = Way::of(&entry);
        let route =
            |pending: &Pending| self.settings.course(&pending.destination(), &way).name().map(ToOwned::to_owned);
        let routes = entry.recipients.iter().map(route).collect();
        Queued { id, entry, routes }
    }
}

/// Whether `text` contains `part`, in any case.
pub(super) fn contains(text: &str, part: &str) -> bool {
    text.to_lowercase().contains(&part.to_lowercase())
}
