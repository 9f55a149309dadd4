//! One message in the queue, with those who have not got it yet. Who has, leaves the entry.
use super::stored;
use crate::envelope::{Body, Notify, Origin, Return};
use crate::next_hop::NextHop;
use crate::wishes::Wishes;
use names::{AccountId, Address};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::time::Duration;
use store::{BlobHash, DeliveryId, ObjectId};
use world::UnixTime;

/// A message and its open recipients, as it lies in a queue partition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The delivery: an account takes it once.
    #[serde(with = "stored::delivery")]
    pub delivery: DeliveryId,
    /// The reverse-path; `None` for the null one.
    pub reverse_path: Option<Address>,
    /// By which door it came in.
    pub origin: Origin,
    /// The account that sent it.
    #[serde(with = "stored::account", default, skip_serializing_if = "Option::is_none")]
    pub account: Option<AccountId>,
    /// The object of that account in which is written down what becomes of it.
    #[serde(with = "stored::object", default, skip_serializing_if = "Option::is_none")]
    pub submission: Option<ObjectId>,
    /// The listener that took it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub listener: Option<String>,
    /// MT-PRIORITY: from -9 to 9.
    #[serde(default, skip_serializing_if = "is_usual")]
    pub priority: i8,
    /// Where an operator sends it in place of where it would go.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reroute: Option<NextHop>,
    /// RET.
    pub ret: Option<Return>,
    /// ENVID, in xtext.
    pub envid: Option<String>,
    /// BODY.
    pub body: Body,
    /// SMTPUTF8.
    pub utf8: bool,
    /// The message.
    #[serde(with = "stored::blob")]
    pub blob: BlobHash,
    /// Its size in bytes.
    pub size: u64,
    /// How many bytes at its beginning are our Return-Path and Received.
    pub prefix_len: u32,
    /// How many of them are our Return-Path.
    pub return_path_len: u32,
    /// When it was accepted.
    #[serde(with = "stored::time")]
    pub created: UnixTime,
    /// Why an operator holds it.
    pub hold: Option<Hold>,
    /// What its sender asked of its time and its ways.
    #[serde(default, skip_serializing_if = "Wishes::is_empty")]
    pub wishes: Wishes,
    /// Who has not got it yet.
    pub recipients: Vec<Pending>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for this signature")]
const fn is_usual(priority: &i8) -> bool {
    *priority == 0
}

/// An operator's hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// Why, in his words.
    pub reason: String,
    /// Since when.
    #[serde(with = "stored::time")]
    pub since: UnixTime,
}

/// One recipient who has not got the message yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pending {
    /// Where it goes: the address after aliases.
    pub address: Address,
    /// The account here; `None` where it goes to another server.
    #[serde(with = "stored::account")]
    pub account: Option<AccountId>,
    /// The account here whose mail a route takes to another server, for as long as there is such a route.
    #[serde(with = "stored::account", default, skip_serializing_if = "Option::is_none")]
    pub taken_from: Option<AccountId>,
    /// The address that the sender wrote.
    pub original: Address,
    /// ORCPT, in xtext.
    pub orcpt: Option<String>,
    /// NOTIFY.
    pub notify: Notify,
    /// The aliases that it went through: the guard against loops.
    pub trail: Vec<Address>,
    /// How often it was tried.
    pub attempts: u32,
    /// When it is tried next.
    #[serde(with = "stored::time")]
    pub due: UnixTime,
    /// What the other side said last.
    pub reply: Option<String>,
    /// Whether the sender was told that it is late.
    pub warned: bool,
    /// The server that has it already, where the sender is still to be told so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relayed: Option<String>,
    /// Whether it goes on in a name of ours, which stands for a sender elsewhere (SRS): an address here has sent it on.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub rewrite: bool,
}

/// Where a recipient's message goes next: what shares connections and waits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Destination {
    /// An account here.
    Account(AccountId),
    /// A domain elsewhere, or an address literal.
    Domain(names::Domain),
    /// A domain here whose people's mail a route takes to another server.
    Taken(names::Domain),
}

/// What stands before a domain whose mail is taken.
const TAKEN: &str = "here:";

impl Destination {
    /// One text for each: `@` and the account's id, the domain, or `here:` and the domain.
    pub(crate) fn text(&self) -> String {
        match self {
            Self::Account(account) => format!("@{account}"),
            Self::Domain(domain) => domain.to_string(),
            Self::Taken(domain) => format!("{TAKEN}{domain}"),
        }
    }

    pub(crate) fn read(text: &str) -> Option<Self> {
        if let Some(account) = text.strip_prefix('@') {
            return account.parse().ok().map(Self::Account);
        }
        match text.strip_prefix(TAKEN) {
            Some(domain) => domain.parse().ok().map(Self::Taken),
            None => names::Domain::of_address(text).ok().map(Self::Domain),
        }
    }
}

impl Pending {
    /// Where it goes next.
    pub fn destination(&self) -> Destination {
        let domain = || self.address.domain().clone();
        match (self.account, self.taken_from) {
            (Some(account), _) => Destination::Account(account),
            (None, Some(_)) => Destination::Taken(domain()),
            (None, None) => Destination::Domain(domain()),
        }
    }
}

/// When the recipients of one destination are due, and when somebody must hear of it at the latest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Due {
    pub(crate) due: UnixTime,
    pub(crate) say_by: UnixTime,
}

impl Entry {
    /// When each destination is due; nothing of an entry on hold, or whose time has not come.
    pub(crate) fn dues(&self, terms: &Terms) -> BTreeMap<Destination, Due> {
        let mut dues: BTreeMap<Destination, Due> = BTreeMap::new();
        if self.hold.is_some() || self.wishes.waits_until().is_some() {
            return dues;
        }
        for pending in &self.recipients {
            let due = Due { due: pending.due, say_by: self.say_by(pending, terms) };
            let entry = dues.entry(pending.destination()).or_insert(due);
            entry.due = entry.due.min(due.due);
            entry.say_by = entry.say_by.min(due.say_by);
        }
        dues
    }

    /// When the sender must hear about `pending` at the latest: that it is late, or that it is given up.
    fn say_by(&self, pending: &Pending, terms: &Terms) -> UnixTime {
        if pending.account.is_some() {
            return UnixTime::from_millis(u64::MAX);
        }
        let give_up = self.ends(terms.give_up_after);
        if self.warns(pending) { self.is_late_at(terms.warn_after).min(give_up) } else { give_up }
    }

    /// Since when it may be delivered: when it was accepted, or the time that its sender set.
    pub(crate) fn begun(&self) -> UnixTime {
        self.wishes.release.map_or(self.created, |release| release.at)
    }

    /// When it is given up, at the latest after so long.
    pub(crate) fn ends(&self, give_up_after: Duration) -> UnixTime {
        let end = self.begun().plus(give_up_after);
        self.wishes.returns_at().map_or(end, |at| at.min(end))
    }

    /// From when on its sender is to be told that it is late, at the latest after so long.
    pub(crate) fn is_late_at(&self, warn_after: Duration) -> UnixTime {
        let late = self.begun().plus(warn_after);
        self.wishes.tells_at().map_or(late, |at| at.min(late))
    }

    /// Whether the sender is to be told, some time, that `pending` is late.
    pub(crate) fn warns(&self, pending: &Pending) -> bool {
        !pending.warned && pending.notify.delay && self.reverse_path.is_some()
    }
}

/// The two terms of a queue.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Terms {
    pub(crate) give_up_after: Duration,
    pub(crate) warn_after: Duration,
}
