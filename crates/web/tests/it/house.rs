//! A house with one domain, `example.org`, and two accounts behind the pages.
use admin::Admin;
use delivery::Delivery;
use directory::{Directory, DirectorySettings, DomainOptions, HashCost, NewAccount, NewPassword, Role};
use guide::{Door, Guide, Open, Security, Service as Behind};
use jmap::Jmap;
use journal::scripted::Told;
use names::{AccountId, Secret};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;
use store::memory::Memory;
use store::{Settings, Store};
use texts::Language;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use transport::scripted::{ScriptedConnect, ScriptedWeb, pair, peer, tls_info};
use transport::{HttpsAnswer, Peer, Service};
use web::{MtaSts, MtaStsMode, Parts, Pictures, SETTINGS_PATH, SettingsPage, Visitors, Web};
use world::scripted::ScriptedClock;

pub(crate) const ANNA: AccountId = AccountId(0xa1);
/// Each image of the web.
const GIF: &[u8] = b"GIF89a;";

pub(crate) struct House {
    web: Web,
    pub(crate) settings: Arc<SettingsPage>,
    pub(crate) store: Store,
    pub(crate) directory: Arc<Directory>,
    pub(crate) clock: Arc<ScriptedClock>,
    pub(crate) told: Told,
    pub(crate) delivery: Delivery,
    pub(crate) tasks: TaskTracker,
}

impl House {
    pub(crate) async fn new(mta_sts: Option<MtaSts>) -> Self {
        let (world, clock, _) = world::scripted::world();
        let memory = Memory::new(clock.clone());
        let history = journal::Reader::new(Arc::new(memory.clone()));
        let store = Store::open(Arc::new(memory), world.clone(), Settings::default()).await.unwrap();
        let hash_cost = HashCost { memory_kib: 64, passes: 1, lanes: 1 };
        let settings = DirectorySettings { hash_cost, hash_permits: 1, ..DirectorySettings::default() };
        let directory = Arc::new(Directory::new(store.records(), world.clone(), settings, Arc::new(())).unwrap());
        directory.add_domain(&"example.org".parse().unwrap(), DomainOptions::default()).await.unwrap();
        for (id, name) in [(ANNA, "anna"), (AccountId(0xb2), "bram")] {
            store.create_account(id, None, &[]).await.unwrap();
            let password = directory.hash(NewPassword::Plain(Secret::new(format!("{name} geheim")))).await.unwrap();
            let address = format!("{name}@example.org").parse().unwrap();
            let account = NewAccount { id, address, name: String::new(), password, quota: None, role: Role::User };
            directory.add_account(account).await.unwrap();
        }
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
        let admin = Arc::new(Admin::new(admin::Parts {
            store: store.clone(),
            directory: directory.clone(),
            delivery: delivery.clone(),
            journal: journal.clone(),
            history,
            world: world.clone(),
            mailboxes: Vec::new(),
        }));
        let jmap = Jmap::new(jmap::Parts {
            store: store.clone(),
            directory: directory.clone(),
            delivery: delivery.clone(),
            admin,
            world: world.clone(),
            searches: Arc::new(search::Searches::new(2)),
            pushing: jmap::Pushing::new(Arc::new(ScriptedWeb::empty()), "mailto:postmaster@example.org".to_owned()),
            settings: jmap::Settings::new("mx.example.org".parse().unwrap()),
        });
        let web = ScriptedWeb::new(|_| {
            Ok(HttpsAnswer { status: 200, media_type: String::new(), location: None, body: GIF.to_vec() })
        });
        let pictures = Pictures::new(Arc::new(web), &world);
        let visitors = Visitors::new(directory.clone(), journal, world);
        let settings = Arc::new(SettingsPage::new(&imap_at(993), Language::Dutch));
        let parts = Parts {
            directory: directory.clone(),
            mta_sts,
            delivery: delivery.clone(),
            settings: settings.clone(),
            jmap,
            visitors,
            pictures,
            webmail: &[("start.json", include_bytes!("../../../../webmail/install/start.json"))],
            brand: web::Brand::default(),
        };
        Self { web: Web::new(parts), settings, store, directory, clock, told, delivery, tasks: TaskTracker::new() }
    }

    /// A new connection, and what stops the server.
    pub(crate) fn open(&self) -> (DuplexStream, CancellationToken) {
        let peer = Peer { tls: Some(tls_info("mail.example.org")), ..peer("192.0.2.7:4711") };
        self.open_from(peer)
    }

    /// The same from somebody else.
    pub(crate) fn open_from(&self, peer: Peer) -> (DuplexStream, CancellationToken) {
        let (link, client) = pair(peer, None);
        let stop = link.stop().clone();
        self.tasks.spawn(self.web.serve(link));
        (client, stop)
    }

    /// The whole answer to one request, after which the client hangs up.
    pub(crate) async fn ask(&self, request: &str) -> String {
        let (mut client, _stop) = self.open();
        client.write_all(request.as_bytes()).await.unwrap();
        rest(&mut client).await
    }
}

/// All that comes until the server hangs up.
pub(crate) async fn rest(client: &mut DuplexStream) -> String {
    let mut answer = Vec::new();
    tokio::time::timeout(Duration::from_secs(600), client.read_to_end(&mut answer)).await.unwrap().unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

pub(crate) fn policy() -> MtaSts {
    MtaSts {
        mode: MtaStsMode::Enforce,
        hosts: vec!["mx.example.org".to_owned()],
        max_age: Duration::from_secs(604_800),
    }
}

/// A guide to one door.
pub(crate) fn imap_at(port: u16) -> Guide {
    let imap = Door {
        service: Behind::Imap,
        names: vec!["imap.example.org".parse().unwrap()],
        ports: BTreeSet::from([port]),
        security: Security::Tls,
        login_without_tls: false,
    };
    let provider = "example.org".parse().unwrap();
    Guide::new(&Open {
        provider,
        name: None,
        doors: vec![imap],
        certified: None,
        bad_helo: None,
        page: SETTINGS_PATH,
        webmail: None,
    })
}

/// An answer, taken apart.
pub(crate) struct Answer {
    pub(crate) status: u16,
    header: String,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn of(text: &str) -> Self {
        let (header, body) = text.split_once("\r\n\r\n").unwrap_or((text, ""));
        let status = header.split(' ').nth(1).unwrap_or_else(|| panic!("{text}")).parse().unwrap();
        Self { status, header: header.to_owned(), body: body.to_owned() }
    }

    /// The values of a field, in order.
    pub(crate) fn fields(&self, name: &str) -> Vec<&str> {
        let lines = self.header.lines().filter_map(|line| line.split_once(": "));
        lines.filter(|(other, _)| other.eq_ignore_ascii_case(name)).map(|(_, value)| value).collect()
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }
}

/// `Authorization: Basic …` of anna, with this password.
pub(crate) fn basic(password: &str) -> String {
    let both = format!("anna@example.org:{password}");
    format!("Authorization: Basic {}\r\n", data_encoding::BASE64.encode(both.as_bytes()))
}

/// Anna's right one.
pub(crate) fn anna() -> String {
    basic("anna geheim")
}

impl House {
    /// One request on a connection of its own. `fields` are whole lines.
    pub(crate) async fn call(&self, method: &str, path: &str, fields: &str, body: &str) -> Answer {
        let length = body.len();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: mail.example.org\r\nConnection: close\r\n{fields}Content-Length: {length}\r\n\r\n{body}"
        );
        Answer::of(&self.ask(&request).await)
    }

    /// One request of JMAP, by anna.
    pub(crate) async fn jmap(&self, fields: &str, body: &str) -> Answer {
        self.call("POST", "/jmap/api", &format!("Content-Type: application/json\r\n{fields}"), body).await
    }
}
