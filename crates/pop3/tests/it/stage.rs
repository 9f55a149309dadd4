//! A provider with one account, anna@example.org, and the `given` words of the transcripts.
use directory::{Directory, DirectorySettings, DomainOptions, HashCost, NewAccount, NewPassword, Role};
use futures_util::future::BoxFuture;
use names::{AccountId, Address, Secret};
use pop3::{LoginRule, Pop3, Settings};
use std::sync::Arc;
use std::time::Duration;
use store::memory::Memory;
use store::{Account, LineEnds, NewEmail, ReceivedAt, Store};
use texts::Language;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use transport::{StartTls, scripted};
use world::World;

const ANNA: AccountId = AccountId(7);
const PASSWORD: &str = "een wachtwoord met spaties";

pub(crate) struct Stage {
    world: World,
    memory: Memory,
    store: Store,
    directory: Arc<Directory>,
    settings: Settings,
    tls: bool,
    logged_in: bool,
}

impl Stage {
    pub(crate) async fn new() -> Self {
        let (world, clock, _) = world::scripted::world();
        let memory = Memory::new(clock);
        let store = Store::open(Arc::new(memory.clone()), world.clone(), store::Settings::default()).await.unwrap();
        let settings = DirectorySettings {
            hash_cost: HashCost { memory_kib: 64, passes: 1, lanes: 1 },
            throttle: None,
            ..DirectorySettings::default()
        };
        let directory = Directory::new(store.records(), world.clone(), settings, Arc::new(())).unwrap();
        let settings = Settings {
            timeout: Duration::from_secs(600),
            write_timeout: Duration::from_secs(60),
            login: LoginRule::Anywhere,
            language: Language::English,
            max_errors: 20,
        };
        let stage =
            Self { world, memory, store, directory: Arc::new(directory), settings, tls: false, logged_in: false };
        stage.add_anna().await;
        stage
    }

    async fn add_anna(&self) {
        self.directory.add_domain(&"example.org".parse().unwrap(), DomainOptions::default()).await.unwrap();
        self.store.create_account(ANNA, None, &[]).await.unwrap();
        let password = self.hash(PASSWORD).await;
        let account =
            NewAccount { id: ANNA, address: anna(), name: String::new(), password, quota: None, role: Role::User };
        self.directory.add_account(account).await.unwrap();
    }

    async fn hash(&self, password: &str) -> directory::PasswordHash {
        self.directory.hash(NewPassword::Plain(Secret::new(password.to_owned()))).await.unwrap()
    }

    async fn deliver(&self, number: u32) {
        let account: Account = self.store.account(ANNA).await.unwrap();
        let inbox = account.mailboxes().await.unwrap().inbox().unwrap().id;
        let text = format!("From: renee@example.net\r\nSubject: message {number}\r\n\r\n.\r\n.a\r\n");
        let mut writer = self.store.blob_writer(LineEnds::Keep);
        writer.write(text.as_bytes()).await.unwrap();
        let email = NewEmail::new(writer.finish().await.unwrap(), ReceivedAt::default());
        account.append(inbox, vec![email]).await.unwrap();
    }

    fn service(&self) -> Pop3 {
        let (journal, _) = journal::scripted::journal(&self.world);
        Pop3::new(self.store.clone(), self.directory.clone(), journal, self.settings.clone())
    }
}

fn anna() -> Address {
    "anna@example.org".parse().unwrap()
}

impl transport::transcript::Stage for Stage {
    fn connect(&mut self, _number: u8) -> BoxFuture<'_, Result<DuplexStream, String>> {
        Box::pin(async move {
            let tls = self.tls.then(|| Arc::new(scripted::PlainTls) as Arc<dyn StartTls>);
            let mut client = scripted::serve(&self.service(), scripted::peer("192.0.2.7:4711"), tls);
            if self.logged_in {
                let greeting = format!("USER anna@example.org\r\nPASS {PASSWORD}\r\n");
                client.write_all(greeting.as_bytes()).await.map_err(|error| error.to_string())?;
                for _ in 0..3 {
                    while client.read_u8().await.map_err(|error| error.to_string())? != b'\n' {}
                }
            }
            Ok(client)
        })
    }

    fn given<'a>(&'a mut self, words: &'a str) -> BoxFuture<'a, Result<(), String>> {
        Box::pin(async move {
            match words.split(' ').collect::<Vec<_>>().as_slice() {
                [count, "messages" | "message"] => {
                    for number in 1..=count.parse::<u32>().map_err(|error| error.to_string())? {
                        self.deliver(number).await;
                    }
                }
                ["the", "store", "does", "not", "answer"] => self.memory.mute(true),
                ["commits", "that", "do", "not", "end"] => self.memory.hold(),
                ["STLS"] => self.tls = true,
                ["login", "by", "TLS", "only"] => self.settings.login = LoginRule::TlsOnly,
                ["anna", "logged", "in"] => self.logged_in = true,
                ["anna", "suspended"] => drop(self.directory.suspend(&anna(), "unpaid bill").await.unwrap()),
                ["a", "new", "password"] => {
                    let password = self.hash("een ander").await;
                    self.directory.set_password(&anna(), password).await.unwrap();
                }
                _ => return Err(format!("nobody knows what `given {words}` means")),
            }
            Ok(())
        })
    }
}
