//! Mail for people here that a route takes to another server, and mail for others that belongs here after all.
use super::bench::{Bench, HOUR, MINUTE, account, route};
use super::routes::{TEXT, attempts, hop, with};
use crate::{Notify, Origin, Refused, Relay, Transport};
use smtp_wire::Dialect;

#[tokio::test(start_paused = true)]
async fn mail_for_people_here_goes_by_a_route_that_names_their_domain() {
    let lmtp = |at: &str| {
        let relay = Relay { dialect: Dialect::Lmtp, ..Relay::to(vec![hop(at)]) };
        vec![route("old", &["here.example"], Transport::Relay(relay)), route("rest", &["*"], Transport::Discard)]
    };
    let bench = with(lmtp("192.0.2.7:24")).await;
    let server = bench.servers.server("192.0.2.7");
    bench.run().rest().await;
    bench.send(Origin::Internet, "x@far.example", &["anna@here.example"], TEXT).await;
    bench.rest().await;
    assert_eq!((server.took().len(), bench.homes.count(account("anna"))), (1, 0));
    assert!(
        server.took()[0].mail.starts_with("MAIL FROM:<x@far.example>"),
        "no name of ours for what stays in the house"
    );
    let stranger = Bench::sender(Origin::Internet, "x@far.example");
    let unknown = bench.recipient(&stranger, "nobody@here.example", Notify::default()).await.err();
    assert_eq!(unknown, Some(Refused::Unknown));
    // the route is taken away while one waits: it goes to the mailbox
    server.change(|manners| manners.unreachable = true);
    bench.advance(MINUTE).await;
    bench.send(Origin::Internet, "x@far.example", &["anna@here.example"], TEXT).await;
    bench.rest().await;
    assert_eq!(bench.queued().await, 1);
    bench.dns.exchanger("here.example", 10, "mx.here.example");
    bench.delivery.set_routes(Vec::new());
    bench.advance(HOUR).await;
    assert_eq!((bench.homes.count(account("anna")), bench.queued().await), (1, 0));
    // and a route for all others leaves them alone
    bench.delivery.set_routes(vec![route("rest", &["*"], Transport::Discard)]);
    bench.send(Origin::Internet, "x@far.example", &["anna@here.example"], TEXT).await;
    assert_eq!(bench.homes.count(account("anna")), 2);
}

#[tokio::test(start_paused = true)]
async fn what_came_here_meanwhile_is_not_sent_back() {
    let bench = Bench::new().await;
    bench.run().rest().await;
    bench.dns.exchanger("here.example", 10, "mx.here.example");
    // as if it had been taken for a domain elsewhere, before that moved here
    let mut recipient = bench
        .recipient(&Bench::sender(Origin::Submission, "x@far.example"), "anna@here.example", Notify::default())
        .await
        .unwrap();
    recipient.targets = vec![crate::Target::Remote("anna@here.example".parse().unwrap())];
    let envelope = crate::Envelope::of(Bench::sender(Origin::Submission, "x@far.example"));
    bench.delivery.accept(envelope, bench.blob(TEXT).await, vec![recipient]).await.unwrap();
    bench.rest().await;
    assert_eq!((bench.homes.count(account("anna")), bench.queued().await), (1, 0));
    assert!(attempts(&bench).is_empty(), "it is stored, and nothing is said of the way that it did not take");
}
