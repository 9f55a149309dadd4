//! Mail for domains that live elsewhere, which is taken from strangers and sent on.
use super::bench::Bench;
use super::report::reports;
use crate::{Notify, Origin, People, Refused, RelayDomain};

const TEXT: &str = "Subject: a\r\n\r\nb\r\n";

async fn bench() -> Bench {
    let bench = Bench::new().await;
    let domain = |name: &str, people| RelayDomain { domain: name.parse().unwrap(), people };
    bench.delivery.set_relay_domains(vec![
        domain("klant.example", People::these(["anna", "no"])),
        domain("any.example", People::Anybody),
        domain("here.example", People::Anybody),
    ]);
    bench
}

#[tokio::test(start_paused = true)]
async fn s15_it_opens_the_way_to_these_people_and_to_nobody_else() {
    let bench = bench().await;
    let stranger = Bench::sender(Origin::Internet, "piet@far.example");
    for (to, refused) in [
        ("anna@klant.example", None),
        ("bram@klant.example", Some(Refused::Unknown)),
        ("bram@any.example", None),
        ("bram@other.example", Some(Refused::RelayingDenied)),
        ("bram@sub.any.example", Some(Refused::RelayingDenied)),
        // who lives here is asked first
        ("nobody@here.example", Some(Refused::Unknown)),
    ] {
        let asked = bench.recipient(&stranger, to, Notify::default()).await;
        assert_eq!(asked.err(), refused, "{to}");
    }
    let beside = Bench::sender(Origin::Lmtp, "piet@far.example");
    let asked = bench.recipient(&beside, "bram@any.example", Notify::default()).await;
    assert_eq!(asked.err(), Some(Refused::RelayingDenied), "the door of the Internet alone");
    // and no way back to strangers by the name of one of them
    let null = Bench::sender(Origin::Internet, "");
    assert_eq!(
        bench.recipient(&null, "bram@other.example", Notify::default()).await.err(),
        Some(Refused::RelayingDenied)
    );
}

#[tokio::test(start_paused = true)]
async fn it_goes_in_its_senders_name_to_the_servers_that_come_before_us() {
    let bench = bench().await;
    let server = bench.domain("klant.example", "192.0.2.1");
    bench.dns.exchanger("klant.example", 50, "mx.here.example").exchanger("klant.example", 60, "behind.example");
    bench.dns.host("behind.example", &["192.0.2.9".parse().unwrap()]);
    let behind = bench.servers.server("192.0.2.9");
    server.change(|manners| manners.unreachable = true);
    bench.run().rest().await;
    bench.send(Origin::Internet, "piet@far.example", &["anna@klant.example"], TEXT).await;
    bench.rest().await;
    assert_eq!((bench.queued().await, behind.connections()), (1, 0), "it waits for the domain's own server");
    server.change(|manners| manners.unreachable = false);
    bench.advance(super::bench::HOUR).await;
    let took = server.took();
    assert_eq!((took.len(), bench.queued().await, behind.connections()), (1, 0, 0));
    assert!(took[0].mail.starts_with("MAIL FROM:<piet@far.example>"), "{}", took[0].mail);
}

#[tokio::test(start_paused = true)]
async fn s34_what_its_own_server_refuses_is_told_with_the_header_alone() {
    let bench = bench().await;
    bench.domain("klant.example", "192.0.2.1");
    bench.run().rest().await;
    bench.send(Origin::Internet, "anna@here.example", &["no@klant.example"], TEXT).await;
    bench.rest().await;
    let told = reports(&bench, "anna").await;
    assert!(told.len() == 1 && told[0].contains("text/rfc822-headers") && !told[0].contains("\r\nb\r\n"), "{told:?}");
}
