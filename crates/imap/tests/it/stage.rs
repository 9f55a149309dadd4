//! What stands behind the transcripts: a world, a store in memory, a directory with three accounts, a service.
use directory::{Directory, DirectorySettings, DomainOptions, HashCost, NewAccount, PasswordHash, Role};
use futures_util::future::BoxFuture;
use imap::{Imap, Rooms, Settings};
use imap_wire::NameCoding;
use imap_wire::client::{self, Data, Response};
use names::{AccountId, ByteSize};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use store::memory::Memory;
use store::{Account, AclChange, Flags, Grantee, LineEnds, MailboxName, NewEmail, ReceivedAt, Rights, Sign, Store};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use transport::transcript::Stage;
use transport::{StartTls, scripted};
use world::scripted::ScriptedClock;
use world::{UnixTime, World};

/// Anna's account; her password is `geheim`.
pub(crate) const ANNA: AccountId = AccountId(7);
/// Others, with the same password.
pub(crate) const OTHERS: [(AccountId, &str); 2] = [(AccountId(8), "bob"), (AccountId(9), "carla")];

/// The house of one test.
pub(crate) struct House {
    pub(crate) store: Store,
    pub(crate) memory: Memory,
    pub(crate) world: World,
    clock: Arc<ScriptedClock>,
    directory: Arc<Directory>,
    settings: Settings,
    /// Whether the next connections have TLS already, or can start it.
    tls: Tls,
    stop: Vec<tokio_util::sync::CancellationToken>,
    /// What the server said on each connection.
    heard: Vec<Arc<Mutex<Vec<u8>>>>,
    /// What the journal was told by each connection.
    pub(crate) told: Vec<journal::scripted::Told>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Tls {
    Running,
    Offered,
    None,
}

impl House {
    /// Anna with INBOX, Sent and Trash, Bob and Carla with INBOX, on TLS.
    pub(crate) async fn new() -> Self {
        let (world, clock, _) = world::scripted::world();
        let memory = Memory::new(clock.clone());
        let engine = Arc::new(memory.clone());
        let store = Store::open(engine, world.clone(), store::Settings::default()).await.unwrap();
        let cheap = HashCost { memory_kib: 64, passes: 1, lanes: 1 };
        let settings = DirectorySettings {
            default_domain: Some("example.nl".parse().unwrap()),
            hash_cost: cheap,
            hash_permits: 1,
            ..DirectorySettings::default()
        };
        let directory = Directory::new(store.records(), world.clone(), settings, Arc::new(())).unwrap();
        directory.add_domain(&"example.nl".parse().unwrap(), DomainOptions::default()).await.unwrap();
        let standard =
            [("Sent", store::Role::Sent), ("Trash", store::Role::Trash)].map(|(name, role)| (mailbox(name), role));
        let mailboxes = standard.clone().map(|(name, role)| (name, Some(role)));
        store.create_account(ANNA, None, &mailboxes).await.unwrap();
        for (id, local) in [(ANNA, "anna")].into_iter().chain(OTHERS) {
            store.create_account(id, None, &[]).await.unwrap();
            let account = NewAccount {
                id,
                address: format!("{local}@example.nl").parse().unwrap(),
                name: String::new(),
                password: PasswordHash::new(b"geheim", cheap, &*world.random),
                quota: None,
                role: Role::User,
            };
            directory.add_account(account).await.unwrap();
        }
        let directory = Arc::new(directory);
        let settings = Settings { login_without_tls: true, standard: standard.to_vec(), ..Settings::default() };
        Self {
            store,
            memory,
            world,
            clock,
            directory,
            settings,
            tls: Tls::Running,
            stop: Vec::new(),
            heard: Vec::new(),
            told: Vec::new(),
        }
    }

    pub(crate) async fn anna(&self) -> Account {
        self.store.account(ANNA).await.unwrap()
    }

    /// Gives another account rights to one of Anna's mailboxes.
    pub(crate) async fn share(&self, name: &str, with: &str, rights: &str) -> Result<(), String> {
        let anna = self.anna().await;
        let mailboxes = anna.mailboxes().await.map_err(|error| error.to_string())?;
        let id = mailboxes.named(&mailbox(name)).ok_or("no such mailbox")?.id;
        let (account, _) = OTHERS.into_iter().find(|(_, local)| *local == with).ok_or("nobody")?;
        let grantee = Grantee { account, address: format!("{with}@example.nl").parse().unwrap() };
        let change = AclChange::Set(Rights::from_letters(rights).ok_or("rights")?);
        let owner = Grantee { account: ANNA, address: "anna@example.nl".parse().unwrap() };
        let whose = (&anna, &owner.address);
        let done = self.store.change_acl(Some(&owner), whose, id, (&grantee, Sign::Granted), change).await;
        done.map(drop).map_err(|error| error.to_string())
    }

    /// Opens a connection; what the server says on it is kept.
    pub(crate) fn open(&mut self) -> DuplexStream {
        let (journal, told) = journal::scripted::journal(&self.world);
        self.told.push(told);
        let rooms = Rooms {
            store: self.store.clone(),
            directory: Arc::clone(&self.directory),
            journal,
            world: self.world.clone(),
        };
        let service = Imap::new(rooms, self.settings.clone());
        let mut peer = scripted::peer("192.0.2.7:4711");
        // The change log names sessions: no two are one.
        peer.session = transport::SessionId(self.heard.len() as u64 + 1);
        if self.tls == Tls::Running {
            peer.tls = Some(scripted::tls_info("imap.example.nl"));
        }
        let start_tls: Option<Arc<dyn StartTls>> = match self.tls {
            Tls::Offered => Some(Arc::new(scripted::PlainTls)),
            Tls::Running | Tls::None => None,
        };
        let (link, far) = scripted::pair(peer, start_tls);
        self.stop.push(link.stop().clone());
        let tracker = tokio_util::task::TaskTracker::new();
        tracker.spawn(transport::Service::serve(&service, link));
        let (near, client) = tokio::io::duplex(64 * 1024);
        let heard = Arc::new(Mutex::new(Vec::new()));
        self.heard.push(heard.clone());
        let (mut from_server, mut to_server) = tokio::io::split(far);
        let (mut from_client, mut to_client) = tokio::io::split(near);
        tracker.spawn(async move {
            let _ = tokio::io::copy(&mut from_client, &mut to_server).await;
            let _ = to_server.shutdown().await;
        });
        tracker.spawn(async move {
            let mut piece = [0; 4096];
            while let Ok(read @ 1..) = from_server.read(&mut piece).await {
                heard.lock().unwrap().extend_from_slice(&piece[..read]);
                if to_client.write_all(&piece[..read]).await.is_err() {
                    return;
                }
            }
            let _ = to_client.shutdown().await;
        });
        client
    }

    /// Puts a message into a mailbox.
    pub(crate) async fn deliver(&self, name: &str, message: &[u8], flags: Flags) -> Result<(), String> {
        deliver(&self.store, &self.anna().await, self.world.clock.now(), name, message, flags).await
    }

    async fn make(&mut self, words: &str) -> Result<(), String> {
        let parts: Vec<&str> = words.split(' ').collect();
        match parts.as_slice() {
            ["TLS", "offered"] => self.tls = Tls::Offered,
            ["no", "TLS"] => self.tls = Tls::None,
            ["no", "login", "without", "TLS"] => self.settings.login_without_tls = false,
            ["messages", "up", "to", size, "bytes"] => {
                self.settings.max_message_size = ByteSize(size.parse().map_err(|_| "a number")?);
            }
            ["the", "comment", "of", "the", "server", text] => {
                self.settings.server_comment = Some(text.trim_matches('"').to_owned());
            }
            ["annotations", "of", entries, "entries", "and", bytes, "bytes"] => {
                let metadata = store::MetadataLimits {
                    entries: entries.parse().map_err(|_| "a number")?,
                    value: ByteSize(bytes.parse().map_err(|_| "a number")?),
                    ..store::MetadataLimits::default()
                };
                let engine = Arc::new(self.memory.clone());
                let settings = store::Settings { metadata, ..store::Settings::default() };
                self.store =
                    Store::open(engine, self.world.clone(), settings).await.map_err(|error| error.to_string())?;
            }
            ["JMAP", "at", address] => self.settings.jmap = Some((*address).to_owned()),
            ["headers", "of", "ASCII", "alone"] => self.settings.eight_bit_headers = false,
            ["searches", "of", "0", "ms"] => self.settings.search_time = Duration::ZERO,
            ["quota", "of", count, "messages"] => {
                let max_emails = Some(count.parse().map_err(|_| "a number")?);
                let (engine, world) = (Arc::new(self.memory.clone()), self.world.clone());
                let settings = store::Settings { max_emails, ..store::Settings::default() };
                self.store = Store::open(engine, world, settings).await.map_err(|error| error.to_string())?;
            }
            ["quota", size, "bytes"] => {
                let limit = size.parse().map_err(|_| "a number")?;
                self.anna().await.set_quota(Some(limit)).await.map_err(|error| error.to_string())?;
            }
            [name, "shared", "with", with, "for", rights] => self.share(name, with, rights).await?,
            ["up", "to", accounts, "accounts", "watched"] => {
                self.settings.watched_accounts = accounts.parse().map_err(|_| "a number")?;
            }
            ["one", "seen", "for", "all"] => self.settings.own_seen = false,
            ["bob", "is", "gone"] => {
                let address = "bob@example.nl".parse().map_err(|_| "an address")?;
                self.directory.remove_account(&address).await.map_err(|error| error.to_string())?;
                self.store.delete_account(OTHERS[0].0).await.map_err(|error| error.to_string())?;
            }
            ["anna", "is", "suspended"] => {
                let address = "anna@example.nl".parse().map_err(|_| "an address")?;
                self.directory.suspend(&address, "unpaid").await.map_err(|error| error.to_string())?;
            }
            ["a", "new", "password"] => {
                let cheap = HashCost { memory_kib: 64, passes: 1, lanes: 1 };
                let password = PasswordHash::new(b"anders", cheap, &*self.world.random);
                let address = "anna@example.nl".parse().map_err(|_| "an address")?;
                self.directory.set_password(&address, password).await.map_err(|error| error.to_string())?;
            }
            ["the", "store", "does", "not", "answer"] => self.memory.mute(true),
            ["mailbox", name] => {
                let made = self.anna().await.create_mailbox(&mailbox(name), None).await;
                made.map_err(|error| error.to_string())?;
            }
            ["the", "server", "stops"] => self.stop.iter().for_each(tokio_util::sync::CancellationToken::cancel),
            ["commits", fates @ ..] if fates.iter().all(|fate| ["pass", "fail"].contains(fate)) => {
                for fate in fates {
                    let why = (*fate == "fail").then_some(store::CommitError::NoSpace);
                    self.memory.fail_next(why);
                }
            }
            ["the", "disk", "is", "full"] => self.memory.full(true),
            [name, "with", count, "messages" | "message"] => {
                for number in 1..=count.parse::<u32>().map_err(|_| "a number")? {
                    let message = format!("Subject: number {number}\r\nFrom: Bob <bob@x.nl>\r\n\r\nhello {number}\r\n");
                    self.deliver(name, message.as_bytes(), Flags::default()).await?;
                }
            }
            [name, "with", "the", "message", file] => {
                let path = format!("{}/tests/messages/{file}", env!("CARGO_MANIFEST_DIR"));
                let message = std::fs::read(&path).map_err(|error| format!("{path}: {error}"))?;
                let message = String::from_utf8_lossy(&message).replace('\n', "\r\n");
                self.deliver(name, message.as_bytes(), Flags::default()).await?;
            }
            _ => return Err(format!("nothing is known of `{words}`")),
        }
        Ok(())
    }
}

pub(crate) fn mailbox(name: &str) -> MailboxName {
    MailboxName::new(name).unwrap()
}

/// Puts a message into a mailbox.
pub(crate) async fn deliver(
    store: &Store,
    account: &Account,
    now: UnixTime,
    name: &str,
    message: &[u8],
    flags: Flags,
) -> Result<(), String> {
    let text = |error: store::Error| error.to_string();
    let mut writer = store.blob_writer(LineEnds::Keep);
    writer.write(message).await.map_err(text)?;
    let email = NewEmail { flags, ..NewEmail::new(writer.finish().await.map_err(text)?, ReceivedAt::utc(now)) };
    let mailboxes = account.mailboxes().await.map_err(text)?;
    let target = mailboxes.named(&mailbox(name)).ok_or("no such mailbox")?.id;
    account.append(target, vec![email]).await.map_err(text)?;
    Ok(())
}

impl Stage for House {
    fn connect(&mut self, _number: u8) -> BoxFuture<'_, Result<DuplexStream, String>> {
        Box::pin(async move { Ok(self.open()) })
    }

    fn given<'a>(&'a mut self, words: &'a str) -> BoxFuture<'a, Result<(), String>> {
        Box::pin(self.make(words))
    }

    fn clock(&mut self, by: Duration) -> BoxFuture<'_, ()> {
        Box::pin(async move { self.clock.advance(by).await })
    }

    /// Every whole reply of every connection is read by a client that forgives nothing.
    fn end(&mut self) -> BoxFuture<'_, Result<(), String>> {
        Box::pin(async move {
            for heard in &self.heard {
                let heard = heard.lock().unwrap().clone();
                let mut rest = heard.as_slice();
                let mut names = NameCoding::Utf7;
                while let Some((response, used)) = client::read_with(rest, names).map_err(|error| {
                    format!(
                        "not a reply by the grammar: {error}: {}",
                        String::from_utf8_lossy(&rest[..rest.len().min(200)])
                    )
                })? {
                    rest = &rest[used..];
                    if let Response::Data(Data::Words(word, known)) = response
                        && word == "ENABLED"
                        && known.iter().any(|name| name == "IMAP4rev2" || name == "UTF8=ACCEPT")
                    {
                        names = NameCoding::Utf8;
                    }
                }
            }
            Ok(())
        })
    }
}
