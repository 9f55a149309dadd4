//! How connections are made, shared and kept.
use super::bench::{Bench, MINUTE, smart_host};
use super::server::Server;
use crate::{NextHop, Origin, Source, SourceAddress};
use std::collections::BTreeSet;
use std::net::IpAddr;
use std::time::Duration;

const TEXT: &str = "Subject: a\r\n\r\nb\r\n";
const SECOND: Duration = Duration::from_secs(1);

async fn send(bench: &Bench, to: &str) {
    bench.send(Origin::Submission, "anna@here.example", &[to], TEXT).await;
}

fn said(server: &Server, verb: &str) -> usize {
    server.lines().iter().filter(|line| line.starts_with(verb)).count()
}

#[tokio::test(start_paused = true)]
async fn the_next_message_to_the_same_host_goes_by_the_same_connection() {
    let bench = Bench::new().await;
    // two domains with one mail server
    let server = bench.domain("one.example", "192.0.2.1");
    bench.dns.exchanger("two.example", 10, "mx.one.example");
    bench.run().rest().await;
    for to in ["a@one.example", "b@two.example", "c@one.example"] {
        send(&bench, to).await;
        bench.advance(SECOND).await;
    }
    assert_eq!((server.took().len(), server.connections(), said(&server, "QUIT")), (3, 1, 0));
    // and is left when none comes
    bench.advance(SECOND * 6).await;
    assert_eq!(said(&server, "QUIT"), 1);
    send(&bench, "d@one.example").await;
    bench.advance(SECOND).await;
    assert_eq!((server.took().len(), server.connections()), (4, 2));
}

#[tokio::test(start_paused = true)]
async fn a_kept_connection_is_not_used_where_that_is_not_wished() {
    let bench = Bench::with(|settings| settings.keep_connections = Duration::ZERO).await;
    let server = bench.domain("far.example", "192.0.2.1");
    bench.run().rest().await;
    for n in 0..3 {
        send(&bench, &format!("x{n}@far.example")).await;
        bench.advance(SECOND).await;
    }
    assert_eq!((server.took().len(), server.connections(), said(&server, "QUIT")), (3, 3, 3));
}

#[tokio::test(start_paused = true)]
async fn a_kept_connection_that_the_server_has_ended_costs_nothing() {
    let bench = Bench::new().await;
    let server = bench.domain("far.example", "192.0.2.1");
    // it hangs up after the data, which it took: by the next connection all goes well
    server.change(|manners| manners.most_messages = 1);
    bench.run().rest().await;
    for n in 0..3 {
        send(&bench, &format!("x{n}@far.example")).await;
        bench.advance(SECOND).await;
    }
    assert_eq!((server.took().len(), bench.queued().await), (3, 0));
    assert_eq!(server.connections(), 3, "421 to the second message: a new connection, at once");
}

/// What came whole may have been kept, whatever was said to it: it is not sent again within the same attempt.
#[tokio::test(start_paused = true)]
async fn q01_what_went_whole_by_a_connection_that_was_used_before_is_not_sent_again_at_once() {
    for (answer, took) in [("421 4.3.2 going down", 1), ("", 2)] {
        let bench = Bench::new().await;
        let server = bench.domain("far.example", "192.0.2.1");
        server.change(|manners| manners.after_dot = vec!["250 2.0.0 taken", answer]);
        bench.run().rest().await;
        for _ in 0..2 {
            send(&bench, "x@far.example").await;
            bench.advance(SECOND).await;
        }
        assert_eq!((said(&server, "DATA"), server.connections(), bench.queued().await), (2, 1, 1), "{answer:?}");
        assert_eq!(server.took().len(), took);
        bench.advance(MINUTE * 10).await;
        assert_eq!((said(&server, "DATA"), server.connections(), bench.queued().await), (3, 2, 0), "{answer:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn at_the_end_kept_connections_are_left() {
    let bench = Bench::with(|settings| settings.keep_connections = MINUTE).await;
    let server = bench.domain("far.example", "192.0.2.1");
    bench.run().rest().await;
    send(&bench, "x@far.example").await;
    bench.rest().await;
    assert_eq!(said(&server, "QUIT"), 0);
    let bench = bench.restart().await;
    bench.rest().await;
    assert_eq!(said(&server, "QUIT"), 1);
}

#[tokio::test(start_paused = true)]
async fn a_server_that_takes_few_connections_gets_few_and_all_messages() {
    let bench = Bench::new().await;
    let server = bench.domain("far.example", "192.0.2.1");
    server.change(|manners| manners.most_connections = 3);
    bench.run().rest().await;
    for n in 0..500 {
        send(&bench, &format!("x{n}@far.example")).await;
    }
    for _ in 0..30 {
        bench.advance(SECOND).await;
    }
    assert_eq!((server.took().len(), bench.queued().await), (500, 0));
    assert!((1..10).contains(&server.turned_away()), "{} were too many", server.turned_away());
}

#[tokio::test(start_paused = true)]
async fn a_server_that_asks_for_patience_has_it() {
    let bench = Bench::new().await;
    let server = bench.domain("far.example", "192.0.2.1");
    server.change(|manners| manners.after_dot = vec!["421 4.7.0 not so fast"; 1_000]);
    bench.run().rest().await;
    for n in 0..1_000 {
        send(&bench, &format!("x{n}@far.example")).await;
    }
    for _ in 0..20 {
        bench.advance(MINUTE).await;
    }
    assert!(server.connections() < 20, "{} connections in twenty minutes", server.connections());
    server.change(|manners| manners.after_dot.clear());
    for _ in 0..60 {
        bench.advance(MINUTE).await;
    }
    assert_eq!((server.took().len(), bench.queued().await), (1_000, 0));
}

fn source(name: &str, addresses: &[(&str, &str)]) -> Source {
    let address = |(address, host_name): &(&str, &str)| SourceAddress {
        address: address.parse().unwrap(),
        host_name: host_name.parse().unwrap(),
    };
    Source {
        name: name.to_owned(),
        addresses: addresses.iter().map(address).collect(),
        sender_domains: Vec::new(),
        listeners: Vec::new(),
    }
}

#[tokio::test(start_paused = true)]
async fn mail_leaves_by_the_address_of_its_source_under_its_name() {
    let news = Source {
        sender_domains: vec!["news.example".parse().unwrap()],
        ..source("news", &[("192.0.2.77", "news.here.example"), ("192.0.2.78", "more.here.example")])
    };
    let bench = Bench::with(|settings| {
        settings.keep_connections = Duration::ZERO;
        settings.sources = vec![news, source("rest", &[("192.0.2.70", "out.here.example")])];
    })
    .await;
    let server = bench.domain("far.example", "192.0.2.1");
    bench.run().rest().await;
    send(&bench, "x@far.example").await;
    bench.advance(SECOND).await;
    assert_eq!(server.sources(), [Some("192.0.2.70".parse().unwrap())]);
    assert_eq!(server.lines()[0], "EHLO out.here.example");
    for n in 0..20 {
        bench.send(Origin::Submission, "us@news.example", &[&format!("x{n}@far.example")], TEXT).await;
        bench.advance(SECOND).await;
    }
    let from: BTreeSet<IpAddr> = server.sources()[1..].iter().flatten().copied().collect();
    assert_eq!(from, ["192.0.2.77", "192.0.2.78"].map(|address| address.parse().unwrap()).into());
    let hello = |line: &String| line.starts_with("EHLO news.") || line.starts_with("EHLO more.");
    assert_eq!(server.lines().iter().filter(|line| hello(line)).count(), 20);
    assert_eq!(server.took().len(), 21);
}

#[tokio::test(start_paused = true)]
async fn a_source_without_the_family_is_told_of_and_the_other_family_is_used() {
    let bench =
        Bench::with(|settings| settings.sources = vec![source("four", &[("192.0.2.70", "out.here.example")])]).await;
    let server = bench.domain("both.example", "192.0.2.1");
    bench.dns.host("mx.both.example", &["2001:db8::1".parse().unwrap()]);
    bench.domain("six.example", "2001:db8::2");
    bench.run().rest().await;
    send(&bench, "x@both.example").await;
    send(&bench, "x@six.example").await;
    bench.rest().await;
    assert_eq!((server.took().len(), bench.queued().await), (1, 1));
    let page = bench.delivery.operator().list(&crate::Filter::default(), None, 10).await.unwrap();
    let reply = page.entries[0].entry.recipients[0].reply.clone().unwrap();
    assert!(reply.contains("four has no address from which 2001:db8::2 can be reached"), "{reply}");
}

#[tokio::test(start_paused = true)]
async fn a_route_is_one_lane_for_all_its_domains() {
    let hop = NextHop { host: "relay.example".to_owned(), port: 25 };
    let bench = Bench::with(|settings| settings.routes = smart_host(hop)).await;
    bench.dns.host("relay.example", &["192.0.2.9".parse().unwrap()]);
    let relay = bench.servers.server("192.0.2.9");
    bench.run().rest().await;
    for n in 0..50 {
        send(&bench, &format!("x@d{n}.example")).await;
    }
    bench.advance(SECOND * 5).await;
    assert_eq!((relay.took().len(), bench.queued().await), (50, 0));
    assert!(relay.connections() <= bench.settings.max_connections_per_destination);
}
