//! What an operator sees of the queue, and does to many messages at once.
use super::bench::{Bench, HOUR, MINUTE, account};
use crate::{Act, Filter, Origin, Sender};
use journal::Event;
use std::collections::BTreeMap;

const TEXT: &str = "Subject: a\r\n\r\nb\r\n";

async fn send(bench: &Bench, from: &str, to: &str) {
    bench.send(Origin::Submission, from, &[to], TEXT).await;
}

async fn meant(bench: &Bench, filter: Filter) -> usize {
    let operator = bench.delivery.operator();
    let (mut count, mut after) = (0, None);
    loop {
        let page = operator.list(&filter, after, 7).await.unwrap();
        assert!(page.entries.is_sorted_by_key(|queued| queued.id), "in the order of their ids");
        count += page.entries.len();
        after = page.next;
        if after.is_none() {
            return count;
        }
    }
}

/// Does it to all, and says to how many.
async fn each(bench: &Bench, filter: &Filter, act: Act) -> u64 {
    let (mut count, mut after) = (0, None);
    loop {
        let done = bench.delivery.operator().each(filter, &act, Some("test"), "desk", after).await.unwrap();
        count += done.entries;
        after = done.next;
        if after.is_none() {
            return count;
        }
    }
}

fn domain(name: &str) -> Filter {
    Filter { domain: Some(name.parse().unwrap()), ..Filter::default() }
}

fn cause(text: &str) -> Filter {
    Filter { cause: Some(text.to_owned()), ..Filter::default() }
}

#[tokio::test(start_paused = true)]
async fn messages_are_found_by_what_is_known_of_them() {
    let bench = Bench::new().await;
    bench.domain("dead.example", "192.0.2.1").change(|manners| manners.unreachable = true);
    bench.domain("full.example", "192.0.2.2").change(|manners| manners.after_dot = vec!["452 4.3.1 Disk FULL"; 9]);
    bench.run().rest().await;
    for n in 0..20 {
        send(&bench, "anna@here.example", &format!("x{n}@dead.example")).await;
    }
    bench.rest().await;
    bench.advance(HOUR).await;
    for n in 0..3 {
        send(&bench, "Bram@here.example", &format!("y{n}@full.example")).await;
    }
    let sender = Sender { account: Some(account("carla")), ..Bench::sender(Origin::Submission, "") };
    let to = bench.recipient(&sender, "z@dead.example", crate::Notify::NEVER).await.unwrap();
    let envelope = crate::Envelope::of(sender);
    bench.delivery.accept(envelope, bench.blob(TEXT).await, vec![to]).await.unwrap();
    bench.rest().await;
    let anna = |text: &str| Filter { sender: Some(text.to_owned()), ..Filter::default() };
    let an_hour_old = bench.world.clock.now().minus(MINUTE * 30);
    for (what, filter, count) in [
        ("all", Filter::default(), 24),
        ("a sender", anna("ANNA@"), 20),
        ("another", anna("bram"), 3),
        ("no sender", anna(""), 1),
        ("a recipient", Filter { recipient: Some("X1".to_owned()), ..Filter::default() }, 11),
        ("a domain", domain("dead.example"), 21),
        ("a part of one", domain("example"), 0),
        ("an account", Filter { account: Some(account("carla")), ..Filter::default() }, 1),
        ("on hold", Filter { held: Some(true), ..Filter::default() }, 0),
        ("an age", Filter { before: Some(an_hour_old), ..Filter::default() }, 20),
        ("a reply", cause("disk full"), 3),
        ("what was said to one in front of them", cause("connection failed"), 21),
        ("both", Filter { sender: Some("anna".to_owned()), ..domain("full.example") }, 0),
    ] {
        assert_eq!(meant(&bench, filter).await, count, "{what}");
    }
    // who waits behind others that could not be brought has their words
    let page = bench.delivery.operator().list(&domain("dead.example"), None, 100).await.unwrap();
    let replies: Vec<bool> = page.entries.iter().map(|queued| queued.entry.recipients[0].reply.is_some()).collect();
    assert!(replies.iter().all(|said| *said), "{replies:?}");
}

#[tokio::test(start_paused = true)]
async fn an_act_on_many_is_one_act_on_each() {
    let bench = Bench::new().await;
    let dead = bench.domain("dead.example", "192.0.2.1");
    dead.change(|manners| manners.unreachable = true);
    let far = bench.domain("far.example", "192.0.2.2");
    far.change(|manners| manners.unreachable = true);
    bench.run().rest().await;
    for n in 0..700 {
        send(&bench, "anna@here.example", &format!("x{n}@dead.example")).await;
    }
    for n in 0..5 {
        send(&bench, "anna@here.example", &format!("x{n}@far.example")).await;
    }
    bench.rest().await;
    bench.told.take();
    assert_eq!(each(&bench, &domain("dead.example"), Act::Hold).await, 700);
    assert_eq!(each(&bench, &domain("dead.example"), Act::Hold).await, 0, "they are held");
    assert_eq!(each(&bench, &domain("dead.example"), Act::Retry).await, 0, "what is held is not tried");
    dead.change(|manners| manners.unreachable = false);
    bench.advance(HOUR).await;
    assert_eq!(dead.took().len(), 0);
    assert_eq!(each(&bench, &Filter::default(), Act::Release).await, 700);
    for _ in 0..20 {
        bench.advance(MINUTE).await;
    }
    assert_eq!((dead.took().len(), bench.queued().await), (700, 5));
    assert_eq!(each(&bench, &domain("far.example"), Act::Remove).await, 5);
    assert_eq!((far.took().len(), bench.queued().await), (0, 0));
    let mut acts = BTreeMap::new();
    for event in bench.told.take() {
        if let Event::Act { act, by, reason, .. } = event {
            assert_eq!((&*by.to_string(), reason.unwrap().to_string().as_str()), ("desk", "test"));
            *acts.entry(act.to_string()).or_insert(0) += 1;
        }
    }
    let expected = [("queue hold", 700), ("queue release", 700), ("queue remove", 5)];
    assert_eq!(acts, expected.map(|(act, count)| (act.to_owned(), count)).into());
}

#[tokio::test(start_paused = true)]
async fn messages_go_another_way_and_back() {
    let bench = Bench::new().await;
    let dead = bench.domain("dead.example", "192.0.2.1");
    dead.change(|manners| manners.unreachable = true);
    bench.dns.host("relay.example", &["192.0.2.9".parse().unwrap()]);
    let relay = bench.servers.server("192.0.2.9");
    bench.run().rest().await;
    for n in 0..300 {
        send(&bench, "anna@here.example", &format!("x{n}@dead.example")).await;
    }
    bench.rest().await;
    let some = Filter { recipient: Some("x1".to_owned()), ..Filter::default() };
    let to = Act::Reroute(Some("relay.example".parse().unwrap()));
    assert_eq!(each(&bench, &some, to).await, 111);
    bench.advance(MINUTE / 2).await;
    assert_eq!((relay.took().len(), dead.took().len(), bench.queued().await), (111, 0, 189));
    // to a host that is away too, and back
    bench.dns.host("away.example", &["192.0.2.8".parse().unwrap()]);
    let away = Act::Reroute(Some("away.example:2525".parse().unwrap()));
    assert_eq!(each(&bench, &Filter::default(), away).await, 189);
    bench.advance(MINUTE / 2).await;
    assert_eq!(bench.queued().await, 189);
    dead.change(|manners| manners.unreachable = false);
    assert_eq!(each(&bench, &Filter::default(), Act::Reroute(None)).await, 189);
    bench.advance(MINUTE / 2).await;
    assert_eq!((relay.took().len(), dead.took().len(), bench.queued().await), (111, 189, 0));
}

#[tokio::test(start_paused = true)]
async fn what_was_confirmed_is_removed_and_nothing_that_came_since() {
    let bench = Bench::new().await;
    bench.domain("dead.example", "192.0.2.1").change(|manners| manners.unreachable = true);
    for n in 0..120 {
        send(&bench, "anna@here.example", &format!("x{n}@dead.example")).await;
    }
    let operator = bench.delivery.operator();
    let page = operator.list(&domain("dead.example"), None, 500).await.unwrap();
    let ids: Vec<_> = page.entries.iter().map(|queued| queued.id).collect();
    // one leaves meanwhile, one is held and so is meant no more, and others come
    operator.act(ids[0], &Act::Remove, Some("test"), "desk").await.unwrap();
    operator.act(ids[1], &Act::Hold, Some("test"), "desk").await.unwrap();
    for n in 0..3 {
        send(&bench, "anna@here.example", &format!("y{n}@dead.example")).await;
    }
    let filter = Filter { held: Some(false), ..domain("dead.example") };
    assert_eq!(operator.these(&ids, &filter, &Act::Remove, Some("test"), "desk").await.unwrap(), 118);
    assert_eq!(bench.queued().await, 4);
}
