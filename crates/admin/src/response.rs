//! What is answered: all that a rendering for people or machines needs.
mod made;

use crate::{
    DelegateView, DestinationView, LoginView, QueueDestinationView, RefusedView, TlsReportsView, TraceRowView,
    TraceView,
};
use contacts::LeftOut;
use delivery::{BlockPattern, QueueId, Vacation};
use directory::Role;
use guide::Guide;
use names::{AccountId, Address, ByteSize, Domain};
use serde::{Deserialize, Serialize};

/// The answer to an act that was done. Moments are seconds since 1970.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "kebab-case")]
pub enum Response {
    /// It is done, and on disk.
    Done,
    /// What customers set up.
    Settings(Box<Guide>),
    /// A domain.
    Domain(DomainView),
    /// All domains.
    Domains {
        /// By name.
        domains: Vec<DomainView>,
    },
    /// An account.
    Account(AccountView),
    /// Some accounts.
    Accounts {
        /// By address.
        accounts: Vec<AccountView>,
        /// What to ask for next; nothing at the end.
        next: Option<String>,
    },
    /// Some accounts that logged in without TLS.
    PlainLogins {
        /// By their last login, newest first.
        accounts: Vec<PlainLoginsView>,
        /// What to ask for next; nothing at the end.
        next: Option<String>,
    },
    /// An import is done.
    Imported {
        /// Accounts that were made.
        created: u64,
        /// Accounts that were there already and are as they were.
        existing: u64,
    },
    /// Some aliases.
    Aliases {
        /// By address.
        aliases: Vec<AliasView>,
        /// What to ask for next; nothing at the end.
        next: Option<String>,
    },
    /// Some of what an account shares.
    Shares {
        /// By mailbox.
        shares: Vec<ShareView>,
        /// What to ask for next; nothing at the end.
        next: Option<String>,
    },
    /// Who may send as an address beside its owners.
    Delegates {
        /// In the order in which they were named.
        delegates: Vec<DelegateView>,
    },
    /// What is answered to mail while its reader is away.
    Vacation(Vacation),
    /// By what the account is used.
    Logins {
        /// The last one first.
        logins: Vec<LoginView>,
    },
    /// The account has another password.
    PasswordChanged {
        /// How many tokens, and open sessions with the old password, have ended.
        ended: u64,
    },
    /// The senders whose mail goes to the account's junk.
    BlockedSenders {
        /// In the order in which they were blocked.
        senders: Vec<BlockPattern>,
    },
    /// A sender whose mail goes to the account's junk from now on.
    Blocked {
        /// As he is kept.
        sender: BlockedSenderView,
        /// Whether it did so before: nothing was changed.
        was_blocked: bool,
    },
    /// What vCards came to.
    ContactsImported {
        /// Contacts that are new.
        created: u64,
        /// Contacts that took the place of one with the same UID.
        replaced: u64,
        /// Of these, those without their pictures, which were too large.
        bare: u64,
        /// The first of those that were left out.
        refused: Vec<LeftOut>,
    },
    /// Some contacts as vCards.
    Contacts {
        /// One after another.
        vcards: String,
        /// What to ask for next; nothing at the end.
        next: Option<u64>,
    },
    /// What a hold came to.
    Held {
        /// Messages of the account in the queue that are on hold now.
        messages: u64,
    },
    /// Some messages of the queue.
    Queue {
        /// By id.
        entries: Vec<QueueEntryView>,
        /// What to ask for next; nothing at the end.
        next: Option<QueueId>,
    },
    /// What waits for a destination.
    QueueDestination(Box<QueueDestinationView>),
    /// A message of the queue.
    QueueEntry(QueueEntryView),
    /// Some messages of the queue were changed.
    QueueChanged {
        /// How many.
        messages: u64,
        /// Behind which one to go on; nothing at the end.
        next: Option<QueueId>,
    },
    /// What happened to some messages.
    Traces {
        /// The newest first.
        traces: Vec<TraceRowView>,
        /// Who was refused in the session, the newest first.
        refused: Vec<RefusedView>,
        /// There may be more to which something happened before this moment, in seconds since 1970.
        #[serde(default)]
        more_before: Option<u64>,
    },
    /// What happened to a message.
    Trace(Box<TraceView>),
    /// What went where.
    Destinations {
        /// The busiest first.
        destinations: Vec<DestinationView>,
    },
    /// What others report of TLS with the servers here.
    TlsReports(TlsReportsView),
    /// Sizes of the store.
    StoreStats(StoreStatsView),
    /// What a check found.
    Checked(CheckView),
    /// What was given back.
    Compacted {
        /// Emails that went for good.
        emails: u64,
        /// Blobs that nobody used any more.
        blobs: u64,
        /// Bytes given back to the file system.
        bytes: u64,
    },
}

/// A domain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DomainView {
    /// Its name.
    pub domain: Domain,
    /// What begins a detail in a local part.
    pub separator: Option<char>,
    /// Who gets what is addressed to nobody.
    pub catch_all: Option<Address>,
    /// Who gets mail to postmaster and abuse.
    pub owner: Option<Address>,
    /// The domain whose addresses are this one's too.
    pub alias_of: Option<Domain>,
    /// How many accounts it has.
    pub accounts: u64,
    /// How many aliases it has.
    pub aliases: u64,
    /// Since when it is here.
    pub created: u64,
}

/// An account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountView {
    /// Its number, as in the journal and the log.
    #[serde(with = "account_id")]
    pub id: AccountId,
    /// Its address and login.
    pub address: Address,
    /// The name of whose it is.
    pub name: String,
    /// Bytes that its mail may take.
    pub quota: Option<ByteSize>,
    /// What its mail takes; only where one account is shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub used: Option<ByteSize>,
    /// How many messages it has; only where one account is shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub messages: Option<u64>,
    /// What it may do beside its own mail.
    pub role: Role,
    /// Why it is suspended, where it is.
    pub suspended: Option<String>,
    /// Since when it is here.
    pub created: u64,
    /// Where its mail goes on to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub forward: Option<ForwardView>,
    /// Why it may not send, where it may not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held: Option<String>,
    /// Whether the server files what it sends.
    #[serde(default)]
    pub send_once: bool,
}

/// Where an account's mail goes on to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForwardView {
    /// The others.
    pub targets: Vec<Address>,
    /// Whether the account gets it too.
    pub keep: bool,
}

/// A blocked sender, as he is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlockedSenderView {
    /// His number in the account.
    pub id: String,
    /// Since when, in seconds since 1970.
    pub created: u64,
}

/// The logins of an account without TLS, as far as the journal and this page go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlainLoginsView {
    /// Whose.
    #[serde(with = "account_id")]
    pub account: AccountId,
    /// When the last one was.
    pub last: u64,
    /// How many there were.
    pub logins: u64,
    /// By which listeners.
    pub listeners: Vec<String>,
}

/// What a mailbox's access list says of an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShareView {
    /// The mailbox.
    pub mailbox: String,
    /// With whom it is shared.
    pub with: Address,
    /// What is granted: letters of RFC 4314, 2.1.
    pub rights: String,
    /// What is taken from that, where somebody said so.
    pub denied: Option<String>,
}

/// An alias.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AliasView {
    /// The address that stands for others.
    pub address: Address,
    /// The others.
    pub targets: Vec<Address>,
    /// Since when it is here.
    pub created: u64,
}

/// A message in the queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueueEntryView {
    /// Its id.
    pub id: QueueId,
    /// The reverse-path; nothing for the null one.
    pub sender: Option<Address>,
    /// Its size in bytes.
    pub size: u64,
    /// Since when it is in the queue.
    pub created: u64,
    /// Why it is on hold, where it is.
    pub held: Option<String>,
    /// The host that an operator sends it to in place of where it would go.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reroute: Option<String>,
    /// Until when it waits, where its sender set a time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<u64>,
    /// Who has not got it yet.
    pub recipients: Vec<QueueRecipientView>,
}

/// A recipient who has not got a message yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueueRecipientView {
    /// Where it goes.
    pub address: Address,
    /// What the sender wrote.
    pub original: Address,
    /// How often it was tried.
    pub attempts: u32,
    /// When it is tried next.
    pub due: u64,
    /// What the other side said last.
    pub reply: Option<String>,
    /// The route by which it goes, as the routes are now; nothing: to the domain's own servers, or to a mailbox here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub route: Option<String>,
}

/// What was looked at, and what is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckView {
    /// Accounts in the store.
    pub accounts: u64,
    /// Mailboxes.
    pub mailboxes: u64,
    /// Messages in mailboxes.
    pub messages: u64,
    /// Emails, also those that were removed and can be brought back.
    pub emails: u64,
    /// Blobs.
    pub blobs: u64,
    /// Domains.
    pub domains: u64,
    /// Aliases.
    pub aliases: u64,
    /// Accounts in the store that no address leads to: an act that made or removed one was cut off. No fault.
    pub without_address: u64,
    /// What is wrong; at most a thousand from the store and from the directory are named.
    pub faults: Vec<String>,
    /// How many faults there are.
    pub count: u64,
}

/// Sizes of the store, in numbers and bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoreStatsView {
    /// Domains.
    pub domains: u64,
    /// Accounts.
    pub accounts: u64,
    /// Records over all partitions.
    pub records: u64,
    /// Bytes that records take.
    pub record_bytes: u64,
    /// Blobs.
    pub blobs: u64,
    /// Plain bytes of blobs.
    pub blob_bytes: u64,
    /// Bytes that blobs take on disk.
    pub blob_stored_bytes: u64,
    /// Bytes of blobs that nothing names any more.
    pub blob_dead_bytes: u64,
    /// Free bytes of the file system; nothing where that means nothing.
    pub free_bytes: Option<u64>,
}

/// An account's number as text.
pub(crate) mod account_id {
    use names::AccountId;
    use serde::{Deserialize, Deserializer, Serializer, de};

    pub(crate) fn serialize<S: Serializer>(id: &AccountId, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(id)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<AccountId, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}
