//! A directory with one domain, and what tests do with it.
use directory::{
    Attempt, Directory, DirectorySettings, DomainOptions, HashCost, Login, LoginError, LoginNotice, LoginObserver,
    NewAccount, NewPassword, PasswordHash, Role, Service,
};
use names::{AccountId, Address, Domain, Secret};
use std::sync::{Arc, Mutex};
use store::memory::Memory;
use store::{Settings, Store};
use world::scripted::{self, ScriptedClock};
use world::{Clock as _, World};

pub(crate) const CHEAP: HashCost = HashCost { memory_kib: 64, passes: 1, lanes: 1 };

#[derive(Default)]
pub(crate) struct Notices(Mutex<Vec<LoginNotice>>);

impl LoginObserver for Notices {
    fn noticed(&self, notice: LoginNotice) {
        self.0.lock().unwrap().push(notice);
    }
}

impl Notices {
    pub(crate) fn take(&self) -> Vec<LoginNotice> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

pub(crate) struct Place {
    pub(crate) memory: Memory,
    pub(crate) clock: Arc<ScriptedClock>,
    pub(crate) directory: Arc<Directory>,
    pub(crate) notices: Arc<Notices>,
}

pub(crate) fn settings() -> DirectorySettings {
    DirectorySettings {
        default_domain: Some(domain()),
        hash_cost: CHEAP,
        hash_permits: 2,
        ..DirectorySettings::default()
    }
}

/// A place where example.org is, and nobody yet.
pub(crate) async fn place() -> Place {
    place_with(settings()).await
}

pub(crate) async fn place_with(settings: DirectorySettings) -> Place {
    let (world, clock, _) = scripted::world();
    let place = place_on(Memory::new(clock.clone()), (world, clock), settings).await;
    place.directory.add_domain(&domain(), DomainOptions::default()).await.unwrap();
    place
}

async fn place_on(memory: Memory, (world, clock): (World, Arc<ScriptedClock>), settings: DirectorySettings) -> Place {
    let notices = Arc::new(Notices::default());
    let store = Store::open(Arc::new(memory.clone()), world.clone(), Settings::default()).await.unwrap();
    let directory = Arc::new(Directory::new(store.records(), world, settings, notices.clone()).unwrap());
    Place { memory, clock, directory, notices }
}

pub(crate) fn domain() -> Domain {
    "example.org".parse().unwrap()
}

pub(crate) fn address(text: &str) -> Address {
    text.parse().unwrap()
}

pub(crate) fn new_account(id: u64, text: &str, password: PasswordHash) -> NewAccount {
    NewAccount {
        id: AccountId(id),
        address: address(text),
        name: String::new(),
        password,
        quota: None,
        role: Role::User,
    }
}

impl Place {
    /// The same after the process was killed and started again.
    pub(crate) async fn again(&self) -> Self {
        let (world, clock, _) = scripted::world();
        clock.set(self.clock.now());
        place_on(self.memory.reopen(), (world, clock), settings()).await
    }

    pub(crate) async fn hash(&self, password: &str) -> PasswordHash {
        self.directory.hash(NewPassword::Plain(Secret::new(password.to_owned()))).await.unwrap()
    }

    /// An account whose password is `geheim`.
    pub(crate) async fn account(&self, id: u64, text: &str) {
        let hash = self.hash("geheim").await;
        self.directory.add_account(new_account(id, text, hash)).await.unwrap();
    }

    pub(crate) async fn log_in(&self, name: &str, password: &str) -> Result<Login, LoginError> {
        self.log_in_from("192.0.2.1", name, password).await
    }

    pub(crate) async fn log_in_from(&self, from: &str, name: &str, password: &str) -> Result<Login, LoginError> {
        self.directory.login(attempt(from, name, password)).await
    }
}

pub(crate) fn attempt(from: &str, name: &str, password: &str) -> Attempt {
    Attempt {
        name: name.to_owned(),
        password: Secret::new(password.to_owned()),
        from: from.parse().unwrap(),
        service: Service::Imap,
        tls: true,
    }
}
