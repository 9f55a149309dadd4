//! Mail for people here: in their mailboxes, exactly once, whatever fails.
use delivery::{
    Accepted, Act, Asked, BlockedSenders, Blocking, Delivery, Envelope, Notice, Notify, Origin, Outcome, Parts,
    Recipient, Refused, Sender, Settings, Unblocking,
};
use directory::{Directory, DirectorySettings, DomainOptions, NewAccount, NewPassword, PasswordHash, Role};
use names::{AccountId, Address, Secret};
use std::sync::Arc;
use std::time::Duration;
use store::memory::Memory;
use store::{CommitError, Keyword, LineEnds, MailboxName, Store};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use transport::scripted::{ScriptedConnect, ScriptedWeb};
use world::scripted::ScriptedClock;
use world::{Clock as _, World};

const NAMES: [&str; 5] = ["anna", "bram", "carla", "dirk", "els"];

struct House {
    engine: Memory,
    world: World,
    clock: Arc<ScriptedClock>,
    store: Store,
    directory: Arc<Directory>,
    delivery: Delivery,
}

fn address(name: &str) -> Address {
    format!("{name}@here.example").parse().unwrap()
}

fn account(name: &str) -> AccountId {
    AccountId(name.bytes().fold(1, |sum, byte| sum * 31 + u64::from(byte)))
}

async fn open(engine: Memory, world: World, clock: Arc<ScriptedClock>) -> House {
    let store = Store::open(Arc::new(engine.clone()), world.clone(), store::Settings::default()).await.unwrap();
    let directory = Directory::new(store.records(), world.clone(), DirectorySettings::default(), Arc::new(())).unwrap();
    let directory = Arc::new(directory);
    let (journal, _told) = journal::scripted::journal(&world);
    let delivery = Delivery::new(Parts {
        store: store.clone(),
        residents: directory.clone(),
        journal,
        world: world.clone(),
        connect: Arc::new(ScriptedConnect::new(|_| Err(std::io::ErrorKind::ConnectionRefused.into()))),
        https: Arc::new(ScriptedWeb::empty()),
        settings: Settings::new("mx.here.example".parse().unwrap()),
    });
    House { engine, world, clock, store, directory, delivery }
}

async fn house() -> House {
    let (world, clock, _) = world::scripted::world();
    let house = open(Memory::new(world.clock.clone()), world, clock).await;
    house.directory.add_domain(&"here.example".parse().unwrap(), DomainOptions::default()).await.unwrap();
    let password = NewPassword::Plain(Secret::new("a good password".to_owned()));
    let hash = house.directory.hash(password).await.unwrap();
    for name in NAMES {
        house.add(name, None, &hash).await;
    }
    house
}

impl House {
    async fn add(&self, name: &str, quota: Option<u64>, password: &PasswordHash) {
        self.store.create_account(account(name), quota, &[]).await.unwrap();
        let new = NewAccount {
            id: account(name),
            address: address(name),
            name: name.to_owned(),
            password: password.clone(),
            quota: None,
            role: Role::User,
        };
        self.directory.add_account(new).await.unwrap();
    }

    /// The process dies: what is on disk is opened again.
    async fn dies(self) -> Self {
        open(self.engine.reopen(), self.world, self.clock).await
    }

    async fn messages(&self, name: &str) -> usize {
        let account = self.store.account(account(name)).await.unwrap();
        let inbox = account.mailboxes().await.unwrap().inbox().unwrap().id;
        usize::try_from(account.view(inbox).await.unwrap().len()).unwrap()
    }

    async fn recipient(&self, to: Address, size: u64) -> Result<Recipient, Refused> {
        let sender = Sender { reverse_path: None, origin: Origin::Internet, account: None, peer: None };
        let asked = Asked { address: to, size, notify: Notify::default(), orcpt: None };
        self.delivery.recipient(&sender, asked).await
    }

    async fn send(&self, to: &[Address], text: &str) -> Result<Accepted, Refused> {
        self.send_from(None, to, text).await
    }

    async fn send_from(&self, from: Option<&str>, to: &[Address], text: &str) -> Result<Accepted, Refused> {
        let mut recipients = Vec::new();
        for to in to {
            recipients.push(self.recipient(to.clone(), text.len() as u64).await?);
        }
        let mut writer = self.store.blob_writer(LineEnds::Keep);
        writer.write(text.as_bytes()).await.unwrap();
        let blob = writer.finish().await.unwrap();
        let reverse_path = from.map(|from| from.parse().unwrap());
        let sender = Sender { reverse_path, origin: Origin::Internet, account: None, peer: None };
        let envelope = Envelope::of(sender);
        self.delivery.accept(envelope, blob, recipients).await
    }

    /// Runs the queue for two hours.
    async fn two_hours(&self) {
        let stop = CancellationToken::new();
        let tasks = TaskTracker::new();
        let (delivery, until) = (self.delivery.clone(), stop.clone());
        tasks.spawn(async move { delivery.run(until).await });
        for _ in 0..60 {
            self.clock.advance(Duration::from_secs(120)).await;
            for _ in 0..20 {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        }
        stop.cancel();
    }
}

fn all() -> Vec<Address> {
    NAMES.iter().map(|name| address(name)).collect()
}

#[tokio::test(start_paused = true)]
async fn each_has_it_once_and_the_bytes_are_there_once() {
    let house = house().await;
    house.directory.add_alias(&address("club"), all()).await.unwrap();
    let to = [address("club"), address("anna"), address("bram+lijst")];
    let accepted = house.send(&to, "Subject: a\r\n\r\nb\r\n").await.unwrap();
    assert!(accepted.outcomes.iter().all(|outcome| matches!(outcome, Outcome::Stored(_))), "{accepted:?}");
    for name in NAMES {
        assert_eq!(house.messages(name).await, 1, "{name}");
    }
    let links = house.engine.links();
    assert_eq!(links.len(), 1);
    let partitions = links.values().next().unwrap();
    assert!(partitions.iter().all(|partition| partition.kind == store::PartitionKind::Account), "{partitions:?}");
    assert_eq!((partitions.len(), house.delivery.operator().count().await.unwrap()), (5, 0));
}

#[tokio::test(start_paused = true)]
async fn commit_n_fails_or_the_process_dies_there_and_each_has_it_once_in_the_end() {
    for dies in [false, true] {
        for n in 0..7 {
            let house = house().await;
            for _ in 0..n {
                house.engine.fail_next(None);
            }
            let faults = if dies { 50 } else { 1 };
            for _ in 0..faults {
                house.engine.fail_next(Some(CommitError::Io("scripted".to_owned())));
            }
            let accepted = house.send(&all(), "Subject: a\r\n\r\nb\r\n").await;
            assert_eq!(accepted.is_ok(), n > 0, "only a failed intake is a refusal: {n} {accepted:?}");
            let house = if dies { house.dies().await } else { house };
            house.two_hours().await;
            for name in NAMES {
                assert_eq!(house.messages(name).await, usize::from(n > 0), "{name}, {n}, {dies}");
            }
            assert_eq!(house.delivery.operator().count().await.unwrap(), 0);
            assert!(house.engine.links().values().flatten().all(|link| link.kind == store::PartitionKind::Account));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn r22_a_delivery_that_waits_longer_than_the_log_is_kept_is_there_once() {
    let house = house().await;
    // the intake and each account are written, and the process dies before the queue's entry goes
    for _ in 0..=NAMES.len() {
        house.engine.fail_next(None);
    }
    for _ in 0..50 {
        house.engine.fail_next(Some(CommitError::Io("scripted".to_owned())));
    }
    house.send(&all(), "Subject: a\r\n\r\nb\r\n").await.unwrap();
    let house = house.dies().await;
    let operator = house.delivery.operator();
    let id = operator.list(&delivery::Filter::default(), None, 1).await.unwrap().entries[0].id;
    operator.act(id, &Act::Hold, Some("asked for"), "beheer").await.unwrap();
    house.clock.set(house.clock.now().plus(Duration::from_secs(20 * 24 * 3_600)));
    house.store.sweep(house.clock.now(), &operator).await.unwrap();
    operator.act(id, &Act::Release, None, "beheer").await.unwrap();
    house.two_hours().await;
    for name in NAMES {
        assert_eq!(house.messages(name).await, 1, "{name}");
    }
    assert_eq!(operator.count().await.unwrap(), 0);
    // what is over is forgotten with the rest
    let before = house.store.stats().await.unwrap().records;
    house.store.sweep(house.clock.now(), &operator).await.unwrap();
    let after = house.store.stats().await.unwrap().records;
    assert!(after + NAMES.len() as u64 <= before, "{before} records, then {after}");
}

#[tokio::test(start_paused = true)]
async fn r07_a_full_mailbox_is_refused_at_rcpt_and_at_most_one_message_over() {
    let house = house().await;
    house.store.account(account("anna")).await.unwrap().set_quota(Some(100)).await.unwrap();
    let text = format!("Subject: a\r\n\r\n{}\r\n", "x".repeat(90));
    // twenty at once, none of which says how large it is
    let to = [address("anna")];
    let outcomes = futures_util::future::join_all((0..20).map(|_| house.send(&to, &text))).await;
    let stored = |accepted: &Result<Accepted, Refused>| {
        accepted.as_ref().is_ok_and(|accepted| matches!(accepted.outcomes.as_slice(), [Outcome::Stored(_)]))
    };
    let stored = outcomes.iter().filter(|outcome| stored(outcome)).count();
    assert_eq!(house.messages("anna").await, stored);
    assert!(stored <= 1, "{stored}");
    assert_eq!(house.send(&[address("anna")], "A: b\r\n\r\n").await.is_ok(), stored == 0);
}

#[tokio::test(start_paused = true)]
async fn s34_nothing_is_accepted_for_nobody() {
    let house = house().await;
    assert_eq!(house.recipient(address("nobody"), 0).await.map(|_| ()), Err(Refused::Unknown));
    house.directory.suspend(&address("bram"), "bills").await.unwrap();
    assert_eq!(house.recipient(address("bram"), 0).await.map(|_| ()), Err(Refused::Suspended));
    // Q11: aliases that lead to one another
    house.directory.add_alias(&address("a"), vec![address("b")]).await.unwrap();
    house.directory.add_alias(&address("b"), vec![address("a")]).await.unwrap();
    assert_eq!(house.recipient(address("a"), 0).await.map(|_| ()), Err(Refused::Loop));
}

/// Of each message in a mailbox of anna's, whether it bears the word; nothing where there is no such mailbox.
async fn held(house: &House, mailbox: &str) -> Option<Vec<bool>> {
    let account = house.store.account(account("anna")).await.unwrap();
    let mailboxes = account.mailboxes().await.unwrap();
    let mailbox = mailboxes.named(&MailboxName::new(mailbox).unwrap())?.id;
    let word = Keyword::new("$junk").unwrap();
    Some(account.view(mailbox).await.unwrap().iter().map(|message| message.has(&word)).collect())
}

#[tokio::test(start_paused = true)]
async fn a_blocked_senders_mail_goes_to_junk_by_every_way() {
    let house = house().await;
    let anna = house.store.account(account("anna")).await.unwrap();
    for pattern in ["bob@far.example", "@spam.example"] {
        let pattern = pattern.parse().unwrap();
        let blocked = BlockedSenders::block(&anna, &pattern, house.clock.now(), None).await.unwrap();
        assert!(matches!(blocked, Blocking::Done(_)), "{blocked:?}");
    }
    assert_eq!(held(&house, "Junk").await, None);
    let (one, two) = ([address("anna")], [address("anna"), address("bram")]);
    for (from, header, to) in [
        // by the envelope, by the header, alone and with others
        (Some("BOB@far.example"), "From: x@y.example", &one[..]),
        (Some("list@y.example"), "From: Bob <bob@far.example>", &one),
        (None, "From: \"Prize\" <win@mail.spam.example>", &two),
    ] {
        let accepted = house.send_from(from, to, &format!("{header}\r\nSubject: a\r\n\r\nb\r\n")).await.unwrap();
        assert!(accepted.outcomes.iter().all(|outcome| matches!(outcome, Outcome::Stored(_))), "{accepted:?}");
    }
    assert_eq!(held(&house, "Junk").await, Some(vec![true; 3]));
    assert_eq!((house.messages("anna").await, house.messages("bram").await), (0, 1), "it is anna's list");
    // whom one does not block comes as ever, and so does who is blocked no more
    let unblocked = BlockedSenders::unblock(&anna, &"bob@far.example".parse().unwrap(), None).await.unwrap();
    assert_eq!(unblocked, Unblocking::Done);
    house.send_from(Some("bob@far.example"), &one, "From: carl@far.example\r\n\r\nb\r\n").await.unwrap();
    assert_eq!(house.messages("anna").await, 1);
}

#[tokio::test(start_paused = true)]
async fn what_the_server_tells_its_customer_is_blocked_by_nobody_and_by_no_quota() {
    let house = house().await;
    let anna = house.store.account(account("anna")).await.unwrap();
    let everybody = "@here.example".parse().unwrap();
    BlockedSenders::block(&anna, &everybody, house.clock.now(), None).await.unwrap();
    anna.set_quota(Some(0)).await.unwrap();
    let targets = ["x@far.example".parse().unwrap()];
    let notice = Notice::Forwarding { targets: &targets, keep: true };
    house.delivery.notify(account("anna"), &address("anna"), &notice).await.unwrap();
    assert_eq!(house.messages("anna").await, 1);
}

#[tokio::test(start_paused = true)]
async fn an_account_without_room_for_words_or_mailboxes_keeps_what_is_junk() {
    let house = house().await;
    let anna = house.store.account(account("anna")).await.unwrap();
    BlockedSenders::block(&anna, &"@spam.example".parse().unwrap(), house.clock.now(), None).await.unwrap();
    // somebody has a mailbox of that name, for something else
    anna.create_mailbox(&MailboxName::new("Junk").unwrap(), None).await.unwrap();
    house.send_from(Some("a@spam.example"), &[address("anna")], "Subject: a\r\n\r\nb\r\n").await.unwrap();
    assert_eq!(held(&house, "Junk").await, Some(vec![true]));
}

/// docs/limits.md: 100 addresses in `From` are held against those who are blocked.
#[tokio::test(start_paused = true)]
async fn of_many_writers_a_hundred_are_held_against_the_blocked() {
    let house = house().await;
    let anna = house.store.account(account("anna")).await.unwrap();
    BlockedSenders::block(&anna, &"@spam.example".parse().unwrap(), house.clock.now(), None).await.unwrap();
    for (before, inbox) in [(99, 0), (100, 1)] {
        let from = "a@far.example,\r\n ".repeat(before) + "x@spam.example";
        let text = format!("From: {from}\r\nSubject: a\r\n\r\nb\r\n");
        house.send_from(Some("list@far.example"), &[address("anna")], &text).await.unwrap();
        assert_eq!(house.messages("anna").await, inbox, "behind {before}");
    }
    assert_eq!(held(&house, "Junk").await, Some(vec![true]));
}
