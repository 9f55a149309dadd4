//! A house with one domain, `example.org`, behind the pages.
use directory::{Directory, DirectorySettings, DomainOptions};
use guide::{Door, Guide, Open, Security, Service as Behind};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;
use store::memory::Memory;
use store::{Settings, Store};
use texts::Language;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use transport::Service;
use transport::scripted::{pair, peer};
use web::{MtaSts, MtaStsMode, Parts, SETTINGS_PATH, SettingsPage, Web};

pub(crate) struct House {
    web: Web,
    pub(crate) settings: Arc<SettingsPage>,
}

impl House {
    pub(crate) async fn new(mta_sts: Option<MtaSts>) -> Self {
        let (world, ..) = world::scripted::world();
        let engine = Arc::new(Memory::new(world.clock.clone()));
        let store = Store::open(engine, world.clone(), Settings::default()).await.unwrap();
        let directory = Directory::new(store.records(), world, DirectorySettings::default(), Arc::new(())).unwrap();
        directory.add_domain(&"example.org".parse().unwrap(), DomainOptions::default()).await.unwrap();
        let settings = Arc::new(SettingsPage::new(&imap_at(993), Language::Dutch));
        Self { web: Web::new(Parts { directory: Arc::new(directory), mta_sts, settings: settings.clone() }), settings }
    }

    /// A new connection, and what stops the server.
    pub(crate) fn open(&self) -> (DuplexStream, CancellationToken) {
        let (link, client) = pair(peer("192.0.2.7:4711"), None);
        let stop = link.stop().clone();
        TaskTracker::new().spawn(self.web.serve(link));
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
    String::from_utf8(answer).unwrap()
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
    Guide::new(&Open { provider, doors: vec![imap], certified: None, bad_helo: None, page: SETTINGS_PATH })
}
