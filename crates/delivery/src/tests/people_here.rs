//! Mail for people here that a route takes to another server, and mail for others that belongs here after all.
use super::bench::{Bench, HOUR, MINUTE, account, lock, route};
use super::routes::{TEXT, attempts, hop, said, with};
use super::server::Server;
use crate::{Notify, Origin, Refused, Relay, Resolved, Route, SenderPattern, Target, Transport};
use smtp_wire::Dialect;

fn lmtp(at: &str) -> Route {
    let relay = Relay { dialect: Dialect::Lmtp, ..Relay::to(vec![hop(at)]) };
    route("old", &["here.example"], Transport::Relay(relay))
}

fn rest(transport: Transport) -> Route {
    route("rest", &["*"], transport)
}

fn by_sender(sender: &str, transport: Transport) -> Route {
    let senders: Vec<SenderPattern> = vec![sender.parse().unwrap()];
    Route { senders, ..route("sender", &[], transport) }
}

fn recipients(server: &Server) -> Vec<String> {
    server.took().into_iter().flat_map(|took| took.rcpt).collect()
}

#[tokio::test(start_paused = true)]
async fn mail_for_people_here_goes_by_a_route_that_names_their_domain() {
    let bench = with(vec![lmtp("192.0.2.7:24"), rest(Transport::Discard)]).await;
    let server = bench.servers.server("192.0.2.7");
    bench.run().rest().await;
    bench.send(Origin::Internet, "x@far.example", &["anna@here.example"], TEXT).await;
    bench.rest().await;
    assert_eq!((server.took().len(), bench.homes.count(account("anna"))), (1, 0));
    let stranger = Bench::sender(Origin::Internet, "x@far.example");
    let unknown = bench.recipient(&stranger, "nobody@here.example", Notify::default()).await.err();
    assert_eq!(unknown, Some(Refused::Unknown));
}

#[tokio::test(start_paused = true)]
async fn what_waits_for_a_route_that_is_taken_away_goes_to_the_mailbox() {
    for left in [
        vec![],
        vec![rest(Transport::Discard)],
        vec![rest(Transport::Refuse("no".to_owned()))],
        vec![rest(Transport::Relay(Relay::to(vec![hop("192.0.2.9")])))],
        vec![route("own", &["here.example"], Transport::Mx), rest(Transport::Discard)],
    ] {
        let bench = with(vec![lmtp("192.0.2.7:24"), rest(Transport::Discard)]).await;
        let (old, other) = (bench.servers.server("192.0.2.7"), bench.servers.server("192.0.2.9"));
        old.change(|manners| manners.unreachable = true);
        bench.run().rest().await;
        bench.send(Origin::Internet, "x@far.example", &["anna@here.example", "bram@here.example"], TEXT).await;
        bench.rest().await;
        assert_eq!(bench.queued().await, 1);
        let id = bench.delivery.operator().list(&crate::Filter::default(), None, 1).await.unwrap().entries[0].id;
        assert_eq!(bench.delivery.operator().show(id).await.unwrap().routes[0].as_deref(), Some("old"));
        bench.delivery.set_routes(left);
        bench.rest().await;
        bench.advance(HOUR).await;
        let homes = ["anna", "bram"].map(|name| bench.homes.count(account(name)));
        assert_eq!((homes, bench.queued().await, other.took().len()), ([1, 1], 0, 0));
    }
}

#[tokio::test(start_paused = true)]
async fn a_route_that_does_not_name_their_domain_takes_nothing_from_them_however_early_it_stands() {
    for first in [Transport::Discard, Transport::Relay(Relay::to(vec![hop("192.0.2.9")]))] {
        let bench = with(vec![by_sender("news.example", first), lmtp("192.0.2.7:24")]).await;
        let (old, other) = (bench.servers.server("192.0.2.7"), bench.servers.server("192.0.2.9"));
        bench.run().rest().await;
        bench.send(Origin::Internet, "editor@news.example", &["anna@here.example"], TEXT).await;
        bench.rest().await;
        assert_eq!((recipients(&old), other.took().len()), (vec!["RCPT TO:<anna@here.example>".to_owned()], 0));
        assert_eq!(bench.queued().await, 0);
    }
}

#[tokio::test(start_paused = true)]
async fn a_way_by_hand_is_for_people_here_too_and_ends_with_it() {
    let bench = with(vec![lmtp("192.0.2.7:24")]).await;
    bench.servers.server("192.0.2.7").change(|manners| manners.unreachable = true);
    let by_hand = bench.servers.server("192.0.2.8");
    bench.run().rest().await;
    let accepted = bench.send(Origin::Internet, "x@far.example", &["anna@here.example"], TEXT).await;
    let crate::Outcome::Queued(id, _) = accepted.outcomes[0].clone() else { panic!() };
    bench.rest().await;
    bench.delivery.operator().act(id, &crate::Act::Reroute(Some(hop("192.0.2.8"))), None, "op").await.unwrap();
    bench.advance(MINUTE).await;
    assert_eq!((by_hand.took().len(), bench.queued().await), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn what_stays_in_the_house_keeps_its_senders_name_whatever_else_its_recipient_leads_to() {
    let bench = with(vec![lmtp("192.0.2.7:24")]).await;
    let old = bench.servers.server("192.0.2.7");
    let far = bench.domain("far.example", "192.0.2.25");
    bench.alias("both", &["anna", "x@far.example"]);
    bench.run().rest().await;
    bench.send(Origin::Internet, "y@strange.example", &["both@here.example"], TEXT).await;
    bench.rest().await;
    assert!(old.took()[0].mail.starts_with("MAIL FROM:<y@strange.example>"), "{:?}", old.took());
    assert!(far.took()[0].mail.starts_with("MAIL FROM:<SRS0="), "{:?}", far.took());
}

#[tokio::test(start_paused = true)]
async fn reports_go_to_people_here_by_the_route_that_takes_their_mail() {
    let bench = with(vec![lmtp("192.0.2.7:24")]).await;
    let old = bench.servers.server("192.0.2.7");
    bench.domain("far.example", "192.0.2.25");
    bench.run().rest().await;
    bench.send(Origin::Submission, "anna@here.example", &["nobody@far.example"], TEXT).await;
    bench.rest().await;
    assert_eq!((recipients(&old), bench.homes.count(account("anna"))), (vec!["RCPT TO:<anna@here.example>".into()], 0));
    assert!(old.took()[0].data.contains("Action: failed"));
}

/// A message to anna that was taken for a domain elsewhere, before that moved here.
async fn moved_here(change: impl FnOnce(&Bench)) -> Bench {
    let bench = Bench::new().await;
    bench.run().rest().await;
    bench.dns.exchanger("here.example", 10, "mx.here.example");
    let sender = || Bench::sender(Origin::Submission, "x@far.example");
    let mut recipient = bench.recipient(&sender(), "anna@here.example", Notify::default()).await.unwrap();
    recipient.targets = vec![Target::Remote("anna@here.example".parse().unwrap())];
    change(&bench);
    let envelope = crate::Envelope::of(sender());
    bench.delivery.accept(envelope, bench.blob(TEXT).await, vec![recipient]).await.unwrap();
    bench.rest().await;
    bench
}

#[tokio::test(start_paused = true)]
async fn what_came_here_meanwhile_is_not_sent_back() {
    let bench = moved_here(|_| {}).await;
    assert_eq!((bench.homes.count(account("anna")), bench.queued().await), (1, 0));
    assert!(attempts(&bench).is_empty(), "it is stored, and nothing is said of the way that it did not take");
}

#[tokio::test(start_paused = true)]
async fn what_came_here_meanwhile_goes_to_all_to_whom_its_address_leads() {
    let mut far = None;
    let bench = moved_here(|bench| {
        far = Some(bench.domain("x.example", "192.0.2.25"));
        bench.alias("anna", &["anna", "bram", "y@x.example"]);
    })
    .await;
    let took = far.unwrap().took();
    assert_eq!(["anna", "bram"].map(|name| bench.homes.count(account(name))), [1, 1]);
    assert_eq!((took.len(), bench.queued().await), (1, 0));
    assert!(took[0].mail.starts_with("MAIL FROM:<SRS0="), "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn what_came_here_meanwhile_waits_for_what_may_be_mended_here() {
    for (state, status) in [
        (Resolved::Suspended, "4.2.1"),
        (Resolved::Loop, "4.4.6"),
        (Resolved::TooMany, "4.4.6"),
        (Resolved::NoPostmaster, "4.2.1"),
        (Resolved::Unknown, ""),
    ] {
        let anna = "anna@here.example".to_owned();
        let known = |bench: &Bench, state| lock(&bench.residents.known).insert(anna.clone(), state).unwrap();
        let mut before = None;
        let bench = moved_here(|bench| before = Some(known(bench, state.clone()))).await;
        if state == Resolved::Unknown {
            assert_eq!(said(&attempts(&bench)[0].1.status), Some("5.1.1"));
            continue;
        }
        let (what, attempt) = attempts(&bench).remove(0);
        assert_eq!((what, said(&attempt.status), bench.queued().await), ("deferred", Some(status), 1));
        known(&bench, before.unwrap());
        bench.advance(HOUR).await;
        assert_eq!((bench.homes.count(account("anna")), bench.queued().await), (1, 0));
    }
}
