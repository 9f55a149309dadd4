//! To whom an address goes, and who may send as it.
use crate::aliases::MAX_TARGETS;
use crate::name::FoldedAddress;
use crate::schema::Entry;
use crate::{Directory, Error};
use names::{AccountId, Address};
use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;

/// Aliases that may lead to one another.
const MAX_DEPTH: usize = 10;

/// To whom an address goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resolution {
    /// To all of these, each once; at least one. Targets that are unknown or suspended are left out; an account that
    /// sends its mail on stands here where it keeps a copy.
    Targets(Vec<Target>),
    /// To nobody: the domain is here, the address is not.
    Unknown,
    /// Every account that it would go to is suspended; this is the reason of the first.
    Suspended {
        /// As the operator wrote it.
        reason: String,
    },
    /// Mail for this domain is not taken here.
    NotLocal,
    /// The aliases are wrong, which the operator must mend.
    Broken(AliasFault),
    /// It is a postmaster's, and nobody reads what is sent to one: the operator must give the default domain an owner.
    NoPostmaster,
}

/// One target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// An account here.
    Account {
        /// Its number in the store.
        id: AccountId,
        /// Its own address.
        address: Address,
        /// What stood behind the separator (RFC 5233), folded.
        detail: Option<String>,
    },
    /// An address elsewhere.
    Remote(Address),
}

/// What is wrong with aliases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AliasFault {
    /// They lead to one another and nowhere else.
    Loop,
    /// More than 10 lead to one another.
    TooDeep,
    /// They lead to more than 1,000 addresses.
    TooMany,
}

/// What one look tells.
pub(crate) enum Look {
    NotLocal,
    Unknown,
    /// An account or an alias, and the detail.
    Entry(Arc<Entry>, Option<String>),
    /// `postmaster` or `abuse` of a domain: its owner; a postmaster whom his domain does not have: the next one.
    Owner(Address),
    CatchAll(Address),
}

impl Directory {
    /// Resolves a recipient. Mail to postmaster that leads to nobody in its own domain has a reader elsewhere in the house.
    ///
    /// # Errors
    /// When the store is away: the answer is then not known, and nobody must be told "unknown".
    pub async fn resolve(&self, address: &Address) -> Result<Resolution, Error> {
        match self.expand(address, true).await? {
            Resolution::Unknown | Resolution::Suspended { .. } | Resolution::Broken(_)
                if address.local().is_postmaster() =>
            {
                self.postmaster_of_all().await
            }
            resolution => Ok(resolution),
        }
    }

    /// Resolves `address`; whether accounts send their mail on, or are asked about themselves.
    pub(crate) async fn expand(&self, address: &Address, forwards: bool) -> Result<Resolution, Error> {
        let mut expansion = Expansion { forwards, ..Expansion::default() };
        let look = self.look(address).await?;
        if matches!(look, Look::NotLocal) {
            return Ok(Resolution::NotLocal);
        }
        expansion.enter(address, 0);
        let mut next = Some((address.clone(), look, 0));
        while let Some((address, mut look, depth)) = next {
            // whom mail goes on to is found as whom it is sent to
            if forwards && matches!(look, Look::Unknown) && address.local().is_postmaster() {
                look = self.next_postmaster().await?.map_or(look, Look::Owner);
            }
            if let Err(fault) = expansion.take(address, look, depth) {
                return Ok(Resolution::Broken(fault));
            }
            next = match expansion.waiting.pop_front() {
                Some((address, depth)) => Some((address.clone(), self.look(&address).await?, depth)),
                None => None,
            };
        }
        Ok(expansion.resolution())
    }

    /// Whether the account may send as `from`: it is its own address (with any detail), or an alias that leads to it,
    /// or the postmaster of a domain that it owns, or an address of which it is a delegate. Being somebody's catch-all
    /// gives no right to send.
    ///
    /// # Errors
    /// When the store is away.
    pub async fn may_send_as(&self, account: AccountId, from: &Address) -> Result<bool, Error> {
        match self.look(from).await? {
            Look::NotLocal | Look::Unknown | Look::CatchAll(_) => Ok(false),
            Look::Entry(entry, _) if matches!(&*entry, Entry::Account(record) if record.id == account) => Ok(true),
            Look::Entry(entry, _) if entry.delegates().iter().any(|delegate| delegate.account == account) => Ok(true),
            Look::Entry(..) | Look::Owner(_) => Ok(match self.expand(from, false).await? {
                Resolution::Targets(targets) => {
                    targets.iter().any(|target| matches!(target, Target::Account { id, .. } if *id == account))
                }
                _ => false,
            }),
        }
    }

    /// Whether `address` stands here for itself: with or without a detail, and not only because its domain has a catch-all.
    ///
    /// # Errors
    /// When the store is away.
    pub async fn is_named(&self, address: &Address) -> Result<bool, Error> {
        Ok(matches!(self.look(address).await?, Look::Entry(..) | Look::Owner(_)))
    }

    /// What stands under `address`: itself, else without its detail, else what the domain says.
    pub(crate) async fn look(&self, address: &Address) -> Result<Look, Error> {
        let Some(mut domain) = self.shelf.domain(address.domain()).await? else { return Ok(Look::NotLocal) };
        let mut folded = FoldedAddress::of(address);
        if let Some(of) = domain.record.alias_of.clone() {
            // its addresses are the other's
            let Some(home) = self.shelf.domain(&of).await? else { return Ok(Look::Unknown) };
            domain = home;
            folded = folded.map(|folded| FoldedAddress { domain: of, ..folded });
        }
        let domain = &domain.record;
        if let Some(folded) = folded {
            if let Some(entry) = self.shelf.entry(&folded).await? {
                return Ok(Look::Entry(entry.record, None));
            }
            let split = domain.separator.and_then(|separator| folded.split(separator));
            let (user, detail) = split.map_or((None, None), |(user, detail)| (Some(user), Some(detail.to_owned())));
            let user = user.unwrap_or(folded.clone());
            if detail.is_some()
                && let Some(entry) = self.shelf.entry(&user).await?
            {
                return Ok(Look::Entry(entry.record, detail));
            }
            // RFC 5321, 4.5.1: mail to postmaster must have a reader. RFC 2142, 4: so should abuse.
            if let ("postmaster" | "abuse", Some(owner)) = (&*user.local, &domain.owner) {
                return Ok(Look::Owner(owner.clone()));
            }
        }
        Ok(domain.catch_all.clone().map_or(Look::Unknown, Look::CatchAll))
    }
}

/// The expansion of one address, breadth first and without recursion.
#[derive(Default)]
struct Expansion {
    waiting: VecDeque<(Address, usize)>,
    seen: BTreeSet<String>,
    targets: Vec<Target>,
    suspended: Option<String>,
    looped: bool,
    /// Whether an account's mail goes on to where it says.
    forwards: bool,
}

impl Expansion {
    /// Puts an address into the queue, if it was not there before.
    fn enter(&mut self, address: &Address, depth: usize) -> bool {
        let known = Directory::folded(address);
        let new = self.seen.insert(known);
        if new && depth > 0 {
            self.waiting.push_back((address.clone(), depth));
        }
        new
    }

    fn take(&mut self, address: Address, look: Look, depth: usize) -> Result<(), AliasFault> {
        match look {
            Look::Unknown => Ok(()),
            Look::NotLocal => {
                self.targets.push(Target::Remote(address));
                Ok(())
            }
            Look::Owner(to) | Look::CatchAll(to) => self.follow(&[to], depth),
            Look::Entry(entry, detail) => match &*entry {
                Entry::Alias(record) => self.follow(&record.targets, depth),
                Entry::Account(record) => {
                    if let Some(reason) = &record.suspended {
                        self.suspended.get_or_insert_with(|| reason.clone());
                        return Ok(());
                    }
                    let forward = record.forward.as_ref().filter(|_| self.forwards);
                    if forward.is_none_or(|forward| forward.keep) && !self.has(record.id) {
                        let (id, address) = (record.id, record.address.clone());
                        self.targets.push(Target::Account { id, address, detail });
                    }
                    forward.map_or(Ok(()), |forward| self.follow(&forward.targets, depth))
                }
            },
        }
    }

    fn follow(&mut self, addresses: &[Address], depth: usize) -> Result<(), AliasFault> {
        if depth >= MAX_DEPTH {
            return Err(AliasFault::TooDeep);
        }
        for address in addresses {
            if !self.enter(address, depth + 1) {
                self.looped = true;
            }
            if self.seen.len() > MAX_TARGETS + MAX_DEPTH {
                return Err(AliasFault::TooMany);
            }
        }
        Ok(())
    }

    fn has(&self, account: AccountId) -> bool {
        self.targets.iter().any(|target| matches!(target, Target::Account { id, .. } if *id == account))
    }

    fn resolution(self) -> Resolution {
        if self.targets.len() > MAX_TARGETS {
            return Resolution::Broken(AliasFault::TooMany);
        }
        match (self.targets.is_empty(), self.suspended) {
            (false, _) => Resolution::Targets(self.targets),
            (true, Some(reason)) => Resolution::Suspended { reason },
            (true, None) if self.looped => Resolution::Broken(AliasFault::Loop),
            (true, None) => Resolution::Unknown,
        }
    }
}
