//! A message's way, put together again from what was told.
use super::*;
use crate::{Arrival, Attempt, Cause, Journal, Peer, Settings, Writer};
use names::AccountId;
use std::sync::Arc;
use store::memory::Memory;
use world::Clock as _;
use world::scripted::ScriptedClock;

struct Desk {
    memory: Memory,
    clock: Arc<ScriptedClock>,
    journal: Journal,
    writer: Writer,
}

fn desk() -> Desk {
    let (world, clock, _) = world::scripted::world();
    let memory = Memory::new(world.clock.clone());
    let (journal, writer) = Journal::open(Arc::new(memory.clone()), &world, Settings::default());
    Desk { memory, clock, journal, writer }
}

fn peer(session: &str) -> Peer {
    Peer {
        session: session.into(),
        remote: "192.0.2.7:4711".parse().unwrap(),
        listener: "submission".into(),
        tls: None,
    }
}

impl Desk {
    /// Tells, and lets a second go by.
    fn tell(&self, event: Event) -> &Self {
        self.journal.record(event);
        self.clock.set(self.clock.now().plus(Duration::from_secs(1)));
        self
    }

    fn accepted(&self, delivery: &str, session: &str, sender: &str, to: &[&str]) -> &Self {
        let now = self.clock.now();
        let arrival = Arrival {
            helo: "pc".into(),
            connected_ms: now.minus(Duration::from_secs(1)).millis(),
            begun_ms: now.millis(),
        };
        self.tell(Event::SessionOpened { peer: peer(session) }).tell(Event::Accepted {
            delivery: delivery.into(),
            peer: Some(peer(session)),
            account: Some(AccountId(1)),
            sender: sender.into(),
            recipients: u32::try_from(to.len()).unwrap(),
            to: to.iter().map(|to| (*to).into()).collect(),
            message_id: Some(format!("<{delivery}@here.example>").into()),
            arrival: Some(arrival),
            size: 9,
        })
    }

    async fn written(self) -> Reader {
        self.writer.run(std::future::ready(())).await;
        Reader::new(Arc::new(self.memory))
    }
}

fn attempt(delivery: &str, recipient: &str, reply: &str) -> Attempt {
    Attempt {
        delivery: delivery.into(),
        queue: "q1".into(),
        recipient: recipient.into(),
        reply: reply.into(),
        attempts: 1,
        ..Attempt::default()
    }
}

const EVER: (UnixTime, UnixTime) = (UnixTime::from_millis(0), UnixTime::from_millis(u64::MAX));

fn of(sender: Option<&str>, recipient: Option<&str>) -> Search {
    Search {
        sender: sender.map(str::to_owned),
        recipient: recipient.map(str::to_owned),
        limit: 50,
        ..Search::default()
    }
}

async fn found(reader: &Reader, search: &Search) -> Vec<String> {
    let found = reader.traces(search, EVER.0, EVER.1).await.unwrap();
    found.traces.into_iter().map(|trace| trace.delivery).collect()
}

#[tokio::test]
async fn a_message_is_found_by_who_sent_it_and_by_whom_it_is_for() {
    let desk = desk();
    desk.accepted("d1", "s1", "anna@here.example", &["Info@Here.example"]);
    desk.tell(Event::Relayed(Attempt {
        original: Some("Info@Here.example".into()),
        ..attempt("d1", "piet@far.example", "250 ok")
    }));
    desk.accepted("d2", "s2", "", &["anna@here.example"]);
    desk.accepted("d3", "s3", "bram@here.example", &["piet@far.example"]);
    let reader = desk.written().await;
    for (sender, recipient, expected) in [
        (Some("anna@"), None, &["d1"][..]),
        (Some(""), None, &["d2"]),
        (None, Some("info@"), &["d1"]),
        (None, Some("PIET@far"), &["d3", "d1"]),
        (Some("bram"), Some("piet"), &["d3"]),
        (Some("bram"), Some("info"), &[]),
        (None, None, &["d3", "d2", "d1"]),
    ] {
        assert_eq!(found(&reader, &of(sender, recipient)).await, expected, "{sender:?} {recipient:?}");
    }
    let by_id = Search { message_id: Some("d2@HERE".into()), ..of(None, None) };
    assert_eq!(found(&reader, &by_id).await, ["d2"]);
    let from = |address: &str| Search { from_address: Some(address.parse().unwrap()), ..of(None, None) };
    assert_eq!(found(&reader, &from("::ffff:192.0.2.7")).await.len(), 3);
    assert_eq!(found(&reader, &from("192.0.2.8")).await.len(), 0);
    assert_eq!(found(&reader, &Search { limit: 2, ..of(None, None) }).await, ["d3", "d2"]);
}

#[tokio::test]
async fn a_trace_goes_from_the_first_byte_to_the_last_reply() {
    let desk = desk();
    desk.accepted("d0", "s0", "anna@here.example", &["other@far.example"]);
    desk.accepted("d1", "s1", "anna@here.example", &["x@far.example", "list@here.example"]);
    desk.tell(Event::SessionClosed {
        peer: peer("s1"),
        name: None,
        account: None,
        counts: crate::Counts { received: 2, ..crate::Counts::default() },
        took_ms: 9,
    });
    desk.tell(Event::Act { by: "desk".into(), act: "queue hold".into(), subject: "q1".into(), reason: None });
    desk.tell(Event::Deferred(attempt("d1", "x@far.example", "450 later")));
    let list = |recipient: &str| Attempt {
        original: Some("list@here.example".into()),
        ..attempt("d1", recipient, "550 5.1.1 no")
    };
    desk.tell(Event::Failed(list("y@far.example"))).tell(Event::Relayed(list("z@far.example")));
    desk.tell(Event::Relayed(attempt("d1", "x@far.example", "250 ok")));
    let reader = desk.written().await;
    let trace = reader.trace("d1").await.unwrap().unwrap();
    let acts = reader.acts_on("q1", trace.since()).await.unwrap();
    let trace = trace.with(acts);
    let kinds: Vec<String> = trace.events.iter().map(|entry| format!("{:?}", entry.event)).collect();
    let kinds: Vec<&str> = kinds.iter().map(|text| text.split([' ', '(']).next().unwrap()).collect();
    let expected = ["SessionOpened", "Accepted", "SessionClosed", "Act", "Deferred", "Failed", "Relayed", "Relayed"];
    assert_eq!(kinds, expected);
    let fates: Vec<(String, Option<String>, Fate)> =
        trace.recipients().into_iter().map(|one| (one.recipient, one.original, one.fate)).collect();
    let list = || Some("list@here.example".to_owned());
    assert_eq!(
        fates,
        [
            ("x@far.example".to_owned(), None, Fate::Relayed),
            ("y@far.example".to_owned(), list(), Fate::Failed),
            ("z@far.example".to_owned(), list(), Fate::Relayed),
        ]
    );
    assert_eq!(reader.trace("d9").await.unwrap(), None);
}

/// Writes `events`, a second apart, and gives who reads them.
async fn read(events: impl Iterator<Item = Event>) -> Reader {
    let mut desk = desk();
    let mut events = events.peekable();
    while events.peek().is_some() {
        let entry = |event| {
            desk.clock.set(desk.clock.now().plus(Duration::from_secs(1)));
            Entry { at: desk.clock.now(), event }
        };
        let entries = events.by_ref().take(500).map(entry).collect();
        desk.writer.write(entries, false).await;
    }
    Reader::new(Arc::new(desk.memory))
}

fn plainly_accepted(delivery: &str) -> Event {
    Event::Accepted {
        delivery: delivery.into(),
        peer: None,
        account: None,
        sender: "anna@here.example".into(),
        recipients: 1,
        to: vec!["x@far.example".into()],
        message_id: None,
        arrival: None,
        size: 9,
    }
}

/// A message is in the mailbox a moment before the session writes that it was accepted.
#[tokio::test]
async fn who_has_a_message_already_is_told_once() {
    let (delivery, recipient) = ("d1".into(), "x@far.example".into());
    let stored = Event::Stored { delivery, recipient, account: AccountId(1), size: 9 };
    let reader = read([stored, plainly_accepted("d1")].into_iter()).await;
    let recipients = reader.trace("d1").await.unwrap().unwrap().recipients();
    let fates: Vec<(&str, Fate)> = recipients.iter().map(|one| (one.recipient.as_str(), one.fate)).collect();
    assert_eq!(fates, [("x@far.example", Fate::Delivered)]);
}

/// More events than an answer holds: each message is found, the oldest too, and says what was left out.
#[tokio::test]
async fn messages_with_very_many_events_are_all_found() {
    const EACH: usize = 600;
    let one = |number: usize| {
        let later = move |_| Event::Deferred(attempt(&format!("d{number}"), "x@far.example", "450 later"));
        std::iter::once(plainly_accepted(&format!("d{number}"))).chain((0..EACH).map(later))
    };
    let reader = read((0..100).flat_map(one)).await;
    for (recipient, limit, cut) in [(None, 100, true), (Some("x@far"), 100, true), (None, 50, false)] {
        let search = Search { limit, ..of(Some("anna@"), recipient) };
        let Found { traces, more_before } = reader.traces(&search, EVER.0, EVER.1).await.unwrap();
        assert_eq!((traces.len(), more_before.is_some()), (limit, limit == 50));
        for trace in &traces {
            assert!(matches!(trace.events[0].event, Event::Accepted { .. }));
            assert_eq!((trace.cut, trace.recipients()[0].fate), (cut, Fate::Deferred));
            assert_eq!(trace.events.len(), if cut { 501 } else { EACH + 1 });
        }
    }
}

/// More messages than a search looks at, or an answer holds: it says so, and another search goes on there.
#[tokio::test]
async fn a_search_says_where_it_has_ended_and_another_goes_on() {
    const MESSAGES: usize = 11_000;
    let reader = read((0..MESSAGES).map(|number| plainly_accepted(&format!("d{number}")))).await;
    let search = Search { limit: 500, ..of(Some("anna@"), None) };
    let (mut to, mut all, mut answers) = (EVER.1, std::collections::BTreeSet::new(), 0);
    loop {
        let found = reader.traces(&search, EVER.0, to).await.unwrap();
        assert!(found.traces.len() <= 500);
        all.extend(found.traces.into_iter().map(|trace| trace.delivery));
        answers += 1;
        match found.more_before {
            Some(before) => to = before,
            None => break,
        }
    }
    assert_eq!((all.len(), answers), (MESSAGES, 22));
    // so many of others that hers is not among those that are looked at first
    let by_bram = (0..5_000).map(|number| Event::Relayed(attempt(&format!("b{number}"), "x@far.example", "250 ok")));
    let reader = read(std::iter::once(plainly_accepted("d1")).chain(by_bram)).await;
    let search = of(Some("anna@"), Some("x@far"));
    let first = reader.traces(&search, EVER.0, EVER.1).await.unwrap();
    assert_eq!(first.traces, []);
    let second = reader.traces(&search, EVER.0, first.more_before.unwrap()).await.unwrap();
    assert_eq!((second.traces.len(), second.more_before), (1, None));
}

#[tokio::test]
async fn who_was_refused_is_found_too() {
    let desk = desk();
    for (what, subject) in
        [(crate::Refused::Recipient, "nobody@here.example"), (crate::Refused::Sender, "evil@far.example")]
    {
        let (subject, cause) = (subject.into(), Cause::RecipientUnknown);
        desk.tell(Event::Refused { peer: peer("s1"), what, subject, account: None, cause });
    }
    let reader = desk.written().await;
    for (sender, recipient, expected) in
        [(Some("evil"), None, 1), (None, Some("nobody"), 1), (Some("nobody"), None, 0), (None, None, 0)]
    {
        let (found, more) = reader.refusals(&of(sender, recipient), EVER.0, EVER.1).await.unwrap();
        assert_eq!((found.len(), more), (expected, None), "{sender:?} {recipient:?}");
    }
}

#[tokio::test]
async fn destinations_are_counted() {
    let desk = desk();
    let relayed = |policy: &str, tls: Option<&str>| Attempt {
        route: None,
        policy: Some(policy.into()),
        tls: tls.map(Into::into),
        ..attempt("d1", "x@far.example", "250 ok")
    };
    desk.tell(Event::Relayed(relayed("opportunistic", None)));
    desk.tell(Event::Relayed(relayed("opportunistic", Some("TLSv1.3"))));
    desk.tell(Event::Relayed(relayed("dane", Some("TLSv1.3"))));
    desk.tell(Event::Deferred(attempt("d1", "y@far.example", "450 later")));
    desk.tell(Event::Failed(attempt("d1", "y@other.example", "550 no")));
    desk.tell(Event::Reported {
        delivery: "d1".into(),
        report: "d2".into(),
        action: "failed".into(),
        recipients: vec!["y@other.example".into()],
    });
    let reader = desk.written().await;
    let counts = reader.destinations(EVER.0, EVER.1).await.unwrap();
    let [far, other] = counts.as_slice() else { panic!("{counts:?}") };
    assert_eq!((far.domain.as_str(), far.relayed, far.deferred, far.failed), ("far.example", 3, 1, 0));
    assert_eq!((far.policies.clear, far.policies.opportunistic, far.policies.dane), (1, 1, 1));
    assert_eq!(far.last_reply.as_deref(), Some("450 later"));
    assert_eq!((other.failed, other.reports_failed, other.reports_delayed), (1, 1, 0));
}
