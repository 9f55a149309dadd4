//! Other servers post what became of TLS with the servers here (RFC 8460, 5.4); anybody may.
use crate::house::{Answer, House, rest};
use journal::Event;
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use transport::Peer;
use transport::scripted::{peer, tls_info};

const JSON: &str = "Content-Type: application/tlsrpt+json\r\n";

fn report(id: &str, domain: &str) -> String {
    serde_json::json!({
        "organization-name": "far.example", "report-id": id,
        "date-range": {"start-datetime": "2026-01-01T00:00:00Z", "end-datetime": "2026-01-01T23:59:59Z"},
        "policies": [{
            "policy": {"policy-type": "sts", "policy-domain": domain},
            "summary": {"total-successful-session-count": 5, "total-failure-session-count": 2},
        }],
    })
    .to_string()
}

async fn post(house: &House, fields: &str, body: &str) -> Answer {
    house.call("POST", "/tls-reports", fields, body).await
}

async fn kept(house: &House) -> u64 {
    house.delivery.received_reports(None, None, None).await.unwrap().reports
}

#[tokio::test]
async fn a_report_is_kept_once_without_a_login() {
    let house = House::new(None).await;
    let answer = post(&house, JSON, &report("1", "example.org")).await;
    assert_eq!((answer.status, answer.body.as_str()), (201, ""));
    assert_eq!(
        post(&house, "Content-Type: Application/TLSRPT+JSON; charset=utf-8\r\n", &report("1", "example.org"))
            .await
            .status,
        200
    );
    let events = house.told.take();
    let [Event::TlsReportReceived { delivery: None, peer: Some(peer), submitter, good: 5, failed: 2, .. }] =
        &events[..]
    else {
        panic!("{events:?}")
    };
    assert_eq!((peer.remote.to_string().as_str(), submitter.as_str()), ("192.0.2.7:4711", "far.example"));
    assert_eq!(kept(&house).await, 1);
}

#[tokio::test]
async fn what_is_packed_is_unpacked() {
    let house = House::new(None).await;
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut packed, report("1", "example.org").as_bytes()).unwrap();
    let packed = packed.finish().unwrap();
    let (mut client, _stop) = house.open();
    let length = packed.len();
    let head = format!(
        "POST /tls-reports HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/tlsrpt+gzip\r\nContent-Length: {length}\r\n\r\n"
    );
    client.write_all(&[head.as_bytes(), &packed].concat()).await.unwrap();
    let answer = rest(&mut client).await;
    assert!(answer.starts_with("HTTP/1.1 201 "), "{answer}");
    assert_eq!(kept(&house).await, 1);
}

#[tokio::test]
async fn what_is_none_is_refused() {
    let house = House::new(None).await;
    let right = report("1", "example.org");
    let bomb = "Content-Type: application/tlsrpt+gzip\r\n";
    for (fields, body, status) in [
        ("", right.as_str(), 415),
        ("Content-Type: application/json\r\n", &right, 415),
        ("Content-Type: application/tlsrpt+xml\r\n", &right, 415),
        (JSON, "", 400),
        (JSON, "{}", 400),
        (bomb, &right, 400),
        (JSON, &report("1", "elders.example"), 422),
        (JSON, &right.replace("2026", "2016"), 422),
    ] {
        let answer = post(&house, fields, body).await;
        assert_eq!(answer.status, status, "{fields} {}", answer.body);
        assert_eq!(answer.fields("content-type"), ["application/problem+json"]);
        assert_eq!(answer.fields("x-content-type-options"), ["nosniff"]);
    }
    for method in ["GET", "PUT", "DELETE"] {
        assert_eq!(house.call(method, "/tls-reports", JSON, &right).await.status, 405, "{method}");
    }
    assert_eq!((kept(&house).await, house.told.take().len()), (0, 0));
}

#[tokio::test]
async fn what_is_too_long_is_not_waited_for() {
    let house = House::new(None).await;
    let (mut client, _stop) = house.open();
    let head = format!(
        "POST /tls-reports HTTP/1.1\r\nHost: x\r\nConnection: close\r\nExpect: 100-continue\r\n{JSON}Content-Length: 1048577\r\n\r\n"
    );
    client.write_all(head.as_bytes()).await.unwrap();
    let answer = rest(&mut client).await;
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
}

#[tokio::test(start_paused = true)]
async fn one_network_posts_so_many_in_an_hour_and_others_still_may() {
    let house = House::new(None).await;
    let from = |address: &str| Peer { tls: Some(tls_info("mail.example.org")), ..peer(address) };
    let ask = async |address: &str| {
        let (mut client, _stop) = house.open_from(from(address));
        let request = "POST /tls-reports HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
        client.write_all(request.as_bytes()).await.unwrap();
        Answer::of(&rest(&mut client).await)
    };
    for number in 0..300 {
        assert_eq!(ask(&format!("192.0.2.{}:4711", number % 250)).await.status, 415);
    }
    let answer = ask("192.0.2.251:4711").await;
    let after = answer.fields("retry-after");
    assert_eq!((answer.status, after.len()), (429, 1));
    assert_eq!(ask("198.51.100.1:4711").await.status, 415);
    house.clock.advance(Duration::from_secs(after[0].parse().unwrap())).await;
    assert_eq!(ask("192.0.2.251:4711").await.status, 415);
}

#[tokio::test(start_paused = true)]
async fn bodies_that_drip_hold_places_for_a_while_and_not_for_long() {
    let house = House::new(None).await;
    let head = format!("POST /tls-reports HTTP/1.1\r\nHost: x\r\n{JSON}Content-Length: 1000\r\n\r\n{{");
    let mut slow = Vec::new();
    for number in 0..64 {
        let (mut client, stop) = house.open_from(peer(&format!("10.0.{number}.1:4711")));
        client.write_all(head.as_bytes()).await.unwrap();
        slow.push((client, stop));
    }
    // all of them have begun once the next one is told so
    let busy = async || post(&house, JSON, &report("1", "example.org")).await;
    while busy().await.status != 503 {
        tokio::task::yield_now().await;
    }
    for (client, _stop) in &mut slow {
        let answer = rest(client).await;
        assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    }
    assert_eq!(post(&house, JSON, &report("2", "example.org")).await.status, 201);
}
