//! What goes to other servers, and what happens when they misbehave (docs/security.md, Q).
use super::bench::{Bench, HOUR, MINUTE, smart_host};
use crate::{Body, NextHop, Notify, Origin};

const TEXT: &str = "Subject: a\r\n\r\nb\r\n.dot\r\n";

async fn send(bench: &Bench, to: &[&str]) -> crate::Accepted {
    bench.send(Origin::Submission, "anna@here.example", to, TEXT).await
}

#[tokio::test(start_paused = true)]
async fn a_message_goes_out_after_its_return_path_in_one_transaction() {
    let bench = Bench::new().await;
    let server = bench.domain("far.example", "192.0.2.1");
    bench.run().rest().await;
    send(&bench, &["x@far.example", "y@far.example"]).await;
    bench.rest().await;
    let took = server.took();
    assert_eq!(took.len(), 1);
    assert_eq!(took[0].data, TEXT);
    assert!(took[0].mail.starts_with("MAIL FROM:<anna@here.example> SIZE="), "{}", took[0].mail);
    assert_eq!(took[0].rcpt, ["RCPT TO:<x@far.example>", "RCPT TO:<y@far.example>"]);
    assert_eq!((bench.queued().await, server.connections()), (0, 1));
}

#[tokio::test(start_paused = true)]
async fn a_connection_serves_what_waits() {
    let bench = Bench::with(|settings| settings.max_connections = 1).await;
    let server = bench.domain("far.example", "192.0.2.1");
    for _ in 0..20 {
        send(&bench, &["x@far.example"]).await;
    }
    bench.run().rest().await;
    bench.rest().await;
    assert_eq!((server.took().len(), server.connections(), bench.queued().await), (20, 1, 0));
}

#[tokio::test(start_paused = true)]
async fn results_are_by_recipient() {
    let bench = Bench::new().await;
    let server = bench.domain("far.example", "192.0.2.1");
    bench.run().rest().await;
    send(&bench, &["yes@far.example", "no@far.example", "later@far.example"]).await;
    bench.rest().await;
    assert_eq!(server.took()[0].rcpt, ["RCPT TO:<yes@far.example>"]);
    let page = bench.delivery.operator().list(&crate::Filter::default(), None, 10).await.unwrap();
    let [queued] = page.entries.as_slice() else { panic!("{page:?}") };
    let [pending] = queued.entry.recipients.as_slice() else { panic!("{queued:?}") };
    assert_eq!((pending.address.to_string().as_str(), pending.attempts), ("later@far.example", 1));
    assert_eq!(pending.reply.as_deref(), Some("450 4.2.1 not now"));
    assert_eq!(bench.homes.count(super::bench::account("anna")), 1, "one report, about no@");
}

#[tokio::test(start_paused = true)]
async fn q01_without_the_last_answer_it_is_sent_again() {
    let bench = Bench::new().await;
    let server = bench.domain("far.example", "192.0.2.1");
    server.change(|manners| manners.after_dot = vec!["", "421 4.3.2 going down"]);
    bench.run().rest().await;
    send(&bench, &["x@far.example"]).await;
    bench.rest().await;
    assert_eq!((server.took().len(), bench.queued().await), (1, 1));
    bench.advance(HOUR).await;
    bench.advance(HOUR).await;
    assert_eq!((server.took().len(), bench.queued().await), (2, 0));
    assert_eq!(bench.homes.count(super::bench::account("anna")), 0, "never bounced");
}

#[tokio::test(start_paused = true)]
async fn q01_nor_is_it_sent_again_at_once_by_another_connection() {
    let bench = Bench::with(|settings| settings.max_connections = 1).await;
    let server = bench.domain("far.example", "192.0.2.1");
    server.change(|manners| manners.after_dot = vec!["250 taken", ""]);
    for _ in 0..2 {
        send(&bench, &["x@far.example"]).await;
    }
    bench.run().rest().await;
    bench.rest().await;
    assert_eq!((server.took().len(), server.connections(), bench.queued().await), (2, 1, 1));
    bench.advance(HOUR).await;
    assert_eq!((server.took().len(), bench.queued().await), (3, 0));
}

#[tokio::test(start_paused = true)]
async fn q02_a_hostile_server_costs_little_and_defers() {
    for manners in ["endless", "long", "silent", "drips", "nul", "changes"] {
        let bench = Bench::new().await;
        let server = bench.domain("far.example", "192.0.2.1");
        server.change(|server| match manners {
            "endless" => server.endless = Some("220-and\r\n"),
            "long" => server.endless = Some("xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"),
            "silent" => server.silent = true,
            "drips" => server.drips = true,
            "nul" => server.greeting = "\0\0\0".to_owned(),
            _ => server.greeting = "220-a\r\n550 b".to_owned(),
        });
        bench.run().rest().await;
        send(&bench, &["x@far.example"]).await;
        tokio::time::sleep(MINUTE * 6).await;
        let page = bench.delivery.operator().list(&crate::Filter::default(), None, 10).await.unwrap();
        assert_eq!(page.entries.first().map(|queued| queued.entry.recipients[0].attempts), Some(1), "{manners}");
    }
}

#[tokio::test(start_paused = true)]
async fn q04_words_behind_starttls_end_the_connection() {
    let bench = Bench::new().await;
    let server = bench.domain("far.example", "192.0.2.1");
    server.change(|manners| {
        manners.offers.push("STARTTLS");
        manners.behind_starttls = "\r\n250 injected";
    });
    bench.run().rest().await;
    send(&bench, &["x@far.example"]).await;
    bench.rest().await;
    assert_eq!((server.took().len(), bench.queued().await), (0, 1));
    assert_eq!(server.lines().iter().filter(|line| line.starts_with("EHLO")).count(), 1);
}

#[tokio::test(start_paused = true)]
async fn q06_what_the_dns_says() {
    let bench = Bench::new().await;
    bench.dns.exchanger("null.example", 0, "").broken("broken.example");
    bench.dns.exchanger("circle.example", 10, "mx.here.example");
    bench.run().rest().await;
    for (domain, stays) in
        [("null.example", false), ("nowhere.example", false), ("circle.example", false), ("broken.example", true)]
    {
        let before = bench.queued().await;
        send(&bench, &[&format!("x@{domain}")]).await;
        bench.rest().await;
        assert_eq!(bench.queued().await - before, u64::from(stays), "{domain}");
    }
    assert_eq!(bench.homes.count(super::bench::account("anna")), 3, "three reports");
}

#[tokio::test(start_paused = true)]
async fn mail_that_would_come_back_to_us_is_not_sent() {
    // by our own address, by our own name behind another address, and behind a host that is only away
    for (ip, name, first) in [
        ("127.0.0.1", "other.example", None),
        ("192.0.2.7", "MX.Here.Example", None),
        ("127.0.0.1", "other.example", Some("192.0.2.8")),
    ] {
        let bench = Bench::new().await;
        let ours = bench.domain("far.example", ip);
        ours.change(|manners| manners.name = name);
        if let Some(first) = first {
            bench.dns.exchanger("far.example", 5, "first.example").host("first.example", &[first.parse().unwrap()]);
        }
        bench
            .dns
            .exchanger("far.example", 20, "behind.example")
            .host("behind.example", &["192.0.2.9".parse().unwrap()]);
        let behind = bench.servers.server("192.0.2.9");
        bench.run().rest().await;
        send(&bench, &["x@far.example"]).await;
        bench.rest().await;
        assert_eq!((ours.connections(), ours.took().len(), behind.connections()), (1, 0, 0), "{ip} {name}");
        let reports = super::report::reports(&bench, "anna").await;
        assert_eq!((reports.len(), bench.queued().await), if first.is_none() { (1, 0) } else { (0, 1) });
        assert!(reports.iter().all(|report| report.contains("Status: 5.4.6")), "{reports:?}");
    }
    // what an operator set is meant, also on this machine
    let bench = Bench::with(|settings| {
        settings.routes = smart_host(NextHop { host: "127.0.0.1".to_owned(), port: 10_025 });
    })
    .await;
    let filter = bench.servers.server("127.0.0.1");
    filter.change(|manners| manners.name = "mx.here.example");
    bench.run().rest().await;
    send(&bench, &["x@far.example"]).await;
    bench.rest().await;
    assert_eq!(filter.took().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn the_next_host_is_tried_when_one_is_away() {
    let bench = Bench::new().await;
    bench.dns.exchanger("far.example", 10, "a.example").exchanger("far.example", 20, "b.example");
    bench.dns.host("a.example", &["2001:db8::1".parse().unwrap(), "192.0.2.1".parse().unwrap()]);
    bench.dns.host("b.example", &["192.0.2.2".parse().unwrap()]);
    let (v6, v4, backup) =
        (bench.servers.server("2001:db8::1"), bench.servers.server("192.0.2.1"), bench.servers.server("192.0.2.2"));
    v6.change(|manners| manners.unreachable = true);
    v4.change(|manners| manners.greeting = "554 not you".to_owned());
    bench.run().rest().await;
    send(&bench, &["x@far.example"]).await;
    bench.rest().await;
    assert_eq!((v6.connections(), v4.connections(), backup.took().len()), (1, 1, 1));
}

#[tokio::test(start_paused = true)]
async fn what_the_other_server_cannot_take_is_not_sent() {
    let bench = Bench::new().await;
    let server = bench.domain("far.example", "192.0.2.1");
    server.change(|manners| manners.offers = vec!["SIZE 100"]);
    bench.run().rest().await;
    let from = "anna@here.example";
    bench.send(Origin::Submission, from, &["jörg@far.example"], TEXT).await;
    bench.send(Origin::Submission, from, &["x@far.example"], &format!("A: b\r\n\r\n{}\r\n", "x".repeat(200))).await;
    let eight = |envelope: &mut crate::Envelope| envelope.body = Body::EightBitMime;
    bench.send_as(Origin::Submission, from, &["y@far.example"], TEXT, Notify::default(), eight).await;
    bench.rest().await;
    let took = server.took();
    assert_eq!(took.len(), 1);
    // 8BITMIME is not offered: it goes without being declared
    assert_eq!(took[0].mail, "MAIL FROM:<anna@here.example>".to_owned() + &format!(" SIZE={}", TEXT.len()));
    let reports = super::report::reports(&bench, "anna").await;
    assert!(reports.iter().any(|report| report.contains("Status: 5.6.7")), "{reports:?}");
    assert!(reports.iter().any(|report| report.contains("Status: 5.3.4")), "{reports:?}");
    // it was asked, but said none of this
    assert!(reports.iter().all(|report| report.contains("Remote-MTA: dns; mx.far.example")), "{reports:?}");
    assert!(
        !reports.iter().any(|report| report.contains("Diagnostic-Code") || report.contains(" zei: ")),
        "{reports:?}"
    );
    assert_eq!((reports.len(), bench.queued().await), (2, 0));
}

#[tokio::test(start_paused = true)]
async fn more_than_a_hundred_recipients_are_several_transactions() {
    let bench = Bench::new().await;
    let server = bench.domain("far.example", "192.0.2.1");
    bench.run().rest().await;
    let to: Vec<String> = (0..250).map(|n| format!("x{n}@far.example")).collect();
    let to: Vec<&str> = to.iter().map(String::as_str).collect();
    send(&bench, &to).await;
    bench.rest().await;
    bench.rest().await;
    let counts: Vec<usize> = server.took().iter().map(|took| took.rcpt.len()).collect();
    assert_eq!((counts, server.connections()), (vec![100, 100, 50], 1));
}
