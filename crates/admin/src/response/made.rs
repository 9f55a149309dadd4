//! How what is told is made of what the rooms know.
use super::{AccountView, AliasView, DomainView, ForwardView, QueueEntryView, QueueRecipientView, StoreStatsView};
use delivery::Queued;
use directory::{Alias, LocalDomain};
use store::EngineStats;
use world::UnixTime;

impl From<LocalDomain> for DomainView {
    fn from(domain: LocalDomain) -> Self {
        Self {
            domain: domain.name,
            separator: domain.options.separator,
            catch_all: domain.options.catch_all,
            owner: domain.options.owner,
            alias_of: domain.alias_of,
            accounts: domain.accounts,
            aliases: domain.aliases,
            created: domain.created.secs(),
        }
    }
}

impl From<directory::Account> for AccountView {
    fn from(account: directory::Account) -> Self {
        Self {
            id: account.id,
            address: account.address,
            name: account.name,
            quota: account.quota,
            used: None,
            messages: None,
            role: account.role,
            suspended: account.suspended,
            created: account.created.secs(),
            forward: account.forward.map(|directory::Forward { targets, keep }| ForwardView { targets, keep }),
            held: account.held,
            send_once: account.send_once,
        }
    }
}

impl From<Alias> for AliasView {
    fn from(alias: Alias) -> Self {
        Self { address: alias.address, targets: alias.targets, created: alias.created.secs() }
    }
}

impl From<Queued> for QueueEntryView {
    fn from(queued: Queued) -> Self {
        let Queued { id, entry, routes } = queued;
        let recipients = entry.recipients.into_iter().zip(routes).map(|(pending, route)| QueueRecipientView {
            address: pending.address,
            original: pending.original,
            attempts: pending.attempts,
            due: pending.due.secs(),
            reply: pending.reply,
            route,
        });
        Self {
            id,
            sender: entry.reverse_path,
            size: entry.size,
            created: entry.created.secs(),
            held: entry.hold.map(|hold| hold.reason),
            reroute: entry.reroute.map(|hop| hop.to_string()),
            until: entry.wishes.waits_until().map(UnixTime::secs),
            recipients: recipients.collect(),
        }
    }
}

impl StoreStatsView {
    pub(crate) fn new(stats: &EngineStats, domains: &[LocalDomain]) -> Self {
        Self {
            domains: domains.len() as u64,
            accounts: domains.iter().map(|domain| domain.accounts).sum(),
            records: stats.records,
            record_bytes: stats.record_bytes,
            blobs: stats.blobs,
            blob_bytes: stats.blob_bytes,
            blob_stored_bytes: stats.blob_stored_bytes,
            blob_dead_bytes: stats.blob_dead_bytes,
            free_bytes: (stats.free_bytes != u64::MAX).then_some(stats.free_bytes),
        }
    }
}
