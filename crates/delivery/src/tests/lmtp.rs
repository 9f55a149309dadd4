//! Relays that speak LMTP (RFC 2033): an answer for each recipient, also from one that dies in between or takes its time.
use super::bench::{HOUR, MINUTE, route};
use super::report::reports;
use super::routes::{attempts, hop, send, verbs, with};
use crate::{Place, Relay, Route, Transport};
use smtp_wire::Dialect;

#[tokio::test(start_paused = true)]
async fn lmtp_answers_for_each_recipient() {
    let lmtp = |at: Place| Transport::Relay(Relay { dialect: Dialect::Lmtp, at, ..Relay::to(Vec::new()) });
    for (at, ip) in
        [(Place::Hosts(vec![hop("192.0.2.7:24")]), "192.0.2.7"), (Place::Socket("/run/lists".into()), "0.0.0.0")]
    {
        let bench = with(vec![route("lists", &["lists.example"], lmtp(at))]).await;
        let server = bench.servers.server(ip);
        bench.run().rest().await;
        send(&bench, &["a@lists.example", "full@lists.example", "no@lists.example"]).await;
        bench.rest().await;
        assert_eq!(verbs(&server)[0], "LHLO");
        assert_eq!(server.took()[0].rcpt, ["RCPT TO:<a@lists.example>"]);
        let mut told = attempts(&bench);
        told.sort_by_key(|(what, _)| *what);
        let replies: Vec<(&str, &str)> = told.iter().map(|(what, attempt)| (*what, attempt.reply.as_str())).collect();
        let expected = [
            ("deferred", "452 4.2.2 full"),
            ("failed", "550 5.1.1 nobody of that name"),
            ("relayed", "250 2.0.0 taken"),
        ];
        assert_eq!(replies, expected);
        let report = reports(&bench, "anna").await.remove(0);
        assert!(report.contains("Remote-MTA: dns; ") && !report.contains("/run"), "{report}");
        // who is full is tried again, by himself
        bench.advance(HOUR).await;
        assert_eq!(server.took().len(), 2);
        assert_eq!(bench.queued().await, 1);
    }
}

fn lists() -> Vec<Route> {
    let at = Place::Hosts(vec![hop("192.0.2.7:24")]);
    let relay = Relay { dialect: Dialect::Lmtp, at, ..Relay::to(Vec::new()) };
    vec![route("lists", &["lists.example"], Transport::Relay(relay))]
}

#[tokio::test(start_paused = true)]
async fn who_was_answered_by_lmtp_before_it_died_is_done() {
    let bench = with(lists()).await;
    let server = bench.servers.server("192.0.2.7");
    server.change(|manners| manners.most_answers = 1);
    bench.run().rest().await;
    send(&bench, &["a@lists.example", "no@lists.example", "b@lists.example", "c@lists.example"]).await;
    bench.rest().await;
    let mut told: Vec<(&str, String)> =
        attempts(&bench).into_iter().map(|(what, attempt)| (what, attempt.recipient.to_string())).collect();
    told.sort();
    let expected = [("deferred", "b@"), ("deferred", "c@"), ("failed", "no@"), ("relayed", "a@")];
    assert_eq!(told, expected.map(|(what, name)| (what, format!("{name}lists.example"))));
    // the others have it at the next attempt, and nobody twice
    server.change(|manners| manners.most_answers = usize::MAX);
    bench.advance(HOUR).await;
    let mut rcpt: Vec<String> = server.took().into_iter().flat_map(|took| took.rcpt).collect();
    rcpt.sort();
    assert_eq!(rcpt, ["a", "b", "c"].map(|name| format!("RCPT TO:<{name}@lists.example>")));
    assert_eq!(bench.queued().await, 0);
}

#[tokio::test(start_paused = true)]
async fn each_answer_has_its_own_time() {
    // RFC 5321, 4.5.3.2: five minutes for each RCPT, ten for each answer to a message
    for (routes, domain) in [(lists(), "lists.example"), (Vec::new(), "far.example")] {
        let bench = with(routes).await;
        let server = bench.servers.server("192.0.2.7");
        let host = "mx.far.example";
        bench.dns.exchanger("far.example", 10, host).host(host, &["192.0.2.7".parse().unwrap()]);
        server.change(|manners| manners.thinks = MINUTE);
        bench.run().rest().await;
        let to: Vec<String> = (0..20).map(|n| format!("a{n}@{domain}")).collect();
        send(&bench, &to.iter().map(String::as_str).collect::<Vec<_>>()).await;
        tokio::time::sleep(HOUR).await;
        assert_eq!((server.took().len(), bench.queued().await), (1, 0), "{domain}");
    }
}
