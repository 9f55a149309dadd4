//! Whole stores as earlier releases left them, kept in `tests/stores/`: mail, directory, queue and journal on the
//! embedded engine are opened, checked, read and written (row R16 of the threats).
use delivery::{Asked, Body, Delivery, Envelope, Filter, Notify, Origin, Outcome, Parts, Sender, Settings};
use directory::{
    Attempt, Directory, DirectorySettings, DomainOptions, HashCost, NewAccount, NewPassword, Resolution, Role, Service,
};
use engines::Embedded;
use journal::Journal;
use names::{AccountId, Address, Secret};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use store::{
    Account, CheckDepth, DeliveryId, FlagChange, Flags, Keyword, LineEnds, MailboxId, MailboxName, ModSeq, NewEmail,
    ReceivedAt, Store, SystemFlags, Uid,
};
use tokio_util::sync::CancellationToken;
use transport::scripted::{ScriptedConnect, ScriptedWeb};
use world::Clock;
use world::scripted::ScriptedClock;

/// Asks for a new store to be written into this directory, instead of the kept ones being read.
const WRITE: &str = "GLASPOST_WRITE_WHOLE_STORE";
const ANNA: AccountId = AccountId(0x0102_0304_0506_0708);
const BRAM: AccountId = AccountId(2);
const PASSWORD: &str = "a good password";
/// Small steps, so that the kept files are small.
const SMALL: engines::Settings = engines::Settings {
    reserve_bytes: 0,
    seal_bytes: 64 * 1024,
    allocate_bytes: 4096,
    prepare_bytes: 0,
    prepare_log: false,
    large_bytes: 32 * 1024,
    readers: 2,
};

struct House {
    clock: Arc<ScriptedClock>,
    store: Store,
    directory: Arc<Directory>,
    delivery: Delivery,
    writer: journal::Writer,
}

impl House {
    async fn open(path: &Path) -> Self {
        let (world, clock, _) = world::scripted::world();
        let engine: Arc<dyn store::Engine> = Arc::new(Embedded::open(path, clock.clone(), SMALL).unwrap());
        let store = Store::open(engine.clone(), world.clone(), store::Settings::default()).await.unwrap();
        let (journal, writer) = Journal::open(engine, &world, journal::Settings::default());
        let hash_cost = HashCost { memory_kib: 64, passes: 1, lanes: 1 };
        let settings = DirectorySettings { hash_cost, ..DirectorySettings::default() };
        let directory = Arc::new(Directory::new(store.records(), world.clone(), settings, Arc::new(())).unwrap());
        let delivery = Delivery::new(Parts {
            store: store.clone(),
            residents: directory.clone(),
            journal,
            world: world.clone(),
            connect: Arc::new(ScriptedConnect::new(|_| Err(std::io::ErrorKind::ConnectionRefused.into()))),
            https: Arc::new(ScriptedWeb::empty()),
            settings: Settings::new("mx.here.example".parse().unwrap()),
        });
        Self { clock, store, directory, delivery, writer }
    }

    /// Stops cleanly, with the journal written.
    async fn close(self, path: &Path) {
        let stop = CancellationToken::new();
        stop.cancel();
        self.writer.run(stop.cancelled_owned()).await;
        self.store.shutdown().await;
        for file in ["lock", "reserve"] {
            let _ = std::fs::remove_file(path.join(file));
        }
    }

    async fn email(&self, text: &str) -> NewEmail {
        let mut writer = self.store.blob_writer(LineEnds::ToCrlf);
        writer.write(text.as_bytes()).await.unwrap();
        NewEmail::new(writer.finish().await.unwrap(), ReceivedAt::utc(self.clock.now()))
    }

    async fn add_account(&self, id: AccountId, name: &str) {
        let lists = [(mailbox("Sent"), Some(store::Role::Sent)), (mailbox("Junk"), Some(store::Role::Junk))];
        self.store.create_account(id, Some(10_000_000), &lists).await.unwrap();
        let password = NewPassword::Plain(Secret::new(PASSWORD.to_owned()));
        let new = NewAccount {
            id,
            address: address(name),
            name: name.to_owned(),
            password: self.directory.hash(password).await.unwrap(),
            quota: None,
            role: Role::User,
        };
        self.directory.add_account(new).await.unwrap();
    }

    async fn send(&self, to: &[Address], text: &str) -> Vec<Outcome> {
        let sender =
            Sender { reverse_path: Some(address("anna")), origin: Origin::Submission, account: Some(ANNA), peer: None };
        let mut recipients = Vec::new();
        for to in to {
            let asked = Asked { address: to.clone(), size: 0, notify: Notify::default(), orcpt: None };
            recipients.push(self.delivery.recipient(&sender, asked).await.unwrap());
        }
        let blob = self.email(text).await.blob;
        let envelope = Envelope { envid: Some("kept".to_owned()), body: Body::EightBitMime, ..Envelope::of(sender) };
        self.delivery.accept(envelope, blob, recipients).await.unwrap().outcomes
    }
}

fn mailbox(name: &str) -> MailboxName {
    MailboxName::new(name).unwrap()
}

fn address(name: &str) -> Address {
    format!("{name}@here.example").parse().unwrap()
}

fn elsewhere() -> Address {
    "piet@elsewhere.example".parse().unwrap()
}

async fn find(account: &Account, name: &str) -> MailboxId {
    account.mailboxes().await.unwrap().named(&mailbox(name)).unwrap().id
}

fn uid(number: u32) -> Uid {
    Uid::new(number).unwrap()
}

/// The `n`-th of the kept messages: the second answers the first, as the eighth does, which comes later; the third is large,
/// the fourth is long in its header.
fn text(n: u32) -> String {
    let more = match n {
        2 | 8 => "In-Reply-To: <1@here.example>\n".to_owned(),
        4 => format!("To: {}\n", ["someone@here.example"; 60].join(", ")),
        _ => String::new(),
    };
    let body = if n == 3 { "much of the same\n".repeat(20_000) } else { format!("Message {n}.\n") };
    format!("Message-ID: <{n}@here.example>\nFrom: anna@here.example\n{more}Subject: kept\n\n{body}")
}

/// Something of every kind of record.
async fn fill(path: &Path) {
    let house = House::open(path).await;
    house.directory.add_domain(&"here.example".parse().unwrap(), DomainOptions::default()).await.unwrap();
    house.add_account(ANNA, "anna").await;
    house.add_account(BRAM, "bram").await;
    house.directory.suspend(&address("bram"), "bills").await.unwrap();
    house.directory.add_alias(&address("club"), vec![address("anna"), elsewhere()]).await.unwrap();
    let anna = house.store.account(ANNA).await.unwrap().acting_as("imap s2");
    let inbox = find(&anna, "INBOX").await;
    for n in 1..=6 {
        let once = (n == 5).then_some(DeliveryId(5));
        let email = NewEmail { once, prefix_len: 10, ..house.email(&text(n)).await };
        anna.append(inbox, vec![email]).await.unwrap();
        house.clock.set(house.clock.now().plus(Duration::from_secs(60)));
    }
    let work = Flags { system: SystemFlags::SEEN, keywords: vec![Keyword::new("Work").unwrap()] };
    anna.store_flags(inbox, &[uid(1), uid(2)], &FlagChange::Add(work), None).await.unwrap();
    let deep = *anna.create_mailbox(&mailbox("work/2026/Brief"), None).await.unwrap().value();
    anna.subscribe(&mailbox("work/2026/Brief")).await.unwrap();
    anna.copy(inbox, &[uid(1), uid(3)], deep).await.unwrap();
    anna.move_to(inbox, &[uid(4)], deep).await.unwrap();
    anna.rename_mailbox(&mailbox("work"), &mailbox("Werk")).await.unwrap();
    anna.remove(inbox, &[uid(6)]).await.unwrap();
    let outcomes = house.send(&[address("club"), elsewhere()], &text(7)).await;
    assert!(matches!(outcomes[..], [_, Outcome::Queued(..)]), "{outcomes:?}");
    house.close(path).await;
}

async fn read(path: &Path) {
    let house = House::open(path).await;
    // after all that was written
    house.clock.set(house.clock.now().plus(Duration::from_secs(3600)));
    let report = house.store.check(CheckDepth::Bytes).await.unwrap();
    assert!(report.is_clean(), "{:#?}", report.faults);
    assert_eq!((report.accounts, report.messages, report.emails, report.blobs), (2, 8, 7, 7));
    mail(&house).await;
    people(&house).await;
    let queue = house.delivery.operator().list(&Filter::default(), None, 10).await.unwrap();
    assert_eq!(queue.entries.len(), 1);
    assert_eq!(queue.entries[0].entry.envid.as_deref(), Some("kept"));
    // and it goes on: what is new is added, what is old goes
    house.send(&[address("anna")], &text(8)).await;
    let anna = house.store.account(ANNA).await.unwrap();
    let inbox = anna.view(find(&anna, "INBOX").await).await.unwrap();
    let both = anna.emails(&[1, 8].map(|number| inbox.get(uid(number)).unwrap().email)).await.unwrap();
    assert_eq!(both[0].as_ref().unwrap().thread, both[1].as_ref().unwrap().thread, "it answers what was there");
    let later = house.clock.now().plus(Duration::from_secs(60 * 24 * 3600));
    assert_eq!(house.store.sweep(later, &house.delivery.operator()).await.unwrap().emails, 1);
    let report = house.store.check(CheckDepth::Bytes).await.unwrap();
    assert!(report.is_clean(), "{:#?}", report.faults);
    assert_eq!((report.messages, report.emails, report.blobs), (9, 7, 7));
    house.close(path).await;
}

async fn mail(house: &House) {
    let anna = house.store.account(ANNA).await.unwrap();
    let inbox = anna.view(find(&anna, "INBOX").await).await.unwrap();
    let uids: Vec<u32> = inbox.iter().map(|message| message.uid.get()).collect();
    assert_eq!((uids, inbox.uid_next()), (vec![1, 2, 3, 5, 7], 8));
    assert!(inbox.iter().take(2).all(|message| message.system.contains(SystemFlags::SEEN)));
    let work = inbox.get(uid(2)).unwrap();
    assert_eq!(work.keywords.iter().map(|word| word.as_str()).collect::<Vec<_>>(), ["Work"]);
    let deep = anna.view(find(&anna, "Werk/2026/Brief").await).await.unwrap();
    let ids: Vec<_> = deep.iter().map(|message| message.email).collect();
    let emails = anna.emails(&ids).await.unwrap();
    for (email, n) in emails.iter().zip([1, 3, 4]) {
        let email = email.as_ref().unwrap();
        let bytes = anna.open(email).await.unwrap();
        let mut all = Vec::new();
        while (all.len() as u64) < bytes.size() {
            all.extend_from_slice(&bytes.read(all.len() as u64..bytes.size()).await.unwrap());
        }
        assert!(all == text(n).replace('\n', "\r\n").as_bytes(), "message {n}");
        assert_eq!(email.prefix_len, 10);
    }
    let ids: Vec<_> = inbox.iter().take(2).map(|message| message.email).collect();
    let two = anna.emails(&ids).await.unwrap();
    assert_eq!(two[0].as_ref().unwrap().thread, two[1].as_ref().unwrap().thread);
    assert!(anna.mailboxes().await.unwrap().role(store::Role::Sent).is_some());
    assert!(!anna.changes(ModSeq(0), 1_000).await.unwrap().entries.is_empty());
}

async fn people(house: &House) {
    let resolved = house.directory.resolve(&address("anna+lijst")).await.unwrap();
    assert!(matches!(&resolved, Resolution::Targets(targets) if targets.len() == 1), "{resolved:?}");
    let club = house.directory.resolve(&address("club")).await.unwrap();
    assert!(matches!(&club, Resolution::Targets(targets) if targets.len() == 2), "{club:?}");
    let bram = house.directory.resolve(&address("bram")).await.unwrap();
    assert_eq!(bram, Resolution::Suspended { reason: "bills".to_owned() });
    let attempt = Attempt {
        name: "anna@here.example".to_owned(),
        password: Secret::new(PASSWORD.to_owned()),
        from: "192.0.2.1".parse().unwrap(),
        service: Service::Imap,
        tls: true,
    };
    assert_eq!(house.directory.login(attempt).await.unwrap().account, ANNA);
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

#[tokio::test]
async fn a_store_of_today_is_read() {
    let directory = tempfile::tempdir().unwrap();
    fill(directory.path()).await;
    read(directory.path()).await;
}

#[tokio::test]
async fn stores_of_earlier_releases_are_opened_checked_read_and_written() {
    if let Some(directory) = std::env::var_os(WRITE) {
        return fill(Path::new(&directory)).await;
    }
    let kept = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/stores");
    let mut opened = 0;
    for entry in std::fs::read_dir(kept).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_dir() && entry.file_name().to_string_lossy().starts_with("whole-") {
            let directory = tempfile::tempdir().unwrap();
            copy(&entry.path(), directory.path());
            read(directory.path()).await;
            opened += 1;
        }
    }
    assert!(opened > 0, "no kept store was found");
}
