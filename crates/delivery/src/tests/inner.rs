//! Mail goes to no address that is none of the Internet, or ours, because a domain says so (docs/security.md, J05).
use super::bench::{Bench, route};
use super::report::reports;
use super::server::Server;
use crate::{Filter, NextHop, Origin, Relay, Routes, Transport};
use journal::Event;

async fn send(bench: &Bench, to: &str) {
    bench.send(Origin::Submission, "anna@here.example", &[to], "Subject: a\r\n\r\nb\r\n").await;
    bench.rest().await;
}

/// `domain` with a server in our own network.
fn inside(bench: &Bench, domain: &str, ip: &str) -> Server {
    let server = bench.domain(domain, ip);
    server.change(|manners| manners.inner = true);
    server
}

#[tokio::test(start_paused = true)]
async fn j05_where_all_addresses_are_inside_it_comes_back_at_once_and_says_why() {
    let bench = Bench::new().await;
    let server = inside(&bench, "far.example", "10.1.2.3");
    bench.run().rest().await;
    send(&bench, "x@far.example").await;
    assert_eq!((server.connections(), bench.queued().await), (0, 0));
    let reports = reports(&bench, "anna").await;
    let [report] = reports.as_slice() else { panic!("{reports:?}") };
    for part in ["Status: 5.4.4", "No mail server on the Internet", "op internet geen mailserver"] {
        assert!(report.contains(part), "{part} is not in\n{report}");
    }
    let told = bench.told.take();
    let failed = told.iter().find_map(|event| if let Event::Failed(attempt) = event { Some(attempt) } else { None });
    let failed = failed.unwrap();
    assert_eq!(failed.reply.to_string(), "10.1.2.3 is no address of the Internet, and not connected to");
    assert_eq!(failed.server.as_ref().unwrap().to_string(), "mx.far.example (10.1.2.3)");
}

#[tokio::test(start_paused = true)]
async fn j05_an_address_of_the_internet_beside_it_is_used_or_waited_for() {
    for away in [false, true] {
        let bench = Bench::new().await;
        let server = inside(&bench, "far.example", "10.1.2.3");
        bench.dns.exchanger("far.example", 20, "b.example").host("b.example", &["192.0.2.2".parse().unwrap()]);
        let other = bench.servers.server("192.0.2.2");
        other.change(|manners| manners.unreachable = away);
        bench.run().rest().await;
        send(&bench, "x@far.example").await;
        assert_eq!((server.connections(), other.connections()), (0, 1));
        assert_eq!((other.took().len(), bench.queued().await), if away { (0, 1) } else { (1, 0) });
        if away {
            let page = bench.delivery.operator().list(&Filter::default(), None, 10).await.unwrap();
            let reply = page.entries[0].entry.recipients[0].reply.clone().unwrap();
            assert!(reply.contains("connection failed"), "{reply}");
        }
    }
    // the same, with the one that is away before it
    let bench = Bench::new().await;
    inside(&bench, "far.example", "10.1.2.3");
    bench.dns.exchanger("far.example", 5, "b.example").host("b.example", &["192.0.2.2".parse().unwrap()]);
    bench.servers.server("192.0.2.2").change(|manners| manners.unreachable = true);
    bench.run().rest().await;
    send(&bench, "x@far.example").await;
    assert_eq!(bench.queued().await, 1);
}

#[tokio::test(start_paused = true)]
async fn an_address_literal_is_called_where_it_is_of_the_internet_and_not_ours() {
    let bench = Bench::with(|settings| settings.own_addresses = vec!["192.0.2.2".parse().unwrap()]).await;
    let far = bench.servers.server("192.0.2.1");
    let ours = bench.servers.server("192.0.2.2");
    let inside = bench.servers.server("10.1.2.3");
    inside.change(|manners| manners.inner = true);
    bench.run().rest().await;
    send(&bench, "x@[192.0.2.1]").await;
    assert_eq!((far.took().len(), far.took()[0].rcpt.join(" ")), (1, "RCPT TO:<x@[192.0.2.1]>".to_owned()));
    assert_eq!(reports(&bench, "anna").await, [""; 0]);
    for (literal, status) in [("x@[192.0.2.2]", "Status: 5.4.6"), ("x@[10.1.2.3]", "Status: 5.4.4")] {
        send(&bench, literal).await;
        let reports = reports(&bench, "anna").await;
        let last = reports.last().unwrap();
        assert!(last.contains(status) && last.contains(&format!("rfc822; {literal}")), "{last}");
    }
    assert_eq!((ours.connections(), inside.connections(), bench.queued().await), (0, 0, 0));
}

#[tokio::test(start_paused = true)]
async fn what_an_operator_names_may_be_inside() {
    let bench = Bench::with(|settings| {
        let hop = NextHop { host: "filter.example".to_owned(), port: 10_025 };
        let relay = Transport::Relay(Relay::to(vec![hop]));
        settings.routes = Routes::new(vec![route("filter", &["far.example"], relay)]);
    })
    .await;
    bench.dns.host("filter.example", &["10.1.2.3".parse().unwrap()]);
    let filter = bench.servers.server("10.1.2.3");
    filter.change(|manners| manners.inner = true);
    bench.run().rest().await;
    send(&bench, "x@far.example").await;
    assert_eq!((filter.took().len(), bench.queued().await), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn our_own_address_is_not_even_called() {
    let bench = Bench::with(|settings| settings.own_addresses = vec!["192.0.2.1".parse().unwrap()]).await;
    let ours = bench.domain("far.example", "::ffff:192.0.2.1");
    bench.run().rest().await;
    send(&bench, "x@far.example").await;
    assert_eq!((ours.connections(), bench.queued().await), (0, 0));
    let reports = reports(&bench, "anna").await;
    assert!(reports[0].contains("Status: 5.4.6"), "{reports:?}");
}
