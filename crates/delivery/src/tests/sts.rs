//! Mail to domains with a policy (MTA-STS), and what happens where a server does not do what it says (Q05).
use super::bench::{Bench, HOUR, MINUTE};
use super::server::Server;
use crate::{Filter, Origin};
use journal::Event;
use std::time::Duration;
use transport::{CertificateFault, HttpsFault};
use world::Tlsa;

const DAY: Duration = Duration::from_secs(86_400);
const ENFORCE: &str = "version: STSv1\r\nmode: enforce\r\nmx: mx.far.example\r\nmax_age: 604800\r\n";

async fn send(bench: &Bench) {
    bench.send(Origin::Submission, "anna@here.example", &["x@far.example"], "Subject: a\r\n\r\nb\r\n").await;
    bench.rest().await;
}

/// `far.example` with a server that has STARTTLS, and a policy.
async fn far(policy: &str) -> (Bench, Server) {
    let bench = Bench::new().await;
    let server = bench.domain("far.example", "192.0.2.1");
    server.change(|manners| manners.offers.push("STARTTLS"));
    bench.dns.text("_mta-sts.far.example", b"v=STSv1; id=1;");
    bench.web.policy("far.example", policy);
    bench.run().rest().await;
    (bench, server)
}

async fn reason(bench: &Bench) -> String {
    let page = bench.delivery.operator().list(&Filter::default(), None, 10).await.unwrap();
    page.entries[0].entry.recipients[0].reply.clone().unwrap_or_default()
}

#[tokio::test(start_paused = true)]
async fn mail_goes_to_the_servers_that_the_policy_names() {
    let (bench, server) = far(ENFORCE).await;
    send(&bench).await;
    assert_eq!((server.took().len(), bench.queued().await), (1, 0));
    let asked = bench.web.asked();
    assert_eq!((asked[0].host.as_str(), asked[0].path.as_str()), ("mta-sts.far.example", "/.well-known/mta-sts.txt"));
    let told = bench.told.take();
    let relayed = told.iter().find_map(|event| if let Event::Relayed(attempt) = event { Some(attempt) } else { None });
    let relayed = relayed.unwrap();
    let said = |text: &Option<journal::Text>| text.as_ref().map(ToString::to_string);
    assert_eq!(
        (said(&relayed.policy), said(&relayed.secured)),
        (Some("mta-sts".to_owned()), Some("mta-sts".to_owned()))
    );
    // the policy is kept: nobody is asked for it again
    bench.advance(HOUR).await;
    send(&bench).await;
    assert_eq!((server.took().len(), bench.web.asked().len()), (2, 1));
}

#[tokio::test(start_paused = true)]
async fn q05_a_policy_is_not_talked_out_of_it() {
    for (change, why) in [
        (0, "does not offer STARTTLS"),
        (1, "scripted handshake failure"),
        (2, "for another name"),
        (3, "does not name the mail server evil.example"),
    ] {
        let (bench, server) = far(ENFORCE).await;
        server.change(|manners| match change {
            0 => manners.offers.retain(|offer| *offer != "STARTTLS"),
            1 => manners.broken_tls = true,
            2 => manners.certificate = Some(CertificateFault::Name),
            _ => {}
        });
        let evil = bench.servers.server("192.0.2.66");
        if change == 3 {
            bench.dns.remove("far.example").exchanger("far.example", 10, "evil.example");
            bench.dns.host("evil.example", &["192.0.2.66".parse().unwrap()]);
        }
        send(&bench).await;
        assert_eq!((server.took().len(), evil.took().len(), bench.queued().await), (0, 0, 1), "{why}");
        assert!(reason(&bench).await.contains(why), "{why}: {}", reason(&bench).await);
        assert!(!server.lines().iter().any(|line| line.starts_with("MAIL")), "{why}");
    }
}

#[tokio::test(start_paused = true)]
async fn q05_a_policy_that_is_kept_holds_however_its_domain_is_cut_off() {
    for cut in ["dns", "denied", "fetch", "restart"] {
        let (mut bench, server) = far(ENFORCE).await;
        send(&bench).await;
        assert_eq!(server.took().len(), 1);
        server.change(|manners| manners.offers.retain(|offer| *offer != "STARTTLS"));
        match cut {
            "dns" => {
                bench.dns.broken("_mta-sts.far.example");
            }
            "denied" => {
                bench.dns.remove("_mta-sts.far.example");
            }
            "fetch" => {
                bench.dns.remove("_mta-sts.far.example").text("_mta-sts.far.example", b"v=STSv1; id=2");
                bench.web.says("mta-sts.far.example", Err(HttpsFault::TimedOut));
            }
            _ => {
                bench.dns.broken("_mta-sts.far.example");
                bench = bench.restart().await;
                bench.run().rest().await;
            }
        }
        bench.advance(DAY).await;
        send(&bench).await;
        assert_eq!((server.took().len(), bench.queued().await), (1, 1), "{cut}");
        // at its end it holds no more
        bench.advance(DAY * 6).await;
        send(&bench).await;
        bench.advance(HOUR).await;
        assert!(server.took().len() > 1, "{cut}");
    }
}

#[tokio::test(start_paused = true)]
async fn testing_and_none_ask_for_nothing() {
    for mode in ["testing", "none"] {
        let (bench, server) = far(&ENFORCE.replace("enforce", mode).replace("mx.far", "other")).await;
        server.change(|manners| manners.offers.retain(|offer| *offer != "STARTTLS"));
        send(&bench).await;
        assert_eq!((server.took().len(), bench.web.asked().len()), (1, 1), "{mode}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_policy_that_cannot_be_had_is_none_and_is_asked_for_again_later() {
    let (bench, server) = far(ENFORCE).await;
    bench.web.says("mta-sts.far.example", Err(HttpsFault::TimedOut));
    server.change(|manners| manners.offers.retain(|offer| *offer != "STARTTLS"));
    send(&bench).await;
    send(&bench).await;
    assert_eq!((server.took().len(), bench.web.asked().len()), (2, 1));
    bench.web.policy("far.example", ENFORCE);
    bench.advance(MINUTE * 6).await;
    send(&bench).await;
    assert_eq!((server.took().len(), bench.web.asked().len(), bench.queued().await), (2, 2, 1));
}

#[tokio::test(start_paused = true)]
async fn dane_comes_before_a_policy() {
    let (bench, server) = far(&ENFORCE.replace("mx.far", "other")).await;
    bench.dns.secure("far.example").secure("mx.far.example").secure("_25._tcp.mx.far.example");
    bench.dns.tlsa("_25._tcp.mx.far.example", Tlsa { usage: 3, selector: 1, matching: 1, data: vec![7; 32] });
    send(&bench).await;
    assert_eq!((server.took().len(), bench.queued().await), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn policies_can_be_switched_off() {
    let bench = Bench::with(|settings| settings.mta_sts = false).await;
    let server = bench.domain("far.example", "192.0.2.1");
    bench.dns.text("_mta-sts.far.example", b"v=STSv1; id=1;");
    bench.web.policy("far.example", ENFORCE);
    bench.run().rest().await;
    send(&bench).await;
    assert_eq!((server.took().len(), bench.web.asked().len()), (1, 0));
}
