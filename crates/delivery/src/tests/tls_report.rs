//! What domains are told of TLS with their servers (RFC 8460).
use super::bench::{Bench, HOUR, smart_host};
use super::server::Server;
use crate::Origin;
use crate::tls_report::day::Applied;
use crate::tls_report::shelf::partition;
use journal::Event;
use serde_json::{Value, json};
use std::time::Duration;
use transport::{CertificateFault, HttpsAnswer};

const ENFORCE: &str = "version: STSv1\r\nmode: enforce\r\nmx: mx.far.example\r\nmax_age: 604800\r\n";

async fn send(bench: &Bench) {
    bench.send(Origin::Submission, "anna@here.example", &["x@far.example"], "Subject: a\r\n\r\nb\r\n").await;
    bench.rest().await;
}

/// `far.example` with a server that has STARTTLS, and wants reports at `rua`.
async fn far(rua: &str) -> (Bench, Server) {
    let bench = Bench::new().await;
    let server = bench.domain("far.example", "192.0.2.1");
    server.change(|manners| manners.offers.push("STARTTLS"));
    bench.dns.text("_smtp._tls.far.example", format!("v=TLSRPTv1; rua={rua}").as_bytes());
    bench.run().rest().await;
    (bench, server)
}

/// Lets a day pass, and the hours in which reports go out.
async fn a_day_later(bench: &Bench) {
    for _ in 0..29 {
        bench.advance(HOUR).await;
    }
}

/// The JSON in a packed report.
fn unpacked(packed: &[u8]) -> Value {
    assert_eq!(packed[..4], [0x1f, 0x8b, 8, 0]);
    let deflated = &packed[10..packed.len() - 8];
    serde_json::from_slice(&miniz_oxide::inflate::decompress_to_vec(deflated).unwrap()).unwrap()
}

/// The JSON in a report by mail.
fn reported(message: &str) -> Value {
    let (_, part) = message.split_once("Content-Type: application/tlsrpt+gzip").unwrap();
    let (_, body) = part.split_once("\r\n\r\n").unwrap();
    let body: String = body.split("\r\n--").next().unwrap().split_whitespace().collect();
    unpacked(&data_encoding::BASE64.decode(body.as_bytes()).unwrap())
}

#[tokio::test(start_paused = true)]
async fn of_a_relay_no_domain_is_told_anything() {
    let bench = Bench::with(|settings| settings.routes = smart_host("relay.upstream.example".parse().unwrap())).await;
    bench.dns.host("relay.upstream.example", &["192.0.2.9".parse().unwrap()]).secure("relay.upstream.example");
    bench.dns.broken("_25._tcp.relay.upstream.example");
    bench.dns.text("_smtp._tls.far.example", b"v=TLSRPTv1; rua=mailto:tls@far.example");
    bench.run().rest().await;
    send(&bench).await;
    assert_eq!(bench.queued().await, 1, "its TLSA records are not to be had");
    assert_eq!(bench.delivery.0.known.reports.domains(), []);
}

#[tokio::test(start_paused = true)]
async fn a_day_of_sessions_is_told_once_and_the_report_is_not_reported() {
    let (bench, server) = far("mailto:tls@far.example").await;
    send(&bench).await;
    server.change(|manners| manners.offers.retain(|offer| *offer != "STARTTLS"));
    bench.advance(bench.settings.keep_connections).await;
    send(&bench).await;
    assert_eq!(server.took().len(), 2);
    a_day_later(&bench).await;
    let took = server.took();
    assert_eq!(took.len(), 3);
    assert_eq!(took[2].rcpt, ["RCPT TO:<tls@far.example>"]);
    assert!(took[2].mail.starts_with("MAIL FROM:<>"));
    // the journal knows of it as of every message
    let told = bench.told.take();
    let made = told.iter().find_map(|event| match event {
        Event::Accepted { delivery, to, message_id: Some(_), .. } if to[0].as_str() == "tls@far.example" => {
            Some(delivery)
        }
        _ => None,
    });
    let delivery = made.unwrap();
    assert!(told.iter().any(|event| matches!(event, Event::Relayed(attempt) if attempt.delivery == *delivery)));
    let report = reported(&took[2].data);
    assert_eq!(
        report["policies"],
        json!([{
            "policy": {"policy-type": "no-policy-found", "policy-domain": "far.example"},
            "summary": {"total-successful-session-count": 1, "total-failure-session-count": 1},
            "failure-details": [{
                "result-type": "starttls-not-supported",
                "receiving-mx-hostname": "mx.far.example",
                "receiving-ip": "192.0.2.1",
                "failed-session-count": 1,
            }],
        }])
    );
    assert_eq!(report["date-range"]["start-datetime"], "2026-01-01T00:00:00Z");
    a_day_later(&bench).await;
    assert_eq!((server.took().len(), bench.queued().await), (3, 0));
}

#[tokio::test(start_paused = true)]
async fn what_a_policy_would_stop_is_told_and_the_report_goes_all_the_same() {
    let (bench, server) = far("mailto:tls@far.example").await;
    bench.dns.text("_mta-sts.far.example", b"v=STSv1; id=1;");
    bench.web.policy("far.example", ENFORCE);
    server.change(|manners| manners.certificate = Some(CertificateFault::Expired));
    send(&bench).await;
    assert_eq!((server.took().len(), bench.queued().await), (0, 1));
    a_day_later(&bench).await;
    let took = server.took();
    assert_eq!(took.len(), 1, "the report alone");
    let policy = &reported(&took[0].data)["policies"][0];
    assert_eq!(policy["policy"]["policy-type"], "sts");
    assert_eq!(policy["policy"]["policy-string"][1], "mode: enforce");
    assert_eq!(policy["policy"]["mx-host"], json!(["mx.far.example"]));
    assert_eq!(policy["failure-details"][0]["result-type"], "certificate-expired");
}

#[tokio::test(start_paused = true)]
async fn a_policy_that_is_tried_out_is_told_of() {
    let (bench, server) = far("mailto:tls@far.example").await;
    bench.dns.text("_mta-sts.far.example", b"v=STSv1; id=1;");
    bench.web.policy("far.example", &ENFORCE.replace("enforce", "testing").replace("mx.far", "mx.other"));
    send(&bench).await;
    a_day_later(&bench).await;
    let took = server.took();
    assert_eq!(took.len(), 2);
    let policy = &reported(&took[1].data)["policies"][0];
    assert_eq!(policy["policy"]["policy-type"], "sts");
    assert_eq!(policy["failure-details"][0]["result-type"], "validation-failure");
}

#[tokio::test(start_paused = true)]
async fn a_report_is_posted_and_tried_again_where_that_fails() {
    let (bench, server) = far("https://reports.far.example/v1?x=1").await;
    bench.dns.text("_mta-sts.far.example", b"v=STSv1; id=1;");
    send(&bench).await;
    a_day_later(&bench).await;
    let posts = || bench.web.asked().into_iter().filter(|asked| asked.post.is_some()).collect::<Vec<_>>();
    assert!(posts().len() > 1, "it is tried again");
    let ids = posts().into_iter().map(|asked| unpacked(&asked.post.unwrap().1)["report-id"].to_string());
    let ids: std::collections::BTreeSet<String> = ids.collect();
    assert_eq!(ids.len(), 1, "as the same report, whether or not the first was taken");
    let answer = HttpsAnswer { status: 201, media_type: String::new(), location: None, body: Vec::new() };
    bench.web.says("reports.far.example", Ok(answer));
    let before = posts().len();
    bench.advance(HOUR).await;
    bench.advance(HOUR).await;
    assert_eq!((posts().len(), server.took().len()), (before + 1, 1));
    let post = posts().pop().unwrap();
    assert_eq!((post.host.as_str(), post.path.as_str()), ("reports.far.example", "/v1?x=1"));
    let (media_type, packed) = post.post.unwrap();
    assert_eq!(media_type, "application/tlsrpt+gzip");
    let failures: Vec<Value> = unpacked(&packed)["policies"].as_array().unwrap().clone();
    assert!(failures.iter().any(|one| one["failure-details"][0]["result-type"] == "sts-policy-fetch-error"));
}

#[tokio::test(start_paused = true)]
async fn who_asks_for_no_report_gets_none() {
    for (reports, rua) in [(false, "mailto:tls@far.example"), (true, "ftp://far.example")] {
        let bench = Bench::with(|settings| settings.tls_reports = reports).await;
        let server = bench.domain("far.example", "192.0.2.1");
        bench.dns.text("_smtp._tls.far.example", format!("v=TLSRPTv1; rua={rua}").as_bytes());
        bench.run().rest().await;
        send(&bench).await;
        a_day_later(&bench).await;
        assert_eq!(server.took().len(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_report_to_an_account_here_is_filed() {
    let (bench, _) = far("mailto:anna@here.example").await;
    send(&bench).await;
    a_day_later(&bench).await;
    assert_eq!(bench.homes.count(super::bench::account("anna")), 1);
}

/// Counts a session with each of so many domains in one partition, which want a report at this place.
async fn many(bench: &Bench, number: usize, rua: &str) {
    let domains = (0..).map(|number| format!("d{number}.example").parse().unwrap());
    let domains: Vec<names::Domain> = domains.filter(|domain| partition(domain) == 0).take(number).collect();
    for domain in &domains {
        let none = Applied { kind: "no-policy-found".to_owned(), lines: Vec::new(), hosts: Vec::new() };
        bench.delivery.0.known.reports.count(domain, none, None, bench.world.clock.now());
        bench.dns.text(&format!("_smtp._tls.{domain}"), format!("v=TLSRPTv1; rua={rua}").as_bytes());
    }
}

#[tokio::test(start_paused = true)]
async fn reports_are_read_and_sent_some_at_a_time_and_all_are() {
    let bench = Bench::new().await;
    let answer = HttpsAnswer { status: 200, media_type: String::new(), location: None, body: Vec::new() };
    bench.web.says("reports.example", Ok(answer));
    bench.run().rest().await;
    many(&bench, 120, "https://reports.example/").await;
    bench.advance(HOUR).await;
    a_day_later(&bench).await;
    assert_eq!(bench.web.asked().len(), 120);
    assert!((2..=8).contains(&bench.web.most_at_once()), "{}", bench.web.most_at_once());
}

#[tokio::test(start_paused = true)]
async fn the_end_waits_for_no_dns_and_forgets_nothing() {
    let bench = Bench::new().await;
    bench.run().rest().await;
    let other = bench.beside().await;
    many(&bench, 120, "mailto:anna@here.example").await;
    let asked: Vec<_> = bench.delivery.0.known.reports.domains();
    for domain in &asked {
        bench.dns.silent(&format!("_smtp._tls.{domain}"));
    }
    let begun = tokio::time::Instant::now();
    bench.kill().await;
    assert!(begun.elapsed() < Duration::from_secs(1), "{:?}", begun.elapsed());
    for domain in asked {
        let name = format!("_smtp._tls.{domain}");
        other.dns.remove(&name).text(&name, b"v=TLSRPTv1; rua=mailto:anna@here.example");
    }
    other.run().rest().await;
    a_day_later(&other).await;
    assert_eq!(other.homes.count(super::bench::account("anna")), 120);
}
