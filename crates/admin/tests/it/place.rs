//! A provider in memory, with one domain.
use admin::{Admin, Caller, DomainAct, Error, Parts, Request, Response, SecretText};
use delivery::Delivery;
use directory::{Directory, DirectorySettings, HashCost, PasswordRules};
use journal::Reader;
use journal::scripted::Told;
use names::{Address, Domain};
use std::sync::Arc;
use store::memory::Memory;
use store::{MailboxName, Role, Settings, Store};
use transport::scripted::{ScriptedConnect, ScriptedWeb};
use world::scripted;

pub(crate) struct Place {
    pub(crate) admin: Arc<Admin>,
    pub(crate) directory: Arc<Directory>,
    pub(crate) store: Store,
    pub(crate) delivery: Delivery,
    pub(crate) memory: Memory,
    pub(crate) told: Told,
}

pub(crate) async fn place() -> Place {
    let (world, clock, _) = scripted::world();
    let memory = Memory::new(clock);
    let store = Store::open(Arc::new(memory.clone()), world.clone(), Settings::default()).await.unwrap();
    let settings = DirectorySettings {
        hash_cost: HashCost { memory_kib: 64, passes: 1, lanes: 1 },
        hash_permits: 2,
        passwords: PasswordRules { min_length: 6, breached: None },
        default_domain: Some(domain()),
        ..DirectorySettings::default()
    };
    let directory = Arc::new(Directory::new(store.records(), world.clone(), settings, Arc::new(())).unwrap());
    let (journal, told) = journal::scripted::journal(&world);
    let delivery = Delivery::new(delivery::Parts {
        store: store.clone(),
        residents: directory.clone(),
        journal: journal.clone(),
        world: world.clone(),
        connect: Arc::new(ScriptedConnect::new(|_| Err(std::io::ErrorKind::ConnectionRefused.into()))),
        https: Arc::new(ScriptedWeb::empty()),
        settings: delivery::Settings::new("mx.example.org".parse().unwrap()),
    });
    let mailboxes = vec![(MailboxName::new("Sent").unwrap(), Some(Role::Sent))];
    let admin = Arc::new(Admin::new(Parts {
        store: store.clone(),
        directory: directory.clone(),
        delivery: delivery.clone(),
        journal,
        history: Reader::new(Arc::new(memory.clone())),
        world,
        mailboxes,
    }));
    let place = Place { admin, directory, store, delivery, memory, told };
    let add = DomainAct::Add { domain: domain(), separator: Some('+'), catch_all: None, owner: None };
    assert_eq!(place.run(Request::Domain(add)).await, Ok(Response::Done));
    place.told.take();
    place
}

pub(crate) fn domain() -> Domain {
    "example.org".parse().unwrap()
}

pub(crate) fn address(text: &str) -> Address {
    text.parse().unwrap()
}

pub(crate) fn secret(text: &str) -> SecretText {
    SecretText::new(text.to_owned())
}

impl Place {
    /// How many accounts the store holds.
    pub(crate) async fn homes(&self) -> usize {
        self.store.engine().partitions(store::PartitionKind::Account, None, 10_000).await.unwrap().len()
    }

    pub(crate) async fn run(&self, request: Request) -> Result<Response, Error> {
        self.admin.run(&Caller::operator("test"), request).await
    }
}
