//! A week of a busy queue, with scripted clock, DNS and destinations: what is sent comes or is told of, the living are
//! not delayed by the dead, and the dead cost little.
//!
//! `make test` runs a small form. The whole one, with a million messages for ten thousand destinations, and its plot:
//!
//!     GLASPOST_WEEK=1000000 GLASPOST_WEEK_PLOT=$PWD/docs/week.svg cargo test --release -p delivery week -- --nocapture
mod far;
mod plan;
mod plot;
mod tally;
use super::bench::{Bench, HOUR, ScriptedResidents, account, address, lock};
use crate::homes::{Held, Homes, Mail};
use crate::{Asked, Delivery, Envelope, Notify, Origin, Parts, Resolved, Settings, Target};
use far::Far;
use futures_util::future::BoxFuture;
use journal::Event;
use journal::scripted::Told;
use names::AccountId;
use plan::{Kind, Plan};
use std::collections::HashSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use store::memory::Memory;
use store::{DeliveryId, LineEnds, NewBlob, Receipt, Store};
use tally::Tally;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use world::scripted::SeededRandom;
use world::{Clock, UnixTime, World};

/// How many messages there are, where more than the small form's are wanted.
const MESSAGES: &str = "GLASPOST_WEEK";
/// Where the plot is written.
const PLOT: &str = "GLASPOST_WEEK_PLOT";
/// Messages that have the same text.
const ALIKE: usize = 64;
/// What is given up is gone by then, five days after the week.
const END: Duration = Duration::from_secs(13 * 86_400);

/// Shows the time of day that tokio's paused clock makes.
struct Sun {
    begun: Instant,
    at: UnixTime,
}

impl Clock for Sun {
    fn now(&self) -> UnixTime {
        self.at.plus(self.begun.elapsed())
    }
}

/// The one mailbox: the reports in it are counted.
#[derive(Default)]
struct Mailbox(Mutex<HashSet<DeliveryId>>);

impl Homes for Mailbox {
    fn reserve(&self, _account: AccountId, _size: u64) -> BoxFuture<'_, Result<Held, store::Error>> {
        Box::pin(async { Ok(Held::new(())) })
    }

    fn promise(&self, account: AccountId, size: u64) -> BoxFuture<'_, Result<Held, store::Error>> {
        self.reserve(account, size)
    }

    fn deliver(&self, _account: AccountId, mail: Mail) -> BoxFuture<'_, Result<Option<Receipt>, store::Error>> {
        Box::pin(async move {
            if !lock(&self.0).insert(mail.delivery) {
                return Ok(None);
            }
            let (answer, pending) = store::Pending::new(1);
            answer.committed();
            Ok(Some(pending.await?))
        })
    }
}

/// The provider, and who is told what.
struct Provider {
    delivery: Delivery,
    store: Store,
    told: Told,
    mailbox: Arc<Mailbox>,
}

impl Provider {
    async fn new(plan: &Arc<Plan>, far: &Arc<Far>) -> Self {
        let clock = Arc::new(Sun { begun: Instant::now(), at: UnixTime::from_secs(1_767_225_600) });
        let world = World { clock: clock.clone(), random: Arc::new(SeededRandom::new(7)), dns: far.clone() };
        let (journal, told) = journal::scripted::journal(&world);
        let engine = Arc::new(Memory::new(clock));
        let store = Store::open(engine, world.clone(), store::Settings::default()).await.unwrap();
        let residents = ScriptedResidents::default();
        let anna = Target::Account(account("anna"), address("anna@here.example"));
        residents.known.lock().unwrap().insert("anna@here.example".to_owned(), Resolved::Targets(vec![anna]));
        let mailbox = Arc::new(Mailbox::default());
        let settings =
            Settings { give_up_after: plan.give_up_after, ..Settings::new("mx.here.example".parse().unwrap()) };
        let parts = Parts {
            store: store.clone(),
            residents: Arc::new(residents),
            journal,
            world,
            connect: far.clone(),
            https: Arc::new(super::web::Web::default()),
            settings,
        };
        Self { delivery: Delivery::with_homes(parts, mailbox.clone()), store, told, mailbox }
    }

    async fn text(&self, number: usize) -> NewBlob {
        let mut writer = self.store.blob_writer(LineEnds::Keep);
        let text = format!("Return-Path: <anna@here.example>\r\nSubject: {number}\r\n\r\nHello.\r\n");
        writer.write(text.as_bytes()).await.unwrap();
        writer.finish().await.unwrap()
    }

    async fn send(&self, number: usize, to: usize, blob: NewBlob) {
        let sender = Bench::sender(Origin::Submission, "anna@here.example");
        let notify = Notify { delay: number.is_multiple_of(10), ..Notify::default() };
        let asked = Asked { address: address(&format!("{number}@{}", plan::name(to))), size: 0, notify, orcpt: None };
        let recipient = self.delivery.recipient(&sender, asked).await.unwrap();
        let length = 34;
        let envelope = Envelope { prefix_len: length, return_path_len: length, ..Envelope::of(sender) };
        self.delivery.accept(envelope, blob, vec![recipient]).await.unwrap();
    }

    /// Hands in what the plan says, when it says so.
    async fn send_all(&self, plan: &Plan, begun: Instant) {
        let mut blob = self.text(0).await;
        for (number, message) in plan.messages.iter().enumerate() {
            tokio::time::sleep_until(begun + message.at).await;
            if number.is_multiple_of(ALIKE) {
                blob = self.text(number).await;
            }
            self.send(number, message.to, blob.clone()).await;
        }
    }

    /// Reads the journal: who was given up.
    fn read(&self, tally: &Tally) {
        for event in self.told.take() {
            match event {
                Event::Failed(attempt) => tally.failed(attempt.recipient.as_str(), attempt.attempts),
                Event::Deferred(_) => tally.deferred(),
                _ => {}
            }
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "a test that is made larger from outside")]
fn asked(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

#[tokio::test(start_paused = true)]
async fn q10_a_week_of_a_busy_queue() {
    let messages = asked(MESSAGES).map_or(6_000, |number| number.parse().unwrap());
    let plan = Arc::new(Plan::new(messages));
    let tally = Arc::new(Tally::new(&plan));
    let far = Arc::new(Far::new(plan.clone(), tally.clone()));
    let provider = Arc::new(Provider::new(&plan, &far).await);
    let (stop, tasks, begun) = (CancellationToken::new(), TaskTracker::new(), Instant::now());
    let (delivery, stopping) = (provider.delivery.clone(), stop.clone());
    tasks.spawn(async move { delivery.run(stopping).await });
    let (sends, planned) = (provider.clone(), plan.clone());
    tasks.spawn(async move { sends.send_all(&planned, begun).await });
    while begun.elapsed() < END {
        for _ in 0..10 {
            tokio::time::sleep(Duration::from_secs(60)).await;
            provider.read(&tally);
        }
        tally.sample(&plan, begun.elapsed());
    }
    assert_eq!(provider.delivery.operator().count().await.unwrap(), 0, "the queue is empty at the end");
    assert_eq!(provider.delivery.operator().load(1).due, 0);
    stop.cancel();
    tasks.close();
    tasks.wait().await;
    let findings = tally.findings(&plan);
    println!("{findings}");
    if let Some(path) = asked(PLOT) {
        std::fs::write(path, plot::plot(&plan, &tally, &findings)).unwrap();
    }
    nothing_is_lost(&plan, &tally, &provider);
    the_living_are_not_delayed(&findings);
    the_dead_cost_little(&plan, &tally);
}

fn nothing_is_lost(plan: &Plan, tally: &Tally, provider: &Provider) {
    let mut told = 0;
    for (number, message) in plan.messages.iter().enumerate() {
        let (came, failed) = tally.fate(number);
        let kind = plan.kind(message.to);
        assert!(came > 0 || failed, "message {number} for {kind:?} is lost");
        assert!(came == 0 || !failed || kind == Kind::Flaky, "message {number} for {kind:?} came and was given up");
        assert!(came <= 1 || kind == Kind::Flaky, "message {number} for {kind:?} came {came} times");
        let doomed = matches!(kind, Kind::Dead | Kind::Nowhere) || (kind == Kind::Refuses && plan::is_refused(number));
        assert_eq!(failed, doomed, "message {number} for {kind:?}");
        told += usize::from(failed);
    }
    // each that was given up was told of; of a late one, who asked for it was told once more
    let reports = lock(&provider.mailbox.0).len();
    assert!((told..=told + plan.messages.len() / 10).contains(&reports), "{reports} reports of {told}");
}

fn the_living_are_not_delayed(findings: &tally::Findings) {
    // while a dead domain with a tenth of all messages stands in the queue
    assert!(findings.beside_dead.p99 < Duration::from_secs(5), "{findings}");
    // and at any time: a newsletter to all comes through within the hour
    assert!(findings.living.p50 < Duration::from_secs(5), "{findings}");
    assert!(findings.living.max < HOUR, "{findings}");
}

fn the_dead_cost_little(plan: &Plan, tally: &Tally) {
    let hours = u64::from(plan.hours());
    for destination in 0..plan.destinations {
        let opened = tally.opened(destination);
        match plan.kind(destination) {
            // four an hour, once it rests as long as it ever does, and few more at first
            Kind::Dead => assert!(opened <= hours * 5, "{destination}: {opened} connections in {hours} hours"),
            // a few too many, as it finds out how many are too many
            Kind::Few(most) => {
                let refused = tally.turned_away(destination);
                assert!(refused * 3 <= opened + 30, "{destination}: {refused} of {opened} beyond {most}");
            }
            _ => {}
        }
    }
}
