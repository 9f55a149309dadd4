//! Whether a recipient is taken, and to whom he leads: asked at RCPT, so that nothing is accepted and bounced later.
mod residents;
use crate::delivery::Inner;
use crate::envelope::{Notify, Origin, Sender};
use crate::homes::Held;
use crate::queue::way::Way;
use crate::routes::Transport;
use crate::srs;
use futures_util::future::BoxFuture;
use journal::Cause;
use names::{AccountId, Address, Domain};
use thiserror::Error;

/// To whom an address leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resolved {
    /// To all of these; at least one.
    Targets(Vec<Target>),
    /// To nobody: the domain is here, the address is not.
    Unknown,
    /// Only to accounts that are suspended.
    Suspended,
    /// The domain is not here.
    Elsewhere,
    /// Aliases lead to one another.
    Loop,
    /// Aliases lead to too many.
    TooMany,
    /// It is a postmaster's, and nobody reads what is sent to one.
    NoPostmaster,
}

/// One to whom an address leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// An account here, with its own address.
    Account(AccountId, Address),
    /// The same, where a route takes its mail to another server.
    Taken(AccountId, Address),
    /// An address elsewhere.
    Remote(Address),
}

impl Target {
    /// The account that is delivered to, the one from which a route takes it, and the address.
    pub(crate) const fn parts(&self) -> (Option<AccountId>, Option<AccountId>, &Address) {
        match self {
            Self::Account(account, address) => (Some(*account), None, address),
            Self::Taken(account, address) => (None, Some(*account), address),
            Self::Remote(address) => (None, None, address),
        }
    }
}

/// The directory could not be asked: nobody must be told "unknown".
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("the directory is away: {0}")]
pub struct DirectoryAway(pub String);

/// Knows who lives here.
pub trait Residents: Send + Sync {
    /// To whom `address` leads.
    fn resolve<'a>(&'a self, address: &'a Address) -> BoxFuture<'a, Result<Resolved, DirectoryAway>>;

    /// To whom mail to a postmaster goes whom no domain here has.
    fn postmaster(&self) -> BoxFuture<'_, Result<Resolved, DirectoryAway>>;

    /// Whether `address` stands here for itself, and not only because its domain takes whatever comes.
    fn is_named<'a>(&'a self, address: &'a Address) -> BoxFuture<'a, Result<bool, DirectoryAway>>;

    /// Whether the people of `domain` live here.
    fn is_here<'a>(&'a self, domain: &'a Domain) -> BoxFuture<'a, Result<bool, DirectoryAway>>;

    /// The name of whose account `address` is; `None` where it has none.
    fn name<'a>(&'a self, address: &'a Address) -> BoxFuture<'a, Result<Option<String>, DirectoryAway>>;
}

/// A recipient as RCPT names him.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The forward-path.
    pub address: Address,
    /// The SIZE of MAIL (RFC 1870); 0 when it was not said.
    pub size: u64,
    /// NOTIFY.
    pub notify: Notify,
    /// ORCPT, in xtext.
    pub orcpt: Option<String>,
}

/// A recipient who was taken, with the room held for him.
#[derive(Debug)]
pub struct Recipient {
    pub(crate) asked: Asked,
    pub(crate) targets: Vec<Target>,
    /// Whether the address stands for several, though some of them may have no room.
    pub(crate) expands: bool,
    /// Whether what goes on to an address elsewhere goes in a name of ours: its sender is elsewhere too.
    pub(crate) rewrite: bool,
    pub(crate) held: Vec<Held>,
}

impl Recipient {
    /// The forward-path.
    pub fn address(&self) -> &Address {
        &self.asked.address
    }

    /// To whom it leads.
    pub fn targets(&self) -> &[Target] {
        &self.targets
    }
}

/// Why a recipient, or a message, is not taken.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Refused {
    /// 550 5.1.1
    #[error("nobody here has this address")]
    Unknown,
    /// 550 5.2.1
    #[error("the account is suspended")]
    Suspended,
    /// 552 5.2.2
    #[error("the mailbox is full")]
    MailboxFull,
    /// 452 4.2.2
    #[error("the mailbox may be full in a moment")]
    FullForNow,
    /// 550 5.7.1
    #[error("mail for other domains is not taken here")]
    RelayingDenied,
    /// 550 5.7.1, with the text of the route.
    #[error("a route refuses it: {0}")]
    ByRoute(String),
    /// 554 5.4.6
    #[error("the address leads back to itself")]
    Loop,
    /// 550 5.4.6
    #[error("the address leads to too many")]
    TooMany,
    /// 451 4.2.1
    #[error("nobody reads mail to postmaster")]
    NoPostmaster,
    /// 451 4.3.0
    #[error("the store is away")]
    Unavailable,
    /// 452 4.3.1
    #[error("no space on the disk")]
    NoSpace,
}

impl Refused {
    /// The cause that the journal keeps.
    pub const fn cause(&self) -> Cause {
        match self {
            Self::Unknown | Self::NoPostmaster => Cause::RecipientUnknown,
            Self::Suspended => Cause::RecipientSuspended,
            Self::MailboxFull | Self::FullForNow => Cause::MailboxFull,
            Self::RelayingDenied => Cause::RelayingDenied,
            Self::ByRoute(_) => Cause::RefusedByRoute,
            Self::Loop | Self::TooMany => Cause::AliasLoop,
            Self::Unavailable => Cause::StoreUnavailable,
            Self::NoSpace => Cause::NoSpace,
        }
    }
}

impl From<&store::Error> for Refused {
    fn from(error: &store::Error) -> Self {
        match error {
            // only what others have announced is in the way, and that may never come
            store::Error::OverQuota { used, limit } if used < limit => Self::FullForNow,
            // a limit that a delivery meets is that of messages in the mailbox
            store::Error::OverQuota { .. } | store::Error::Limit { .. } => Self::MailboxFull,
            store::Error::NoSpace => Self::NoSpace,
            store::Error::NoSuchAccount(_) => Self::Unknown,
            store::Error::NoSuchMailbox
            | store::Error::NoSuchEmail
            | store::Error::MailboxExists
            | store::Error::BadName(_)
            | store::Error::Inbox
            | store::Error::RoleTaken
            | store::Error::CannotCalculateChanges(_)
            | store::Error::Closed
            | store::Error::Engine(_)
            | store::Error::Corrupt(_)
            | store::Error::Conflict
            | store::Error::NewerSchema { .. } => Self::Unavailable,
        }
    }
}

impl Inner {
    /// Takes or refuses a recipient.
    pub(crate) async fn recipient(&self, sender: &Sender, asked: Asked) -> Result<Recipient, Refused> {
        let resolved = self.led_to(sender.origin, &asked.address).await?;
        // reports go the way back, and nothing else: whoever had such a name would send by it to one who never asked for it
        let origin = match sender.reverse_path {
            None => self.reversed(&asked.address, &resolved).await?,
            Some(_) => None,
        };
        let (reversed, resolved) = match origin {
            Some(origin) => (true, self.resolve(&origin).await.map(|resolved| or_remote(resolved, origin))?),
            None => (false, resolved),
        };
        let local = resolved != Resolved::Elsewhere;
        let targets = match resolved {
            Resolved::Targets(targets) => targets,
            Resolved::Elsewhere if sender.origin.may_relay() => vec![Target::Remote(asked.address.clone())],
            Resolved::Elsewhere if sender.origin != Origin::Internet => return Err(Refused::RelayingDenied),
            Resolved::Elsewhere => match self.settings.relay_domains.takes(&asked.address) {
                Some(true) => vec![Target::Remote(asked.address.clone())],
                Some(false) => return Err(Refused::Unknown),
                None => return Err(Refused::RelayingDenied),
            },
            Resolved::Unknown => return Err(Refused::Unknown),
            Resolved::Suspended => return Err(Refused::Suspended),
            Resolved::Loop => return Err(Refused::Loop),
            Resolved::TooMany => return Err(Refused::TooMany),
            // RFC 5321, 4.5.1: he is there; whoever writes to him tries again until somebody reads it
            Resolved::NoPostmaster => {
                tracing::warn!(address = %asked.address, "nobody reads mail to postmaster: give the default domain an owner");
                return Err(Refused::NoPostmaster);
            }
        };
        if targets.len() > self.settings.max_expansions {
            return Err(Refused::TooMany);
        }
        let goes_on = (local || reversed) && targets.iter().any(|target| matches!(target, Target::Remote(_)));
        let rewrite = goes_on && self.is_stranger(sender.reverse_path.as_ref()).await?;
        let expands = targets.len() > 1;
        let (targets, refused) = self.by_routes(&Way::by(sender), targets);
        refused.map_or(Ok(()), Err)?;
        let (targets, held) = self.with_room(targets, asked.size).await?;
        Ok(Recipient { asked, targets, expands, rewrite, held })
    }

    /// The targets as the routes have them: people here whose domain a route names go by it. Where the routes refuse every
    /// one of them, that is said too; of several targets the sender hears by a report.
    pub(crate) fn by_routes(&self, way: &Way, targets: Vec<Target>) -> (Vec<Target>, Option<Refused>) {
        let (mut refused, mut some_go) = (None, false);
        let routed = |target: Target| {
            let routes = &self.settings.routes;
            let (target, route) = match target {
                Target::Account(account, address) | Target::Taken(account, address) => {
                    match routes.taking(address.domain(), way) {
                        Some(route) => (Target::Taken(account, address), Some(route)),
                        None => (Target::Account(account, address), None),
                    }
                }
                Target::Remote(address) => {
                    let route = routes.first(address.domain(), way);
                    (Target::Remote(address), route)
                }
            };
            match route.as_ref().map(|route| &route.transport) {
                Some(Transport::Refuse(text)) => refused = Some(Refused::ByRoute(text.clone())),
                Some(Transport::Mx | Transport::Relay(_) | Transport::Discard) | None => some_go = true,
            }
            target
        };
        let targets = targets.into_iter().map(routed).collect();
        (targets, refused.filter(|_| !some_go))
    }

    /// To whom the address of a recipient leads. The one who stands for `<postmaster>` is here, also where his domain is not
    /// (RFC 5321, 4.5.1), unless his mail would go on to that.
    async fn led_to(&self, origin: Origin, address: &Address) -> Result<Resolved, Refused> {
        let resolved = self.resolve(address).await?;
        let goes_on = origin.may_relay() || self.settings.relay_domains.takes(address).is_some();
        if resolved != Resolved::Elsewhere || goes_on || !self.settings.is_postmaster(address) {
            return Ok(resolved);
        }
        self.residents.postmaster().await.map_err(|error| not_resolved(&error))
    }

    async fn resolve(&self, address: &Address) -> Result<Resolved, Refused> {
        self.residents.resolve(address).await.map_err(|error| not_resolved(&error))
    }

    /// To whom an address of a domain here leads that stands for a sender elsewhere; nothing where it is none.
    async fn reversed(&self, address: &Address, resolved: &Resolved) -> Result<Option<Address>, Refused> {
        if *resolved == Resolved::Elsewhere || !srs::has_form(address) {
            return Ok(None);
        }
        let key = self.srs_key().await.map_err(|error| {
            tracing::warn!(%error, "rewritten sender not read");
            Refused::Unavailable
        })?;
        match key.reverse(address, self.world.clock.now()) {
            None => Ok(None),
            Some(Ok(origin)) => Ok(Some(origin)),
            Some(Err(fault)) => {
                tracing::info!(%address, %fault, "rewritten sender refused");
                Err(Refused::Unknown)
            }
        }
    }

    /// Whether the sender's domain is elsewhere, so that what we send on must not go out in its name.
    pub(crate) async fn is_stranger(&self, reverse_path: Option<&Address>) -> Result<bool, Refused> {
        match reverse_path {
            Some(address) => Ok(self.resolve(address).await? == Resolved::Elsewhere),
            None => Ok(false),
        }
    }

    /// The targets that have room, which is held for them.
    async fn with_room(&self, targets: Vec<Target>, size: u64) -> Result<(Vec<Target>, Vec<Held>), Refused> {
        let mut open = Vec::with_capacity(targets.len());
        let mut held = Vec::new();
        let mut refused = None;
        for target in targets {
            if let Target::Account(account, _) = &target {
                match self.homes.reserve(*account, size).await {
                    Ok(room) => held.push(room),
                    // of several targets, those that have no room are left out; nothing is accepted for them
                    Err(error) => {
                        refused.get_or_insert(Refused::from(&error));
                        continue;
                    }
                }
            }
            open.push(target);
        }
        match refused {
            Some(refused) if open.is_empty() => Err(refused),
            // what is away now must be asked again, or a member of a list would lose this message
            Some(refused @ (Refused::Unavailable | Refused::NoSpace | Refused::FullForNow)) => Err(refused),
            _ => Ok((open, held)),
        }
    }
}

fn not_resolved(error: &DirectoryAway) -> Refused {
    tracing::warn!(%error, "address not resolved");
    Refused::Unavailable
}

/// An address elsewhere leads to itself.
fn or_remote(resolved: Resolved, address: Address) -> Resolved {
    match resolved {
        Resolved::Elsewhere => Resolved::Targets(vec![Target::Remote(address)]),
        here => here,
    }
}
