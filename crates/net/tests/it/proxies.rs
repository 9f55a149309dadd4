//! The PROXY protocol on real sockets.
use crate::house::{House, limits, spec};
use net::{Limits, ListenerSpec, Security};
use std::time::Duration;
use transport::Refusal;

fn behind(proxy: &str) -> ListenerSpec {
    ListenerSpec { proxies: vec![proxy.parse().unwrap()], ..spec("mx", Security::Plain) }
}

#[tokio::test]
async fn a_listed_proxy_speaks_for_others() {
    let house = House::open(vec![behind("127.0.0.1/32")], limits());
    for (header, greeting) in [
        ("PROXY TCP4 192.0.2.1 198.51.100.2 4660 25\r\n", "hello 192.0.2.1:4660 at 198.51.100.2:25 over plain"),
        ("PROXY TCP6 2001:db8::1 ::1 1 25\r\n", "hello [2001:db8::1]:1 at [::1]:25 over plain"),
        ("\r\n\r\n\0\r\nQUIT\n\x20\0\0\0", "hello 127.0.0.1:"),
        ("PROXY UNKNOWN\r\n", "hello 127.0.0.1:"),
    ] {
        let mut client = house.connect("mx").await;
        client.say(&format!("{header}behind\r\n")).await;
        let line = client.line().await;
        assert!(line.starts_with(greeting), "{line}");
        assert_eq!(client.line().await, "got behind");
    }
    assert_eq!(house.refusals(), []);
}

#[tokio::test]
async fn s19_a_proxy_without_a_good_header_is_closed() {
    let limits = Limits { proxy_header: Duration::from_millis(300), ..limits() };
    let house = House::open(vec![behind("127.0.0.0/8")], limits);
    for (said, cause) in [
        ("EHLO x\r\n", "not a PROXY header"),
        ("PROXY TCP4 x\r\n", "not an address"),
        ("", "it took too long"),
        ("PROXY TC", "it took too long"),
    ] {
        let mut client = house.connect("mx").await;
        client.say(said).await;
        assert_eq!(client.rest().await.0, b"");
        assert_eq!(house.refusals().last(), Some(&Refusal::BadProxyHeader(cause.to_owned())));
    }
}

#[tokio::test]
async fn from_others_a_header_is_a_line_like_any() {
    let house = House::open(vec![behind("192.0.2.0/24")], limits());
    let mut client = house.connect("mx").await;
    client.say("PROXY TCP4 192.0.2.1 198.51.100.2 4660 25\r\n").await;
    assert!(client.line().await.starts_with("hello 127.0.0.1:"));
    assert_eq!(client.line().await, "got PROXY TCP4 192.0.2.1 198.51.100.2 4660 25");
}

#[tokio::test]
async fn limits_count_the_client_behind_the_proxy() {
    let limits = Limits { at_once: Some(1), ..limits() };
    let house = House::open(vec![behind("127.0.0.1/32")], limits);
    let mut open = Vec::new();
    for (source, greeting) in [("192.0.2.1", "hello"), ("192.0.2.2", "hello"), ("192.0.2.1", "busy")] {
        let mut client = house.connect("mx").await;
        client.say(&format!("PROXY TCP4 {source} 198.51.100.2 4660 25\r\n")).await;
        assert!(client.line().await.starts_with(greeting));
        open.push(client);
    }
    let refused = house.told.refusals();
    assert_eq!(refused.len(), 1);
    assert_eq!(refused[0], ("192.0.2.1:4660".parse().unwrap(), Refusal::TooManyConnections));
}
