//! Mail by routes: to relays with and without login, by LMTP, thrown away, refused; and routes that change meanwhile.
use super::bench::{Bench, HOUR, MINUTE, account, route, smart_host};
use super::server::Server;
use crate::{Login, NextHop, Notify, Origin, Place, Refused, Relay, Route, Routes, TlsRule, Transport};
use journal::{Attempt, Event, Text};
use names::Secret;
use transport::CertificateFault;

pub(super) const TEXT: &str = "Subject: a\r\n\r\nb\r\n";

pub(super) async fn send(bench: &Bench, to: &[&str]) -> crate::Accepted {
    bench.send(Origin::Submission, "anna@here.example", to, TEXT).await
}

pub(super) async fn with(routes: Vec<Route>) -> Bench {
    Bench::with(|settings| settings.routes = Routes::new(routes)).await
}

pub(super) fn hop(text: &str) -> NextHop {
    text.parse().unwrap()
}

fn login(password: &str, without_tls: bool) -> Option<Login> {
    Some(Login { user: "u".to_owned(), password: Secret::new(password.to_owned()), without_tls })
}

/// A relay at `192.0.2.9` as a test wants it, for everything.
async fn relayed(change: impl FnOnce(&mut Relay)) -> (Bench, Server) {
    let mut relay = Relay::to(vec![hop("192.0.2.9:587")]);
    change(&mut relay);
    let bench = with(vec![route("relay", &["*"], Transport::Relay(relay))]).await;
    let server = bench.servers.server("192.0.2.9");
    server.change(|manners| manners.offers = vec!["PIPELINING", "STARTTLS", "AUTH LOGIN PLAIN"]);
    bench.run().rest().await;
    (bench, server)
}

pub(super) fn attempts(bench: &Bench) -> Vec<(&'static str, Attempt)> {
    let attempt = |event| match event {
        Event::Relayed(attempt) => Some(("relayed", attempt)),
        Event::Deferred(attempt) => Some(("deferred", attempt)),
        Event::Failed(attempt) => Some(("failed", attempt)),
        Event::Discarded(attempt) => Some(("discarded", attempt)),
        _ => None,
    };
    bench.told.take().into_iter().filter_map(attempt).collect()
}

pub(super) fn said(text: &Option<Text>) -> Option<&str> {
    text.as_ref().map(Text::as_str)
}

pub(super) fn verbs(server: &Server) -> Vec<String> {
    server.lines().iter().map(|line| line.split(' ').next().unwrap().to_owned()).collect()
}

#[tokio::test(start_paused = true)]
async fn each_goes_by_the_first_route_that_fits() {
    let to = |host: &str| Transport::Relay(Relay::to(vec![hop(host)]));
    let senders = vec!["news.here.example".parse().unwrap()];
    let bench = with(vec![
        route("partner", &["partner.example", ".partner.example"], to("192.0.2.7")),
        Route { senders, ..route("news", &[], to("192.0.2.8")) },
        route("direct", &["direct.example"], Transport::Mx),
        route("rest", &["*"], to("192.0.2.9:2525")),
    ])
    .await;
    let [partner, news, rest] = ["192.0.2.7", "192.0.2.8", "192.0.2.9"].map(|ip| bench.servers.server(ip));
    let direct = bench.domain("direct.example", "192.0.2.1");
    bench.run().rest().await;
    send(&bench, &["a@partner.example", "b@x.partner.example", "c@direct.example", "d@far.example"]).await;
    let by_news = "redactie@news.here.example";
    bench.send(Origin::Submission, by_news, &["e@partner.example", "f@direct.example"], TEXT).await;
    bench.rest().await;
    let went = |server: &Server| {
        let mut went: Vec<String> = server.took().into_iter().flat_map(|took| took.rcpt).collect();
        went.sort();
        went.iter().map(|rcpt| rcpt[9..10].to_owned()).collect::<String>()
    };
    assert_eq!([&partner, &news, &direct, &rest].map(went), ["abe", "f", "c", "d"]);
    let mut told: Vec<(String, String)> = attempts(&bench)
        .into_iter()
        .map(|(_, attempt)| (attempt.recipient.to_string()[..1].to_owned(), attempt.route.unwrap().to_string()))
        .collect();
    told.sort();
    let route = |name: &&str| told.iter().find(|(who, _)| who == name).unwrap().1.clone();
    assert_eq!(["a", "c", "d", "f"].iter().map(route).collect::<Vec<_>>(), ["partner", "direct", "rest", "news"]);
}

#[tokio::test(start_paused = true)]
async fn what_an_operator_says_by_hand_comes_first() {
    let bench = with(vec![route("gone", &["*"], Transport::Discard)]).await;
    let other = bench.servers.server("192.0.2.7");
    let crate::Outcome::Queued(id, _) = send(&bench, &["x@far.example"]).await.outcomes[0].clone() else { panic!() };
    let act = crate::Act::Reroute(Some(hop("192.0.2.7")));
    assert_eq!(bench.delivery.operator().show(id).await.unwrap().routes, [Some("gone".to_owned())]);
    bench.delivery.operator().act(id, &act, Some("to see it"), "op").await.unwrap();
    assert_eq!(bench.delivery.operator().show(id).await.unwrap().routes, [Some("by hand".to_owned())]);
    bench.run().rest().await;
    assert_eq!((other.took().len(), bench.queued().await), (1, 0));
    assert_eq!(said(&attempts(&bench)[0].1.route), Some("by hand"));
}

#[tokio::test(start_paused = true)]
async fn hosts_are_tried_in_their_order() {
    let (bench, last) = relayed(|relay| {
        let hosts = ["192.0.2.7", "away.example", "192.0.2.9:587", "192.0.2.10"].map(hop);
        relay.at = Place::Hosts(hosts.to_vec());
    })
    .await;
    bench.servers.server("192.0.2.7").change(|manners| manners.greeting = "554 not you".to_owned());
    let behind = bench.servers.server("192.0.2.10");
    send(&bench, &["x@far.example"]).await;
    bench.rest().await;
    assert_eq!((last.took().len(), behind.connections()), (1, 0));
    let (_, attempt) = attempts(&bench).remove(0);
    assert_eq!(attempt.tried.len(), 2, "{attempt:?}");
    // as many as are tried of a domain
    let hosts: Vec<NextHop> = (0..50).map(|n| hop(&format!("192.0.2.{}", 100 + n))).collect();
    let bench = with(vec![route("many", &["*"], Transport::Relay(Relay::to(hosts)))]).await;
    let eleventh = bench.servers.server("192.0.2.110");
    bench.run().rest().await;
    send(&bench, &["x@far.example"]).await;
    bench.rest().await;
    assert_eq!((eleventh.connections(), bench.queued().await), (0, 1));
}

#[tokio::test(start_paused = true)]
async fn a_login_goes_over_tls_alone() {
    let (bench, server) = relayed(|relay| {
        relay.tls = TlsRule::Verified;
        relay.login = login("geheim", false);
    })
    .await;
    send(&bench, &["x@far.example"]).await;
    bench.rest().await;
    assert_eq!(server.took().len(), 1);
    assert_eq!(verbs(&server)[..5], ["EHLO", "STARTTLS", "EHLO", "AUTH", "MAIL"]);
    assert_eq!(server.lines()[3], "AUTH PLAIN AHUAZ2VoZWlt");
    assert_eq!(said(&attempts(&bench)[0].1.policy), Some("verified"));
    // somebody on the way takes STARTTLS out: the password is not said, whatever the rule
    for tls in [TlsRule::Verified, TlsRule::Required, TlsRule::Opportunistic, TlsRule::Off] {
        let (bench, server) = relayed(|relay| {
            relay.tls = tls;
            relay.login = login("geheim", false);
        })
        .await;
        server.change(|manners| manners.offers = vec!["AUTH PLAIN"]);
        send(&bench, &["x@far.example"]).await;
        bench.rest().await;
        assert_eq!((server.took().len(), bench.queued().await), (0, 1), "{tls:?}");
        assert!(!server.lines().iter().any(|line| line.starts_with("AUTH")), "{tls:?}");
    }
    // unless an operator has said that it may
    let (bench, server) = relayed(|relay| {
        relay.tls = TlsRule::Off;
        relay.login = login("geheim", true);
    })
    .await;
    send(&bench, &["x@far.example"]).await;
    bench.rest().await;
    assert_eq!(verbs(&server)[..3], ["EHLO", "AUTH", "MAIL"]);
}

#[tokio::test(start_paused = true)]
async fn a_login_that_is_refused_or_not_offered_makes_mail_wait() {
    for (password, offers, says) in [
        ("wrong", "AUTH PLAIN", "login refused: 535 5.7.8 who is … (…)?"),
        ("geheim", "AUTH GSSAPI", "the server offers no login by PLAIN or LOGIN"),
    ] {
        let (bench, server) = relayed(|relay| {
            relay.tls = TlsRule::Required;
            relay.login = login(password, false);
        })
        .await;
        server.change(|manners| manners.offers = vec!["STARTTLS", offers]);
        send(&bench, &["x@far.example"]).await;
        bench.rest().await;
        let (what, attempt) = attempts(&bench).remove(0);
        assert_eq!((what, said(&attempt.status)), ("deferred", Some("4.7.8")));
        assert_eq!(attempt.reply.as_str(), says);
        assert_eq!((server.took().len(), bench.queued().await), (0, 1));
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_asked_of_tls_is_had_or_the_mail_waits() {
    let self_signed = Some(CertificateFault::Authority);
    for (tls, offered, certificate, goes) in [
        (TlsRule::Verified, true, None, true),
        (TlsRule::Verified, true, self_signed, false),
        (TlsRule::Verified, false, None, false),
        (TlsRule::Required, true, self_signed, true),
        (TlsRule::Required, false, None, false),
        (TlsRule::Opportunistic, true, self_signed, true),
        (TlsRule::Opportunistic, false, None, true),
        (TlsRule::Off, true, None, true),
    ] {
        let (bench, server) = relayed(|relay| relay.tls = tls).await;
        server.change(|manners| {
            manners.certificate = certificate;
            manners.offers = if offered { vec!["STARTTLS"] } else { vec![] };
        });
        // what a message says of its way is no word against the operator's
        let wishes = crate::Wishes { tls: crate::TlsWish::NotRequired, ..crate::Wishes::default() };
        let relaxed = |envelope: &mut crate::Envelope| envelope.wishes = wishes;
        let from = "anna@here.example";
        bench.send_as(Origin::Submission, from, &["x@far.example"], TEXT, Notify::default(), relaxed).await;
        bench.rest().await;
        assert_eq!(server.took().len(), usize::from(goes), "{tls:?} {offered} {certificate:?}");
        let asked_for = tls != TlsRule::Off && offered;
        assert_eq!(verbs(&server).contains(&"STARTTLS".to_owned()), asked_for, "{tls:?} {offered}");
    }
}

#[tokio::test(start_paused = true)]
async fn tls_from_the_first_byte() {
    let (bench, server) = relayed(|relay| {
        relay.tls = TlsRule::Required;
        relay.implicit_tls = true;
        relay.login = login("geheim", false);
    })
    .await;
    send(&bench, &["x@far.example"]).await;
    bench.rest().await;
    assert_eq!(verbs(&server)[..3], ["EHLO", "AUTH", "MAIL"], "no STARTTLS inside TLS");
    let (what, attempt) = attempts(&bench).remove(0);
    assert!(what == "relayed" && attempt.tls.is_some(), "{attempt:?}");
    // broken from the first byte on: never in clear
    server.change(|manners| manners.broken_tls = true);
    bench.advance(MINUTE).await;
    send(&bench, &["y@far.example"]).await;
    bench.advance(HOUR).await;
    assert_eq!((server.took().len(), bench.queued().await), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn what_is_thrown_away_is_told_of_in_the_journal_alone() {
    let bench = with(vec![route("sink", &["nowhere.example"], Transport::Discard)]).await;
    bench.run().rest().await;
    let all = Notify { success: true, failure: true, delay: true };
    let from = "anna@here.example";
    bench.send_as(Origin::Submission, from, &["x@nowhere.example"], TEXT, all, |_| {}).await;
    bench.rest().await;
    assert_eq!((bench.queued().await, bench.homes.count(account("anna"))), (0, 0));
    let (what, attempt) = attempts(&bench).remove(0);
    assert_eq!((what, said(&attempt.route), attempt.attempts), ("discarded", Some("sink"), 1));
}

#[tokio::test(start_paused = true)]
async fn what_is_refused_is_refused_at_once_where_that_can_be() {
    let no = || Transport::Refuse("not from here".to_owned());
    let bench = with(vec![route("no", &["rival.example", "here.example"], no())]).await;
    bench.alias("mixed", &["x@rival.example", "y@far.example"]);
    bench.alias("only", &["x@rival.example"]);
    bench.domain("far.example", "192.0.2.1");
    let sender = Bench::sender(Origin::Submission, "anna@here.example");
    let refused = || Some(Refused::ByRoute("not from here".to_owned()));
    for (to, result) in [
        ("x@rival.example", refused()),
        ("bram@here.example", refused()),
        ("only@here.example", refused()),
        ("mixed@here.example", None),
        ("y@far.example", None),
    ] {
        assert_eq!(bench.recipient(&sender, to, Notify::default()).await.err(), result, "{to}");
    }
    // who may not send there is not told why nobody may
    let stranger = Bench::sender(Origin::Internet, "x@far.example");
    let denied = bench.recipient(&stranger, "x@rival.example", Notify::default()).await.err();
    assert_eq!(denied, Some(Refused::RelayingDenied));
    // of several targets the refused one comes back
    bench.run().rest().await;
    bench.send(Origin::Submission, "x@customer.example", &["mixed@here.example"], TEXT).await;
    bench.rest().await;
    let told = attempts(&bench);
    assert!(told.iter().any(|(what, one)| *what == "failed" && said(&one.status) == Some("5.7.1")), "{told:?}");
    assert!(told.iter().any(|(what, _)| *what == "relayed"), "{told:?}");
}

#[tokio::test(start_paused = true)]
async fn new_routes_reach_what_waits() {
    let bench = Bench::with(|settings| settings.routes = smart_host(hop("192.0.2.9"))).await;
    let (old, new) = (bench.servers.server("192.0.2.9"), bench.servers.server("192.0.2.7"));
    old.change(|manners| manners.unreachable = true);
    bench.run().rest().await;
    for n in 0..20 {
        send(&bench, &[&format!("x@d{n}.example")]).await;
    }
    bench.rest().await;
    assert_eq!(bench.queued().await, 20);
    let tried = |bench: &Bench| attempts(bench).len();
    let before = tried(&bench);
    // those who waited without an attempt of their own go at once, the others when they are due
    bench.delivery.set_routes(vec![route("new", &["*"], Transport::Relay(Relay::to(vec![hop("192.0.2.7")])))]);
    bench.rest().await;
    assert_eq!(new.took().len(), 20 - before);
    bench.advance(HOUR).await;
    assert_eq!((new.took().len(), bench.queued().await), (20, 0));
    // what comes later, too; and without routes to the domain's own servers
    send(&bench, &["x@far.example"]).await;
    bench.rest().await;
    assert_eq!(new.took().len(), 21);
    bench.delivery.set_routes(Vec::new());
    let own = bench.domain("far.example", "192.0.2.1");
    send(&bench, &["y@far.example"]).await;
    bench.rest().await;
    assert_eq!((new.took().len(), own.took().len()), (21, 1));
}

#[tokio::test(start_paused = true)]
async fn a_connection_of_old_routes_is_not_used_for_new_ones() {
    let relay = |user: &str| {
        let login = Login { user: user.to_owned(), ..login("geheim", true).unwrap() };
        Transport::Relay(Relay { login: Some(login), tls: TlsRule::Off, ..Relay::to(vec![hop("192.0.2.9")]) })
    };
    let bench = with(vec![route("one", &["*"], relay("one"))]).await;
    let server = bench.servers.server("192.0.2.9");
    server.change(|manners| manners.offers = vec!["AUTH PLAIN"]);
    bench.run().rest().await;
    send(&bench, &["x@far.example"]).await;
    bench.rest().await;
    send(&bench, &["x@far.example"]).await;
    bench.rest().await;
    assert_eq!((server.took().len(), server.connections()), (2, 1));
    bench.delivery.set_routes(vec![route("two", &["*"], relay("two"))]);
    send(&bench, &["x@far.example"]).await;
    bench.rest().await;
    assert_eq!((server.took().len(), server.connections()), (3, 2));
}

#[tokio::test(start_paused = true)]
async fn who_waits_by_one_route_holds_up_nobody_at_the_same_host_by_another() {
    let relay = |tls| Transport::Relay(Relay { tls, ..Relay::to(vec![hop("192.0.2.9")]) });
    let strict = route("strict", &["strict.example"], relay(TlsRule::Verified));
    let bench = with(vec![strict, route("rest", &["*"], relay(TlsRule::Required))]).await;
    let server = bench.servers.server("192.0.2.9");
    server.change(|manners| {
        manners.offers = vec!["STARTTLS"];
        manners.certificate = Some(CertificateFault::Name);
    });
    bench.run().rest().await;
    send(&bench, &["x@strict.example"]).await;
    bench.rest().await;
    send(&bench, &["x@far.example"]).await;
    bench.rest().await;
    assert_eq!((server.took().len(), bench.queued().await), (1, 1));
}
