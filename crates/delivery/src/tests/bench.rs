//! What every test of delivery stands on.
use super::server::World as Servers;
use super::web::Web;
use crate::homes::{Held, Homes, Mail};
use crate::{
    Asked, Delivery, DirectoryAway, Envelope, NextHop, Notify, Origin, Parts, Recipient, Refused, Relay, Residents,
    Resolved, Route, Routes, Sender, Settings, Target, Transport,
};
use futures_util::future::BoxFuture;
use journal::scripted::Told;
use names::{AccountId, Address, Domain};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use store::memory::Memory;
use store::{DeliveryId, LineEnds, NewBlob, QuotaCheck, Receipt, Store};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use world::World;
use world::scripted::{ScriptedClock, ScriptedDns};

pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Mailboxes that a test can fill and break.
#[derive(Default)]
pub(super) struct ScriptedHomes {
    pub(super) mail: Mutex<BTreeMap<AccountId, Vec<(DeliveryId, Mail)>>>,
    pub(super) full: Mutex<BTreeSet<AccountId>>,
    pub(super) broken: Mutex<BTreeSet<AccountId>>,
    /// What is committed is not told: the process dies between the commit and the answer.
    pub(super) mute: Mutex<BTreeSet<AccountId>>,
}

impl ScriptedHomes {
    pub(super) fn count(&self, account: AccountId) -> usize {
        lock(&self.mail).get(&account).map_or(0, Vec::len)
    }
}

impl Homes for ScriptedHomes {
    fn reserve(&self, account: AccountId, _size: u64) -> BoxFuture<'_, Result<Held, store::Error>> {
        let full = lock(&self.full).contains(&account);
        Box::pin(
            async move { if full { Err(store::Error::OverQuota { used: 9, limit: 9 }) } else { Ok(Held::new(())) } },
        )
    }

    fn promise(&self, account: AccountId, size: u64) -> BoxFuture<'_, Result<Held, store::Error>> {
        self.reserve(account, size)
    }

    fn deliver(&self, account: AccountId, mail: Mail) -> BoxFuture<'_, Result<Option<Receipt>, store::Error>> {
        Box::pin(async move {
            tokio::task::yield_now().await;
            if lock(&self.broken).contains(&account) {
                return Err(store::Error::Closed);
            }
            if mail.quota == QuotaCheck::Asked && lock(&self.full).contains(&account) {
                return Err(store::Error::OverQuota { used: 9, limit: 9 });
            }
            {
                let mut all = lock(&self.mail);
                let mailbox = all.entry(account).or_default();
                if mailbox.iter().any(|(delivery, _)| *delivery == mail.delivery) {
                    return Ok(None);
                }
                mailbox.push((mail.delivery, mail));
            }
            if lock(&self.mute).contains(&account) {
                std::future::pending::<()>().await;
            }
            let (answer, pending) = store::Pending::new(1);
            answer.committed();
            Ok(Some(pending.await?))
        })
    }
}

/// Addresses of `here.example`, and what aliases lead to.
#[derive(Default)]
pub(super) struct ScriptedResidents {
    pub(super) known: Mutex<BTreeMap<String, Resolved>>,
    pub(super) away: Mutex<bool>,
    /// Whose is what nobody has.
    pub(super) catch_all: Mutex<Option<Resolved>>,
}

impl Residents for ScriptedResidents {
    fn resolve<'a>(&'a self, address: &'a Address) -> BoxFuture<'a, Result<Resolved, DirectoryAway>> {
        Box::pin(async move {
            if *lock(&self.away) {
                return Err(DirectoryAway("scripted".to_owned()));
            }
            if address.domain().as_str() != "here.example" {
                return Ok(Resolved::Elsewhere);
            }
            Ok(lock(&self.known).get(&address.to_string()).cloned().unwrap_or_else(|| {
                let caught = lock(&self.catch_all).clone();
                caught.unwrap_or(Resolved::Unknown)
            }))
        })
    }

    fn postmaster(&self) -> BoxFuture<'_, Result<Resolved, DirectoryAway>> {
        Box::pin(async move {
            let known = lock(&self.known).get("postmaster@here.example").cloned();
            Ok(known.unwrap_or(Resolved::NoPostmaster))
        })
    }

    fn is_named<'a>(&'a self, address: &'a Address) -> BoxFuture<'a, Result<bool, DirectoryAway>> {
        Box::pin(async move { Ok(lock(&self.known).contains_key(&address.to_string())) })
    }

    fn is_here<'a>(&'a self, domain: &'a Domain) -> BoxFuture<'a, Result<bool, DirectoryAway>> {
        Box::pin(async move {
            match *lock(&self.away) {
                true => Err(DirectoryAway("scripted".to_owned())),
                false => Ok(matches!(domain.as_str(), "here.example" | "also-here.example")),
            }
        })
    }

    fn name<'a>(&'a self, address: &'a Address) -> BoxFuture<'a, Result<Option<String>, DirectoryAway>> {
        Box::pin(async move { Ok((address.to_string() == "anna@here.example").then(|| "Anna de Vries".to_owned())) })
    }
}

/// A whole delivery.
pub(super) struct Bench {
    pub(super) delivery: Delivery,
    pub(super) engine: Memory,
    pub(super) world: World,
    pub(super) clock: Arc<ScriptedClock>,
    pub(super) dns: Arc<ScriptedDns>,
    pub(super) homes: Arc<ScriptedHomes>,
    pub(super) residents: Arc<ScriptedResidents>,
    pub(super) servers: Servers,
    pub(super) web: Arc<Web>,
    pub(super) told: Told,
    pub(super) settings: Settings,
    stop: CancellationToken,
    tasks: TaskTracker,
}

pub(super) fn account(name: &str) -> AccountId {
    AccountId(name.bytes().fold(7, |sum, byte| sum * 31 + u64::from(byte)))
}

pub(super) fn address(text: &str) -> Address {
    text.parse().unwrap()
}

/// A route for all that is sent to these domains.
pub(super) fn route(name: &str, recipients: &[&str], transport: Transport) -> Route {
    let recipients = recipients.iter().map(|text| text.parse().unwrap()).collect();
    Route { name: name.to_owned(), recipients, senders: Vec::new(), listeners: Vec::new(), transport }
}

/// One host for everything.
pub(super) fn smart_host(hop: NextHop) -> Routes {
    Routes::new(vec![route("smart", &["*"], Transport::Relay(Relay::to(vec![hop])))])
}

impl Bench {
    /// With accounts anna, bram and carla, and the queue not running.
    pub(super) async fn new() -> Self {
        Self::with(|_| {}).await
    }

    pub(super) async fn with(change: impl FnOnce(&mut Settings)) -> Self {
        let (world, clock, dns) = world::scripted::world();
        let engine = Memory::new(world.clock.clone());
        let mut settings = Settings::new("mx.here.example".parse().unwrap());
        change(&mut settings);
        let homes = Arc::new(ScriptedHomes::default());
        let residents = Arc::new(ScriptedResidents::default());
        let servers = Servers::default();
        let web = Arc::new(Web::default());
        let (journal, told) = journal::scripted::journal(&world);
        let parts = Parts {
            store: Store::open(Arc::new(engine.clone()), world.clone(), store::Settings::default()).await.unwrap(),
            residents: residents.clone(),
            journal,
            world: world.clone(),
            connect: Arc::new(servers.connect()),
            https: web.clone(),
            settings: settings.clone(),
        };
        let delivery = Delivery::with_homes(parts, homes.clone());
        let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
        let bench =
            Self { delivery, engine, world, clock, dns, homes, residents, servers, web, told, settings, stop, tasks };
        for name in ["anna", "bram", "carla"] {
            bench.live(name);
        }
        bench
    }

    /// Gives `name` an account.
    pub(super) fn live(&self, name: &str) {
        let address = address(&format!("{name}@here.example"));
        let target = Target::Account(account(name), address.clone());
        lock(&self.residents.known).insert(address.to_string(), Resolved::Targets(vec![target]));
    }

    /// Makes an alias; targets without a domain are accounts.
    pub(super) fn alias(&self, name: &str, targets: &[&str]) {
        let target = |to: &&str| {
            if to.contains('@') {
                Target::Remote(address(to))
            } else {
                Target::Account(account(to), address(&format!("{to}@here.example")))
            }
        };
        let targets = targets.iter().map(target).collect();
        lock(&self.residents.known).insert(format!("{name}@here.example"), Resolved::Targets(targets));
    }

    /// A domain with one mail server.
    pub(super) fn domain(&self, domain: &str, ip: &str) -> super::server::Server {
        let host = format!("mx.{domain}");
        self.dns.exchanger(domain, 10, &host).host(&host, &[ip.parse().unwrap()]);
        self.servers.server(ip)
    }

    pub(super) fn run(&self) -> &Self {
        let (delivery, stop) = (self.delivery.clone(), self.stop.clone());
        self.tasks.spawn(async move { delivery.run(stop).await });
        self
    }

    /// The process dies and starts again on the same engine; mailboxes and servers stay.
    pub(super) async fn restart(self) -> Self {
        self.stop.cancel();
        let engine = self.engine.reopen();
        self.on(engine).await
    }

    /// Another node on the same engine.
    pub(super) async fn beside(&self) -> Self {
        self.on(self.engine.clone()).await
    }

    /// The process is gone in the middle of what it does; its leases stay.
    pub(super) async fn kill(self) {
        self.stop.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }

    async fn on(&self, engine: Memory) -> Self {
        let (journal, told) = journal::scripted::journal(&self.world);
        let parts = Parts {
            store: Store::open(Arc::new(engine.clone()), self.world.clone(), store::Settings::default()).await.unwrap(),
            residents: self.residents.clone(),
            journal,
            world: self.world.clone(),
            connect: Arc::new(self.servers.connect()),
            https: self.web.clone(),
            settings: self.settings.clone(),
        };
        Self {
            delivery: Delivery::with_homes(parts, self.homes.clone()),
            engine,
            world: self.world.clone(),
            clock: self.clock.clone(),
            dns: self.dns.clone(),
            homes: self.homes.clone(),
            residents: self.residents.clone(),
            servers: self.servers.clone(),
            web: self.web.clone(),
            told,
            settings: self.settings.clone(),
            stop: CancellationToken::new(),
            tasks: TaskTracker::new(),
        }
    }

    pub(super) fn sender(origin: Origin, from: &str) -> Sender {
        let reverse_path = (!from.is_empty()).then(|| address(from));
        Sender { reverse_path, origin, account: None, peer: None }
    }

    pub(super) async fn blob(&self, text: &str) -> NewBlob {
        let store = Store::open(Arc::new(self.engine.clone()), self.world.clone(), store::Settings::default());
        let mut writer = store.await.unwrap().blob_writer(LineEnds::Keep);
        writer.write(text.as_bytes()).await.unwrap();
        writer.finish().await.unwrap()
    }

    pub(super) async fn recipient(&self, sender: &Sender, to: &str, notify: Notify) -> Result<Recipient, Refused> {
        let asked = Asked { address: address(to), size: 100, notify, orcpt: None };
        self.delivery.recipient(sender, asked).await
    }

    /// Sends a message with a Return-Path of ours before it.
    pub(super) async fn send(&self, origin: Origin, from: &str, to: &[&str], text: &str) -> crate::Accepted {
        self.send_as(origin, from, to, text, Notify::default(), |_| {}).await
    }

    pub(super) async fn send_as(
        &self,
        origin: Origin,
        from: &str,
        to: &[&str],
        text: &str,
        notify: Notify,
        change: impl FnOnce(&mut Envelope),
    ) -> crate::Accepted {
        let sender = Self::sender(origin, from);
        let mut recipients = Vec::new();
        for to in to {
            recipients.push(self.recipient(&sender, to, notify).await.unwrap());
        }
        let return_path = format!("Return-Path: <{from}>\r\n");
        let blob = self.blob(&format!("{return_path}{text}")).await;
        let length = u32::try_from(return_path.len()).unwrap();
        let mut envelope = Envelope { prefix_len: length, return_path_len: length, ..Envelope::of(sender) };
        change(&mut envelope);
        self.delivery.accept(envelope, blob, recipients).await.unwrap()
    }

    /// Moves both clocks.
    pub(super) async fn advance(&self, by: Duration) {
        self.clock.advance(by).await;
        self.rest().await;
    }

    /// Lets everything that can go on do so.
    pub(super) async fn rest(&self) {
        for _ in 0..300 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    /// How many entries the queue has.
    pub(super) async fn queued(&self) -> u64 {
        self.delivery.operator().count().await.unwrap()
    }
}

pub(super) const MINUTE: Duration = Duration::from_secs(60);
pub(super) const HOUR: Duration = Duration::from_secs(3_600);
