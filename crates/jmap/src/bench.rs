//! A bench for tests: two accounts on the engine in memory, and calls of methods as a client makes them.
use crate::capability::Capability;
use crate::{Caller, Jmap, Parts, Pushing, Settings};
use admin::Admin;
use delivery::Delivery;
use directory::{Directory, DirectorySettings, HashCost, NewAccount, NewPassword, Role};
use journal::Reader;
use names::{AccountId, Address, Secret};
use serde_json::{Value, json};
use std::sync::Arc;
use store::memory::Memory;
use store::{
    AclChange, EmailId, Flags, Grantee, LineEnds, MailboxId, MailboxName, NewEmail, ReceivedAt, Rights, Sign, Store,
};
use transport::scripted::{ScriptedConnect, ScriptedWeb};
use world::scripted::ScriptedClock;

/// What both accounts have beside INBOX.
const STANDARD: [(&str, store::Role); 5] = [
    ("Drafts", store::Role::Drafts),
    ("Sent", store::Role::Sent),
    ("Junk", store::Role::Junk),
    ("Trash", store::Role::Trash),
    ("Archive", store::Role::Archive),
];

/// A provider with `anna@example.org` and `bram@example.org`; who calls is anna, or bram after [`Bench::as_bram`].
#[derive(Clone)]
pub(crate) struct Bench {
    pub(crate) jmap: Jmap,
    pub(crate) parts: Arc<Parts>,
    pub(crate) clock: Arc<ScriptedClock>,
    pub(crate) memory: Memory,
    pub(crate) anna: Caller,
    pub(crate) bram: Caller,
    caller: Caller,
}

impl Bench {
    pub(crate) async fn new() -> Self {
        Self::with(|_| ()).await
    }

    /// A bench with other settings.
    pub(crate) async fn with(change: impl FnOnce(&mut Settings)) -> Self {
        Self::build(Arc::new(ScriptedWeb::empty()), change).await
    }

    /// A bench with a push service.
    pub(crate) async fn with_web(web: Arc<ScriptedWeb>) -> Self {
        Self::build(web, |_| ()).await
    }

    async fn build(web: Arc<ScriptedWeb>, change: impl FnOnce(&mut Settings)) -> Self {
        let (world, clock, _) = world::scripted::world();
        let memory = Memory::new(clock.clone());
        let history = Reader::new(Arc::new(memory.clone()));
        let store = Store::open(Arc::new(memory.clone()), world.clone(), store::Settings::default()).await.unwrap();
        let cost = HashCost { memory_kib: 64, passes: 1, lanes: 1 };
        let settings = DirectorySettings { hash_cost: cost, hash_permits: 1, ..DirectorySettings::default() };
        let directory = Arc::new(Directory::new(store.records(), world.clone(), settings, Arc::new(())).unwrap());
        directory.add_domain(&"example.org".parse().unwrap(), Default::default()).await.unwrap();
        let (journal, _told) = journal::scripted::journal(&world);
        let delivery = Delivery::new(delivery::Parts {
            store: store.clone(),
            residents: directory.clone(),
            journal: journal.clone(),
            world: world.clone(),
            connect: Arc::new(ScriptedConnect::new(|_| Err(std::io::ErrorKind::ConnectionRefused.into()))),
            https: Arc::new(ScriptedWeb::empty()),
            settings: delivery::Settings::new("mx.example.org".parse().unwrap()),
        });
        let admin = admin::Parts {
            store: store.clone(),
            directory: directory.clone(),
            delivery: delivery.clone(),
            journal,
            history,
            world: world.clone(),
            mailboxes: Vec::new(),
        };
        let searches = Arc::new(search::Searches::new(2));
        let mut settings = Settings::new("mx.example.org".parse().unwrap());
        change(&mut settings);
        let parts = Parts {
            store,
            directory,
            delivery,
            admin: Arc::new(Admin::new(admin)),
            world,
            searches,
            pushing: Pushing::new(web, "mailto:postmaster@example.org".to_owned()),
            settings,
        };
        let anna = account(&parts, 0xa1, "anna@example.org", "Anna").await;
        let bram = account(&parts, 0xb2, "bram@example.org", "Bram").await;
        let caller = anna.clone();
        Self { jmap: Jmap::new(parts.clone()), parts: Arc::new(parts), clock, memory, anna, bram, caller }
    }

    pub(crate) fn parts(&self) -> &Parts {
        &self.parts
    }

    /// The same bench, with bram as who calls.
    pub(crate) fn as_bram(&self) -> Self {
        Self { caller: self.bram.clone(), ..self.clone() }
    }

    /// What one call is answered. Where it has no `accountId`, it is the caller's own; an error is `{"type": …}`.
    pub(crate) async fn call(&self, method: &str, mut arguments: Value) -> Value {
        if let Value::Object(members) = &mut arguments {
            members.entry("accountId").or_insert_with(|| self.caller.account.to_string().into());
        }
        let mut response = self.request(json!([[method, arguments, "c"]])).await;
        response["methodResponses"][0][1].take()
    }

    /// What several calls are answered, whole; all capabilities are used.
    pub(crate) async fn request(&self, calls: Value) -> Value {
        let using: Vec<_> = Capability::there().map(Capability::urn).collect();
        let body = json!({"using": using, "methodCalls": calls}).to_string();
        serde_json::to_value(self.jmap.answer(&self.caller, body.as_bytes()).await.unwrap()).unwrap()
    }

    /// The caller's account in the store.
    pub(crate) async fn account(&self) -> store::Account {
        self.parts.store.account(self.caller.account).await.unwrap()
    }

    /// The id of one of the caller's mailboxes.
    pub(crate) async fn mailbox(&self, name: &str) -> MailboxId {
        let mailboxes = self.account().await.mailboxes().await.unwrap();
        mailboxes.named(&MailboxName::new(name).unwrap()).unwrap().id
    }

    /// Puts a message into one of the caller's mailboxes.
    pub(crate) async fn append(&self, mailbox: &str, message: &str, flags: Flags) -> EmailId {
        let mut writer = self.parts.store.blob_writer(LineEnds::ToCrlf);
        writer.write(message.as_bytes()).await.unwrap();
        let blob = writer.finish().await.unwrap();
        let received = ReceivedAt::utc(self.parts.world.clock.now());
        let email = NewEmail { flags, ..NewEmail::new(blob, received) };
        let appended = self.account().await.append(self.mailbox(mailbox).await, vec![email]).await.unwrap();
        appended.value()[0].email
    }

    /// Uploads bytes as who calls, and gives their blobId.
    pub(crate) async fn upload(&self, bytes: &[u8]) -> String {
        let account = self.caller.account.to_string();
        let mut upload = self.jmap.upload(&self.caller, &account, "").await.unwrap();
        upload.write(bytes).await.unwrap();
        upload.finish().await.unwrap()["blobId"].as_str().unwrap().to_owned()
    }

    /// Subscribes bram to one of anna's mailboxes.
    pub(crate) async fn subscribe(&self, mailbox: &str) {
        let name = MailboxName::new(&format!("Other Users/{}/{mailbox}", self.anna.address)).unwrap();
        self.parts.store.account(self.bram.account).await.unwrap().subscribe(&name).await.unwrap();
    }

    /// Grants bram these rights in one of anna's mailboxes, and none else there.
    pub(crate) async fn share(&self, mailbox: &str, rights: &str) {
        let owner = self.parts.store.account(self.anna.account).await.unwrap();
        let mailboxes = owner.mailboxes().await.unwrap();
        let mailbox = mailboxes.named(&MailboxName::new(mailbox).unwrap()).unwrap().id;
        let bram = Grantee { account: self.bram.account, address: self.bram.address.clone() };
        let change = AclChange::Set(Rights::from_letters(rights).unwrap());
        let by = Grantee { account: self.anna.account, address: self.anna.address.clone() };
        let (owner, grantee) = ((&owner, &by.address), (&bram, Sign::Granted));
        self.parts.store.change_acl(Some(&by), owner, mailbox, grantee, change).await.unwrap();
    }
}

async fn account(parts: &Parts, id: u64, address: &str, name: &str) -> Caller {
    let (id, address): (_, Address) = (AccountId(id), address.parse().unwrap());
    let mailboxes = STANDARD.map(|(name, role)| (MailboxName::new(name).unwrap(), Some(role)));
    parts.store.create_account(id, None, &mailboxes).await.unwrap();
    let password = NewPassword::Plain(Secret::new("een lang wachtwoord".to_owned()));
    let password = parts.directory.hash(password).await.unwrap();
    let account =
        NewAccount { id, address: address.clone(), name: name.to_owned(), password, quota: None, role: Role::User };
    parts.directory.add_account(account).await.unwrap();
    let remote = "192.0.2.9:50000".parse().unwrap();
    let peer = journal::Peer { session: "s1".into(), remote, listener: "webmail".into(), tls: None };
    Caller { account: id, address, role: Role::User, login: None, peer }
}
