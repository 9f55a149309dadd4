//! The rooms behind the doors: engine, store, journal, directory, delivery and admin, opened together and closed together.
//! `serve` opens doors on them; a command on a stopped server uses them as they are.
use crate::configuration::{self, Configuration, Language};
use crate::failure::{Code, Failure};
use crate::relay_domains::relay_domains;
use crate::routes::routes;
use admin::Admin;
use delivery::{Delivery, RelayDomains, Routes, SourceAddress};
use directory::{Directory, DirectorySettings, LoginObserver, PasswordRules, Pepper, ThrottleLimits};
use engines::Embedded;
use jmap::Pushing;
use journal::{Journal, Reader, Writer};
use search::Searches;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use store::{Engine, MailboxName, Role, Store};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use transport::{Connect, Https};
use web::{Pictures, Visitors};
use world::World;

/// The rooms, running.
pub(crate) struct House {
    pub(crate) engine: Arc<Embedded>,
    pub(crate) store: Store,
    pub(crate) journal: Journal,
    pub(crate) directory: Arc<Directory>,
    pub(crate) delivery: Delivery,
    pub(crate) admin: Arc<Admin>,
    /// Places in which JMAP's searches read messages.
    pub(crate) searches: Arc<Searches>,
    /// What pushes to devices.
    pub(crate) pushing: Pushing,
    /// Who is in by HTTP.
    pub(crate) visitors: Visitors,
    pub(crate) pictures: Pictures,
    /// What new accounts have beside INBOX, and what it is for.
    pub(crate) standard: Vec<(MailboxName, Role)>,
    writer_stop: CancellationToken,
    tasks: TaskTracker,
}

/// What the rooms need of the rim.
pub(crate) struct Rim {
    /// Clock, randomness and DNS.
    pub(crate) world: World,
    /// Connections to other servers.
    pub(crate) connect: Arc<dyn Connect>,
    /// Questions to web servers.
    pub(crate) https: Arc<dyn Https>,
    /// Is told what happens at the door.
    pub(crate) observer: Arc<dyn LoginObserver>,
}

impl House {
    /// Opens everything that `configuration` names.
    ///
    /// # Errors
    /// When another process has the store (69, with its pid), a newer release wrote it, or the disk fails.
    pub(crate) async fn open(configuration: &Configuration, rim: Rim) -> Result<Self, Failure> {
        let engine = Arc::new(open_engine(configuration, &rim.world).await?);
        let records: Arc<dyn Engine> = engine.clone();
        let kept = &configuration.store;
        let metadata = store::MetadataLimits {
            value: kept.metadata_value,
            entries: kept.metadata_entries,
            total: kept.metadata_total,
        };
        let settings = store::Settings {
            keep_deleted: kept.keep_deleted.0,
            max_emails: Some(kept.max_messages).filter(|most| *most > 0),
            metadata,
            ..store::Settings::default()
        };
        let store = Store::open(records.clone(), rim.world.clone(), settings)
            .await
            .map_err(|error| Failure::new(Code::Unavailable, format!("the store cannot be opened: {error}")))?;
        let (journal, writer) = Journal::open(records.clone(), &rim.world, journal_settings(configuration));
        let (tasks, writer_stop) = (TaskTracker::new(), CancellationToken::new());
        tasks.spawn(Writer::run(writer, writer_stop.clone().cancelled_owned()));
        let directory =
            Directory::new(store.records(), rim.world.clone(), directory_settings(configuration)?, rim.observer)
                .map_err(|error| Failure::new(Code::Software, error))?;
        let directory = Arc::new(directory);
        let pushes = rim.https.clone();
        let pictures = Pictures::new(rim.https.clone(), &rim.world);
        let delivery = Delivery::new(delivery::Parts {
            store: store.clone(),
            residents: directory.clone(),
            journal: journal.clone(),
            world: rim.world.clone(),
            connect: rim.connect,
            https: rim.https,
            settings: delivery_settings(configuration)?,
        });
        let searches = Arc::new(Searches::new(configuration.imap.searches));
        let pushing = Pushing::new(pushes, contact(configuration));
        let visitors = Visitors::new(directory.clone(), journal.clone(), rim.world.clone());
        let standard = standard_mailboxes()?;
        let admin = Admin::new(admin::Parts {
            store: store.clone(),
            directory: directory.clone(),
            delivery: delivery.clone(),
            journal: journal.clone(),
            history: Reader::new(records),
            world: rim.world,
            mailboxes: standard.iter().map(|(name, role)| (name.clone(), Some(*role))).collect(),
        });
        let admin = Arc::new(admin);
        Ok(Self {
            engine,
            store,
            journal,
            directory,
            delivery,
            admin,
            searches,
            pushing,
            visitors,
            pictures,
            standard,
            writer_stop,
            tasks,
        })
    }

    /// Writes what the journal was told, ends commits, marks the store as cleanly closed.
    pub(crate) async fn close(self) {
        self.writer_stop.cancel();
        self.tasks.close();
        self.tasks.wait().await;
        self.store.shutdown().await;
    }
}

/// Where a push service reaches the provider (RFC 8292, 2.1).
fn contact(configuration: &Configuration) -> String {
    let general = &configuration.general;
    let domain = general.default_domain.as_ref().or(general.host_name.as_ref());
    domain.map_or_else(|| "mailto:postmaster@localhost".to_owned(), |domain| format!("mailto:postmaster@{domain}"))
}

async fn open_engine(configuration: &Configuration, world: &World) -> Result<Embedded, Failure> {
    let folder = configuration.general.data.clone();
    let clock = world.clock.clone();
    let settings =
        engines::Settings { reserve_bytes: configuration.store.reserve.bytes(), ..engines::Settings::default() };
    let place = folder.display().to_string();
    tokio::task::spawn_blocking(move || Embedded::open(&folder, clock, settings))
        .await
        .map_err(|error| Failure::new(Code::Software, error))?
        .map_err(|error| Failure::new(Code::Unavailable, format!("{place}: {error}")))
}

fn journal_settings(configuration: &Configuration) -> journal::Settings {
    journal::Settings {
        keep_sessions: configuration.journal.keep_sessions.0,
        keep_deliveries: configuration.journal.keep_deliveries.0,
        max_size: configuration.journal.max_size,
        ..journal::Settings::default()
    }
}

fn directory_settings(configuration: &Configuration) -> Result<DirectorySettings, Failure> {
    let (limits, passwords) = (&configuration.limits, &configuration.passwords);
    let throttle =
        ThrottleLimits { wrong_passwords: limits.wrong_passwords, accounts_per_network: limits.accounts_per_network };
    let standard = DirectorySettings::default();
    let hashed_at_once = Some(passwords.hashed_at_once).filter(|number| *number > 0);
    let pepper = passwords.pepper.as_deref().map(Pepper::load).transpose();
    Ok(DirectorySettings {
        default_domain: configuration.general.default_domain.clone(),
        hash_cost: passwords.hash_cost(),
        hash_permits: hashed_at_once.unwrap_or(standard.hash_permits),
        passwords: PasswordRules { min_length: passwords.min_length, breached: passwords.breached.clone() },
        pepper: pepper.map_err(|error| Failure::new(Code::Config, error))?,
        remembered: passwords.remembered.0,
        sessions_per_account: if limits.enabled { limits.sessions_per_account } else { usize::MAX },
        throttle: limits.enabled.then_some(throttle),
        ..standard
    })
}

fn delivery_settings(configuration: &Configuration) -> Result<delivery::Settings, Failure> {
    let queue = &configuration.queue;
    let host_name = configuration.general.host_name.clone();
    let host_name = host_name.ok_or_else(|| Failure::new(Code::Config, "`host-name` is missing"))?;
    let languages = match configuration.general.language {
        Language::Nl => vec![texts::Language::Dutch, texts::Language::English],
        Language::En => vec![texts::Language::English, texts::Language::Dutch],
    };
    // whoever answers a report reaches somebody: no mailbox is at a machine's name
    let postmaster_domain = configuration.general.default_domain.clone().unwrap_or_else(|| host_name.clone());
    Ok(delivery::Settings {
        postmaster_domain,
        own_addresses: own_addresses(configuration),
        own_names: configuration.listeners.iter().flat_map(|listener| listener.names.clone()).collect(),
        languages,
        routes: Routes::new(routes(configuration)?),
        relay_domains: RelayDomains::new(relay_domains(configuration)?),
        retry: queue.retry.iter().map(|wait| wait.0).collect(),
        give_up_after: queue.give_up_after.0,
        warn_after: queue.warn_after.0,
        max_connections: queue.max_connections,
        max_connections_per_destination: queue.max_connections_per_destination,
        max_messages_per_connection: queue.max_messages_per_connection,
        keep_connections: queue.keep_connections.0,
        sources: queue.sources.iter().map(source).collect(),
        max_recipients: queue.max_recipients,
        reply_timeout: queue.reply_timeout.0,
        max_hosts: queue.max_hosts,
        max_addresses: queue.max_addresses,
        starttls: queue.starttls,
        dane: queue.dane,
        mta_sts: queue.mta_sts,
        tls_reports: queue.tls_reports,
        keep_reports: configuration.journal.keep_deliveries.0,
        ..delivery::Settings::new(host_name)
    })
}

/// The addresses of this machine that the configuration names.
fn own_addresses(configuration: &Configuration) -> Vec<IpAddr> {
    let doors = configuration.listeners.iter().flat_map(|listener| &listener.address).map(SocketAddr::ip);
    doors.filter(|address| !address.is_unspecified()).collect()
}

fn source(source: &configuration::Source) -> delivery::Source {
    let address =
        |at: &configuration::SourceAddress| SourceAddress { address: at.address, host_name: at.host_name.clone() };
    delivery::Source {
        name: source.name.clone(),
        addresses: source.addresses.iter().map(address).collect(),
        sender_domains: source.sender_domains.clone(),
        listeners: source.listeners.clone(),
    }
}

/// What a new account has beside INBOX.
fn standard_mailboxes() -> Result<Vec<(MailboxName, Role)>, Failure> {
    let mailboxes = [
        ("Drafts", Role::Drafts),
        ("Sent", Role::Sent),
        ("Junk", Role::Junk),
        ("Trash", Role::Trash),
        ("Archive", Role::Archive),
    ];
    mailboxes
        .into_iter()
        .map(|(name, role)| Ok((MailboxName::new(name).map_err(|error| Failure::new(Code::Software, error))?, role)))
        .collect()
}
