//! How the way to other servers is secured, and what happens where it is not (docs/security.md, Q05).
use super::bench::{Bench, HOUR, MINUTE};
use super::server::Server;
use crate::{Filter, Origin};
use journal::Event;
use transport::CertificateFault;
use world::Tlsa;

const TEXT: &str = "Subject: a\r\n\r\nb\r\n";

async fn send(bench: &Bench, to: &str) {
    bench.send(Origin::Submission, "anna@here.example", &[to], TEXT).await;
    bench.rest().await;
}

/// A domain in a signed zone, with one server, its TLSA record, and STARTTLS.
fn signed(bench: &Bench, domain: &str, ip: &str, usage: u8) -> Server {
    let server = bench.domain(domain, ip);
    server.change(|manners| manners.offers.push("STARTTLS"));
    let (host, base) = (format!("mx.{domain}"), format!("_25._tcp.mx.{domain}"));
    bench.dns.secure(domain).secure(&host).secure(&base);
    bench.dns.tlsa(&base, Tlsa { usage, selector: 1, matching: 1, data: vec![7; 32] });
    server
}

/// The reason for which the one message in the queue waits.
async fn reason(bench: &Bench) -> String {
    let page = bench.delivery.operator().list(&Filter::default(), None, 10).await.unwrap();
    page.entries[0].entry.recipients[0].reply.clone().unwrap_or_default()
}

#[tokio::test(start_paused = true)]
async fn tls_where_it_is_offered_and_less_of_it_where_it_breaks() {
    for (broken, narrow, connections) in [(false, false, 1), (false, true, 2), (true, false, 3)] {
        let bench = Bench::with(|settings| settings.max_messages_per_connection = 1).await;
        let server = bench.domain("far.example", "192.0.2.1");
        server.change(|manners| {
            manners.offers.push("STARTTLS");
            (manners.broken_tls, manners.narrow_tls) = (broken, narrow);
        });
        bench.run().rest().await;
        send(&bench, "x@far.example").await;
        assert_eq!((server.took().len(), server.connections()), (1, connections));
        assert!(server.lines().contains(&"STARTTLS".to_owned()));
        // the next message knows it; after an hour all is tried again
        bench.advance(MINUTE).await;
        send(&bench, "x@far.example").await;
        assert_eq!((server.took().len(), server.connections()), (2, connections + 1));
        bench.advance(HOUR).await;
        send(&bench, "x@far.example").await;
        assert_eq!((server.took().len(), server.connections()), (3, connections + 1 + connections));
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_with_tlsa_records_is_talked_to_by_dane() {
    let bench = Bench::new().await;
    let server = signed(&bench, "far.example", "192.0.2.1", 3);
    server.change(|manners| manners.narrow_tls = true);
    bench.run().rest().await;
    send(&bench, "x@far.example").await;
    assert_eq!((server.took().len(), bench.queued().await), (1, 0));
    let told = bench.told.take();
    let relayed = told.iter().find_map(|event| if let Event::Relayed(attempt) = event { Some(attempt) } else { None });
    let relayed = relayed.unwrap();
    let said = |text: &Option<journal::Text>| text.as_ref().map(ToString::to_string);
    assert_eq!((said(&relayed.policy), said(&relayed.secured)), (Some("dane".to_owned()), Some("dane".to_owned())));
    assert_eq!(said(&relayed.tls), Some("TLSv1.3 TLS_AES_256_GCM_SHA384".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn q05_dane_is_not_talked_out_of_it() {
    for (change, why) in [
        (0, "does not offer STARTTLS"),
        (1, "scripted handshake failure"),
        (2, "not the one of the TLSA records"),
        (3, "for another name"),
        (4, "about the TLSA records"),
        (5, "about mx.far.example"),
        (6, "about far.example"),
    ] {
        let bench = Bench::new().await;
        let server = signed(&bench, "far.example", "192.0.2.1", 3);
        server.change(|manners| match change {
            0 => manners.offers.retain(|offer| *offer != "STARTTLS"),
            1 => manners.broken_tls = true,
            2 => manners.certificate = Some(CertificateFault::Dane),
            3 => manners.certificate = Some(CertificateFault::Name),
            _ => {}
        });
        match change {
            4 => bench.dns.broken("_25._tcp.mx.far.example"),
            5 => bench.dns.bogus("mx.far.example"),
            6 => bench.dns.bogus("far.example"),
            _ => bench.dns.as_ref(),
        };
        bench.run().rest().await;
        send(&bench, "x@far.example").await;
        assert_eq!((server.took().len(), bench.queued().await), (0, 1), "{why}");
        assert!(reason(&bench).await.contains(why), "{why}: {}", reason(&bench).await);
        assert!(!server.lines().iter().any(|line| line.starts_with("MAIL")), "{why}");
    }
}

#[tokio::test(start_paused = true)]
async fn where_one_host_fails_by_dane_the_next_is_tried() {
    let bench = Bench::new().await;
    let first = signed(&bench, "far.example", "192.0.2.1", 3);
    first.change(|manners| manners.certificate = Some(CertificateFault::Dane));
    bench.dns.exchanger("far.example", 20, "b.example").host("b.example", &["192.0.2.2".parse().unwrap()]);
    let second = bench.servers.server("192.0.2.2");
    bench.run().rest().await;
    send(&bench, "x@far.example").await;
    assert_eq!((first.took().len(), second.took().len()), (0, 1));
}

#[tokio::test(start_paused = true)]
async fn records_that_nobody_can_use_ask_for_tls_only() {
    let bench = Bench::new().await;
    let server = signed(&bench, "far.example", "192.0.2.1", 1);
    server.change(|manners| manners.certificate = Some(CertificateFault::Authority));
    let plain = signed(&bench, "plain.example", "192.0.2.2", 1);
    plain.change(|manners| manners.offers.retain(|offer| *offer != "STARTTLS"));
    bench.run().rest().await;
    send(&bench, "x@far.example").await;
    send(&bench, "x@plain.example").await;
    assert_eq!((server.took().len(), plain.took().len(), bench.queued().await), (1, 0, 1));
}

#[tokio::test(start_paused = true)]
async fn dane_can_be_switched_off_and_needs_signed_zones() {
    for (dane, sign) in [(false, true), (true, false)] {
        let bench = Bench::with(|settings| settings.dane = dane).await;
        let server = if sign {
            signed(&bench, "far.example", "192.0.2.1", 3)
        } else {
            let server = bench.domain("far.example", "192.0.2.1");
            let base = "_25._tcp.mx.far.example";
            bench.dns.tlsa(base, Tlsa { usage: 3, selector: 1, matching: 1, data: vec![7; 32] });
            server
        };
        server.change(|manners| manners.offers.retain(|offer| *offer != "STARTTLS"));
        bench.run().rest().await;
        send(&bench, "x@far.example").await;
        assert_eq!(server.took().len(), 1);
    }
}
