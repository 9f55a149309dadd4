//! What a sender asks of the time and the ways of his message.
use super::bench::{Bench, HOUR, MINUTE, account};
use super::report::reports;
use crate::{Act, DeliverBy, Filter, Late, Notify, Origin, Release, TlsWish, Wishes};
use journal::Event;
use smtp_wire::HoldFor;
use std::time::Duration;

const TEXT: &str = "Subject: a\r\n\r\nb\r\n";

async fn send(bench: &Bench, to: &[&str], wishes: Wishes) -> crate::Accepted {
    let change = |envelope: &mut crate::Envelope| envelope.wishes = wishes;
    bench.send_as(Origin::Submission, "anna@here.example", to, TEXT, Notify::default(), change).await
}

fn held(bench: &Bench, wait: Duration) -> Wishes {
    let seconds = u32::try_from(wait.as_secs()).unwrap();
    let release = Release::of(HoldFor::Seconds(seconds), bench.world.clock.now());
    Wishes { release: Some(release), ..Wishes::default() }
}

fn by(bench: &Bench, wait: Duration, late: Late, trace: bool) -> Wishes {
    let by = DeliverBy { at: bench.world.clock.now().plus(wait), late, trace };
    Wishes { by: Some(by), ..Wishes::default() }
}

#[tokio::test(start_paused = true)]
async fn what_is_held_waits_for_its_time_here_and_elsewhere() {
    let bench = Bench::new().await;
    let server = bench.domain("far.example", "192.0.2.1");
    bench.run().rest().await;
    for wait in [HOUR * 24 * 20, HOUR * 48] {
        send(&bench, &["bram@here.example", "x@far.example"], held(&bench, wait)).await;
    }
    // one recipient here alone would be one commit, and waits all the same
    send(&bench, &["carla@here.example"], held(&bench, HOUR * 48)).await;
    bench.advance(HOUR * 47).await;
    assert_eq!(
        (server.took().len(), bench.homes.count(account("bram")), bench.homes.count(account("carla"))),
        (0, 0, 0)
    );
    let page = bench.delivery.operator().list(&Filter::default(), None, 10).await.unwrap();
    assert!(page.entries.iter().filter(|queued| queued.entry.wishes.waits_until().is_some()).count() == 3);
    bench.advance(HOUR * 2).await;
    assert_eq!(
        (server.took().len(), bench.homes.count(account("bram")), bench.homes.count(account("carla"))),
        (1, 1, 1)
    );
    assert_eq!(bench.queued().await, 1);
    bench.advance(HOUR * 24 * 18).await;
    assert_eq!((server.took().len(), bench.homes.count(account("bram")), bench.queued().await), (2, 2, 0));
    let ended = |event: &&Event| matches!(event, Event::HoldEnded { .. });
    assert_eq!(bench.told.take().iter().filter(ended).count(), 3, "the journal is told of each");
}

#[tokio::test(start_paused = true)]
async fn what_is_held_survives_a_restart_and_has_its_five_days_from_then_on() {
    let bench = Bench::new().await;
    let server = bench.domain("far.example", "192.0.2.1");
    server.change(|manners| manners.unreachable = true);
    bench.run().rest().await;
    send(&bench, &["x@far.example"], held(&bench, HOUR * 24 * 10)).await;
    bench.rest().await;
    let bench = bench.restart().await;
    bench.run().rest().await;
    bench.advance(HOUR * 24 * 10 + MINUTE).await;
    assert_eq!((server.connections(), bench.queued().await), (1, 1));
    for _ in 0..24 * 4 {
        bench.advance(HOUR).await;
    }
    assert_eq!(bench.queued().await, 1);
    for _ in 0..30 {
        bench.advance(HOUR).await;
    }
    assert_eq!(bench.queued().await, 0);
    let told = reports(&bench, "anna").await;
    let last = told.last().unwrap();
    assert!(last.contains("Action: failed") && last.contains("\r\nFuture-Release-Request: for;864000\r\n"), "{told:?}");
}

#[tokio::test(start_paused = true)]
async fn an_operator_may_let_it_go_earlier_and_his_hold_is_stronger() {
    let bench = Bench::new().await;
    let server = bench.domain("far.example", "192.0.2.1");
    bench.run().rest().await;
    let operator = bench.delivery.operator();
    for _ in 0..2 {
        send(&bench, &["x@far.example"], held(&bench, HOUR)).await;
    }
    let ids: Vec<_> =
        operator.list(&Filter::default(), None, 10).await.unwrap().entries.iter().map(|one| one.id).collect();
    operator.act(ids[0], &Act::Release, None, "desk").await.unwrap();
    operator.act(ids[1], &Act::Hold, Some("spam?"), "desk").await.unwrap();
    bench.rest().await;
    assert_eq!(server.took().len(), 1);
    bench.advance(HOUR * 2).await;
    assert_eq!((server.took().len(), bench.queued().await), (1, 1));
    operator.act(ids[1], &Act::Release, None, "desk").await.unwrap();
    bench.rest().await;
    assert_eq!((server.took().len(), bench.queued().await), (2, 0));
}

#[tokio::test(start_paused = true)]
async fn what_comes_back_when_it_is_late_comes_back() {
    let bench = Bench::new().await;
    let server = bench.domain("far.example", "192.0.2.1");
    server.change(|manners| manners.unreachable = true);
    bench.run().rest().await;
    send(&bench, &["x@far.example"], by(&bench, MINUTE * 30, Late::Return, false)).await;
    bench.advance(MINUTE * 29).await;
    assert_eq!((bench.queued().await, bench.homes.count(account("anna"))), (1, 0));
    server.change(|manners| manners.unreachable = false);
    for _ in 0..10 {
        bench.advance(MINUTE * 2).await;
    }
    assert_eq!((server.took().len(), bench.queued().await), (0, 0));
    let told = reports(&bench, "anna").await;
    assert_eq!(told.len(), 1);
    for part in ["Action: failed", "Status: 5.4.7", "Deliver-By-Date: "] {
        assert!(told[0].contains(part), "{part} is not in\n{}", told[0]);
    }
}

#[tokio::test(start_paused = true)]
async fn who_is_to_be_told_that_it_is_late_is_told_once_and_it_goes_on() {
    let bench = Bench::new().await;
    let server = bench.domain("far.example", "192.0.2.1");
    server.change(|manners| manners.unreachable = true);
    bench.run().rest().await;
    send(&bench, &["x@far.example"], by(&bench, MINUTE * 30, Late::Notify, false)).await;
    for _ in 0..12 {
        bench.advance(HOUR / 2).await;
    }
    let told = reports(&bench, "anna").await;
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].contains("Action: delayed") && told[0].contains("Deliver-By-Date: "), "{}", told[0]);
    server.change(|manners| manners.unreachable = false);
    for _ in 0..8 {
        bench.advance(HOUR).await;
    }
    assert_eq!((server.took().len(), bench.queued().await), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn a_server_that_delivers_by_a_time_is_asked_for_what_is_left_and_one_that_does_not_gets_nothing() {
    let bench = Bench::new().await;
    let server = bench.domain("far.example", "192.0.2.1");
    bench.run().rest().await;
    send(&bench, &["x@far.example"], by(&bench, HOUR, Late::Return, true)).await;
    bench.rest().await;
    assert_eq!((server.took().len(), bench.queued().await), (0, 0));
    assert!(reports(&bench, "anna").await[0].contains("Status: 5.3.3"));
    // a connection that is kept has what was offered on it
    bench.advance(HOUR).await;
    server.change(|manners| manners.offers = vec!["DELIVERBY 60", "MT-PRIORITY", "DSN"]);
    let wishes = by(&bench, HOUR, Late::Return, true);
    let change = |envelope: &mut crate::Envelope| (envelope.wishes, envelope.priority) = (wishes, 3);
    let to = ["x@far.example"];
    bench.send_as(Origin::Submission, "anna@here.example", &to, TEXT, Notify::default(), change).await;
    bench.rest().await;
    let took = server.took();
    assert!(took[0].mail.contains(" BY=3") && took[0].mail.contains(";RT MT-PRIORITY=3"), "{}", took[0].mail);
    // by-trace: that it was handed on is told, though nobody asked for success
    let told = reports(&bench, "anna").await;
    assert!(told.len() == 2 && told[1].contains("Action: relayed"), "{told:?}");
    send(&bench, &["x@far.example"], by(&bench, MINUTE / 2, Late::Return, false)).await;
    bench.rest().await;
    assert!(reports(&bench, "anna").await[2].contains("Status: 5.4.7"));
}

#[tokio::test(start_paused = true)]
async fn what_needs_tls_all_the_way_comes_back_from_elsewhere() {
    let bench = Bench::new().await;
    let server = bench.domain("far.example", "192.0.2.1");
    bench.run().rest().await;
    for (offers, part) in [
        (vec!["8BITMIME"], "could not be verified"),
        (vec!["STARTTLS"], "could not be verified"),
        (vec!["STARTTLS", "REQUIRETLS"], "could not be verified"),
    ] {
        server.change(|manners| manners.offers = offers);
        send(&bench, &["x@far.example"], Wishes { tls: TlsWish::Required, ..Wishes::default() }).await;
        bench.rest().await;
        let told = reports(&bench, "anna").await;
        let last = told.last().unwrap();
        assert!(last.contains("Status: 5.7.30"), "{part}: {last}");
        // the text does not go back by a way that may be less safe
        assert!(last.contains("text/rfc822-headers"), "{last}");
    }
    assert_eq!((server.took().len(), bench.queued().await), (0, 0));
    // TLS-Required: No asks for nothing
    send(&bench, &["x@far.example"], Wishes { tls: TlsWish::NotRequired, ..Wishes::default() }).await;
    bench.rest().await;
    assert_eq!(server.took().len(), 1);
}

/// RFC 8689, 4.2.1: a host that will not do is passed over.
#[tokio::test(start_paused = true)]
async fn what_needs_tls_all_the_way_goes_by_the_host_that_has_it() {
    let bench = Bench::new().await;
    let first = bench.domain("far.example", "192.0.2.1");
    first.change(|manners| manners.offers = vec!["STARTTLS"]);
    bench.dns.exchanger("far.example", 20, "b.example").host("b.example", &["192.0.2.2".parse().unwrap()]);
    bench.dns.secure("far.example").secure("b.example").secure("_25._tcp.b.example");
    bench.dns.tlsa("_25._tcp.b.example", world::Tlsa { usage: 3, selector: 1, matching: 1, data: vec![7; 32] });
    let second = bench.servers.server("192.0.2.2");
    second.change(|manners| manners.offers = vec!["STARTTLS", "REQUIRETLS"]);
    bench.run().rest().await;
    let required = || Wishes { tls: TlsWish::Required, ..Wishes::default() };
    send(&bench, &["x@far.example"], required()).await;
    bench.rest().await;
    assert_eq!((first.took().len(), second.took().len(), bench.queued().await), (0, 1, 0));
    assert!(second.took()[0].mail.contains(" REQUIRETLS"), "{}", second.took()[0].mail);
    // an ordinary message may use the first one, whose connection does not do for the next that asks
    send(&bench, &["x@far.example"], Wishes::default()).await;
    bench.rest().await;
    send(&bench, &["x@far.example"], required()).await;
    bench.rest().await;
    assert_eq!((first.took().len(), second.took().len(), bench.queued().await), (1, 2, 0));
    // where the handshake breaks it waits: no host has said no
    second.change(|manners| manners.broken_tls = true);
    bench.advance(MINUTE).await;
    send(&bench, &["x@far.example"], required()).await;
    bench.rest().await;
    assert_eq!((second.took().len(), bench.queued().await), (2, 1));
}

#[tokio::test(start_paused = true)]
async fn a_servers_limits_are_kept() {
    let bench = Bench::with(|settings| settings.max_connections = 1).await;
    let server = bench.domain("far.example", "192.0.2.1");
    server.change(|manners| manners.offers = vec!["PIPELINING", "LIMITS MAILMAX=2 RCPTMAX=3"]);
    let to: Vec<String> = (0..8).map(|n| format!("x{n}@far.example")).collect();
    let to: Vec<&str> = to.iter().map(String::as_str).collect();
    send(&bench, &to, Wishes::default()).await;
    bench.run().rest().await;
    let took = server.took();
    assert_eq!(took.iter().map(|took| took.rcpt.len()).collect::<Vec<_>>(), [3, 3, 2]);
    assert_eq!((server.connections(), bench.queued().await), (2, 0));
}

#[tokio::test(start_paused = true)]
async fn a_servers_limit_of_domains_is_kept() {
    let hop = crate::NextHop { host: "smart.example".to_owned(), port: 25 };
    let bench = Bench::with(|settings| {
        settings.max_connections = 1;
        settings.routes = super::bench::smart_host(hop);
    })
    .await;
    bench.dns.host("smart.example", &["192.0.2.1".parse().unwrap()]);
    let server = bench.servers.server("192.0.2.1");
    server.change(|manners| manners.offers = vec!["LIMITS RCPTDOMAINMAX=1"]);
    for domain in ["a.example", "a.example", "b.example"] {
        send(&bench, &[&format!("x@{domain}")], Wishes::default()).await;
    }
    bench.run().rest().await;
    bench.rest().await;
    assert_eq!((server.took().len(), bench.queued().await), (3, 0));
    assert!((2..=3).contains(&server.connections()), "{}", server.connections());
}
