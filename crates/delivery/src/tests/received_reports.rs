//! What others report of TLS with servers here (RFC 8460), by mail and posted.
use super::bench::{Bench, HOUR, account, lock};
use crate::{Filed, Notify, Origin, ReportRefused, TlsReportSum};
use journal::{Event, Peer};
use policy::{ReportFault, ReportForm};
use serde_json::{Value, json};
use std::time::Duration;

/// The bench begins here.
const TODAY: &str = "2026-01-01";
const DAY: Duration = Duration::from_secs(86_400);

fn peer() -> Peer {
    Peer { session: "sx".into(), remote: "192.0.2.44:4711".parse().unwrap(), listener: "mx".into(), tls: None }
}

fn policy(domain: &str, good: u64, failed: u64) -> Value {
    json!({
        "policy": {"policy-type": "sts", "policy-domain": domain},
        "summary": {"total-successful-session-count": good, "total-failure-session-count": failed},
        "failure-details": [{
            "result-type": "certificate-expired", "sending-mta-ip": "198.51.100.9",
            "receiving-mx-hostname": "mx.here.example", "failed-session-count": failed,
        }],
    })
}

fn report(submitter: &str, id: &str, day: &str, policies: &[Value]) -> String {
    json!({
        "organization-name": submitter, "report-id": id, "contact-info": "tls@far.example",
        "date-range": {"start-datetime": format!("{day}T00:00:00Z"), "end-datetime": format!("{day}T23:59:59Z")},
        "policies": policies,
    })
    .to_string()
}

/// A report about today, of five sessions that went well and two that did not.
fn usual(id: &str) -> String {
    report("far.example", id, TODAY, &[policy("here.example", 5, 2)])
}

/// The message that brings a report.
fn mail(report: &str) -> String {
    let encoded = data_encoding::BASE64.encode(report.as_bytes());
    format!(
        "TLS-Report-Domain: here.example\r\nContent-Type: multipart/report; report-type=tlsrpt; boundary=b\r\n\r\n\
         --b\r\n\r\nA report\r\n--b\r\nContent-Type: application/tlsrpt+json\r\nContent-Transfer-Encoding: base64\r\n\r\n\
         {encoded}\r\n--b--\r\n"
    )
}

async fn sum(bench: &Bench) -> TlsReportSum {
    bench.delivery.received_reports(None, None, None).await.unwrap()
}

async fn post(bench: &Bench, report: &str) -> Result<Filed, ReportRefused> {
    bench.delivery.posted_report(ReportForm::Json, report.as_bytes().to_vec(), peer()).await
}

/// Sends a message from the Internet, and lets it be looked at.
async fn arrives(bench: &Bench, to: &[&str], text: &str) {
    bench
        .send_as(Origin::Internet, "", to, text, Notify::default(), |envelope| envelope.sender.peer = Some(peer()))
        .await;
    looked_at(bench).await;
}

/// Waits until no message is looked at.
async fn looked_at(bench: &Bench) {
    bench.delivery.0.tracker.close();
    bench.delivery.0.tracker.wait().await;
    bench.delivery.0.tracker.reopen();
}

fn told(bench: &Bench) -> Vec<Event> {
    bench.told.take().into_iter().filter(|event| matches!(event, Event::TlsReportReceived { .. })).collect()
}

#[tokio::test]
async fn a_mail_is_filed_then_read_and_says_who_sent_it() {
    let bench = Bench::new().await;
    arrives(&bench, &["anna@here.example"], &mail(&usual("1"))).await;
    assert_eq!(bench.homes.count(account("anna")), 1);
    let sum = sum(&bench).await;
    assert_eq!((sum.reports, sum.good, sum.failed, sum.groups.len()), (1, 5, 2, 1));
    let one = &sum.groups[0];
    assert_eq!(
        (one.domain.as_str(), one.submitter.as_str(), one.policy.as_str()),
        ("here.example", "far.example", "sts")
    );
    assert_eq!((one.failures.len(), one.failures[0].sessions), (1, 2));
    assert_eq!((one.address, one.contact.as_deref()), (Some(peer().remote.ip()), Some("tls@far.example")));
    let [Event::TlsReportReceived { delivery, peer: from, domain, submitter, report, good, failed }] =
        &told(&bench)[..]
    else {
        panic!()
    };
    assert_eq!(delivery.as_ref().map(ToString::to_string), one.delivery);
    assert_eq!((from.as_ref(), domain.as_str(), submitter.as_str()), (Some(&peer()), "here.example", "far.example"));
    assert_eq!((report.as_str(), *good, *failed), ("1", 5, 2));
}

#[tokio::test]
async fn it_counts_once_however_often_and_by_whatever_way_it_comes() {
    let bench = Bench::new().await;
    bench.alias("all", &["anna", "bram", "carla"]);
    arrives(&bench, &["all@here.example", "anna@here.example"], &mail(&usual("1"))).await;
    assert_eq!((told(&bench).len(), bench.homes.count(account("carla"))), (1, 1));
    arrives(&bench, &["bram@here.example"], &mail(&usual("1"))).await;
    assert_eq!(post(&bench, &usual("1")).await, Ok(Filed::Known));
    let again = report("FAR.example", "1", TODAY, &[policy("here.example", 1_000, 0)]);
    assert_eq!(post(&bench, &again).await, Ok(Filed::Known), "what it says does not matter");
    assert_eq!((sum(&bench).await.good, told(&bench).len()), (5, 0));
    assert_eq!(post(&bench, &usual("2")).await, Ok(Filed::Kept));
    let other = report("other.example", "1", TODAY, &[policy("here.example", 1, 0)]);
    assert_eq!(post(&bench, &other).await, Ok(Filed::Kept));
    let bench = bench.restart().await;
    assert_eq!(post(&bench, &usual("1")).await, Ok(Filed::Known));
    assert_eq!((sum(&bench).await.reports, sum(&bench).await.good), (3, 11));
}

#[tokio::test]
async fn what_is_no_report_is_mail_like_any_other() {
    let bench = Bench::new().await;
    let whole = mail(&usual("1"));
    let unmarked = whole.replace("report-type=tlsrpt; ", "").replace("TLS-Report-Domain", "X-Domain");
    let only_marked = whole.replace("report-type=tlsrpt; ", "").replace("TLS-Report-Domain", "tls-report-domain");
    let broken = mail("{\"organization-name\": 7}");
    let elsewhere = mail(&report("far.example", "1", TODAY, &[policy("elsewhere.example", 1, 1)]));
    let long = whole.replace("\r\n--b--", &format!("{}\r\n--b--", "A".repeat(2 << 20)));
    for text in ["Subject: a\r\n\r\nhello\r\n", &unmarked, &broken, &elsewhere, &long] {
        arrives(&bench, &["anna@here.example"], text).await;
    }
    assert_eq!((bench.homes.count(account("anna")), sum(&bench).await.reports, told(&bench).len()), (5, 0, 0));
    arrives(&bench, &["anna@here.example"], &only_marked).await;
    assert_eq!(sum(&bench).await.reports, 1, "its field says so");
}

#[tokio::test]
async fn a_report_that_passes_through_is_not_ours_to_read() {
    let bench = Bench::new().await;
    bench.domain("far.example", "192.0.2.1");
    bench.send(Origin::Submission, "anna@here.example", &["tls@far.example"], &mail(&usual("1"))).await;
    looked_at(&bench).await;
    assert_eq!(sum(&bench).await.reports, 0);
}

#[tokio::test]
async fn a_delivery_waits_for_no_report_and_a_flood_is_left_out() {
    let bench = Bench::new().await;
    let received = &bench.delivery.0.received;
    let reading = received.all_turns().await;
    for number in 0..150 {
        bench.send(Origin::Internet, "", &["anna@here.example"], &mail(&usual(&number.to_string()))).await;
    }
    assert_eq!((bench.homes.count(account("anna")), sum(&bench).await.reports), (150, 0));
    drop(reading);
    looked_at(&bench).await;
    assert_eq!(sum(&bench).await.reports, 100, "so many wait to be read");
}

#[tokio::test(start_paused = true)]
async fn of_a_domain_so_many_are_kept_in_a_day() {
    let bench = Bench::new().await;
    let also = |id: &str| report("far.example", id, TODAY, &[policy("also-here.example", 1, 0)]);
    for number in 0..100 {
        assert_eq!(post(&bench, &usual(&number.to_string())).await, Ok(Filed::Kept));
    }
    assert_eq!(post(&bench, &usual("100")).await, Err(ReportRefused::Full));
    assert_eq!(post(&bench, &usual("7")).await, Ok(Filed::Known));
    assert_eq!(post(&bench, &also("1")).await, Ok(Filed::Kept), "others have their own");
    bench.clock.advance(DAY).await;
    assert_eq!(post(&bench, &usual("100")).await, Ok(Filed::Kept));
    assert_eq!(sum(&bench).await.reports, 102);
}

#[tokio::test(start_paused = true)]
async fn a_process_keeps_so_many_in_a_day() {
    let bench = Bench::new().await;
    bench.delivery.0.received.filled(bench.world.clock.now());
    assert_eq!(post(&bench, &usual("1")).await, Err(ReportRefused::Full));
    bench.clock.advance(DAY).await;
    assert_eq!(post(&bench, &usual("1")).await, Ok(Filed::Kept));
}

#[tokio::test]
async fn a_report_is_about_domains_here_and_days_that_are_kept() {
    let bench = Bench::new().await;
    let both = [policy("elsewhere.example", 100, 100), policy("here.example", 1, 0), policy("also-here.example", 2, 0)];
    assert_eq!(post(&bench, &report("a", "1", TODAY, &both)).await, Ok(Filed::Kept));
    let sum = sum(&bench).await;
    assert_eq!((sum.reports, sum.good, sum.failed), (2, 3, 0));
    let one = bench.delivery.received_reports(Some(&"here.example".parse().unwrap()), None, None).await.unwrap();
    assert_eq!((one.reports, one.good), (1, 1));
    for (day, filed) in [
        ("2026-01-03", Err(ReportRefused::Day)),
        ("2026-01-02", Ok(Filed::Kept)),
        ("2025-12-02", Ok(Filed::Kept)),
        ("2025-12-01", Err(ReportRefused::Day)),
    ] {
        assert_eq!(post(&bench, &report("a", "2", day, &both)).await, filed, "{day}");
    }
    assert_eq!(post(&bench, &report("a", "1", TODAY, &both[..1])).await, Err(ReportRefused::NotHere));
    assert_eq!(post(&bench, &report("a", "1", TODAY, &[])).await, Err(ReportRefused::NotHere));
    let fault = post(&bench, "{}").await.unwrap_err();
    assert!(matches!(fault, ReportRefused::Fault(ReportFault::Shape { .. })));
    *lock(&bench.residents.away) = true;
    assert!(matches!(post(&bench, &usual("9")).await, Err(ReportRefused::Unavailable(_))));
}

#[tokio::test(start_paused = true)]
async fn days_are_asked_for_and_old_ones_go() {
    let bench = Bench::new().await;
    for (id, day) in [("1", "2025-12-10"), ("2", "2025-12-31"), ("3", TODAY)] {
        assert_eq!(post(&bench, &report("a", id, day, &[policy("here.example", 1, 0)])).await, Ok(Filed::Kept));
    }
    let now = bench.world.clock.now();
    let between = async |since, until| bench.delivery.received_reports(None, since, until).await.unwrap().reports;
    assert_eq!(between(Some(now.minus(HOUR)), None).await, 2, "the whole of that day");
    assert_eq!(between(None, Some(now.plus(HOUR))).await, 3);
    assert_eq!(between(Some(now.minus(DAY * 2)), Some(now)).await, 1);
    let sum = sum(&bench).await;
    let newest = sum.groups[0].newest;
    assert_eq!((sum.groups[0].reports, newest), (3, now.secs() / 86_400 * 86_400));
    bench.run();
    bench.advance(DAY * 10).await;
    for _ in 0..8 {
        bench.advance(HOUR).await;
    }
    assert_eq!(between(None, None).await, 2, "the first is older than thirty days");
}
