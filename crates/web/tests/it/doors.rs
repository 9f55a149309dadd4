//! Who gets in by HTTP, and until when (docs/security.md: J10, J20).
use crate::house::{Answer, House, anna, basic, rest};
use directory::NewPassword;
use journal::Event;
use names::Secret;
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use transport::scripted::peer;

const ECHO: &str = r#"{"using":["urn:ietf:params:jmap:core"],"methodCalls":[["Core/echo",{},"a"]]}"#;
const JSON: &str = "Content-Type: application/json\r\n";

async fn log_in(house: &House, keeper: &str) -> Answer {
    let body = format!(r#"{{"username":"anna@example.org","password":"anna geheim","for":"{keeper}"}}"#);
    house.call("POST", "/jmap/login", JSON, &body).await
}

#[tokio::test(start_paused = true)]
async fn nobody_gets_in_without_a_password_and_is_told_how() {
    let house = House::new(None).await;
    let answer = house.call("GET", "/jmap/session", "", "").await;
    assert_eq!(answer.status, 401);
    assert_eq!(answer.fields("www-authenticate").len(), 2);
    assert_eq!(answer.fields("content-type"), ["application/problem+json"]);
    // the script of a page is told of tokens alone: no window of the browser asks for a password
    let script = house.call("GET", "/jmap/session", "Sec-Fetch-Mode: cors\r\n", "").await;
    assert_eq!(script.fields("www-authenticate"), ["Bearer realm=\"mail\""]);
    let broken = house.call("GET", "/jmap/session", "Authorization: Basic !\r\n", "").await;
    assert_eq!(broken.status, 401);
}

#[tokio::test(start_paused = true)]
async fn a_wrong_password_is_answered_late_and_noted() {
    let house = House::new(None).await;
    let begun = tokio::time::Instant::now();
    let answer = house.call("GET", "/jmap/session", &basic("wrong"), "").await;
    assert_eq!(answer.status, 401);
    assert!(begun.elapsed() >= Duration::from_secs(1));
    let events = house.told.take();
    assert!(matches!(&events[..], [Event::LoginRefused { .. }]), "{events:?}");
    for _ in 0..12 {
        house.call("GET", "/jmap/session", &basic("wrong"), "").await;
    }
    let throttled = house.call("GET", "/jmap/session", &basic("wrong"), "").await;
    assert_eq!(throttled.status, 429);
    assert!(!throttled.fields("retry-after").is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_right_password_is_looked_at_once_in_a_while() {
    let house = House::new(None).await;
    let before = house.directory.hashes_computed();
    for _ in 0..5 {
        let answer = house.jmap(&anna(), ECHO).await;
        assert_eq!((answer.status, &answer.json()["methodResponses"][0][0]), (200, &"Core/echo".into()));
    }
    assert_eq!(house.directory.hashes_computed() - before, 1);
    let events = house.told.take();
    assert_eq!(events.len(), 1, "{events:?}");
    tokio::time::advance(Duration::from_secs(301)).await;
    house.jmap(&anna(), ECHO).await;
    assert_eq!(house.told.take().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn j20_another_password_and_a_suspension_end_it_at_once() {
    let house = House::new(None).await;
    let address = "anna@example.org".parse().unwrap();
    assert_eq!(house.jmap(&anna(), ECHO).await.status, 200);
    let token = log_in(&house, "program").await.json()["token"].as_str().unwrap().to_owned();
    let bearer = format!("Authorization: Bearer {token}\r\n");
    assert_eq!(house.jmap(&bearer, ECHO).await.status, 200);
    let other = house.directory.hash(NewPassword::Plain(Secret::new("een ander".to_owned()))).await.unwrap();
    house.directory.set_password(&address, other).await.unwrap();
    assert_eq!(house.jmap(&anna(), ECHO).await.status, 401);
    assert_eq!(house.jmap(&bearer, ECHO).await.status, 401);
    assert_eq!(house.jmap(&basic("een ander"), ECHO).await.status, 200);
    house.directory.suspend(&address, "unpaid").await.unwrap();
    assert_eq!(house.jmap(&basic("een ander"), ECHO).await.status, 403);
}

#[tokio::test(start_paused = true)]
async fn without_tls_nobody_gets_in() {
    let house = House::new(None).await;
    let (mut client, _stop) = house.open_from(peer("192.0.2.7:4711"));
    let request = format!("GET /jmap/session HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{}\r\n", anna());
    client.write_all(request.as_bytes()).await.unwrap();
    assert_eq!(Answer::of(&rest(&mut client).await).status, 403);
}

#[tokio::test(start_paused = true)]
async fn a_token_lasts_until_one_logs_out() {
    let house = House::new(None).await;
    let told = log_in(&house, "program").await;
    assert_eq!((told.status, told.fields("cache-control")), (200, vec!["no-cache, no-store, must-revalidate"]));
    assert!(told.fields("set-cookie").is_empty());
    let bearer = format!("Authorization: Bearer {}\r\n", told.json()["token"].as_str().unwrap());
    assert_eq!(house.jmap(&bearer, ECHO).await.status, 200);
    assert_eq!(house.call("POST", "/jmap/logout", &bearer, "").await.status, 204);
    assert_eq!(house.jmap(&bearer, ECHO).await.status, 401);
}

#[tokio::test(start_paused = true)]
async fn j20_a_cookie_is_kept_from_scripts_and_other_sites() {
    let house = House::new(None).await;
    let told = log_in(&house, "browser").await;
    assert!(told.json().get("token").is_none(), "a script would see it");
    let cookie = told.fields("set-cookie")[0].to_owned();
    let (pair, attributes) = cookie.split_once(';').unwrap();
    assert!(pair.starts_with("__Host-glaspost=glaspost_"));
    for attribute in ["Path=/", "Secure", "HttpOnly", "SameSite=Strict"] {
        assert!(attributes.contains(attribute), "{attributes}");
    }
    assert!(!attributes.contains("Domain"));
    // J10: it acts for pages of this site alone
    let with = |more: &str| format!("Cookie: {pair}\r\n{more}");
    assert_eq!(house.jmap(&with(""), ECHO).await.status, 403);
    assert_eq!(house.jmap(&with("Origin: https://evil.example\r\n"), ECHO).await.status, 403);
    assert_eq!(house.jmap(&with("Origin: https://mail.example.org\r\n"), ECHO).await.status, 200);
    let site = with("Sec-Fetch-Site: cross-site\r\n");
    assert_eq!(house.call("GET", "/jmap/session", &site, "").await.status, 403);
    assert_eq!(house.call("GET", "/jmap/session", &with(""), "").await.status, 200);
    let ours = with("Origin: https://mail.example.org\r\n");
    assert_eq!(house.call("GET", "/jmap/logout", &ours, "").await.status, 405);
    let out = house.call("POST", "/jmap/logout", &ours, "").await;
    assert!(out.status == 204 && out.fields("set-cookie")[0].contains("Max-Age=0"));
    // nor does what was looked at stay in the browser's cache
    assert_eq!(out.fields("clear-site-data"), ["\"cache\""]);
    assert_eq!(house.jmap(&ours, ECHO).await.status, 401);
}

#[tokio::test(start_paused = true)]
async fn j10_no_form_of_another_site_logs_anybody_in() {
    let house = House::new(None).await;
    let body = r#"{"username":"anna@example.org","password":"anna geheim","for":"browser"}"#;
    for (fields, status) in [
        ("Content-Type: text/plain\r\n", 415),
        ("Content-Type: application/x-www-form-urlencoded\r\n", 415),
        ("Content-Type: application/json\r\nOrigin: https://evil.example\r\n", 403),
        ("Content-Type: application/json\r\nSec-Fetch-Site: cross-site\r\n", 403),
        ("Content-Type: application/json\r\nOrigin: https://mail.example.org\r\n", 200),
    ] {
        assert_eq!(house.call("POST", "/jmap/login", fields, body).await.status, status, "{fields}");
    }
    let wrong = house.call("POST", "/jmap/login", JSON, r#"{"username":"anna@example.org"}"#).await;
    assert_eq!(wrong.status, 400);
}
