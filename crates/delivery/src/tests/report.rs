//! Reports to senders (docs/security.md, Q08 and S34).
use super::bench::{Bench, HOUR, MINUTE, account, lock};
use crate::{Notify, Origin, Return};

/// The reports in a mailbox, as text.
pub(super) async fn reports(bench: &Bench, name: &str) -> Vec<String> {
    use store::Engine as _;
    let mail = lock(&bench.homes.mail).get(&account(name)).cloned().unwrap_or_default();
    let mut texts = Vec::new();
    for (_, mail) in mail {
        let source = bench.engine.blobs().open(mail.blob.hash).await.unwrap().unwrap();
        texts.push(String::from_utf8(source.read(0..source.size()).await.unwrap().to_vec()).unwrap());
    }
    texts
}

async fn failed(bench: &Bench, origin: Origin, from: &str, text: &str, notify: Notify, ret: Option<Return>) {
    bench.domain("far.example", "192.0.2.1");
    bench.run().rest().await;
    bench.send_as(origin, from, &["no@far.example"], text, notify, |envelope| envelope.ret = ret).await;
    bench.rest().await;
    assert_eq!(bench.queued().await, 0);
}

#[tokio::test(start_paused = true)]
async fn a_report_is_in_both_languages_and_brings_the_message_back() {
    let bench = Bench::new().await;
    let text = "Subject: hoi\r\nBcc: secret@far.example\r\n\r\nbody\r\n";
    failed(&bench, Origin::Submission, "anna@here.example", text, Notify::default(), None).await;
    let reports = reports(&bench, "anna").await;
    let [report] = reports.as_slice() else { panic!("{reports:?}") };
    for part in [
        "Return-Path: <>\r\n",
        "Subject: Uw bericht is niet bezorgd",
        "Auto-Submitted: auto-replied",
        "multipart/report",
        "Niemand heeft dit adres.",
        "Nobody has this address.",
        "550 5.1.1 nobody of that name",
        "Reporting-MTA: dns; mx.here.example",
        "Final-Recipient: rfc822; no@far.example",
        "Action: failed",
        "Status: 5.1.1",
        "message/rfc822",
        "Subject: hoi",
    ] {
        assert!(report.contains(part), "{part} is not in\n{report}");
    }
    assert!(!report.contains("Return-Path: <anna"), "ours does not go out");
}

/// RFC 6533, 6.3: in a part of a kind that may have such a header, and in seven bits, so that it goes everywhere.
#[tokio::test(start_paused = true)]
async fn a_header_beyond_ascii_comes_back_in_seven_bits() {
    for (ret, kind) in [(None, "message/global"), (Some(Return::Headers), "message/global-headers")] {
        let bench = Bench::new().await;
        let text = "Subject: caf\u{e9}\r\n\r\nb\u{e9}\r\n";
        failed(&bench, Origin::Submission, "anna@here.example", text, Notify::default(), ret).await;
        let reports = reports(&bench, "anna").await;
        let part = format!(
            "Content-Type: {kind}\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nSubject: caf=C3=A9\r\n"
        );
        assert!(reports[0].contains(&part) && reports[0].is_ascii(), "{}", reports[0]);
    }
}

#[tokio::test(start_paused = true)]
async fn q08_a_large_message_and_ret_hdrs_bring_headers_only() {
    let large = format!("Subject: groot\r\n\r\n{}", "x\r\n".repeat(30_000));
    for (text, ret) in [(large.as_str(), None), ("Subject: groot\r\n\r\nx\r\n", Some(Return::Headers))] {
        let bench = Bench::new().await;
        failed(&bench, Origin::Submission, "anna@here.example", text, Notify::default(), ret).await;
        let reports = reports(&bench, "anna").await;
        assert!(reports[0].contains("text/rfc822-headers") && reports[0].contains("Subject: groot"));
        assert!(reports[0].len() < 10_000 && !reports[0].contains("\r\nx\r\n"));
    }
}

#[tokio::test(start_paused = true)]
async fn s34_a_stranger_gets_little_back() {
    for origin in [Origin::Internet, Origin::Lmtp] {
        for (ret, whole) in [(None, false), (Some(Return::Headers), false), (Some(Return::Full), true)] {
            let bench = Bench::new().await;
            let (sender, far) = (bench.domain("sender.example", "192.0.2.9"), bench.domain("far.example", "192.0.2.1"));
            bench.alias("club", &["no@far.example", "later@far.example"]);
            bench.run().rest().await;
            let unasked = Notify::unasked(origin);
            let (from, to) = ("x@sender.example", ["club@here.example"]);
            bench.send_as(origin, from, &to, "Subject: hoi\r\n\r\nspam\r\n", unasked, |e| e.ret = ret).await;
            for _ in 0..10 {
                bench.advance(HOUR).await;
            }
            let took = sender.took();
            let [report] = took.as_slice() else { panic!("{took:?}: of failure alone") };
            assert!(report.data.contains("Action: failed") && report.data.contains("Subject: hoi"));
            assert_eq!(report.data.contains("spam"), whole, "{origin:?} {ret:?}");
            assert!(far.lines().iter().any(|line| line == "RCPT TO:<later@far.example>"), "{:?}", far.lines());
        }
    }
}

#[tokio::test(start_paused = true)]
async fn nobody_is_told_who_did_not_ask_or_cannot_be() {
    for (from, notify) in
        [("", Notify::default()), ("anna@here.example", Notify::NEVER), ("gone@here.example", Notify::default())]
    {
        let bench = Bench::new().await;
        failed(&bench, Origin::Submission, from, "A: b\r\n\r\n", notify, None).await;
        assert!(lock(&bench.homes.mail).is_empty(), "{from}");
    }
}

#[tokio::test(start_paused = true)]
async fn q08_a_report_never_brings_forth_another() {
    let bench = Bench::new().await;
    let server = bench.domain("far.example", "192.0.2.1");
    bench.run().rest().await;
    // the report itself goes to a mailbox elsewhere that does not exist
    bench.send(Origin::Relay, "no@far.example", &["no@far.example"], "A: b\r\n\r\n").await;
    bench.rest().await;
    assert_eq!((bench.queued().await, server.took().len()), (0, 0));
    let nulls = server.lines().iter().filter(|line| line.starts_with("MAIL FROM:<>")).count();
    assert_eq!(nulls, 1);
    assert!(lock(&bench.homes.mail).is_empty());
}

#[tokio::test(start_paused = true)]
async fn q08_a_report_to_a_list_is_never_answered() {
    let bench = Bench::new().await;
    let server = bench.domain("far.example", "192.0.2.1");
    bench.alias("club", &["bram", "no@far.example", "yes@far.example"]);
    bench.run().rest().await;
    bench.send(Origin::Internet, "", &["club@here.example"], "Auto-Submitted: auto-replied\r\n\r\n").await;
    bench.rest().await;
    assert_eq!((bench.queued().await, server.took().len(), bench.homes.count(account("bram"))), (0, 1, 1));
    assert_eq!(lock(&bench.homes.mail).len(), 1, "nobody hears of no@far.example");
}

#[tokio::test(start_paused = true)]
async fn q08_a_report_names_its_own_recipient_only() {
    let bench = Bench::new().await;
    bench.domain("far.example", "192.0.2.1");
    bench.run().rest().await;
    let to = ["no@far.example", "secret@far.example", "bram@here.example"];
    bench.send(Origin::Submission, "anna@here.example", &to, "Subject: hoi\r\n\r\nbody\r\n").await;
    bench.rest().await;
    let reports = reports(&bench, "anna").await;
    let [report] = reports.as_slice() else { panic!("{reports:?}") };
    assert!(report.contains("no@far.example") && !report.contains("secret") && !report.contains("bram"), "{report}");
}

#[tokio::test(start_paused = true)]
async fn where_an_alias_leads_is_not_told() {
    let bench = Bench::new().await;
    bench.domain("far.example", "192.0.2.1");
    bench.alias("club", &["bram", "no@far.example"]);
    bench.run().rest().await;
    bench.send(Origin::Submission, "anna@here.example", &["club@here.example"], "A: b\r\n\r\n").await;
    bench.rest().await;
    let reports = reports(&bench, "anna").await;
    assert!(reports[0].contains("Final-Recipient: rfc822; club@here.example"));
    assert!(reports[0].contains("Status: 5.1.1") && !reports[0].contains("far.example"), "{}", reports[0]);
    assert_eq!((reports.len(), bench.homes.count(account("bram"))), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn a_directory_that_is_away_delays_the_report_and_loses_nothing() {
    let bench = Bench::new().await;
    let server = bench.domain("far.example", "192.0.2.1");
    bench.run().rest().await;
    let to = ["no@far.example", "yes@far.example"];
    bench.send(Origin::Submission, "anna@here.example", &to, "A: b\r\n\r\n").await;
    *lock(&bench.residents.away) = true;
    bench.rest().await;
    assert_eq!((bench.queued().await, bench.homes.count(account("anna"))), (1, 0));
    for _ in 0..10 {
        bench.advance(MINUTE).await;
    }
    assert_eq!(server.took().len(), 1, "who has it does not get it again");
    *lock(&bench.residents.away) = false;
    bench.advance(HOUR).await;
    assert_eq!((bench.queued().await, bench.homes.count(account("anna"))), (0, 1));
}
