//! What the sender hears of success, when he asked (RFC 3461, 5.2).
use super::bench::{Bench, HOUR, MINUTE, account, address, lock};
use super::report::reports;
use crate::{Envelope, Notify, Origin, Outcome, Return};

const SUCCESS: Notify = Notify { success: true, failure: true, delay: true };
const TEXT: &str = "Subject: hoi\r\n\r\nbody\r\n";
const ORIGINS: [Origin; 4] = [Origin::Internet, Origin::Submission, Origin::Relay, Origin::Lmtp];

async fn send(bench: &Bench, origin: Origin, from: &str, to: &[&str]) -> crate::Accepted {
    bench.send_as(origin, from, to, TEXT, SUCCESS, |_| {}).await
}

/// Sends with an ORCPT for each recipient.
async fn send_with_orcpt(bench: &Bench, to: &[&str], change: impl FnOnce(&mut Envelope)) -> crate::Accepted {
    let sender = Bench::sender(Origin::Internet, "x@far.example");
    let mut recipients = Vec::new();
    for to in to {
        let orcpt = Some(format!("rfc822;old+2B{to}"));
        let asked = crate::Asked { address: address(to), size: 0, notify: SUCCESS, orcpt };
        recipients.push(bench.delivery.recipient(&sender, asked).await.unwrap());
    }
    let mut envelope = Envelope { envid: Some("q+2B1".to_owned()), ..Envelope::of(sender) };
    change(&mut envelope);
    bench.delivery.accept(envelope, bench.blob(TEXT).await, recipients).await.unwrap()
}

#[tokio::test(start_paused = true)]
async fn delivery_here_is_told_at_every_door() {
    for origin in ORIGINS {
        let bench = Bench::new().await;
        let server = bench.domain("far.example", "192.0.2.1");
        bench.run().rest().await;
        let accepted = send(&bench, origin, "x@far.example", &["anna@here.example"]).await;
        assert!(matches!(accepted.outcomes.as_slice(), [Outcome::Stored(_)]), "{accepted:?}");
        bench.rest().await;
        let took = server.took();
        let [report] = took.as_slice() else { panic!("{origin:?} {took:?}") };
        assert!(report.mail.starts_with("MAIL FROM:<>"), "{}", report.mail);
        // RFC 3461, 5.2: a report asks for none
        assert_eq!(report.rcpt, ["RCPT TO:<x@far.example>"]);
        for part in ["Final-Recipient: rfc822; anna@here.example", "Action: delivered", "Status: 2.0.0"] {
            assert!(report.data.contains(part), "{part} is not in\n{}", report.data);
        }
        assert_eq!((bench.homes.count(account("anna")), bench.queued().await), (1, 0));
    }
}

#[tokio::test(start_paused = true)]
async fn a_report_of_success_names_envelope_and_original_and_brings_the_header() {
    for ret in [None, Some(Return::Headers), Some(Return::Full)] {
        let bench = Bench::new().await;
        let server = bench.domain("far.example", "192.0.2.1");
        bench.run().rest().await;
        send_with_orcpt(&bench, &["anna@here.example"], |envelope| envelope.ret = ret).await;
        bench.rest().await;
        let report = server.took().remove(0).data;
        for part in ["Original-Envelope-Id: q+1", "Original-Recipient: rfc822; old+anna@here.example", "Subject: hoi"] {
            assert!(report.contains(part), "{part} is not in\n{report}");
        }
        // RFC 3461, 4.3: whole only where something failed
        assert!(report.contains("text/rfc822-headers") && !report.contains("\r\nbody\r\n"), "{report}");
    }
}

#[tokio::test(start_paused = true)]
async fn nobody_hears_of_success_who_did_not_ask() {
    for (from, notify) in [("x@far.example", Notify::NEVER), ("x@far.example", Notify::default()), ("", SUCCESS)] {
        for origin in ORIGINS {
            let bench = Bench::new().await;
            let server = bench.domain("far.example", "192.0.2.1");
            bench.run().rest().await;
            let to = ["anna@here.example", "bram@here.example"];
            bench.send_as(origin, from, &to, TEXT, notify, |_| {}).await;
            bench.rest().await;
            assert_eq!((server.took().len(), bench.queued().await), (0, 0), "{from} {origin:?}");
            assert_eq!(bench.homes.count(account("bram")), 1);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn each_recipient_is_told_of_though_one_account_has_them_all() {
    let bench = Bench::new().await;
    let server = bench.domain("far.example", "192.0.2.1");
    bench.alias("info", &["anna"]);
    bench.run().rest().await;
    send(&bench, Origin::Internet, "x@far.example", &["info@here.example", "anna@here.example"]).await;
    bench.rest().await;
    let report = server.took().remove(0).data;
    for part in ["rfc822; info@here.example", "rfc822; anna@here.example"] {
        assert!(report.contains(part), "{part} is not in\n{report}");
    }
    assert_eq!(report.matches("Action: delivered").count(), 2);
    assert_eq!((server.took().len(), bench.homes.count(account("anna")), bench.queued().await), (1, 1, 0));
}

#[tokio::test(start_paused = true)]
async fn two_addresses_of_one_far_mailbox_go_there_once() {
    let bench = Bench::new().await;
    let server = bench.domain("far.example", "192.0.2.1");
    bench.alias("info", &["y@far.example"]);
    bench.run().rest().await;
    send(&bench, Origin::Submission, "anna@here.example", &["info@here.example", "y@far.example"]).await;
    bench.rest().await;
    assert_eq!(server.took().remove(0).rcpt, ["RCPT TO:<y@far.example>"]);
    let reports = reports(&bench, "anna").await;
    assert_eq!((reports.len(), reports[0].matches("Action: relayed").count()), (1, 2), "{reports:?}");
}

#[tokio::test(start_paused = true)]
async fn relaying_is_told_unless_the_next_server_will() {
    let bench = Bench::new().await;
    let server = bench.domain("far.example", "192.0.2.1");
    bench.run().rest().await;
    send(&bench, Origin::Submission, "anna@here.example", &["bram@here.example", "x@far.example"]).await;
    bench.rest().await;
    let told = reports(&bench, "anna").await;
    assert!(told.iter().any(|report| report.contains("Action: delivered")), "{told:?}");
    assert!(told.iter().any(|report| report.contains("Action: relayed")), "{told:?}");
    // where the next server knows DSN, it is asked and tells itself
    server.change(|manners| manners.offers.push("DSN"));
    bench.advance(bench.settings.keep_connections).await;
    send(&bench, Origin::Submission, "anna@here.example", &["x@far.example"]).await;
    bench.rest().await;
    assert_eq!(reports(&bench, "anna").await.len(), told.len());
    let rcpt = server.took().last().unwrap().rcpt[0].clone();
    assert!(rcpt.contains("NOTIFY=SUCCESS"), "{rcpt}");
}

#[tokio::test(start_paused = true)]
async fn an_alias_of_several_is_told_as_expanded() {
    for to in [["bram", "carla"], ["bram", "y@other.example"], ["y@other.example", "z@other.example"]] {
        let bench = Bench::new().await;
        let (server, other) = (bench.domain("far.example", "192.0.2.1"), bench.domain("other.example", "192.0.2.2"));
        other.change(|manners| manners.offers.push("DSN"));
        bench.alias("club", &to);
        bench.run().rest().await;
        send(&bench, Origin::Internet, "x@far.example", &["club@here.example"]).await;
        bench.rest().await;
        let took = server.took();
        let [report] = took.as_slice() else { panic!("{to:?} {took:?}") };
        assert!(report.data.contains("Final-Recipient: rfc822; club@here.example"), "{}", report.data);
        assert!(report.data.contains("Action: expanded") && !report.data.contains("Action: delivered"));
        // RFC 3461, 5.2.7.3 (c): SUCCESS does not go on
        let far: Vec<String> = other.took().iter().flat_map(|took| took.rcpt.clone()).collect();
        assert!(far.iter().all(|rcpt| !rcpt.contains("SUCCESS")), "{far:?}");
        assert_eq!(far.len(), to.iter().filter(|to| to.contains('@')).count());
        assert_eq!(bench.queued().await, 0);
    }
}

#[tokio::test(start_paused = true)]
async fn an_alias_of_one_hands_the_wish_on() {
    let bench = Bench::new().await;
    let (server, other) = (bench.domain("far.example", "192.0.2.1"), bench.domain("other.example", "192.0.2.2"));
    other.change(|manners| manners.offers.push("DSN"));
    bench.alias("info", &["y@other.example"]);
    bench.run().rest().await;
    send_with_orcpt(&bench, &["info@here.example"], |_| {}).await;
    bench.rest().await;
    let took = other.took().remove(0);
    assert!(took.mail.contains("ENVID=q+2B1"), "{}", took.mail);
    assert!(took.rcpt[0].contains("NOTIFY=SUCCESS") && took.rcpt[0].contains("ORCPT=rfc822;old+2Binfo@here.example"));
    assert_eq!(server.took().len(), 0);
    // a server without DSN cannot tell: we say that it was relayed
    other.change(|manners| manners.offers.retain(|offer| *offer != "DSN"));
    bench.advance(bench.settings.keep_connections).await;
    send_with_orcpt(&bench, &["info@here.example"], |_| {}).await;
    bench.rest().await;
    assert!(server.took()[0].data.contains("Action: relayed"), "{:?}", server.took());
}

#[tokio::test(start_paused = true)]
async fn a_crash_behind_the_commit_loses_neither_message_nor_report() {
    let bench = Bench::new().await;
    let server = bench.domain("far.example", "192.0.2.1");
    // the mailbox has it and the process dies before the report is made
    lock(&bench.homes.mute).insert(account("anna"));
    let sending = send(&bench, Origin::Internet, "x@far.example", &["anna@here.example"]);
    assert!(tokio::time::timeout(MINUTE / 2, sending).await.is_err());
    lock(&bench.homes.mute).clear();
    let bench = bench.restart().await;
    bench.run().rest().await;
    bench.advance(MINUTE * 2).await;
    bench.rest().await;
    assert_eq!((server.took().len(), bench.homes.count(account("anna")), bench.queued().await), (1, 1, 0));
    assert!(server.took()[0].data.contains("Action: delivered"));
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_reported_now_is_reported_later() {
    for away in ["directory", "disk"] {
        let bench = Bench::new().await;
        let server = bench.domain("far.example", "192.0.2.1");
        // the mailbox has it, and the process dies before the report is made
        lock(&bench.homes.mute).insert(account("anna"));
        let sending = send(&bench, Origin::Internet, "x@far.example", &["anna@here.example"]);
        assert!(tokio::time::timeout(MINUTE / 4, sending).await.is_err());
        lock(&bench.homes.mute).clear();
        let bench = bench.restart().await;
        match away {
            "directory" => *lock(&bench.residents.away) = true,
            _ => bench.engine.below_reserve(true),
        }
        bench.run();
        for _ in 0..10 {
            bench.advance(MINUTE).await;
        }
        assert_eq!((server.took().len(), bench.queued().await), (0, 1), "{away}");
        *lock(&bench.residents.away) = false;
        bench.engine.below_reserve(false);
        bench.advance(HOUR).await;
        bench.rest().await;
        assert_eq!(
            (server.took().len(), bench.homes.count(account("anna")), bench.queued().await),
            (1, 1, 0),
            "{away}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn relaying_that_cannot_be_told_is_told_later_and_not_done_again() {
    let bench = Bench::new().await;
    let server = bench.domain("far.example", "192.0.2.1");
    bench.run().rest().await;
    // one goes, one waits
    let to = ["y@far.example", "later@far.example"];
    bench.send_as(Origin::Submission, "anna@here.example", &to, TEXT, SUCCESS, |_| {}).await;
    bench.engine.below_reserve(true);
    for _ in 0..10 {
        bench.advance(MINUTE * 5).await;
    }
    assert_eq!((server.took().len(), bench.queued().await, bench.homes.count(account("anna"))), (1, 1, 0));
    bench.engine.below_reserve(false);
    // whether or not the server is there by then
    server.change(|manners| manners.unreachable = true);
    for _ in 0..3 {
        bench.advance(HOUR).await;
    }
    let reports = reports(&bench, "anna").await;
    let [report] = reports.as_slice() else { panic!("{reports:?}") };
    assert!(report.contains("Action: relayed") && report.contains("rfc822; y@far.example"), "{report}");
    assert!(!report.contains("later@"), "{report}");
    assert_eq!((server.took().len(), bench.queued().await), (1, 1));
    let told = bench.told.take();
    assert_eq!(told.iter().filter(|event| matches!(event, journal::Event::Relayed(_))).count(), 1);
}

#[tokio::test(start_paused = true)]
async fn an_expansion_that_cannot_be_reported_is_not_accepted() {
    let bench = Bench::new().await;
    bench.alias("club", &["bram", "carla"]);
    let sender = Bench::sender(Origin::Internet, "x@far.example");
    let recipient = bench.recipient(&sender, "club@here.example", SUCCESS).await.unwrap();
    *lock(&bench.residents.away) = true;
    let envelope = Envelope::of(sender);
    let accepted = bench.delivery.accept(envelope, bench.blob(TEXT).await, vec![recipient]).await;
    assert_eq!(accepted, Err(crate::Refused::Unavailable));
    assert_eq!((bench.homes.count(account("bram")), bench.queued().await), (0, 0));
}
